"""Source body → the HTML that readers get; rendered once per publication.

The source has been through richtext.clean. Pictures and embeds come out of templates; the rest of
the source is only added to: ids for headings, `rel` for links, the word "advertisement" beside
those that earn a commission, a frame to scroll wide tables in, gaps in which promos may stand.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsroom.lib.affiliates import is_affiliate
from newsroom.lib.richtext import plain_text
from newsroom.lib.slugs import make_slug

from . import embeds
from .models import Image

_IMAGE_ID = re.compile(r'<img[^>]*\sdata-file="(\d+)"')
# What a picture may stand in that cannot hold a figure: the figure goes in front of it.
_NO_PLACE_FOR_FIGURES = {"p", "a", "strong", "em", "s", "sub", "sup", "code", "pre", "h2", "h3"}
# Between two paragraphs; no source can hold one, richtext.clean drops comments.
_GAP = "<!--gap-->"
_GAP_ELEMENT = "<promo-gap></promo-gap>"
# As many words stand between two promos, and before and after them.
_GAP_WORDS = 150


@dataclass(frozen=True)
class Rendered:
    """Readers' HTML, the pictures it shows, its number of words."""

    html: str
    images: list[Image]
    words: int


def image_ids(source: str) -> list[int]:
    """Return the library ids of the pictures in a source body."""
    return [int(pk) for pk in _IMAGE_ID.findall(source)]


def affiliate_links(source: str) -> list[str]:
    """Return the addresses in a source body that earn a commission."""
    tree = LexborHTMLParser(source, is_fragment=True)
    addresses = [node.attributes.get("href") or "" for node in tree.css("a[href]")]
    return [address for address in addresses if is_affiliate(address)]


def render(source: str) -> Rendered:
    """Turn a cleaned source body into readers' HTML. One query if it has pictures.

    A picture that the library no longer has is left out with its caption.
    """
    ids = dict.fromkeys(image_ids(source))
    known = Image.objects.in_bulk(list(ids)) if ids else {}
    tree = LexborHTMLParser(source, is_fragment=True)
    _render_embeds(tree)
    _render_figures(tree, known)
    _render_loose_images(tree, known)
    _name_headings(tree)
    _mark_links(tree)
    _frame_tables(tree)
    images = [known[pk] for pk in ids if pk in known]
    return Rendered(_with_gaps(tree), images, len(plain_text(source).split()))


def parts(html: str) -> list[str]:
    """Return readers' HTML in the pieces between which promos may stand."""
    return html.split(_GAP)


def whole(html: str) -> str:
    """Return readers' HTML in one piece, for whoever shows no promos in it."""
    return html.replace(_GAP, "")


def _render_embeds(tree: LexborHTMLParser) -> None:
    for node in tree.css("figure[data-embed]"):
        embed = embeds.resolve(node.attributes.get("data-embed") or "")
        if embed is not None:
            context = {"embed": embed, "caption": _caption(node)}
            _insert_before(node, render_to_string("articles/_embed.html", context))
        node.decompose()


def _render_figures(tree: LexborHTMLParser, known: dict[int, Image]) -> None:
    """Give every picture of a figure a figure of its own; the last has the words below all."""
    for node in tree.css("figure"):
        pictures = node.css("img")
        if not pictures or node.css_matches("figure.embed"):
            continue
        shown = [image for picture in pictures if (image := _of_library(picture, known))]
        for image in shown:
            caption = _caption(node) if image is shown[-1] else ""
            _insert_before(node, _figure(image, caption))
        node.decompose()


def _render_loose_images(tree: LexborHTMLParser, known: dict[int, Image]) -> None:
    for node in tree.css("img[data-file]"):
        outer = node
        while outer.parent is not None and outer.parent.tag in _NO_PLACE_FOR_FIGURES:
            outer = outer.parent
        if image := _of_library(node, known):
            _insert_before(outer, _figure(image, ""))
        is_left = outer is not node and (outer.text(strip=True) or len(outer.css("img")) > 1)
        (node if is_left else outer).decompose()


def _name_headings(tree: LexborHTMLParser) -> None:
    times: Counter[str] = Counter()
    for node in tree.css("h2, h3"):
        name = f"h-{make_slug(node.text(), max_length=60, fallback='part')}"
        times[name] += 1
        # Two underscores: no slug of another heading ends so.
        _set(node, "id", name if times[name] == 1 else f"{name}__{times[name]}")


def _mark_links(tree: LexborHTMLParser) -> None:
    """Keep the window of this site out of the reach of the sites it links to."""
    home = urlsplit(settings.SITE_URL).netloc
    for node in tree.css("a[href]"):
        href = node.attributes.get("href") or ""
        if is_affiliate(href):
            _set(node, "rel", "sponsored nofollow noopener")
            for label in list(_nodes(render_to_string("articles/promos/link_label.html")))[::-1]:
                node.insert_after(label)
        elif _host_of(href) not in {"", home}:
            _set(node, "rel", "noopener")


def _host_of(href: str) -> str:
    """Return where a link leads; no part of this site is what nobody can read."""
    try:
        return urlsplit(href).netloc
    except ValueError:
        return href


def _frame_tables(tree: LexborHTMLParser) -> None:
    for node in tree.css("table"):
        frame = next(_nodes(render_to_string("articles/_table_frame.html")))
        frame.insert_child(node)
        node.insert_before(frame)
        node.decompose()


def _with_gaps(tree: LexborHTMLParser) -> str:
    """Return the HTML with a gap wherever two paragraphs meet far enough from other gaps."""
    blocks = [node for node in _siblings(tree) if node.is_element_node]
    # Not text(): the first node of a fragment counts all the others as its own.
    words = [len(plain_text(block.inner_html or "").split()) for block in blocks]
    before, after = 0, sum(words)
    for (block, following), count in zip(pairwise(blocks), words, strict=False):
        before, after = before + count, after - count
        is_between = block.tag == following.tag == "p"
        if is_between and before >= _GAP_WORDS and after >= _GAP_WORDS:
            _insert_before(following, _GAP_ELEMENT)
            before = 0
    return (tree.html or "").replace(_GAP_ELEMENT, _GAP)


def _figure(image: Image, caption: str) -> str:
    """Return a figure; `caption` is cleaned HTML, empty for the picture's own words."""
    return render_to_string("articles/_figure.html", {"image": image, "caption": caption})


def _of_library(node: LexborNode, known: dict[int, Image]) -> Image | None:
    pk = node.attributes.get("data-file") or ""
    return known.get(int(pk)) if pk.isdecimal() else None


def _caption(figure: LexborNode) -> str:
    caption = figure.css_first("figcaption")
    return (caption.inner_html or "").strip() if caption is not None else ""


def _insert_before(node: LexborNode, html: str) -> None:
    for new in _nodes(html):
        node.insert_before(new)


def _nodes(html: str) -> Iterator[LexborNode]:
    """Yield the elements of an HTML text."""
    tree = LexborHTMLParser(html.strip(), is_fragment=True)
    yield from (node for node in _siblings(tree) if node.is_element_node)


def _siblings(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """Yield the nodes of the first level; the caller may move them away."""
    node = tree.root
    while node is not None:
        following = node.next
        yield node
        node = following


def _set(node: LexborNode, name: str, value: str) -> None:
    node.attrs[name] = value
