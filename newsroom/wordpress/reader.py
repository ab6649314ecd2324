"""Reads a WordPress export (WXR 1.0–1.2) record by record. importing.py calls it."""

from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _

from newsroom.lib.slugs import make_slug

from .elements import TooLarge, elements
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

_PAGE = 1024  # numbers that are remembered together
_OF_CHANNEL = {"wp_wxr_version", "wp_base_blog_url", "link"}


class Unreadable(Exception):
    """A file that is no WordPress export or no XML; str() names file, line and what is wrong."""


class Export:
    """One file. Iterating reads it from the start; `source` is known once it has been read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.site = ""
        self.source = ""
        self.seen = Seen()  # what stands in the part that has been read last

    def __iter__(self) -> Iterator[Record]:
        """Yield the records in the order of the file. Raises Unreadable."""
        channel: dict[str, str] = {}
        self.seen = Seen()
        names = _Names(self.seen)
        try:
            for element in elements(clean_text(self.path)):
                name = _short(element.tag)
                if build := _RECORDS.get(name):
                    yield names.settle(build(element))
                elif name in _OF_CHANNEL:
                    channel.setdefault(name, (element.text or "").strip())
        except ParseError as error:
            line, column = error.position
            raise Unreadable(self._describe(str(error).partition(":")[0], line, column)) from error
        except DefusedXmlException as error:
            raise Unreadable(
                _("%(file)s: it declares entities or refers to other files; that is refused.")
                % {"file": self.path.name}
            ) from error
        except (OSError, EOFError, TooLarge) as error:
            raise Unreadable(f"{self.path.name}: {error}") from error
        if not channel.get("wp_wxr_version"):
            raise Unreadable(
                _("%(file)s: this is no WordPress export (it names no WXR version).")
                % {"file": self.path.name}
            )
        self.site = channel.get("wp_base_blog_url") or channel.get("link") or ""
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


class Seen:
    """Remembers a number below 2**32 for every kind and key.

    Keys are numbers as a rule, and near each other: some four bytes each instead of two hundred.
    """

    def __init__(self) -> None:
        self._pages: dict[tuple[str, int], array[int]] = {}
        self._others: dict[tuple[str, str], int] = {}

    def __contains__(self, identity: tuple[str, str]) -> bool:
        return bool(self.get(*identity))

    def get(self, kind: str, key: str) -> int:
        """Return what is remembered; 0 for nothing."""
        if _is_number(key):
            page, place = divmod(int(key), _PAGE)
            found = self._pages.get((kind, page))
            return found[place] if found else 0
        return self._others.get((kind, key), 0)

    def put(self, kind: str, key: str, number: int) -> None:
        """Remember a number, not 0."""
        if _is_number(key):
            page, place = divmod(int(key), _PAGE)
            if (kind, page) not in self._pages:
                self._pages[kind, page] = array("I", [0]) * _PAGE
            self._pages[kind, page][place] = number
        else:
            self._others[kind, key] = number


class _Names:
    """Gives every record of one file a key of its own.

    Hand-made exports repeat ids; what differs in its name is another record and gets a longer key.
    """

    def __init__(self, seen: Seen) -> None:
        self._seen = seen  # of a record's name a hash

    def settle(self, record: Record) -> Record:
        """Settle a record and the comments in it."""
        if not isinstance(record, Item):
            self._settle(record, "", 1)
            return record
        name = record.name or record.guid or record.link
        hashed = hash(name) & 0xFFFFFFFF or 1
        self._settle(record, name, hashed)
        for number, comment in enumerate(record.comments):
            comment.key = comment.key or f"{record.key}/{number}"[:200]
            comment.post, comment.post_kind = record.key, record.kind
            self._settle(comment, name, hashed)
        return record

    def _settle(self, record: Record, name: str, hashed: int) -> None:
        known = self._seen.get(record.kind, record.key)
        if known and known != hashed:
            record.key = f"{record.key}:{name}"[:200]
            known = self._seen.get(record.kind, record.key)
        record.is_repeat = known != 0
        if not known:
            self._seen.put(record.kind, record.key, hashed)


def _is_number(key: str) -> bool:
    return len(key) < 16 and key.isdecimal() and key.isascii() and key[0] != "0"


def author_key(login: str) -> str:
    """Return a person's identity; items write logins in another case, or with a stray sign."""
    return login.strip(" <>").casefold()[:200]


@lru_cache(maxsize=10_000)
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


class _Fields:
    """The texts of an element's children by name; of several the first."""

    def __init__(self, element: Element) -> None:
        self._texts = {_short(child.tag): child.text for child in reversed(element)}

    def whole(self, name: str) -> str:
        return self._texts.get(name) or ""

    def __getitem__(self, name: str) -> str:
        return (self._texts.get(name) or "").strip()


def _author(element: Element) -> Record:
    fields = _Fields(element)
    login = fields["wp_author_login"]
    first, last = fields["wp_author_first_name"], fields["wp_author_last_name"]
    name = fields["wp_author_display_name"] or f"{first} {last}".strip()
    key = author_key(login or name)
    number = fields["wp_author_id"]
    return AuthorRecord(AUTHOR, key, number=number, name=name or login.partition("@")[0])


def _term(kind: str, prefix: str, name: str) -> Callable[[Element], Record]:
    def build(element: Element) -> Record:
        fields = _Fields(element)
        slug, title = fields[f"wp_{prefix}"], fields[f"wp_{name}"]
        taxonomy = fields["wp_term_taxonomy"] or kind
        key = term_key(slug, title)
        return TermRecord(
            kind,
            f"{taxonomy}:{key}"[:200] if kind == TERM else key,
            number=fields["wp_term_id"],
            taxonomy=taxonomy,
            slug=unquote(slug),
            name=title,
            parent=term_key(fields[f"wp_{kind}_parent"], ""),
            description=fields[f"wp_{kind}_description"],
        )

    return build


def _item(element: Element) -> Record:
    fields = _Fields(element)
    kind = fields["wp_post_type"][:40] or "(none)"
    item = Item(f"type:{kind}"[:40] if kind in NO_ITEMS else kind, "")
    item.post_id = fields["wp_post_id"]
    item.title, item.link = fields["title"], fields["link"]
    item.guid, item.creator = fields["guid"], fields["dc_creator"]
    item.body, item.excerpt = fields.whole("content"), fields["excerpt"]
    item.name, item.status = unquote(fields["wp_post_name"]), fields["wp_status"]
    item.has_password = bool(fields["wp_post_password"])
    item.date, item.date_gmt = fields["wp_post_date"], fields["wp_post_date_gmt"]
    item.pub_date = fields["pubDate"]
    item.modified_gmt = fields["wp_post_modified_gmt"]
    item.parent = fields["wp_post_parent"]
    item.attachment_url = fields["wp_attachment_url"]
    item.comments_open = fields["wp_comment_status"] == "open"
    item.is_sticky = fields["wp_is_sticky"] == "1"
    item.key = (item.post_id or item.guid or item.link or item.name)[:200]
    for child in element:
        name = _short(child.tag)
        if name == "category" and (domain := child.get("domain")):
            taxonomy = {"tag": "post_tag"}.get(domain, domain)
            item.labels.append(
                Label(taxonomy, child.get("nicename") or "", (child.text or "").strip())
            )
        elif name == "wp_postmeta":
            meta = _Fields(child)
            item.meta.setdefault(meta["wp_meta_key"], []).append(meta.whole("wp_meta_value"))
        elif name == "wp_comment":
            item.comments.append(_comment(child))
    return item


def _comment(element: Element) -> CommentRecord:
    fields = _Fields(element)
    kind, number = fields["wp_comment_type"], fields["wp_comment_id"]
    return CommentRecord(
        COMMENT if kind in {"", COMMENT} else kind if kind in NO_ITEMS else f"comment:{kind}"[:40],
        number[:190],
        number=number,
        parent=fields["wp_comment_parent"],
        name=fields["wp_comment_author"],
        address=fields["wp_comment_author_email"],
        date=fields["wp_comment_date"],
        date_gmt=fields["wp_comment_date_gmt"],
        text=fields.whole("wp_comment_content"),
        approved=fields["wp_comment_approved"],
    )


_RECORDS: dict[str, Callable[[Element], Record]] = {
    "item": _item,
    "wp_author": _author,
    "wp_wp_author": _author,
    "wp_category": _term(CATEGORY, "category_nicename", "cat_name"),
    "wp_tag": _term(TAG, "tag_slug", "tag_name"),
    "wp_term": _term(TERM, "term_slug", "term_name"),
}
