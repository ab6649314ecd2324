"""An agency's server on this machine, and feeds as agencies write them."""

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from articles.models import AgencySource
from tests.factories import SectionFactory


class _Handler(BaseHTTPRequestHandler):
    """Sends `server.answer`: status, headers, body; 304 to who knows its ETag."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("If-None-Match")))
        status, headers, body = self.server.answer
        if headers.get("ETag") and headers["ETag"] == self.headers.get("If-None-Match"):
            status, body = 304, b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # who asked has heard enough
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def agency(settings):
    """A server; what it answers is said by `serve`."""
    settings.FETCH_ALLOW_LOOPBACK = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked, server.answer = [], (200, {}, b"")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def source(db, agency) -> AgencySource:
    url = f"http://127.0.0.1:{agency.server_port}/feed.xml"
    return AgencySource.objects.create(name="Wire", url=url, section=SectionFactory())


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
