"""Fetches from hosts that others name: feeds of partners, pictures, pings. The only way outside.

Whoever may enter an address must not reach what only this server reaches: the network behind it.
So the address that is connected to is the very one that was looked up and judged, for each
redirect anew; and nothing that the other side sends can take more time or room than is given to it.
"""

import socket
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from tempfile import TemporaryFile
from threading import Timer
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

type Resolver = Callable[..., list[tuple[Any, ...]]]

_AGENT = "Newsroom"
_CHUNK = 64 * 1024
_REDIRECTS = 3
_MOVED = {301, 302, 303, 307, 308}
# An IPv4 address is written in the last 32 bits: what counts is that one.
_NAT64 = ip_network("64:ff9b::/96")


class FetchError(Exception):
    """Nothing was fetched; str() says why, in the user's language."""


@dataclass(frozen=True)
class Patience:
    """Seconds to wait: for a connection, for the next bytes, for all of it with its redirects."""

    connect: float = 5
    read: float = 15
    total: float = 120


@dataclass
class Fetched:
    """An answer. `file` holds its body, unpacked, from the start; empty unless the status is 200.

    A context manager: leaving it removes the file.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    file: BinaryIO = field(repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.file.close()


def fetch(
    url: str,
    *,
    max_bytes: int,
    patience: Patience | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    resolve: Resolver = socket.getaddrinfo,
) -> Fetched:
    """Fetch an address; with a body, send that by POST. Raises FetchError.

    Follows 3 redirects (none of a POST). `max_bytes` counts what comes in as well as what it
    unpacks to. Any status is an answer. Proxies of the environment are not asked.
    """
    patience = patience or Patience()
    with _Clock(patience) as clock:
        try:
            for _hop in range(_REDIRECTS + 1):
                parts = _judged(url)
                connection = _open(parts, patience, resolve)
                with clock.watch(connection):
                    answer = _ask(connection, parts, headers or {}, body)
                    target = answer.headers.get("Location", "")
                    if answer.status not in _MOVED or not target or body is not None:
                        return _received(answer, url, max_bytes, clock)
                url = urljoin(url, target)
            raise FetchError(_("The address redirects more than three times."))
        except FetchError:
            clock.check()
            raise
        except (HTTPError, OSError, ValueError, zlib.error) as error:
            clock.check()
            raise FetchError(
                _("%(host)s could not be read: %(why)s")
                % {"host": urlsplit(url).netloc, "why": _in_short(error)}
            ) from error


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet, and of one host."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.sixtofour or found.teredo or found.is_site_local:
            return False
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif found in _NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Clock:
    """Cuts the connection when the time is over, however often a byte still comes."""

    def __init__(self, patience: Patience) -> None:
        self._timer = Timer(patience.total, self._cut)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self.is_over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._timer.cancel()

    def watch(self, connection: HTTPConnection) -> "_Watched":
        """Connect, and close the connection at the end of the block or of the time."""
        return _Watched(self, connection)

    def check(self) -> None:
        """Raise FetchError when the time is over."""
        if self.is_over:
            raise FetchError(_("The other side took too long."))

    def hold(self, connected: socket.socket | None) -> None:
        """Cut this one when the time is over; at once if it is already."""
        self._socket = connected
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        if (connected := self._socket) is not None:
            with suppress(OSError):  # closed already
                # Not the method of an SSL socket, which is not made for two threads.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)


class _Watched:
    """One connection under the clock."""

    def __init__(self, clock: _Clock, connection: HTTPConnection) -> None:
        self._clock, self._connection = clock, connection

    def __enter__(self) -> None:
        self._clock.check()
        self._connection.connect()
        self._clock.hold(self._connection.sock)

    def __exit__(self, *_details: object) -> None:
        self._clock.hold(None)
        self._connection.close()


def _judged(url: str) -> SplitResult:
    """Return an address in its parts, or refuse it for what it says."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError(_("This is no address: %(url)s") % {"url": url[:200]}) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchError(_("Only http:// and https:// addresses are fetched."))
    if parts.username is not None or parts.password is not None:
        raise FetchError(_("An address with a user name or password is not fetched."))
    if port is not None and port not in {80, 443} and port < 1024:
        raise FetchError(_("Port %(port)s is not for web pages.") % {"port": port})
    if not url.isascii() or any(sign <= " " for sign in url):
        raise FetchError(_("This is no address: %(url)s") % {"url": url[:200]})
    return parts


def _open(parts: SplitResult, patience: Patience, resolve: Resolver) -> HTTPConnection:
    """Return a connection, not yet made, that judges the address it connects to."""
    kind = _SafeHTTPSConnection if parts.scheme == "https" else _SafeHTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=patience.read)
    connection.resolve, connection.connect_timeout = resolve, patience.connect
    return connection


class _Judging:
    """What both kinds of connection do instead of connecting by name."""

    resolve: Resolver
    connect_timeout: float
    host: str
    port: int
    timeout: Any

    def _new_conn(self) -> socket.socket:
        """Look the name up once, judge all it stands for, connect to one of these addresses."""
        found = self.resolve(self.host.strip("[]"), self.port, 0, socket.SOCK_STREAM)
        for *_kind, place in found:
            if not _is_allowed(str(place[0])):
                raise FetchError(
                    _("%(host)s leads into a network that is not public (%(address)s).")
                    % {"host": self.host, "address": place[0]}
                )
        failure = OSError("no address found")
        for family, kind, proto, _name, place in found[:4]:
            connected = socket.socket(family, kind, proto)
            connected.settimeout(self.connect_timeout)
            try:
                connected.connect(place)
            except OSError as error:
                connected.close()
                failure = error
            else:
                connected.settimeout(self.timeout)
                return connected
        raise failure


class _SafeHTTPConnection(_Judging, HTTPConnection):
    """http://"""


class _SafeHTTPSConnection(_Judging, HTTPSConnection):
    """https://, with the certificate checked against the name."""


def _is_allowed(address: str) -> bool:
    """Public, or this machine itself where the settings say so."""
    if settings.FETCH_ALLOW_LOOPBACK and ip_address(address.partition("%")[0]).is_loopback:
        return True
    return is_public(address)


def _ask(
    connection: HTTPConnection, parts: SplitResult, headers: Mapping[str, str], body: bytes | None
) -> BaseHTTPResponse:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request(
        "GET" if body is None else "POST",
        target,
        body=body,
        headers={
            "User-Agent": f"{_AGENT} (+{settings.SITE_URL})",
            "Accept-Encoding": "gzip",
            "Connection": "close",
            **headers,
        },
        preload_content=False,
        decode_content=False,
    )
    return connection.getresponse()


def _received(answer: BaseHTTPResponse, url: str, max_bytes: int, clock: _Clock) -> Fetched:
    """Read an answer into a file, up to the limit."""
    file: BinaryIO = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        if answer.status == 200:
            size = 0
            for piece in _unpacked(answer, max_bytes, clock):
                size += len(piece)
                if size > max_bytes:
                    raise _too_large(max_bytes)
                file.write(piece)
            file.seek(0)
    except BaseException:
        file.close()
        raise
    return Fetched(answer.status, url, dict(answer.headers.items()), file)


def _unpacked(answer: BaseHTTPResponse, max_bytes: int, clock: _Clock) -> Iterator[bytes]:
    """Yield the body in pieces of at most 64 KB, however small it was packed."""
    packing = answer.headers.get("Content-Encoding", "identity").lower()
    if packing in {"identity", ""}:
        yield from _raw(answer, max_bytes, clock)
        return
    if packing not in {"gzip", "x-gzip"}:
        raise FetchError(
            _("The answer is packed in an unknown way (%(name)s).") % {"name": packing}
        )
    unpacker = zlib.decompressobj(wbits=31)
    for packed in _raw(answer, max_bytes, clock):
        rest = packed
        while rest:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)  # gzip files may follow each other
            yield unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        raise FetchError(_("The answer broke off before its end."))


def _raw(answer: BaseHTTPResponse, max_bytes: int, clock: _Clock) -> Iterator[bytes]:
    if int(answer.headers.get("Content-Length") or 0) > max_bytes:
        raise _too_large(max_bytes)
    size = 0
    while piece := answer.read(_CHUNK, decode_content=False):
        clock.check()
        size += len(piece)
        if size > max_bytes:
            raise _too_large(max_bytes)
        yield piece
    clock.check()


def _too_large(max_bytes: int) -> FetchError:
    return FetchError(
        _("The answer is larger than %(size)s MB.") % {"size": round(max_bytes / 1_000_000, 1)}
    )


def _in_short(error: Exception) -> str:
    """Return what went wrong, without the objects that urllib3 names in it."""
    text = str(error).rpartition(">: ")[2] or type(error).__name__
    return text[:200]
