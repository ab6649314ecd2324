"""Reads a WordPress export (WXR 1.0–1.2) record by record. importing.py calls it."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from newsroom.lib.slugs import make_slug

from .records import (
    AUTHOR,
    CATEGORY,
    COMMENT,
    NO_ITEMS,
    TAG,
    TERM,
    AuthorRecord,
    CommentRecord,
    Item,
    Label,
    Record,
    TermRecord,
)
from .stream import clean_text

# Deeper or larger is no export but an attack on our memory. Characters of one record.
_MAX_RECORD = 50_000_000
_MAX_DEPTH = 100


class Unreadable(Exception):
    """A file that is no WordPress export or no XML; str() names file, line and what is wrong."""


class Export:
    """One file. Iterating reads it from the start; `source` is known once it has been read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.site = ""
        self.source = ""

    def __iter__(self) -> Iterator[Record]:
        """Yield the records in the order of the file. Raises Unreadable."""
        target = _Target()
        parser = DefusedXMLParser(target=target)
        names = _Names()
        try:
            for text in clean_text(self.path):
                parser.feed(text)
                yield from map(names.settle, target.take())
            parser.close()
        except ParseError as error:
            line, column = error.position
            raise Unreadable(self._describe(str(error).partition(":")[0], line, column)) from error
        except DefusedXmlException as error:
            raise Unreadable(
                _("%(file)s: it declares entities or refers to other files; that is refused.")
                % {"file": self.path.name}
            ) from error
        except (OSError, EOFError, _TooLarge) as error:
            raise Unreadable(f"{self.path.name}: {error}") from error
        if not target.channel.get("wp_wxr_version"):
            raise Unreadable(
                _("%(file)s: this is no WordPress export (it names no WXR version).")
                % {"file": self.path.name}
            )
        self.site = target.channel.get("wp_base_blog_url") or target.channel.get("link") or ""
        self.source = _source_of(self.site)

    def _describe(self, what: str, line: int, column: int) -> str:
        """Say where the XML is broken, with the place itself."""
        values = {"file": self.path.name, "line": line, "column": column + 1, "what": what}
        message = _("%(file)s, line %(line)s, column %(column)s: the XML is broken (%(what)s).")
        place = self._line(line)[max(0, column - 30) : column + 30].strip()
        near = _(" Near: %(place)s") % {"place": place} if place else ""
        if "&" in place[:31] and "invalid token" in what:
            near += _(" (A bare & must be written as &amp;.)")
        return message % values + near

    def _line(self, number: int) -> str:
        """Return one line of the cleaned text, at most its first 10,000 characters."""
        current, found = 1, ""
        for text in clean_text(self.path):
            parts = text.split("\n")
            for index, part in enumerate(parts):
                current += index > 0
                if current == number:
                    found += part[:10_000]
                elif current > number:
                    return found[:10_000]
        return found[:10_000]


class _TooLarge(Exception):
    """One record that no site has."""


class _Target:
    """The parser's target: keeps the one record that is being read, nothing before it."""

    def __init__(self) -> None:
        self.channel: dict[str, str] = {}
        self._done: list[Record] = []
        self._path: list[str] = []
        self._builder: TreeBuilder | None = None
        self._size = 0
        self._text: list[str] = []

    def take(self) -> list[Record]:
        """Return what was completed since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _short(tag)
        self._path.append(name)
        if len(self._path) > _MAX_DEPTH:
            raise _TooLarge(
                _("elements stand %(count)s deep in each other.") % {"count": _MAX_DEPTH}
            )
        if self._builder is None and len(self._path) == 3 and name in _RECORDS:
            self._builder, self._size = TreeBuilder(), 0
        if self._builder is not None:
            self._builder.start(name, attributes)
        self._text = []

    def data(self, text: str) -> None:
        self._size += len(text)
        if self._size > _MAX_RECORD:
            raise _TooLarge(_("one record is larger than 50 million characters."))
        if self._builder is not None:
            self._builder.data(text)
        else:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name = self._path.pop()
        if self._builder is not None:
            self._builder.end(name)
            if len(self._path) == 2:
                self._done.append(_RECORDS[name](self._builder.close()))
                self._builder = None
        elif len(self._path) == 2 and name in {"wp_wxr_version", "wp_base_blog_url", "link"}:
            self.channel.setdefault(name, "".join(self._text).strip())
        self._text, self._size = [], self._size if self._builder is not None else 0

    def close(self) -> None:
        """End of the file; the parser asks for it."""


class _Names:
    """Gives every record of one file a key of its own.

    Hand-made exports repeat ids; what differs in its name is another record and gets a longer key.
    Of a million records only hashes are kept, some 60 bytes each.
    """

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}  # (kind, key) → name

    def settle(self, record: Record) -> Record:
        """Settle a record and the comments in it."""
        if not isinstance(record, Item):
            self._settle(record, "", 0)
            return record
        name = record.name or record.guid or record.link
        hashed = hash(name)
        self._settle(record, name, hashed)
        for number, comment in enumerate(record.comments):
            comment.key = comment.key or f"{record.key}/{number}"[:200]
            comment.post, comment.post_kind = record.key, record.kind
            self._settle(comment, name, hashed)
        return record

    def _settle(self, record: Record, name: str, hashed: int) -> None:
        known = self._seen.get(record.identity)
        if known is not None and known != hashed:
            record.key = f"{record.key}:{name}"[:200]
            known = self._seen.get(record.identity)
        record.is_repeat = known is not None
        self._seen[record.identity] = hashed


def author_key(login: str) -> str:
    """Return a person's identity; items write logins in another case, or with a stray sign."""
    return login.strip(" <>").casefold()[:200]


def term_key(slug: str, name: str) -> str:
    """Return a term's identity: its slug in one spelling, else its name."""
    return make_slug(unquote(slug), max_length=190) or unquote(slug or name).strip()[:190]


def _source_of(site: str) -> str:
    """Return what tells one site from another: host and path, without http or https."""
    parts = urlsplit(site if "//" in site else f"//{site}")
    try:
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return site[:200]
    return f"{host}{port}{parts.path.rstrip('/')}"[:200] or "wordpress"


@lru_cache(maxsize=500)
def _short(tag: str) -> str:
    """Return an element's name with a prefix that is the same in every version of the format."""
    namespace, _brace, name = tag.rpartition("}")
    if "wordpress.org/export/" in namespace:
        return "excerpt" if namespace.rstrip("/").endswith("excerpt") else f"wp_{name}"
    if namespace.endswith("/modules/content/"):
        return "content"
    return f"dc_{name}" if "purl.org/dc/" in namespace else name


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _author(element: Element) -> Record:
    login = _text(element, "wp_author_login")
    first, last = _text(element, "wp_author_first_name"), _text(element, "wp_author_last_name")
    name = _text(element, "wp_author_display_name") or f"{first} {last}".strip()
    key = author_key(login or name)
    number = _text(element, "wp_author_id")
    return AuthorRecord(AUTHOR, key, number=number, name=name or login.partition("@")[0])


def _term(kind: str, prefix: str, name: str) -> Callable[[Element], Record]:
    def build(element: Element) -> Record:
        slug, title = _text(element, f"wp_{prefix}"), _text(element, f"wp_{name}")
        taxonomy = _text(element, "wp_term_taxonomy") or kind
        key = term_key(slug, title)
        return TermRecord(
            kind,
            f"{taxonomy}:{key}"[:200] if kind == TERM else key,
            number=_text(element, "wp_term_id"),
            taxonomy=taxonomy,
            slug=unquote(slug),
            name=title,
            parent=term_key(_text(element, f"wp_{kind}_parent"), ""),
            description=_text(element, f"wp_{kind}_description"),
        )

    return build


def _item(element: Element) -> Record:
    kind = _text(element, "wp_post_type")[:40] or "(none)"
    item = Item(f"type:{kind}"[:40] if kind in NO_ITEMS else kind, "")
    item.post_id = _text(element, "wp_post_id")
    item.title, item.link = _text(element, "title"), _text(element, "link")
    item.guid, item.creator = _text(element, "guid"), _text(element, "dc_creator")
    item.body, item.excerpt = element.findtext("content") or "", _text(element, "excerpt")
    item.name, item.status = unquote(_text(element, "wp_post_name")), _text(element, "wp_status")
    item.has_password = bool(_text(element, "wp_post_password"))
    item.date, item.date_gmt = _text(element, "wp_post_date"), _text(element, "wp_post_date_gmt")
    item.pub_date = _text(element, "pubDate")
    item.modified_gmt = _text(element, "wp_post_modified_gmt")
    item.parent = _text(element, "wp_post_parent")
    item.attachment_url = _text(element, "wp_attachment_url")
    item.comments_open = _text(element, "wp_comment_status") == "open"
    item.is_sticky = _text(element, "wp_is_sticky") == "1"
    item.key = (item.post_id or item.guid or item.link or item.name)[:200]
    for label in element.iterfind("category"):
        if domain := label.get("domain"):
            taxonomy = {"tag": "post_tag"}.get(domain, domain)
            item.labels.append(
                Label(taxonomy, label.get("nicename") or "", (label.text or "").strip())
            )
    for meta in element.iterfind("wp_postmeta"):
        values = item.meta.setdefault(_text(meta, "wp_meta_key"), [])
        values.append(meta.findtext("wp_meta_value") or "")
    item.comments = [_comment(comment) for comment in element.iterfind("wp_comment")]
    return item


def _comment(element: Element) -> CommentRecord:
    kind = _text(element, "wp_comment_type")
    number = _text(element, "wp_comment_id")
    return CommentRecord(
        COMMENT if kind in {"", COMMENT} else kind if kind in NO_ITEMS else f"comment:{kind}"[:40],
        number[:190],
        number=number,
        parent=_text(element, "wp_comment_parent"),
        name=_text(element, "wp_comment_author"),
        address=_text(element, "wp_comment_author_email"),
        date=_text(element, "wp_comment_date"),
        date_gmt=_text(element, "wp_comment_date_gmt"),
        text=element.findtext("wp_comment_content") or "",
        approved=_text(element, "wp_comment_approved"),
    )


_RECORDS: dict[str, Callable[[Element], Record]] = {
    "item": _item,
    "wp_author": _author,
    "wp_wp_author": _author,
    "wp_category": _term(CATEGORY, "category_nicename", "cat_name"),
    "wp_tag": _term(TAG, "tag_slug", "tag_name"),
    "wp_term": _term(TERM, "term_slug", "term_name"),
}
