"""Telling caches in front what has changed: Varnish, Fastly, Cloudflare, as CDN_PURGE names them.

note() writes a message of the outbox in the transaction of the change; tick sends it after the
commit, together with all others that wait.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from newsroom.lib import outbox
from newsroom.models.outbox import Message

KIND = "cdn"
APIS = {"fastly": "https://api.fastly.com", "cloudflare": "https://api.cloudflare.com/client/v4"}
# How many keys one request may carry: the receivers' own limits, and a header's length.
_MOST = {"varnish": 100, "fastly": 256, "cloudflare": 100}
_HEADERS = {"varnish": "xkey", "fastly": "Surrogate-Key", "cloudflare": "Cache-Tag"}
_PATIENCE = 10  # seconds
_MOST_MESSAGES = 1_000
_KEY = re.compile(r"[a-z0-9:_-]+")
_BETWEEN = "[^a-z0-9:_-]"

# Messages of this process that went out with an earlier one.
_told: OrderedDict[int, None] = OrderedDict()


class PurgeError(Exception):
    """A cache in front did not take a purge. Names no token."""


class _NoRedirects(HTTPRedirectHandler):
    """A token is for one address only."""

    def redirect_request(self, *_details: Any) -> None:
        return None


_opener = build_opener(_NoRedirects, ProxyHandler({}))


def keys_header() -> str:
    """Return the header in which caches in front read a page's keys; empty if there are none."""
    kinds = (receiver.partition(":")[0] for receiver in settings.CDN_PURGE)
    return settings.CDN_KEYS_HEADER or next((_HEADERS.get(kind, "") for kind in kinds), "")


def note(keys: Iterable[str]) -> None:
    """Write down that caches in front are to let pages go; nothing where there are none."""
    if settings.CDN_PURGE:
        outbox.put(KIND, f"{KIND}:{uuid4().hex}", payload={"keys": sorted(set(keys))})


def tell(message: Message) -> None:
    """Purge the keys of a message, and of all that wait beside it, in as few requests as may be.

    Purging twice does no harm, so that whoever else has one of them may send it again.
    """
    if not settings.CDN_PURGE:
        raise outbox.Skip(_("There is no cache in front any more."))
    if _told.pop(message.pk, 0) is None:
        return
    waiting = Message.objects.open().filter(kind=KIND).exclude(pk=message.pk).order_by("pk")
    others = list(waiting.only("payload")[:_MOST_MESSAGES])
    keys = {key for each in (message, *others) for key in each.payload["keys"]}
    # "site" stands on every page.
    wanted = ["site"] if "site" in keys else sorted(filter(_KEY.fullmatch, keys))
    for receiver in settings.CDN_PURGE:
        kind, _colon, place = receiver.partition(":")
        for start in range(0, len(wanted), _MOST[kind]):
            _send(_request(kind, place, wanted[start : start + _MOST[kind]]), kind)
    _told.update(dict.fromkeys(each.pk for each in others))
    while len(_told) > 2 * _MOST_MESSAGES:
        _told.popitem(last=False)


def problems() -> Iterator[str]:
    """Yield what is wrong with the settings."""
    for receiver in settings.CDN_PURGE:
        kind, _colon, place = receiver.partition(":")
        if kind not in _MOST or not place:
            yield f"CDN_PURGE: {receiver!r} is neither varnish:URL, fastly:ID nor cloudflare:ID."
        elif kind != "varnish" and not settings.CDN_TOKEN:
            yield f"CDN_PURGE names {kind}, but CDN_TOKEN is empty."
    if settings.CDN_SECONDS and not settings.CDN_PURGE:
        yield "CDN_SECONDS is set, but CDN_PURGE names nobody who is told of changes."


def _request(kind: str, place: str, keys: list[str]) -> Request:
    if kind == "varnish":
        # Without a blank, which would end the pattern in a ban.
        pattern = f"(^|{_BETWEEN})({'|'.join(keys)})({_BETWEEN}|$)"
        headers = {"xkey": " ".join(keys), "xkey-pattern": pattern}
        return Request(place, headers=headers, method="PURGE")  # noqa: S310 - our own settings
    place = quote(place, safe="")
    if kind == "fastly":
        url, told = f"{APIS[kind]}/service/{place}/purge", {"surrogate_keys": keys}
        # Not soft: a reader would get what is withdrawn once more while it is asked for anew.
        headers = {"Fastly-Key": settings.CDN_TOKEN}
    else:
        url, told = f"{APIS[kind]}/zones/{place}/purge_cache", {"tags": keys}
        headers = {"Authorization": f"Bearer {settings.CDN_TOKEN}"}
    headers |= {"Content-Type": "application/json", "Accept": "application/json"}
    return Request(url, json.dumps(told).encode(), headers, method="POST")  # noqa: S310


def _send(request: Request, kind: str) -> None:
    """Send a purge. Raises PurgeError; Undeliverable where another try would not help."""
    try:
        with _opener.open(request, timeout=_PATIENCE) as answer:
            told = answer.read(100_000)
    except HTTPError as error:
        error.close()
        text = _("%(kind)s answers %(status)s.") % {"kind": kind, "status": error.code}
        # A token that is refused may be put right while the message waits.
        raise PurgeError(text) from None
    except (OSError, HTTPException) as error:
        raise PurgeError(f"{kind}: {type(error).__name__}") from None
    if kind == "cloudflare" and not _is_success(told):
        raise PurgeError(_("%(kind)s answers %(status)s.") % {"kind": kind, "status": "success: 0"})


def _is_success(told: bytes) -> bool:
    try:
        return bool(json.loads(told).get("success"))
    except (ValueError, AttributeError):
        return False


HANDLERS: dict[str, outbox.Handler] = {KIND: tell}
