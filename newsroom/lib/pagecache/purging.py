"""Saying what has changed. Verbs call purge(); nothing else makes a kept page go."""

import logging
from collections.abc import Iterable
from functools import cache
from zlib import crc32

from django.conf import settings
from django.db import transaction

from .stores import SLOTS, FileStore, RedisStore, Store

# Keys that a purge could not reach, because the shared store was away. The next one tries again.
_owed: set[str] = set()

logger = logging.getLogger(__name__)


@cache
def store() -> Store:
    """Return what all processes share: Redis where REDIS_URL names one, else a folder."""
    if settings.REDIS_URL:
        return RedisStore(settings.REDIS_URL, prefix=settings.SITE_URL)
    return FileStore(settings.PAGE_CACHE_DIR)


def slots_of(keys: Iterable[str]) -> list[int]:
    """Return the counters of keys. Two keys may share one: then both are purged together."""
    return sorted({crc32(key.encode()) % SLOTS for key in keys})


def purge(*keys: str) -> None:
    """Let every page that shows one of these go, in all processes, when the transaction commits.

    The first request after the commit gets a new page. What you cannot attribute purges "site".
    Caches of others in front are to be told from here, by a message of the outbox: this runs inside
    the transaction of the change.
    """
    if keys:
        transaction.on_commit(lambda: _purge_now(set(keys)))


def _purge_now(keys: set[str]) -> None:
    """Count the purge; a store that is away keeps no verb from being done."""
    wanted = keys | _owed
    try:
        store().purge(slots_of(wanted))
    except OSError:
        _owed.update(wanted)
        logger.exception("Pages could not be purged; the next purge does it")
    else:
        _owed.difference_update(wanted)


def pay() -> None:
    """Purge what an earlier purge could not. Raises nothing."""
    if _owed:
        _purge_now(set())
