"""Fetching from outside, against a real server on this machine that behaves in every bad way."""

import gzip
import socket
import ssl
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import trustme

from newsroom.lib.fetching import FetchError, Patience, fetch, is_public

MB = 1_000_000
AUTHORITY = trustme.CA()  # made for this run; nobody else trusts it
HASTY = Patience(connect=2, read=2, total=0.5)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        name = urlsplit(self.path).path.strip("/").replace("-", "_")
        getattr(self, f"answer_{name}")()

    def do_POST(self):
        self.server.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send(b"", status=202)

    def send(self, body, status=200, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def answer_plain(self):
        self.send(b"hello", ETag='"1"')

    def answer_missing(self):
        self.send(b"not here", status=404)

    def answer_conditional(self):
        is_known = self.headers.get("If-None-Match") == '"1"'
        self.send(b"" if is_known else b"hello", status=304 if is_known else 200)

    def answer_redirect(self):
        self.send(b"", status=302, Location=self.path.partition("?")[2])

    def answer_circle(self):
        self.send(b"", status=302, Location="/circle")

    def answer_endless(self):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * MB)

    def answer_huge(self):
        self.send(b"x", length=200 * MB)

    def answer_short(self):
        self.send(b"half of", length=100)

    def answer_bomb(self):
        packer = zlib.compressobj(wbits=31)
        packed = b"".join(packer.compress(b"\0" * MB) for _ in range(200)) + packer.flush()
        assert len(packed) < MB
        self.send(packed, Content_Encoding="gzip")

    def answer_gzip(self):
        self.send(gzip.compress(b"hello ") + gzip.compress(b"again"), Content_Encoding="gzip")

    def answer_half_gzip(self):
        self.send(gzip.compress(b"hello" * 1000)[:-10], Content_Encoding="gzip")

    def answer_no_gzip(self):
        self.send(b"hello", Content_Encoding="gzip")

    def answer_brotli(self):
        self.send(b"hello", Content_Encoding="br")

    def answer_drip(self):
        self.send(b"", length=100)
        self.drip()

    def answer_drip_headers(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self.drip()

    def answer_silent(self):
        self.server.closing.wait(30)

    def answer_chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nhello\r\nzz\r\n")

    def drip(self):
        while not self.server.closing.wait(0.02):
            self.wfile.write(b"x")
            self.wfile.flush()

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """The other side hangs up on us; that is what is tested."""


class ServerV6(Server):
    address_family = socket.AF_INET6


def running(server):
    server.seen, server.closing = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server():
    yield from running(Server(("127.0.0.1", 0), Handler))


@pytest.fixture
def home(server, settings):
    """The server's address, with loopback allowed."""
    settings.FETCH_ALLOW_LOOPBACK = True
    return f"http://127.0.0.1:{server.server_port}"


def refusal(url, **options):
    with pytest.raises(FetchError) as refused:
        fetch(url, **{"max_bytes": MB, **options})
    return str(refused.value)


def test_body_comes_as_a_file(home, server):
    with fetch(f"{home}/plain?a=1", max_bytes=MB) as found:
        assert (found.status, found.file.read()) == (200, b"hello")
        assert found.headers["ETag"] == '"1"'
    assert found.file.closed
    path, headers = server.seen[0]
    assert path == "/plain?a=1"
    assert headers["User-Agent"] == "Newsroom (+http://testserver)"


def test_loopback_is_refused_unless_the_settings_allow_it(server, settings):
    settings.FETCH_ALLOW_LOOPBACK = False
    url = f"http://127.0.0.1:{server.server_port}/plain"
    assert refusal(url) == "127.0.0.1 leads into a network that is not public (127.0.0.1)."
    assert server.seen == []


@pytest.mark.parametrize(
    "host", ["localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_loopback_in_other_words_is_refused(host, server):
    assert "not public" in refusal(f"http://{host}:{server.server_port}/plain")
    assert server.seen == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::5db8:d70e", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_public_addresses(address, expected):
    assert is_public(address) is expected


def test_one_private_address_among_public_ones_refuses_all():
    def resolve(host, port, *_kind):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("93.184.215.14", "10.0.0.1")
        ]

    assert "(10.0.0.1)" in refusal("http://feed.example/", resolve=resolve)


def test_redirect_to_a_private_address_is_refused(home, server):
    private = "http://192.168.0.1/admin"
    assert "(192.168.0.1)" in refusal(f"{home}/redirect?{private}")
    assert len(server.seen) == 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/"])
def test_redirect_to_another_scheme_is_refused(target, home):
    assert "http://" in refusal(f"{home}/redirect?{target}")


def test_three_redirects_are_followed(home):
    url = f"{home}/redirect?/redirect?/redirect?/plain"
    with fetch(url, max_bytes=MB) as found:
        assert (found.url, found.file.read()) == (f"{home}/plain", b"hello")


def test_a_fourth_redirect_is_not(home, server):
    assert "three times" in refusal(f"{home}/circle")
    assert len(server.seen) == 4


def test_name_that_changes_its_address_meanwhile_is_judged_anew(home, server):
    answers = iter(["127.0.0.1", "10.0.0.1"])
    asked = []

    def resolve(host, port, *_kind):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    url = f"http://feed.example:{server.server_port}/redirect?/plain"
    assert "(10.0.0.1)" in refusal(url, resolve=resolve)
    # Looked up once for each connection: nothing can change between judging and connecting.
    assert asked == ["feed.example", "feed.example"]
    assert [path for path, _headers in server.seen] == ["/redirect?/plain"]


def test_ipv6_works(settings):
    if not socket.has_ipv6:
        return
    settings.FETCH_ALLOW_LOOPBACK = True
    for server in running(ServerV6(("::1", 0), Handler)):
        with fetch(f"http://[::1]:{server.server_port}/plain", max_bytes=MB) as found:
            assert found.file.read() == b"hello"


def test_proxies_of_the_environment_are_not_asked(home, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with fetch(f"{home}/plain", max_bytes=MB) as found:
        assert found.status == 200


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/feed.xml",
        "//example.org/feed.xml",
        "feed.xml",
        "",
        "http://",
        "http://user:secret@127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:22/",
        "http://127.0.0.1:25/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:port/",
        "http://[::1/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a\r\nX-Header: 1",
        "http://example.org\x00/",
        "http://exämple.org/",
    ],
)
def test_addresses_that_are_refused_as_such(url, settings):
    settings.FETCH_ALLOW_LOOPBACK = True
    assert refusal(url)


def test_unknown_names_and_closed_ports_are_told(settings):
    settings.FETCH_ALLOW_LOOPBACK = True
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/").startswith(f"127.0.0.1:{port} could not be read")
    assert "nowhere.invalid" in refusal("http://nowhere.invalid/")


@pytest.mark.parametrize("name", ["endless", "huge", "bomb"])
def test_large_answers_are_cut(name, home):
    assert refusal(f"{home}/{name}") == "The answer is larger than 1.0 MB."


@pytest.mark.parametrize("name", ["short", "half-gzip", "no-gzip", "brotli", "chunks"])
def test_broken_answers_are_refused(name, home):
    assert refusal(f"{home}/{name}")


def test_packed_answers_are_unpacked(home):
    with fetch(f"{home}/gzip", max_bytes=MB) as found:
        assert found.file.read() == b"hello again"


@pytest.mark.parametrize("name", ["drip", "drip-headers", "silent"])
def test_slow_answers_end_with_the_time(name, home):
    assert refusal(f"{home}/{name}", patience=HASTY) == "The other side took too long."


def test_silence_ends_with_the_time_for_the_next_bytes(home):
    patience = Patience(connect=2, read=0.1, total=30)
    assert "could not be read" in refusal(f"{home}/silent", patience=patience)


def test_what_is_known_is_asked_for_no_more(home):
    headers = {"If-None-Match": '"1"'}
    with fetch(f"{home}/conditional", max_bytes=MB, headers=headers) as found:
        assert (found.status, found.file.read()) == (304, b"")


def test_other_answers_have_no_body(home):
    with fetch(f"{home}/missing", max_bytes=MB) as found:
        assert (found.status, found.file.read()) == (404, b"")


def test_post_sends_a_body(home, server):
    with fetch(f"{home}/plain", max_bytes=MB, body=b"hub.mode=publish") as found:
        assert found.status == 202
    assert server.seen == [b"hub.mode=publish"]


@pytest.fixture
def secure_home(home, server):
    """The same server behind TLS, with a certificate that only this run's authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("localhost", "127.0.0.1", "::1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return home.replace("http:", "https:")


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """Trust the authority of this run."""
    path = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.mark.usefixtures("trusted")
def test_https_works_where_the_certificate_is_trusted(secure_home):
    with fetch(f"{secure_home}/plain", max_bytes=MB) as found:
        assert found.file.read() == b"hello"
    assert refusal(f"{secure_home}/drip", patience=HASTY) == "The other side took too long."


def test_certificate_that_nobody_vouches_for_is_refused(secure_home, server):
    assert "CERTIFICATE_VERIFY_FAILED" in refusal(f"{secure_home}/plain")
    assert server.seen == []


@pytest.mark.usefixtures("trusted", "secure_home")
def test_certificate_of_another_name_is_refused(server):
    def resolve(host, port, *_kind):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    url = f"https://feed.example:{server.server_port}/plain"
    assert "CERTIFICATE_VERIFY_FAILED" in refusal(url, resolve=resolve)
