"""HTML of feeds → HTML of the house: pictures and players become links, the rest is cleaned."""

import re
from html import escape
from urllib.parse import urljoin

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsroom.lib import richtext

_BLOCK = re.compile(
    r"<(/?)(?:div|section|article|header|footer|main|center|dl|dt|dd)\b[^>]*>", re.I
)
_NAMES = {"b": "strong", "i": "em", "strike": "s", "del": "s", "h1": "h2", "h4": "h3", "h5": "h3",
          "h6": "h3"}  # fmt: skip
_NAME = re.compile(rf"<(/?)({'|'.join(_NAMES)})\b[^>]*>", re.I)
_BLOCKS = frozenset("p h2 h3 ul ol blockquote figure table aside pre hr".split())


def to_body(html: str, base: str, pictures: list[str]) -> str:
    """Return clean HTML in blocks. Nothing is fetched: pictures stand in it as links.

    `base` is where the text stands, for its relative links; `pictures` go to its end.
    """
    html = richtext.flattened(richtext.drop_control_characters(html))
    tree = LexborHTMLParser(html).body
    if tree is not None:
        _replace_media(tree, base)
        _complete_links(tree, base)
        html = tree.inner_html or ""
    html = _NAME.sub(lambda tag: f"<{tag[1]}{_NAMES[tag[2].lower()]}>", _BLOCK.sub(r"<\1p>", html))
    body = _in_blocks(richtext.clean(html))
    for address in pictures:
        if escape(address) not in body:
            body += f"<p>{_link(address, _('Picture'))}</p>"
    return richtext.clean(body)


def _replace_media(tree: LexborNode, base: str) -> None:
    for node in tree.css("img, iframe, video, audio"):
        values = {name: value or "" for name, value in node.attributes.items()}
        source = node.css_first("source")
        url = values.get("src") or (source.attributes.get("src") or "" if source else "")
        url = _whole(base, url)
        # What counts readers is one pixel large.
        if not url or values.get("width") in {"0", "1"} or values.get("height") in {"0", "1"}:
            node.decompose()
            continue
        words = values.get("alt") or values.get("title") or ""
        label = _("Picture") if node.tag == "img" else _("Recording")
        text = f"{label}: {words}" if words.strip() else label
        made = LexborHTMLParser(f"<p>{_link(url, text)} </p>").css_first("a")
        if made is None or _is_in_link(node):
            node.replace_with(f"{text} ")
        else:
            node.replace_with(made)


def _complete_links(tree: LexborNode, base: str) -> None:
    for node in tree.css("a[href]"):
        href = (node.attributes.get("href") or "").strip()
        if href.lower().startswith(("mailto:", "tel:")):
            continue
        if whole := _whole(base, href):
            node.attrs["href"] = whole
        else:
            node.unwrap()


def _is_in_link(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "a":
            return True
        parent = parent.parent
    return False


def _in_blocks(html: str) -> str:
    """Put what stands between blocks into paragraphs, and drop empty ones."""
    tree = LexborHTMLParser(html).body
    blocks: list[str] = []
    line: list[str] = []

    def flush() -> None:
        for part in re.split(r"\n\s*\n|(?:<br>\s*){2,}", "".join(line)):
            text = _trimmed(part)
            blocks.append(f"<p>{text}</p>" if text else "")
        line.clear()

    for node in tree.iter(include_text=True) if tree is not None else ():
        if node.tag not in _BLOCKS:
            line.append(node.html or "")
            continue
        flush()
        blocks.append(node.html or "")
    flush()
    return re.sub(r"<p>(?:\s|&nbsp;|<br>)*</p>", "", "".join(blocks))


def _trimmed(line: str) -> str:
    """Return a line without white space and line breaks around it.

    No regular expression: of one that looks for the end, long white space inside takes minutes.
    """
    while (text := line.strip().removeprefix("<br>").removesuffix("<br>")) != line:
        line = text
    return line


def _whole(base: str, href: str) -> str:
    try:
        found = urljoin(base, href)
    except ValueError:
        return ""
    return found if richtext.is_web_address(found) else ""


def _link(url: str, words: str) -> str:
    return f'<a href="{escape(url)}">{escape(words, quote=False)}</a>'
