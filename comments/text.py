"""A comment's text: what is kept of what was typed, its HTML, and what makes two texts the same."""

import re
import unicodedata

import nh3
from django.utils.crypto import salted_hmac
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from newsroom.lib.richtext import drop_control_characters, is_web_address

# Marks that turn the direction of everything behind them, and what takes no room at all. Joiners
# (U+200C, U+200D) stay: Persian words and emoji need them.
_UNSEEN = re.compile(
    r"[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# More marks on one letter than any language has ("zalgo") run over the lines above and below.
_TOO_MANY_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"']{3,2000}", re.IGNORECASE)
_LABEL_LENGTH = 60
_NOT_A_WORD = re.compile(r"[\W_]+")
_cleaner = nh3.Cleaner(
    tags={"p", "br", "a"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https"},
    link_rel="ugc nofollow noopener",
)


def clean(text: str) -> str:
    """Return what is kept of a typed text: its words and lines, without what is there to confuse.

    Control characters go, and so do marks that turn the direction of text; a letter keeps three
    marks at most; at most one empty line in a row.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", drop_control_characters(text)))
    text = _TOO_MANY_MARKS.sub(r"\1", text)
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_line(text: str) -> str:
    """Return a typed name: one line, single blanks, nothing unseen."""
    return " ".join(clean(text).split())


def render(text: str) -> str:
    """Return the HTML of a cleaned text: paragraphs, line breaks, links; all else is text."""
    blocks = ((_linked(block),) for block in text.split("\n\n") if block)
    html = format_html_join("", "<p>{}</p>", blocks)
    return _cleaner.clean(html.replace("\n", "<br>"))


def links(text: str) -> list[str]:
    """Return the web addresses in a text."""
    return [match for found in _ADDRESS.findall(text) if is_web_address(match := _trim(found))]


def text_hash(text: str) -> str:
    """Return 64 hex digits, the same for texts that differ in case, blanks or signs only."""
    words = _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
    return salted_hmac("comments.text", words or text, algorithm="sha256").hexdigest()


def fold(text: str) -> str:
    """Return a name as names are compared: form, case and blanks do not tell them apart."""
    return " ".join(unicodedata.normalize("NFKC", clean_line(text)).casefold().split())


def _linked(text: str) -> SafeString:
    """Escape a text and make links of the web addresses in it."""
    if "://" not in text:
        return escape(text)
    parts: list[tuple[SafeString | str]] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = _trim(match[0])
        if not is_web_address(address):
            continue
        parts.append((text[end : match.start()],))
        parts.append((format_html('<a href="{}">{}</a>', address, _label(address)),))
        end = match.start() + len(address)
    parts.append((text[end:],))
    return format_html_join("", "{}", parts)


def _trim(address: str) -> str:
    """Leave to the sentence the signs that end it, and a bracket that was opened before."""
    address = address.rstrip(".,;:!?…")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?…")
    return address


def _label(address: str) -> str:
    label = address.partition("://")[2]
    return label if len(label) <= _LABEL_LENGTH else f"{label[: _LABEL_LENGTH - 1]}…"
