"""Saying what has changed. Verbs call purge(); nothing else makes a kept page go."""

import logging
import secrets
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from uuid import uuid4
from weakref import WeakSet
from zlib import crc32

from django.conf import settings
from django.db import transaction

from newsroom.lib import outbox
from newsroom.models.outbox import Message

from . import outside
from .redisstore import RedisStore
from .stores import LEASE_SECONDS, SLOTS, FileStore, Store

# Slots that a purge could not reach, because the shared store was away. The next one tries again.
_owed: set[int] = set()

logger = logging.getLogger(__name__)


@cache
def store() -> Store:
    """Return what all processes share: Redis where REDIS_URL names one, else a folder."""
    if settings.REDIS_URL:
        return RedisStore(settings.REDIS_URL, prefix=settings.SITE_URL)
    shown_in = Path(settings.PAGE_CACHE_FILES) if settings.PAGE_CACHE_FILES else None
    return FileStore(settings.PAGE_CACHE_DIR, shown_in=shown_in)


def slots_of(keys: Iterable[str]) -> list[int]:
    """Return the counters of keys. Two keys may share one: then both are purged together."""
    return sorted({crc32(key.encode()) % SLOTS for key in keys})


def purge(*keys: str) -> None:
    """Let every page that shows one of these go, in all processes.

    From here until the transaction commits such pages are neither given out nor kept, so that a
    process which is killed on the way leaves none behind: the first request after the commit gets
    a new page. What you cannot attribute purges "site". Caches in front are told by a message of
    the outbox.
    """
    if not keys:
        return
    with transaction.atomic(savepoint=False):
        outside.note(keys)
        change = _begin(keys)
        transaction.on_commit(lambda: _finish(change))


def forget() -> None:
    """Let all pages go, whatever is in the database: it may be another one. Raises OSError."""
    store().purge(slots_of(["site"]))


class Change:
    """What an open transaction changes. Rolled back, it is forgotten and its lease runs out."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.name = secrets.token_hex(8)
        self.slots = slots_of(keys)


def _begin(keys: tuple[str, ...]) -> Change:
    """Note a change before its transaction commits; where that fails, a message does it later."""
    change = Change(keys)
    try:
        store().begin(change.name, change.slots)
    except OSError:
        logger.exception("Pages cannot be purged now; tick does it")
        outbox.put("pages", f"pages:{uuid4().hex}", payload={"keys": sorted(keys)})
    else:
        _keeper.hold(change)
    return change


def _finish(change: Change) -> None:
    """Count the purge; a store that is away keeps no verb from being done."""
    _keeper.drop(change)
    try:
        store().purge(change.slots, change.name)
    except OSError:
        _owed.update(change.slots)
        logger.exception("Pages could not be purged; the next purge does it")


def pay() -> None:
    """Purge what an earlier purge could not. Raises OSError while the store is away."""
    if _owed:
        owed = list(_owed)
        store().purge(owed)
        _owed.difference_update(owed)


def purge_later(message: Message) -> None:
    """Purge what could not be noted when it changed, once the store is there again."""
    store().purge(slots_of(message.payload["keys"]))


class _Keeper:
    """Renews the leases of open changes, from a thread that ends with the process."""

    def __init__(self) -> None:
        # Weak: the transaction holds them, and lets them go when it is rolled back.
        self._changes: WeakSet[Change] = WeakSet()
        self._lock = Lock()
        self._thread: Thread | None = None

    def hold(self, change: Change) -> None:
        with self._lock:
            self._changes.add(change)
            # Also after a fork, which takes no threads along.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="page cache", daemon=True)
                self._thread.start()

    def drop(self, change: Change) -> None:
        with self._lock:
            self._changes.discard(change)

    def _run(self) -> None:
        while True:
            time.sleep(LEASE_SECONDS / 3)
            self._renew()

    def _renew(self) -> None:
        with self._lock:
            names = [change.name for change in self._changes]
        for name in names:
            try:
                store().renew(name)
            except OSError:
                logger.warning("The lease of a change could not be renewed")


_keeper = _Keeper()

HANDLERS: dict[str, outbox.Handler] = {"pages": purge_later, **outside.HANDLERS}
