"""Ghost's cards (pictures, embeds, buttons …) as plain HTML. For documents.py and texts.py.

The old editor and the new one keep the same things in them under the same or similar names.
"""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .markdown import to_html as markdown

# In a card that nobody knows: what is no text.
_NO_TEXT = re.compile(r"url|href|src|color|width|height|style|alignment|version|type|layout|size")


def card(name: str, values: Mapping[str, Any], leftovers: Counter[str]) -> str:
    """Return a card's content; of an unknown one all its texts, which is noted."""
    match name:
        case "image":
            return _image(values)
        case "gallery":
            images = values.get("images")
            images = images if isinstance(images, list) else []
            shown = [one for one in images if isinstance(one, dict)]
            return "".join(map(_image, shown)) + _caption(values)
        case "embed":
            frame = _of(values, "html")
            return f"<figure>{frame}</figure>{_caption(values)}" if frame else _bookmark(values)
        case "bookmark":
            return _bookmark(values)
        case "html" | "email" | "email-cta" | "markdown" | "card-markdown":
            html = _of(values, "html")
            return html or markdown(_of(values, "markdown"))
        case "code" | "codeblock":
            code = escape(_of(values, "code"), quote=False)
            return f"<pre>{code}</pre>{_caption(values)}"
        case "hr" | "horizontalrule":
            return "<hr>"
        case "paywall":
            return ""
        case "signup":
            leftovers["signup"] += 1
            return ""
    return _words(name, values, leftovers)


def _words(name: str, values: Mapping[str, Any], leftovers: Counter[str]) -> str:
    """Return the cards that are words with a link or a file."""
    match name:
        case "callout":
            words = _of(values, "calloutText", "text")
            return f"<aside class='factbox'><p>{_of(values, 'calloutEmoji')} {words}</p></aside>"
        case "toggle":
            return f"<h3>{_of(values, 'heading')}</h3>{_of(values, 'content')}"
        case "button":
            return _link(_of(values, "buttonUrl"), _of(values, "buttonText"))
        case "video" | "audio":
            title = _of(values, "title", "fileName") or name.capitalize()
            return _link(_of(values, "src"), title) + _caption(values)
        case "file":
            title = _of(values, "fileTitle", "title", "fileName")
            words = _of(values, "fileCaption", "caption")
            return _link(_of(values, "src"), title) + (f"<p>{words}</p>" if words else "")
        case "product":
            picture = _of(values, "productImageSrc")
            return (
                (_image({"src": picture}) if picture else "")
                + f"<h3>{_of(values, 'productTitle')}</h3>{_of(values, 'productDescription')}"
                + _link(_of(values, "productUrl"), _of(values, "productButton"))
            )
        case "header":
            return f"<h2>{_of(values, 'header')}</h2><p>{_of(values, 'subheader')}</p>" + _link(
                _of(values, "buttonUrl"), _of(values, "buttonText")
            )
        case "call-to-action":
            words = _of(values, "textValue")
            return f"{words}{_link(_of(values, 'buttonUrl'), _of(values, 'buttonText'))}"
    leftovers[f"card {name}"] += 1
    return "".join(
        f"<p>{value}</p>"
        for key, value in values.items()
        if isinstance(value, str) and value.strip() and not _NO_TEXT.search(key.lower())
    )


def plain_cards(html: str) -> str:
    """Return a rendered text with those cards as plain HTML whose look was made by a theme."""
    if "kg-" not in html:
        return html
    body = LexborHTMLParser(html).body
    if body is None:
        return html
    for kind, make in (
        ("bookmark", _rendered_bookmark),
        ("video", _rendered_player),
        ("audio", _rendered_player),
        ("file", _rendered_file),
    ):
        for node in body.css(f".kg-{kind}-card"):
            _replace(node, make(node))
    return body.inner_html or ""


def _replace(node: LexborNode, html: str) -> None:
    made = LexborHTMLParser(f"<div>{html}</div>").css_first("div")
    if made is not None:
        node.replace_with(made)


def _rendered_bookmark(node: LexborNode) -> str:
    link = node.css_first("a")
    url = (link.attributes.get("href") or "") if link else ""
    title, words = _inside(node, ".kg-bookmark-title"), _inside(node, ".kg-bookmark-description")
    return _bookmark(
        {"url": url, "metadata": {"title": title, "description": words},
         "caption": _inner(node, "figcaption")}
    )  # fmt: skip


def _rendered_player(node: LexborNode) -> str:
    player = node.css_first("video, audio")
    url = (player.attributes.get("src") or "") if player else ""
    kind = (player.tag or "") if player else ""
    title = _inside(node, ".kg-audio-title") or kind.capitalize()
    return _link(url, title) + _caption({"caption": _inner(node, "figcaption")})


def _rendered_file(node: LexborNode) -> str:
    link = node.css_first("a")
    url = (link.attributes.get("href") or "") if link else ""
    title = _inside(node, ".kg-file-card-title") or _inside(node, ".kg-file-card-filename")
    words = _inside(node, ".kg-file-card-caption")
    return _link(url, title) + (f"<p>{escape(words, quote=False)}</p>" if words else "")


def _inside(node: LexborNode, selector: str) -> str:
    found = node.css_first(selector)
    return found.text(deep=True).strip() if found else ""


def _inner(node: LexborNode, selector: str) -> str:
    found = node.css_first(selector)
    return (found.inner_html or "") if found else ""


def _image(values: Mapping[str, Any]) -> str:
    source, alt = escape(_of(values, "src")), escape(_of(values, "alt", "altText"))
    words = _of(values, "caption")
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f'<figure><img src="{source}" alt="{alt}">{caption}</figure>'


def _bookmark(values: Mapping[str, Any]) -> str:
    meta = values.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    url = _of(values, "url") or _of(meta, "url")
    words = escape(_of(meta, "description"), quote=False)
    link = _link(url, _of(meta, "title") or url)
    return link + (f"<p>{words}</p>" if words else "") + _caption(values)


def _link(url: str, words: str) -> str:
    if not url:
        return f"<p>{escape(words, quote=False)}</p>" if words else ""
    return f'<p><a href="{escape(url)}">{escape(words or url, quote=False)}</a></p>'


def _caption(values: Mapping[str, Any]) -> str:
    words = _of(values, "caption")
    return f"<p><em>{words}</em></p>" if words else ""


def _of(values: Mapping[str, Any], *names: str) -> str:
    """Return the first of these values that is a text."""
    return next((v.strip() for n in names if isinstance(v := values.get(n), str) and v.strip()), "")
