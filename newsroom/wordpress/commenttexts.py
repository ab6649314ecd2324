"""What readers wrote, as it is kept here. Pure: ahead.py makes it in another process."""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from comments.text import clean, clean_line
from newsroom.lib.richtext import is_web_address

from .digests import digest_of
from .records import CommentRecord

_LINK = re.compile(
    r'<a\b[^>]*?\bhref=["\']([^"\']+)["\'][^>]*>(.*?)</a>', re.DOTALL | re.IGNORECASE
)
_LINE_END = re.compile(r"<br\s*/?>\n?", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|div|blockquote|ul|ol|pre)>\s*", re.IGNORECASE)
_SCHEME = re.compile(r"^https?://(?:www\.)?")


def digest(record: CommentRecord) -> str:
    """Return a digest of what an export says of a comment."""
    return digest_of([record.text, record.name, record.approved])


def name(text: str) -> str:
    """Return a name in one line, as long as its column takes it; empty if there is none."""
    return clean_line(_words(text))[:60].strip()


def body(text: str) -> str:
    """Return a comment as it is kept here: plain text with its lines; links as addresses."""
    text = _LINK.sub(_linked, text.replace("\r\n", "\n"))
    return clean(_words(_BLOCK_END.sub("\n\n", _LINE_END.sub("\n", text))))


def _linked(match: re.Match[str]) -> str:
    address, label = match[1], _words(match[2]).strip()
    if not is_web_address(unescape(address)):
        return match[2]
    is_bare = _SCHEME.sub("", label).rstrip("/") == _SCHEME.sub("", unescape(address)).rstrip("/")
    return address if is_bare or not label else f"{match[2]} ({address})"


def _words(html: str) -> str:
    """Return the text of some HTML; what readers type may be anything."""
    if "<" not in html and "&" not in html:
        return html
    body = LexborHTMLParser(html).body
    return body.text(deep=True) if body is not None else ""
