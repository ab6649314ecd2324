"""`manage.py serve` as a real server: under load, while it takes in new code, and at its end."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection

from newsroom.lib.pagecache import purging
from newsroom.models import SiteSettings
from tests import needs
from tests.factories import make_article

from .nginxserver import in_front, unused_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


class UnixConnection(http.client.HTTPConnection):
    """HTTP to a socket that is a file."""

    def __init__(self, path: Path) -> None:
        super().__init__("testserver", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@pytest.fixture
def serving(tmp_path):
    """A server with two processes at the test's database, behind a socket that is a file."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.readersettings",
        "READER_DATABASE": str(connection.settings_dict["NAME"]),
        "READER_PAGES": str(tmp_path / "pages"),
        "BIND": f"unix:{tmp_path / 'socket'}",
        "WEB_WORKERS": "2",
        "WEB_THREADS": "4",
    }
    # As a killed server leaves it.
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "socket"))
    left.close()
    command = [sys.executable, "-W", "ignore", "manage.py", "serve"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        try:
            if get(UnixConnection(tmp_path / "socket"), "/healthz")[0] == 200:
                break
        except OSError:
            time.sleep(0.1)
    yield server, tmp_path / "socket"
    server.terminate()
    server.wait(60)


def get(to: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str):
    to.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
    response = to.getresponse()
    return response.status, response.read(), response.headers


class Reader(Thread):
    """Asks again and again, each time anew or on an open connection; like browsers and proxies,
    which send once more what a closed connection has left without any answer (RFC 9112, 9.3.1).
    """

    def __init__(self, place: Path, path: str, over: Event, *, keeps_open: bool) -> None:
        super().__init__()
        self._place, self._path, self._over, self._keeps_open = place, path, over, keeps_open
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        to, is_again = None, False
        while is_again or not self._over.is_set():
            to = to or UnixConnection(self._place)
            try:
                status, body, headers = get(to, self._path)
                self.seen[f"{status} {len(body) > 1000}"] += 1
                is_open, is_again = self._keeps_open and headers["Connection"] != "close", False
            except (ConnectionError, http.client.RemoteDisconnected) as error:
                if is_again:
                    self.seen[repr(error)] += 1
                is_open, is_again = False, not is_again
            if not is_open:
                to.close()
                to = None


class Proxied(Thread):
    """Asks nginx again and again on one connection, and sends nothing twice."""

    def __init__(self, front: str, path: str, over: Event, method: str) -> None:
        super().__init__()
        self._front, self._path, self._over, self._method = front, path, over, method
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        to = http.client.HTTPConnection(self._front, timeout=60)
        while not self._over.is_set():
            try:
                status, _body, _headers = get(to, self._path, self._method, Host="testserver")
            except (OSError, http.client.HTTPException) as error:
                self.seen[repr(error)] += 1
                to.close()
                continue
            self.seen[f"{self._method} {status}"] += 1
        to.close()


@pytest.fixture
def proxied(serving, settings, tmp_path):
    """The address of nginx in front of the server, configured by the site."""
    front = f"127.0.0.1:{unused_port()}"
    settings.BIND, settings.SITE_URL = f"unix:{serving[1]}", f"http://{front}"
    settings.PAGE_CACHE, settings.PAGE_CACHE_DIR = True, tmp_path / "pages"
    settings.PAGE_CACHE_FILES = str(tmp_path / "www")
    SiteSettings.objects.get_or_create(pk=1)
    purging.store.cache_clear()
    told = call_command("nginx", stdout=StringIO())
    purging.store.cache_clear()
    user = "user root;" if os.geteuid() == 0 else ""  # who may use the socket
    with in_front(tmp_path, front, f"access_log off;\n{told}", main=user):
        yield front


def processes(server: subprocess.Popen[bytes]) -> set[str]:
    """Those that answer; one of Python's own is not among them."""
    told = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return {pid for pid in told if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def seen_while_replaced(
    server: subprocess.Popen[bytes], readers: Sequence[Thread], over: Event
) -> Counter[str]:
    """Let readers ask until every process has given way to a new one; return what they got."""
    before = processes(server)
    for reader in readers:
        reader.start()
    server.send_signal(signal.SIGHUP)
    patience = time.monotonic() + 120
    while processes(server) & before and time.monotonic() < patience:
        time.sleep(0.2)
    time.sleep(1)
    over.set()
    for reader in readers:
        reader.join()
    assert not processes(server) & before
    return sum((reader.seen for reader in readers), Counter())


@needs.linux
def test_no_request_fails_while_processes_are_replaced(serving):
    server, place = serving
    path, over = make_article().get_absolute_url(), Event()
    readers = [Reader(place, path, over, keeps_open=bool(n % 2)) for n in range(8)]
    seen = seen_while_replaced(server, readers, over)
    assert list(seen) == ["200 True"]
    assert seen["200 True"] > 100


@needs.linux
@needs.nginx
def test_behind_nginx_nobody_has_to_send_anything_twice(serving, proxied):
    server, _place = serving
    path, over = f"{make_article().get_absolute_url()}?by=nobody", Event()
    readers = [Proxied(proxied, path, over, ["GET", "POST"][n % 3 // 2]) for n in range(8)]
    seen = seen_while_replaced(server, readers, over)
    assert set(seen) == {"GET 200", "POST 403"}  # refused: it comes from no page
    assert min(seen.values()) > 100


def test_what_is_under_way_is_finished_at_the_end(serving):
    server, place = serving
    path = f"{make_article().get_absolute_url()}comments/"
    to = UnixConnection(place)
    to.connect()
    body = b"name=Ann&body=" + b"x" * 50
    head = (
        f"POST {path} HTTP/1.1\r\nHost: testserver\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    to.sock.sendall(head.encode() + body[:10])
    time.sleep(0.5)
    server.terminate()
    time.sleep(0.5)
    to.sock.sendall(body[10:])
    # It did not come from a page of ours.
    assert to.sock.recv(100).startswith(b"HTTP/1.1 403")
    assert server.wait(60) == 0


def test_what_a_server_adds_does_not_break_what_the_door_says(serving):
    _server, place = serving
    path = make_article().get_absolute_url()
    first = get(UnixConnection(place), path, Accept_Encoding="br")
    status, body, headers = get(UnixConnection(place), path, Accept_Encoding="br")
    assert (status, headers["Content-Encoding"], body) == (200, "br", first[1])
    assert headers["Content-Length"] == str(len(body))
    assert headers["Cache-Status"] == "newsroom; hit"
    etag = headers["ETag"]
    status, none, headers = get(UnixConnection(place), path, If_None_Match=etag)
    assert (status, none, headers["ETag"]) == (304, b"", etag)
    for address in (path, "/healthz", "/sitemap-lists.xml", "/nothing/"):
        whole = get(UnixConnection(place), address)
        status, none, headers = get(UnixConnection(place), address, "HEAD")
        assert (status, none) == (whole[0], b"")
    many = {f"X_{number}": "1" for number in range(150)}
    assert get(UnixConnection(place), "/", **many)[0] == 431


def test_a_slow_client_is_cut_and_keeps_nobody_waiting(serving):
    _server, place = serving
    slow = [UnixConnection(place) for _number in range(30)]
    for each in slow:
        each.connect()
        each.sock.sendall(b"GET / HTTP/1.1\r\nHost: tests")
    assert get(UnixConnection(place), "/healthz")[0] == 200
    assert slow[0].sock.recv(100) in {b"", b"HTTP/1.1 408 Request Timeout\r\n"}
