"""The one allow list for HTML that people or importers bring in, and plain text out of it.

Every door uses it: the editor's form, the importer, the field's own save. What the list does not
name is gone; what is left may be printed unescaped.
"""

import re
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.db import models
from django.utils.html import strip_tags

# Extensions of the editor (django-prose-editor); EmbedBlock, FactBox and PullQuote are ours, in
# articles/static/articles/editor/.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "HardBreak": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Figure": {"pickerUrl": "/admin/articles/image/pick/"},
    "Image": True,
    "Caption": True,
    "PullQuote": True,
    "EmbedBlock": True,
    "FactBox": True,
    "HTML": False,
}

_TAGS = {
    "p", "br", "hr", "h2", "h3", "strong", "em", "s", "sub", "sup", "code", "pre",
    "ul", "ol", "li", "blockquote", "a", "figure", "img", "figcaption", "aside", "cite",
    "table", "thead", "tbody", "tr", "th", "td", "caption",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "img": {"src", "alt", "data-file"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "figure": {"data-embed"},
}
_CLASSES = {
    "figure": {"figure", "embed"},
    "aside": {"factbox"},
    "blockquote": {"pullquote"},
}
# A path of ours. Browsers take "/\\host" and "/<tab>/host" for "//host", another site.
_OWN_PATH = re.compile(r"/(?!/)[\w./%~+-]*", re.ASCII)
_SCHEMES = {"http", "https", "mailto", "tel"}
_DROP_WITH_CONTENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math"}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Let through only pictures of our own library and embeds that are plain web addresses."""
    if tag == "img" and name == "src":
        return value if _OWN_PATH.fullmatch(value) else None
    if tag == "img" and name == "data-file":
        return value if value.isdecimal() and len(value) < 19 else None
    if tag == "figure" and name == "data-embed":
        return value if is_web_address(value) else None
    if name in {"colspan", "rowspan", "start"}:
        return value if value.isdecimal() and len(value) < 4 else None
    return value


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROP_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    attribute_filter=_attribute,
    url_schemes=_SCHEMES,
    link_rel=None,
    strip_comments=True,
)
# For letters: what a mail program shows anywhere.
_WORDS = {
    "p", "br", "hr", "h2", "h3", "strong", "em", "s", "ul", "ol", "li", "blockquote", "a",
}  # fmt: skip
_word_cleaner = nh3.Cleaner(
    tags=_WORDS,
    clean_content_tags=_DROP_WITH_CONTENT | {"figure", "table", "aside"},
    attributes={"a": {"href"}},
    url_schemes=_SCHEMES,
    link_rel=None,
    strip_comments=True,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMPTY = re.compile(r"^(?:\s|&nbsp;|<p>(?:\s|&nbsp;|<br\s*/?>)*</p>)*$")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# One that anybody reads the same way: for all others there is a parser.
_WHOLE_TAG = re.compile(r"""</?[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_NEVER_HOLD = {"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "source", "track"}
_CLOSE_THEMSELVES = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"}
_DEEPEST = 100
_BLOCK_END = re.compile(
    r"</(?:p|h[1-6]|li|blockquote|figcaption|td|th|tr|aside|pre)>|<br\s*/?>|<hr\s*/?>"
)


def is_web_address(value: str) -> bool:
    """Tell whether a value is an absolute http(s) address with a host and no credentials."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not re.search(r"\s", value)
    )


class _Clean(str):
    """HTML that `clean` has returned. Whatever is made of it is any text again."""

    __slots__ = ()

    def __str__(self) -> str:
        return self


def clean(html: str) -> str:
    """Return the HTML reduced to the allow list; the empty string where no content is left.

    Idempotent, and free the second time. NUL and other control characters are dropped: PostgreSQL
    refuses the first. Markup nested deeper than any text needs keeps its words only: parsers take
    minutes over it.
    """
    if isinstance(html, _Clean):
        return html
    html = flattened(drop_control_characters(html))
    cleaned = _cleaner.clean(html).strip()
    return _Clean("" if _EMPTY.match(cleaned) else cleaned)


def flattened(html: str) -> str:
    """Return the HTML; of markup nested deeper than any text needs the words alone."""
    if not _is_too_deep(html):
        return html
    return "".join(f"<p>{escape(line)}</p>" for line in plain_text(html).splitlines())


def clean_words(html: str) -> str:
    """Return cleaned HTML of words, lists and links only: no pictures, tables, boxes."""
    cleaned = _word_cleaner.clean(clean(html)).strip()
    return "" if _EMPTY.match(cleaned) else cleaned


def _is_too_deep(html: str) -> bool:
    """Tell whether more elements are open at once than a text has any use for."""
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _NEVER_HOLD or name in _CLOSE_THEMSELVES:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEEPEST:
            return True
    return False


def drop_control_characters(text: str) -> str:
    """Return the text without the control characters that no database or XML reader takes."""
    return _CONTROL.sub("", text)


def plain_text(html: str) -> str:
    """Return the words of an HTML text: a line per block, entities resolved."""
    if not html:
        return ""
    if "<" in html:
        html = _BLOCK_END.sub("\n", html)
        bare = _WHOLE_TAG.sub("", html)
        html = strip_tags(html) if "<" in bare else bare
    lines = unescape(html).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def shorten(text: str, length: int) -> str:
    """Return a text of at most so many characters, in one line, cut behind a word."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[:length].rpartition(" ")[0].rstrip(" ,;:–-")
    if len(cut) < length // 2:  # one endless word, or a language without blanks
        cut = text[: length - 1]
    return f"{cut}…"


class RichTextField(models.TextField):
    """A text column that cleans what is written to it, whoever writes."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Clean at the last door before the database, also for code that never called clean()."""
        value = clean(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, value)
        return value
