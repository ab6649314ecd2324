"""What is read from RSS, Atom and JSON Feed, and what HTML of it reaches a draft."""

import json
from datetime import UTC, datetime

import pytest

from articles.agencies.bodies import to_body
from articles.agencies.documents import Entry, read
from newsroom.lib.partnerfeeds import Unreadable

from .agencyserver import item, rss

BASE = "https://wire.example/feed"
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)


def test_rss():
    more = (
        "<content:encoded>&lt;p&gt;B&lt;/p&gt;</content:encoded><media:title>No</media:title>"
        '<enclosure url="/p.jpg" type="image/jpeg"/><enclosure url="/a.mp3" type="audio/mpeg"/>'
    )
    assert read(rss(item(1, "S", link="/1", more=more)), BASE) == [
        Entry("wire-1", "https://wire.example/1", "Story 1", "S", "<p>B</p>", AT,
              ["https://wire.example/p.jpg"])
    ]  # fmt: skip


def test_guid_is_the_address_where_there_is_no_link():
    (entry,) = read(b"<rss><channel><item><guid>https://a.example/1</guid><title>T</title></item>"
                    b"</channel></rss>", BASE)  # fmt: skip
    assert (entry.guid, entry.url) == ("https://a.example/1", "https://a.example/1")


def test_rss_1():
    feed = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        b'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b'<item rdf:about="urn:1"><title>T</title><link>https://a.example/1</link>'
        b"<dc:date>2026-06-01T12:00:00+02:00</dc:date></item></rdf:RDF>"
    )
    assert read(feed, BASE) == [
        Entry("urn:1", "https://a.example/1", "T", "", "", AT, [])
    ]  # fmt: skip


def test_atom():
    feed = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id>'
        b'<title type="html">A &amp;amp; B</title><link rel="self" href="/self"/>'
        b'<link href="/1"/><link rel="enclosure" type="image/png" href="/p.png"/>'
        b"<summary>a &lt; b</summary><updated>2026-06-01T10:00:00Z</updated>"
        b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x<br/>y</p></div>'
        b"</content></entry></feed>"
    )
    assert read(feed, BASE) == [
        Entry("urn:1", "https://wire.example/1", "A &amp; B", "a &lt; b",
              "<div><p>x<br>y</p></div>", AT, ["https://wire.example/p.png"])
    ]  # fmt: skip


def test_json_feed():
    items = [
        {"id": 7, "url": "https://a.example/1", "title": "a < b", "content_text": "x < y",
         "summary": "S", "date_published": "2026-06-01T10:00:00Z", "image": "/p.jpg"},
        "nonsense",
    ]  # fmt: skip
    assert read(json.dumps({"items": items}).encode(), BASE) == [
        Entry("7", "https://a.example/1", "a &lt; b", "S", "x &lt; y", AT,
              ["https://wire.example/p.jpg"])
    ]  # fmt: skip


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://a.example/", "https://u:p@a.example"]
)
def test_what_is_no_web_address_is_none(link):
    (entry,) = read(rss(item(1, link=link)), BASE)
    assert entry.url == ""


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jun 2026 10:00:00 GMT", "2026-13-01"])
def test_what_is_no_date_is_none(date):
    (entry,) = read(f"<rss><item><title>T</title><pubDate>{date}</pubDate></item></rss>".encode(),
                    BASE)  # fmt: skip
    assert entry.sent_at is None


@pytest.mark.parametrize("feed", [b'{"items":' + b"[" * 100_000, b"<a>" * 100_000])
def test_what_stands_too_deep_is_refused(feed):
    with pytest.raises(Unreadable):
        read(feed, BASE)


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("a<br><br>b<br>c", "<p>a</p><p>b<br>c</p>"),
        ("<div>a</div><div><p>b</p></div>", "<p>a</p><p>b</p>"),
        ("<h1>H</h1>t<ul><li>x</li></ul>", "<h2>H</h2><p>t</p><ul><li>x</li></ul>"),
        ("<b>x</b> <i>y</i>", "<p><strong>x</strong> <em>y</em></p>"),
        ('<p onclick="x()">a<script>x()</script></p>', "<p>a</p>"),
        ('<a href="/far">f</a>', '<p><a href="https://wire.example/far">f</a></p>'),
        ('<a href="javascript:x()">f</a>', "<p>f</p>"),
        ('<p><img src="/p.jpg" alt="A &amp; B"></p>',
         '<p><a href="https://wire.example/p.jpg">Picture: A &amp; B</a></p>'),
        ('<a href="/x"><img src="/p.jpg"></a>',
         '<p><a href="https://wire.example/x">Picture </a></p>'),
        ('<p>a</p><img src="https://count.example/1" width="1" height="1">', "<p>a</p>"),
        ('<iframe src="https://v.example/1"></iframe>',
         '<p><a href="https://v.example/1">Recording</a></p>'),
        ("", ""),
    ],
)  # fmt: skip
def test_bodies(html, body):
    assert to_body(html, BASE, []) == body


def test_no_body_takes_minutes():
    """What a parser or a pattern would go through again and again; longer ones are not taken."""
    long = " " * 400_000
    assert to_body(f"<p>a{long}b</p>{long}c{long}d", BASE, []).split() == [
        "<p>a", "b</p><p>c", "d</p>",
    ]  # fmt: skip
    assert to_body("<div>" * 90_000 + "deep", BASE, []) == "<p>deep</p>"
    picture = '<img src="https://a.example/p.jpg">'
    assert to_body("<div>" * 40_000 + picture * 5_000, BASE, []) == ""


def test_json_with_what_no_database_takes():
    feed = json.dumps({"items": [{"id": "1", "title": "A\x00B\ud800", "content_text": "\x00t"}]})
    (entry,) = read(feed.encode(), BASE)
    assert (entry.title, entry.body) == ("AB", "t")


def test_pictures_beside_the_text_are_links_at_its_end():
    assert to_body("<p>a</p>", BASE, ["https://a.example/p.jpg?a=1&b=2"]) == (
        '<p>a</p><p><a href="https://a.example/p.jpg?a=1&amp;b=2">Picture</a></p>'
    )
