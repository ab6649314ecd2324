"""The rules of the published sitemap schemas (sitemaps.org 0.9, image 1.1, news 0.9) as a check."""

import re
from datetime import datetime
from typing import Any

from defusedxml import ElementTree

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
# W3C date and time with a zone; a plain date is allowed by the schema, never written by us.
_W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def read(xml: bytes) -> list[dict[str, Any]]:
    """Return the entries of a sitemap or an index after checking every rule."""
    root = ElementTree.fromstring(xml)
    if root.tag == f"{SITEMAP}sitemapindex":
        entries = [_index_entry(node) for node in root]
        assert 1 <= len(entries) <= 50_000
        return entries
    assert root.tag == f"{SITEMAP}urlset"
    entries = [_entry(node) for node in root]
    assert len(entries) <= 50_000
    assert len(xml) <= 50 * 1024 * 1024
    assert len({entry["loc"] for entry in entries}) == len(entries)
    assert sum("news" in entry for entry in entries) <= 1000
    return entries


def _index_entry(node) -> dict[str, Any]:
    assert node.tag == f"{SITEMAP}sitemap"
    names = [child.tag for child in node]
    assert names in ([f"{SITEMAP}loc"], [f"{SITEMAP}loc", f"{SITEMAP}lastmod"])
    return _place(node)


def _entry(node) -> dict[str, Any]:
    assert node.tag == f"{SITEMAP}url"
    # A sequence: its own elements in this order, others behind them.
    names = [child.tag for child in node]
    own = [name for name in names if name.startswith(SITEMAP)]
    assert own in ([f"{SITEMAP}loc"], [f"{SITEMAP}loc", f"{SITEMAP}lastmod"])
    assert names[: len(own)] == own
    others = names[len(own) :]
    assert set(others) <= {f"{IMAGE}image", f"{NEWS}news"}
    entry = _place(node)
    images = node.findall(f"{IMAGE}image")
    assert len(images) <= 1000
    if images:
        entry["images"] = [_image(image) for image in images]
    news = node.findall(f"{NEWS}news")
    assert len(news) <= 1
    if news:
        entry["news"] = _news(news[0])
    return entry


def _place(node) -> dict[str, Any]:
    loc = node.findtext(f"{SITEMAP}loc")
    assert loc.startswith("http://testserver/")
    assert 12 <= len(loc) <= 2048
    entry: dict[str, Any] = {"loc": loc.removeprefix("http://testserver")}
    lastmod = node.findtext(f"{SITEMAP}lastmod")
    if lastmod is not None:
        entry["lastmod"] = _moment(lastmod)
    return entry


def _image(node) -> str:
    assert [child.tag for child in node] == [f"{IMAGE}loc"]
    return node[0].text.removeprefix("http://testserver")


def _news(node) -> dict[str, Any]:
    names = ["publication", "publication_date", "title"]
    assert [child.tag for child in node] == [f"{NEWS}{name}" for name in names]
    assert [child.tag for child in node[0]] == [f"{NEWS}name", f"{NEWS}language"]
    language = node[0][1].text
    assert re.fullmatch(r"zh-cn|zh-tw|[a-z]{2,3}", language)
    assert node[0][0].text
    assert node[2].text
    return {
        "name": node[0][0].text,
        "language": language,
        "date": _moment(node[1].text),
        "title": node[2].text,
    }


def _moment(text: str) -> datetime:
    assert _W3C.fullmatch(text), text
    return datetime.fromisoformat(text)
