"""A source with an agency's server behind it, and feeds as agencies write them."""

import pytest

from articles.models import AgencySource
from tests.factories import SectionFactory


@pytest.fixture
def source(db, feed_server) -> AgencySource:
    return AgencySource.objects.create(name="Wire", url=feed_server.url, section=SectionFactory())


def serve(server, *items: str, **headers: str) -> None:
    server.answer = (200, headers, rss(*items))


def rss(*items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Wire</title>'
        f"{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int, text: str = "Words.", *, guid: str | None = None, link: str | None = None,
         title: str | None = None, more: str = "") -> str:  # fmt: skip
    name = f"wire-{number}" if guid is None else guid
    address = f"https://wire.example/{number}" if link is None else link
    return (
        f"<item><title>{title or f'Story {number}'}</title>"
        + (f"<link>{address}</link>" if address else "")
        + (f'<guid isPermaLink="false">{name}</guid>' if name else "")
        + f"<pubDate>Mon, 0{number} Jun 2026 10:00:00 GMT</pubDate>"
        + f"<description><![CDATA[{text}]]></description>{more}</item>"
    )
