"""Standing matter: rows that stand on every page and seldom change, read once a process.

The database itself says whether they are still right: triggers (newsroom/standing.py) put a new
word into one row in the transaction of any change, whoever makes it. A request for a page reads
that word once, and what was read under another one is read again.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from weakref import WeakSet

from django.db import connection, models
from django.utils import timezone

# The word of the request under way, once it is read; None where no page is being made.
_request: ContextVar[list[str] | None] = ContextVar("standing", default=None)


class StandingVersion(models.Model):
    """The word that changes with every change of standing matter; a single row with id 1.

    Random, not counted: no rollback can bring a word back with other contents.
    """

    word = models.CharField(max_length=40)

    class Meta:
        default_permissions = []

    def __str__(self) -> str:
        return self.word


class Standing[T]:
    """What a function reads, kept until the word changes; `until` says what time may change.

    The value is shared by all threads of the process: nobody may change it. Outside of a request
    that only reads, nothing is kept.
    """

    def __init__(
        self, load: Callable[[], T], until: Callable[[T], datetime | None] | None = None
    ) -> None:
        self._load = load
        self._until = until
        self._kept: tuple[str, datetime | None, T] | None = None
        _all.add(self)

    def __call__(self) -> T:
        """Return the value. No query of its own while nothing has changed."""
        word = _word()
        kept = self._kept
        if kept and word and kept[0] == word and (kept[1] is None or timezone.now() < kept[1]):
            return kept[2]
        # The word was read first: what changes meanwhile is kept under a word that is gone.
        value = self._load()
        if word:
            self._kept = (word, self._until(value) if self._until else None, value)
        return value

    def forget(self) -> None:
        """Read the value again next time."""
        self._kept = None


_all: WeakSet[Standing[Any]] = WeakSet()


def forget() -> None:
    """Forget all standing matter, as a process that has just started."""
    for standing in list(_all):
        standing.forget()


def _word() -> str:
    """Return the word; empty where nothing may be kept. One query a request."""
    known = _request.get()
    if known is None:
        return ""
    if not known:
        with connection.cursor() as cursor:
            cursor.execute("SELECT word FROM newsroom_standingversion WHERE id = 1")
            row = cursor.fetchone()
        known.append(row[0] if row else "")
    return known[0]


class Reading:
    """For the time of a request that only reads: `with Reading(): …`."""

    def __enter__(self) -> None:
        self._token = _request.set([])

    def __exit__(self, *_error: object) -> None:
        _request.reset(self._token)
