"""Requests as a server hands them over: through the page cache's door, or past it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.handlers.wsgi import WSGIHandler


@dataclass(frozen=True)
class Answer:
    """What a server would send."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def way(self) -> str:
        """How the cache has answered: hit, miss, stale; empty where it was not asked."""
        told = self.headers.get("Cache-Status", "").removeprefix("newsroom; ")
        ways = {"hit": "hit", "hit; detail=stale": "stale", "fwd=miss; stored": "miss"}
        return ways.get(told, told)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    application: Callable[..., Any], address: str, method: str = "GET", **headers: str
) -> Answer:
    """Send a request; `headers` by their CGI names: HTTP_COOKIE="a=b", REMOTE_ADDR="…"."""
    path, _question, query = address.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(b""),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **headers,
    }
    started: list[Any] = []
    body = application(environ, lambda *told: started.append(told))
    try:
        data = b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()
    status, head = started[-1]
    return Answer(int(status[:3]), dict(head), data)


def plain() -> WSGIHandler:
    """Return the site without the cache."""
    return WSGIHandler()
