"""Descriptions of jobs: few tags of HTML inside, plain text with lists in forms."""

import re
from html import unescape

import nh3
from django.template.defaultfilters import linebreaks_filter
from django.utils.html import escape, strip_tags

from newsroom.lib import richtext

_TAGS = {"p", "br", "h2", "h3", "strong", "em", "ul", "ol", "li", "a"}
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener ugc",
)
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+(.*)")
_NUMBER = re.compile(r"\s*\d")
# From the first blank on, never from each of many: a feed may send thousands in a row.
_ITEM_END = re.compile(r"(?:</p>)?(?<!\s)\s*</li>\s*")
_ITEMS = re.compile(r"<li>(.*?)</li>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|h2|h3|ul|ol)>\s*")


def clean(html: str) -> str:
    """Return a description of the house's allow list, and of that only what an advert needs."""
    return _cleaner.clean(richtext.clean(html)).strip()


def from_text(text: str) -> str:
    """Return the HTML of what somebody typed: blank lines part paragraphs, dashes make lists."""
    typed = richtext.drop_control_characters(text)
    lines = "\n".join(" ".join(line.split()) for line in typed.splitlines())
    blocks = re.split(r"\n{2,}", lines.strip())
    return clean("\n".join(_block(block) for block in blocks if block.strip()))


def to_text(html: str) -> str:
    """Return a description as from_text() takes it; emphasis and the words of links are left."""
    html = re.sub(r"<ol[^>]*>(.*?)</ol>", _numbered, html, flags=re.DOTALL)
    html = re.sub(r"<li>\s*(?:<p>)?", "- ", html)
    html = _ITEM_END.sub("\n", html)
    html = _BLOCK_END.sub("\n\n", re.sub(r"<br\s*/?>\n?", "\n", html))
    text = unescape(strip_tags(html))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _block(block: str) -> str:
    """Lines of prose before, lists after: each run of list lines is a list."""
    html, prose, items = list[str](), list[str](), list[str]()
    kind = "ul"
    for line in [*block.split("\n"), ""]:
        found = _ITEM.fullmatch(line)
        if found and prose:
            html.append(linebreaks_filter("\n".join(prose), autoescape=True))
            prose = []
        if found:
            kind = kind if items else ("ol" if _NUMBER.match(line) else "ul")
            items.append(f"<li>{escape(found[1])}</li>")
            continue
        if items:
            html.append(f"<{kind}>{''.join(items)}</{kind}>")
            items = []
        if line.strip():
            prose.append(line)
    if prose:
        html.append(linebreaks_filter("\n".join(prose), autoescape=True))
    return "\n".join(html)


def _numbered(match: re.Match[str]) -> str:
    found = (item.strip().removeprefix("<p>") for item in _ITEMS.findall(match[1]))
    items = [item.removesuffix("</p>") for item in found]
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1)) + "\n\n"
