"""The rules of RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 as a check of what is really sent."""

import json
import re
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}creator"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_RFC822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def check(content: bytes) -> None:
    """Demand every rule of whichever of the three this is."""
    if content.lstrip().startswith(b"{"):
        _json_feed(json.loads(content))
        return
    root = ElementTree.fromstring(content)
    if root.tag == "rss":
        _rss(root)
    else:
        assert root.tag == f"{ATOM}feed"
        _atom(root)


# --- RSS 2.0, with the RSS Advisory Board's best practices ----------------------------------------


def _rss(root: Element) -> None:
    assert root.attrib["version"] == "2.0"
    (channel,) = root
    assert channel.tag == "channel"
    names = _counts(channel)
    assert set(names) <= {
        "title", "link", "description", "language", "lastBuildDate", "item", f"{ATOM}link",
    }  # fmt: skip
    for name in ("title", "link", "description"):
        assert names[name] == 1
        assert channel.findtext(name)
    assert max(names[name] for name in names if name not in {"item", f"{ATOM}link"}) == 1
    _is_address(channel.findtext("link"))
    assert _LANGUAGE.fullmatch(channel.findtext("language") or "")
    _is_rfc822(channel.findtext("lastBuildDate"))
    own = [link for link in channel.findall(f"{ATOM}link") if link.attrib["rel"] == "self"]
    assert len(own) == 1
    _is_address(own[0].attrib["href"])
    # A feed's items come last, so that readers know it before they read them.
    assert [child.tag for child in channel][len(channel) - names["item"] :] == ["item"] * names[
        "item"
    ]
    items = channel.findall("item")
    for item in items:
        _rss_item(item)
    assert len({item.findtext("guid") for item in items}) == len(items)


def _rss_item(item: Element) -> None:
    names = _counts(item)
    many = {"category", _DUBLIN}
    assert set(names) <= many | {
        "title", "link", "guid", "pubDate", "description", "enclosure", _CONTENT,
        f"{ATOM}published", f"{ATOM}updated", f"{_MEDIA}content",
    }  # fmt: skip
    assert max(count for name, count in names.items() if name not in many) == 1
    assert item.findtext("title")
    _is_address(item.findtext("link"))
    guid = item.find("guid")
    assert guid is not None
    assert guid.text
    assert guid.attrib == {"isPermaLink": "false"}
    _is_rfc822(item.findtext("pubDate"))
    assert item.find("description") is not None
    enclosure = item.find("enclosure")
    if enclosure is not None:
        assert set(enclosure.attrib) == {"url", "length", "type"}
        _is_address(enclosure.attrib["url"])
        assert enclosure.attrib["length"].isdecimal()
    _pictures(item)


# --- Atom -----------------------------------------------------------------------------------------


def _atom(root: Element) -> None:
    names = _counts(root)
    assert names[f"{ATOM}id"] == names[f"{ATOM}title"] == names[f"{ATOM}updated"] == 1
    for name in ("subtitle", "icon", "logo", "generator", "rights"):
        assert names[f"{ATOM}{name}"] <= 1
    _is_atom_base(root)
    assert [link.attrib["rel"] for link in root.findall(f"{ATOM}link")][:1] == ["self"]
    authors = root.findall(f"{ATOM}author")
    entries = root.findall(f"{ATOM}entry")
    assert authors or all(entry.findall(f"{ATOM}author") for entry in entries)
    for entry in entries:
        counts = _counts(entry)
        for name in ("id", "title", "updated", "published", "summary", "content"):
            assert counts[f"{ATOM}{name}"] == 1, name
        _is_atom_base(entry)
        _is_rfc3339(entry.findtext(f"{ATOM}published"))
        assert entry.find(f"{ATOM}content").attrib == {"type": "html"}  # type: ignore[union-attr]
        assert all(node.attrib["term"] for node in entry.findall(f"{ATOM}category"))
        authors = authors + entry.findall(f"{ATOM}author")
        _pictures(entry)
    for author in authors:
        assert _counts(author)[f"{ATOM}name"] == 1
        assert author.findtext(f"{ATOM}name")
        _is_address(author.findtext(f"{ATOM}uri"))
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)


def _is_atom_base(node: Element) -> None:
    assert urlsplit(node.findtext(f"{ATOM}id") or "").scheme in {"http", "https", "tag"}
    assert node.findtext(f"{ATOM}title")
    _is_rfc3339(node.findtext(f"{ATOM}updated"))
    links = node.findall(f"{ATOM}link")
    for link in links:
        assert link.attrib["rel"] in {"self", "alternate", "enclosure", "hub"}
        _is_address(link.attrib["href"])
    assert sum(link.attrib["rel"] == "alternate" for link in links) == 1


def _pictures(node: Element) -> None:
    for picture in node.findall(f"{_MEDIA}content"):
        _is_address(picture.attrib["url"])
        assert picture.attrib["medium"] == "image"
        assert int(picture.attrib["width"]) > 0 < int(picture.attrib["height"])
        assert set(_counts(picture)) <= {f"{_MEDIA}description", f"{_MEDIA}credit"}


# --- JSON Feed 1.1 --------------------------------------------------------------------------------


def _json_feed(feed: dict[str, Any]) -> None:
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert set(feed) <= {
        "version", "title", "home_page_url", "feed_url", "description", "language", "icon",
        "authors", "hubs", "items",
    }  # fmt: skip
    assert isinstance(feed["title"], str)
    assert feed["title"]
    for name in ("home_page_url", "feed_url", "icon"):
        _is_address(feed[name])
    assert _LANGUAGE.fullmatch(feed["language"])
    _authors(feed["authors"])
    for hub in feed.get("hubs", []):
        assert set(hub) == {"type", "url"}
    for item in feed["items"]:
        assert set(item) <= {
            "id", "url", "title", "summary", "content_html", "image", "date_published",
            "date_modified", "authors", "tags", "language",
        }  # fmt: skip
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
        for name in ("url", "image"):
            if name in item:
                _is_address(item[name])
        for name in ("date_published", "date_modified"):
            _is_rfc3339(item[name])
        _authors(item.get("authors", []))
        assert all(isinstance(tag, str) and tag for tag in item.get("tags", []))
        assert _LANGUAGE.fullmatch(item["language"])
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])


def _authors(authors: list[dict[str, str]]) -> None:
    for author in authors:
        assert set(author) == {"name", "url"}
        assert author["name"]
        _is_address(author["url"])


# --- What all three need --------------------------------------------------------------------------


def _counts(node: Element) -> Counter[str]:
    return Counter(child.tag for child in node)


def _is_address(text: str | None) -> None:
    parts = urlsplit(text or "")
    assert parts.scheme in {"http", "https"}, text
    assert parts.netloc, text


def _is_rfc822(text: str | None) -> None:
    assert _RFC822.fullmatch(text or ""), text
    assert parsedate_to_datetime(text or "").tzinfo is not None


def _is_rfc3339(text: str | None) -> None:
    assert _RFC3339.fullmatch(text or ""), text
