"""Reads RSS 0.9–2.0, Atom and JSON Feed: whole and well formed, or not at all."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, tostring

from defusedxml.ElementTree import fromstring
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from newsroom.lib.partnerfeeds import Unreadable, well_formed
from newsroom.lib.richtext import drop_control_characters, is_web_address

MAX_BYTES = 10_000_000
MAX_ENTRIES = 1_000
_PLAIN = {
    "",
    "http://purl.org/rss/1.0/",
    "http://www.w3.org/2005/Atom",
    "http://my.netscape.com/rdf/simple/0.9/",
}
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}


@dataclass
class Entry:
    """One entry as the feed has it; `summary` and `body` are HTML of unknown cleanness."""

    guid: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    sent_at: datetime | None = None
    pictures: list[str] = field(default_factory=list)


def read(data: bytes, url: str) -> list[Entry]:
    """Return the entries of a feed in its order; `url` is where it came from. Raises Unreadable."""
    if not data.strip():
        raise Unreadable(_("The feed is empty."))
    try:
        is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}
        entries = _read_json(data, url) if is_json else _read_xml(data, url)
    except RecursionError as error:
        raise Unreadable(_("Its elements stand too deep in each other.")) from error
    if not entries:
        raise Unreadable(_("There is no entry in the feed."))
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(_("The feed holds more than %(count)d entries.") % {"count": MAX_ENTRIES})
    return entries


# --- XML -----------------------------------------------------------------------------------------


def _read_xml(data: bytes, url: str) -> list[Entry]:
    with well_formed():
        root = fromstring(data)
    match _name(root):
        case "feed":
            return [_atom(one, url) for one in root if _name(one) == "entry"]
        case "rss" | "rdf:RDF":
            return [_rss(one, url) for one in root.iter() if _name(one) == "item"]
    raise Unreadable(
        _("This is neither RSS nor Atom nor JSON Feed: its root is <%(name)s>.")
        % {"name": _name(root)[:60]}
    )


def _rss(item: Element, base: str) -> Entry:
    found = _Children(item)
    guid = found.element("guid")
    is_permanent = guid is not None and guid.get("isPermaLink", "true") != "false"
    summary = found.text("description", "dc:description")
    link = found.text("link") or (found.text("guid") if is_permanent else "")
    return Entry(
        guid=found.text("guid") or item.get(f"{{{_RDF}}}about", ""),
        url=_address(base, link),
        title=found.text("title", "dc:title"),
        summary=summary if found.text("content:encoded") else "",
        body=found.text("content:encoded") or summary,
        sent_at=_moment(found.text("pubDate", "dc:date")),
        pictures=found.pictures(base),
    )


def _atom(entry: Element, base: str) -> Entry:
    found = _Children(entry)
    base = urljoin(base, entry.get("{http://www.w3.org/XML/1998/namespace}base", ""))
    links = [one for one in entry if _name(one) == "link"]
    main = next((one for one in links if one.get("rel", "alternate") == "alternate"), None)
    summary, body = (_construct(found.element(name)) for name in ("summary", "content"))
    return Entry(
        guid=found.text("id"),
        url=_address(base, main.get("href", "") if main is not None else ""),
        title=_construct(found.element("title")),
        summary=summary if body else "",
        body=body or summary,
        sent_at=_moment(found.text("published", "updated")),
        pictures=found.pictures(base),
    )


_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class _Children:
    """The elements of one entry by name, the first of each."""

    def __init__(self, entry: Element) -> None:
        self._all = list(entry)
        self._first = {_name(one): one for one in reversed(self._all)}

    def element(self, name: str) -> Element | None:
        return self._first.get(name)

    def text(self, *names: str) -> str:
        """Return the first of these that says anything."""
        found = ("".join(self._first[n].itertext()).strip() for n in names if n in self._first)
        return next(filter(None, found), "")

    def pictures(self, base: str) -> list[str]:
        """Return the addresses of pictures that are named beside the text."""
        found = []
        for one in [nested for top in self._all for nested in top.iter()]:
            kind = one.get("type", "") or one.get("medium", "")
            href = one.get("url", "") or one.get("href", "")
            is_enclosure = _name(one) in {"enclosure", "media:content"} or (
                _name(one) == "link" and one.get("rel") == "enclosure"
            )
            if href and is_enclosure and kind.startswith("image"):
                found.append(_address(base, href))
        return list(dict.fromkeys(filter(None, found)))


def _construct(element: Element | None) -> str:
    """Return an Atom text as HTML."""
    if element is None:
        return ""
    kind = element.get("type", "text")
    if kind == "xhtml":
        for one in element.iter():
            one.tag = one.tag.rpartition("}")[2] if isinstance(one.tag, str) else one.tag
        return "".join(tostring(one, "unicode", method="html") for one in element)
    text = "".join(element.itertext()).strip()
    return text if "html" in kind else escape(text, quote=False)


def _name(element: Element) -> str:
    """Return an element's name, with the usual prefix of its namespace."""
    space, _brace, local = element.tag.rpartition("}")
    space = space.removeprefix("{")
    if space in _PLAIN:
        return local
    return f"{_PREFIXES.get(space, '?')}:{local}"


# --- JSON ----------------------------------------------------------------------------------------


def _read_json(data: bytes, url: str) -> list[Entry]:
    try:
        feed = json.loads(data)
    except ValueError as error:
        raise Unreadable(_("The JSON is broken: %(what)s.") % {"what": error}) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Unreadable(_("This is no JSON Feed: it has no list “items”."))
    return [_json(item, url) for item in items if isinstance(item, dict)]


def _json(item: dict[str, Any], base: str) -> Entry:
    def say(name: str) -> str:
        value = item.get(name)
        # Where XML refuses them, JSON holds NUL and halves of characters, which no database takes.
        text = drop_control_characters(str(value)) if isinstance(value, str | int) else ""
        return text.strip()

    plain, summary = (escape(say(name), quote=False) for name in ("content_text", "summary"))
    body = say("content_html") or plain
    return Entry(
        guid=say("id"),
        url=_address(base, say("url") or say("external_url")),
        title=escape(say("title"), quote=False),
        summary=summary if body else "",
        body=body or summary,
        sent_at=_moment(say("date_published") or say("date_modified")),
        pictures=list(filter(None, [_address(base, say("image"))])),
    )


# --- Values --------------------------------------------------------------------------------------


def _address(base: str, link: str) -> str:
    """Return a link as a whole address; empty for what is none, or none of the web."""
    try:
        found = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    return found if is_web_address(found) and len(found) <= 1000 else ""


def _moment(text: str) -> datetime | None:
    """Return a date of RFC 822 or ISO 8601; None for none. Without a zone it is one of UTC."""
    for parse in (parse_datetime, parsedate_to_datetime):
        try:
            found = parse(text.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if found is not None:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
