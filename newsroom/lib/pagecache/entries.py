"""A finished page: its head, its bodies ready compressed, and what tells whether it is right."""

import gzip
import json
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import chain

import brotli
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import parse_http_date_safe

from .marks import Mark, Rule

type Head = list[tuple[str, str]]

ENCODINGS = ("br", "gzip", "identity")
_STATUSES = {200, 410}
# What is written anew for each answer.
_OWN = {"content-length", "vary", "etag", "cache-control", "content-encoding"}
_TEXT = ("text/", "application/json", "application/xml", "application/feed+json")
_SMALLEST = 200  # bytes that are worth compressing
_LARGEST = 4 * 1024 * 1024  # bytes of a streamed answer that is kept
# What readers are told of a page that others may keep as long as the site says.
USUAL = "public, max-age=0, must-revalidate"
_LENGTH = struct.Struct(">I")


@dataclass
class Entry:
    """A page as it is sent. `made` is the number of the last purge before its first query."""

    status: str
    head: Head
    bodies: dict[str, bytes]
    etag: str
    cache_control: str
    vary: str
    modified: int | None
    slots: list[int]
    epoch: int
    made: int
    # As seconds since 1970: when it is to be made again, and when it may not be given out any more.
    soft_end: float
    hard_end: float
    keys: list[str]
    # The last purge that is known not to concern it. Of this process, kept nowhere.
    seen: int = field(default=-1, compare=False)

    @property
    def size(self) -> int:
        """About the bytes it takes in memory."""
        return sum(map(len, self.bodies.values())) + 2_000

    def pack(self) -> bytes:
        """Return it as bytes: facts as JSON, then the bodies."""
        facts = {name: value for name, value in vars(self).items() if name not in {"seen"}}
        facts["bodies"] = [(name, len(body)) for name, body in self.bodies.items()]
        told = json.dumps(facts).encode()
        return b"".join([_LENGTH.pack(len(told)), told, *self.bodies.values()])

    @classmethod
    def unpack(cls, data: bytes) -> "Entry | None":
        """Return what pack() has written; None for anything else."""
        try:
            (length,) = _LENGTH.unpack_from(data)
            at = _LENGTH.size + length
            facts = json.loads(data[_LENGTH.size : at])
            bodies = {}
            for name, size in facts.pop("bodies"):
                bodies[name], at = data[at : at + size], at + size
            head = [(name, value) for name, value in facts.pop("head")]
            return cls(bodies=bodies, head=head, **facts) if at == len(data) else None
        except (struct.error, ValueError, TypeError, KeyError):
            return None

    def is_known_by(self, etags: str, since: str) -> bool:
        """Tell whether somebody who sends If-None-Match or If-Modified-Since has this page."""
        if not self.status.startswith("200"):
            return False
        if etags:
            own = self.etag.removeprefix("W/")
            given = [part.strip().removeprefix("W/") for part in etags.split(",")]
            return own in given or "*" in given
        moment = parse_http_date_safe(since) if since and self.modified is not None else None
        return moment is not None and self.modified is not None and self.modified <= moment


def is_keepable(response: object, rule: Rule) -> bool:
    """Tell whether an answer is the same for every reader, whatever the view has said of it."""
    if not isinstance(response, HttpResponse | StreamingHttpResponse):
        return False
    if response.status_code not in _STATUSES:
        return False
    control = _names(response.get("Cache-Control", ""))
    allowed = {"accept-encoding"} | ({"accept"} if rule.accept else set())
    return (
        not response.cookies
        and not {"private", "no-store", "no-cache"} & control
        and _names(response.get("Vary", "")) <= allowed
        and not response.has_header("Content-Encoding")
        and "'nonce-" not in response.get("Content-Security-Policy", "")
    )


def body_of(response: HttpResponse | StreamingHttpResponse) -> bytes | None:
    """Return an answer's whole body; None for a stream that is too long, which begins anew."""
    if isinstance(response, HttpResponse):
        return response.content
    pieces, size = [], 0
    stream = iter(response)
    for piece in stream:
        pieces.append(piece)
        size += len(piece)
        if size > _LARGEST:
            response.streaming_content = chain(pieces, stream)
            return None
    whole = b"".join(pieces)
    response.streaming_content = [whole]
    return whole


def make(
    response: HttpResponse | StreamingHttpResponse,
    body: bytes,
    mark: Mark,
    rule: Rule,
    *,
    slots: list[int],
    clock: tuple[int, int],
    begun: float,
    seconds: int,
) -> Entry:
    """Make an answer a page to keep: for `seconds`, to its planned end at the latest."""
    hard_end = mark.until.timestamp() if mark.until else begun + 24 * 3600
    soft_end = begun + (seconds if mark.seconds is None else mark.seconds)
    if mark.seconds is not None:
        hard_end = min(hard_end, soft_end)
    kind, control = response.get("Content-Type", ""), response.get("Cache-Control", "")
    modified = parse_http_date_safe(response.get("Last-Modified", ""))
    return Entry(
        status=f"{response.status_code} {response.reason_phrase}",
        head=lasting_head(response),
        bodies=_compressed(body) if kind.startswith(_TEXT) else {"identity": body},
        # Weak: the same page in three encodings.
        etag=response.get("ETag") or f'W/"{sha256(body).hexdigest()[:32]}"',
        cache_control="" if control == USUAL else control,
        vary="Accept-Encoding, Accept" if rule.accept else "Accept-Encoding",
        modified=modified,
        slots=slots,
        epoch=clock[0],
        made=clock[1],
        soft_end=min(soft_end, hard_end),
        hard_end=hard_end,
        keys=sorted(mark.keys),
    )


def lasting_head(response: HttpResponse | StreamingHttpResponse) -> Head:
    """Return the lines that every reader of a page gets alike."""
    return [(name, value) for name, value in response.items() if name.lower() not in _OWN]


def _names(header: str) -> set[str]:
    return {name.strip().lower() for name in header.split(",")} - {""}


def _compressed(body: bytes) -> dict[str, bytes]:
    bodies = {"identity": body}
    if len(body) >= _SMALLEST:
        bodies["gzip"] = gzip.compress(body, 6, mtime=0)
        bodies["br"] = brotli.compress(body, quality=5)
    return {name: data for name, data in bodies.items() if len(data) <= len(body)}


@lru_cache(maxsize=500)
def encodings_for(accepted: str) -> tuple[str, ...]:
    """Return what an Accept-Encoding header takes, the best first; plain is always the last."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _semicolon, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters)
    others = weights.get("*", 0.0)
    taken = [name for name in ENCODINGS[:-1] if weights.get(name, others) > 0]
    return *sorted(taken, key=lambda name: -weights.get(name, others)), "identity"


def _weight(parameters: str) -> float:
    name, _equals, number = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0
