"""Feeds as bytes: one list of items written as RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1.

Reads no row; the apps' feeds make the items. Google's limits for feeds hold for all three.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal
from xml.etree import ElementTree as ET

from .kept import Pieces
from .pictures import Crop
from .xmltext import allowed

# Google Publisher Center, "Technical feed requirements": 1 MB per article, 2 MB per feed.
MAX_ITEM_BYTES = 1_000_000
MAX_FEED_BYTES = 2_000_000
CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
type Kind = Literal["rss", "atom", "json"]

_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


@dataclass(frozen=True)
class Person:
    """Who signs."""

    name: str
    url: str


@dataclass(frozen=True)
class Item:
    """One entry. `summary` is plain text; lead, body and notes are HTML with full addresses."""

    id: str
    url: str
    title: str
    summary: str
    published: datetime
    updated: datetime
    language: str
    lead: str = ""
    body: str = ""
    notes: str = ""
    authors: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    picture: Crop | None = None

    @property
    def html(self) -> str:
        return f"{self.lead}{self.body}{self.notes}"


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself. `hub` may be empty; `stylesheet` is for people in a browser."""

    title: str
    description: str
    url: str
    self_url: str
    language: str
    updated: datetime
    icon: str
    stylesheet: str
    publisher: Person
    hub: str = ""


def write(kind: Kind, channel: Channel, items: Sequence[Item]) -> bytes:
    """Return a feed; a text beyond the limit is left out, and the last items where all are."""
    if kind == "json":
        return _json(channel, items)
    root, parent = _rss(channel) if kind == "rss" else _atom(channel)
    _add(parent, "entries")  # where they go
    before, after = ET.tostring(root, encoding="utf-8").split(b"<entries />")
    made = _within_limits(items, lambda item: _entry(kind, item), len, len(before) + len(after))
    style = f'<?xml-stylesheet type="text/css" href="{channel.stylesheet}"?>\n'
    declarations = b'<?xml version="1.0" encoding="utf-8"?>\n' + style.encode()
    return b"".join([declarations, before, *(entry for entry, _size in made), after, b"\n"])


# Entries by all that they are made of: of fifty, a publication changes one.
_entries: Pieces[bytes] = Pieces(600)


def _entry(kind: Kind, item: Item) -> bytes:
    element = _rss_item if kind == "rss" else _atom_entry
    return _entries.get((kind, item), lambda: ET.tostring(element(item), encoding="utf-8"))


def _within_limits[T](
    items: Iterable[Item], make: Callable[[Item], T], size_of: Callable[[T], int], used: int
) -> Iterable[tuple[T, int]]:
    room = MAX_FEED_BYTES - used - 2_000  # declarations and what joins the items
    for item in items:
        made = make(item)
        size = size_of(made)
        if size > MAX_ITEM_BYTES:
            made = make(replace(item, body=""))
            size = size_of(made)
        if size > room:
            return
        room -= size
        yield made, size


# --- XML -----------------------------------------------------------------------------------------


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    clean = {key.rstrip("_"): allowed(value) for key, value in attributes.items()}
    element = ET.SubElement(parent, name, clean)
    element.text = allowed(text) or None
    return element


def _rss(channel: Channel) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("rss", {"version": "2.0", **_NAMESPACES, "xml:lang": channel.language})
    head = _add(root, "channel")
    _add(head, "title", channel.title)
    _add(head, "link", channel.url)
    _add(head, "description", allowed(channel.description).strip() or channel.title)
    _add(head, "language", channel.language)
    _add(head, "lastBuildDate", _rfc822(channel.updated))
    _add(head, "atom:link", rel="self", href=channel.self_url, type="application/rss+xml")
    if channel.hub:
        _add(head, "atom:link", rel="hub", href=channel.hub)
    return root, head


def _rss_item(item: Item) -> ET.Element:
    """Google takes a moved pubDate for a changed text: it is the last substantial change."""
    element = ET.Element("item")
    _add(element, "title", item.title)
    _add(element, "link", item.url)
    _add(element, "guid", item.id, isPermaLink="false")
    _add(element, "pubDate", _rfc822(item.updated))
    _add(element, "atom:published", _rfc3339(item.published))
    _add(element, "atom:updated", _rfc3339(item.updated))
    for person in item.authors:
        _add(element, "dc:creator", person.name)
    for category in item.categories:
        _add(element, "category", category)
    _add(element, "description", item.summary)
    _add(element, "content:encoded", item.html)
    if item.picture is not None:
        # RSS Advisory Board: 0 where the length is not known; the file is made when asked for.
        _add(element, "enclosure", url=item.picture.url, length="0", type="image/jpeg")
        _add_media(element, item.picture)
    return element


def _add_media(parent: ET.Element, picture: Crop) -> None:
    size = {"width": str(picture.width), "height": str(picture.height)}
    media = _add(
        parent, "media:content", url=picture.url, type="image/jpeg", medium="image", **size
    )
    if picture.alt:
        _add(media, "media:description", picture.alt, type="plain")
    if picture.credit:
        _add(media, "media:credit", picture.credit)


def _atom(channel: Channel) -> tuple[ET.Element, ET.Element]:
    names = {"xmlns": _NAMESPACES["xmlns:atom"], "xmlns:media": _NAMESPACES["xmlns:media"]}
    root = ET.Element("feed", {**names, "xml:lang": channel.language})
    _add(root, "title", channel.title)
    if channel.description:
        _add(root, "subtitle", channel.description)
    _add(root, "id", channel.self_url)
    _add(root, "updated", _rfc3339(channel.updated))
    _add(root, "icon", channel.icon)
    _add(root, "link", rel="self", href=channel.self_url, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=channel.url, type="text/html")
    if channel.hub:
        _add(root, "link", rel="hub", href=channel.hub)
    _add_person(root, channel.publisher)
    return root, root


def _atom_entry(item: Item) -> ET.Element:
    element = ET.Element("entry", {"xml:lang": item.language})
    _add(element, "title", item.title)
    _add(element, "id", item.id)
    _add(element, "link", rel="alternate", href=item.url, type="text/html")
    _add(element, "published", _rfc3339(item.published))
    _add(element, "updated", _rfc3339(item.updated))
    for person in item.authors:
        _add_person(element, person)
    for category in item.categories:
        _add(element, "category", term=category)
    _add(element, "summary", item.summary, type="text")
    _add(element, "content", item.html, type="html")
    if item.picture is not None:
        _add(element, "link", rel="enclosure", href=item.picture.url, type="image/jpeg")
        _add_media(element, item.picture)
    return element


def _add_person(parent: ET.Element, person: Person) -> None:
    author = _add(parent, "author")
    _add(author, "name", person.name)
    _add(author, "uri", person.url)


# --- JSON ----------------------------------------------------------------------------------------


def _json(channel: Channel, items: Sequence[Item]) -> bytes:
    head: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.url,
        "feed_url": channel.self_url,
        "description": channel.description,
        "language": channel.language,
        "icon": channel.icon,
        "authors": [{"name": channel.publisher.name, "url": channel.publisher.url}],
        "hubs": [{"type": "WebSub", "url": channel.hub}] if channel.hub else [],
    }
    made = _within_limits(items, _json_item, lambda entry: len(_dump(entry)), len(_dump(head)))
    return _dump({**_filled(head), "items": [entry for entry, _size in made]})


def _json_item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "content_html": item.html,
        **_filled(
            {
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "image": item.picture.url if item.picture else "",
                "date_published": _rfc3339(item.published),
                "date_modified": _rfc3339(item.updated),
                "authors": [{"name": person.name, "url": person.url} for person in item.authors],
                "tags": list(item.categories),
                "language": item.language,
            }
        ),
    }


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value}


def _dump(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
