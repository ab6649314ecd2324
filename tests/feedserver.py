"""The server of an agency or of a partner, on this machine: what sends us feeds."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class FeedServer(ThreadingHTTPServer):
    """Gives everybody its `answer`: status, headers, body; 304 to who knows its ETag.

    `asked` holds of each request the ETag that it knew.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str | None] = []
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/feed.xml"


class _Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        known = self.headers.get("If-None-Match")
        self.server.asked.append(known)
        status, headers, body = self.server.answer
        if known and headers.get("ETag") == known:
            status, body = 304, b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # who asked has heard enough
            self.wfile.write(body)

    def log_message(self, *_told: object) -> None:
        pass


@pytest.fixture
def feed_server(settings) -> Iterator[FeedServer]:
    """A running one, and leave to ask it."""
    settings.FETCH_ALLOW_LOOPBACK = True
    server = FeedServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
