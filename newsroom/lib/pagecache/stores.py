"""What processes share: counters of purges, finished pages, one lock a page.

Two kinds with one face: a folder for the processes of one machine, Redis for many machines. What
goes wrong is an OSError; whoever asks then does without.
"""

import fcntl
import mmap
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

SLOTS = 65_536
_LOCKS = 256
# A lock whose holder was killed is free after so long; a page takes a fraction of it.
LOCK_SECONDS = 10


class Store(Protocol):
    """Counters, pages and locks.

    The epoch is a random number made with the counters: where it is another one, the counters were
    lost, and no page kept before is known to be right.
    """

    def clock(self) -> tuple[int, int]:
        """Return the epoch and the number of the last purge."""

    def purged(self, slots: Sequence[int]) -> int:
        """Return the number of the newest purge that concerned one of the slots."""

    def purge(self, slots: Sequence[int]) -> None:
        """Count a purge of the slots."""

    def get(self, name: str) -> bytes | None:
        """Return a page."""

    def put(self, name: str, page: bytes, seconds: float) -> None:
        """Keep a page for so long at most."""

    def lock(self, name: str) -> Any:
        """Return what unlock() takes, or None while somebody else makes this page."""

    def unlock(self, held: Any) -> None:
        """Give the lock back."""


class FileStore:
    """A folder on this machine: counters in memory that all processes map, pages as files."""

    _SIZE = (2 + SLOTS) * 8

    def __init__(self, folder: Path, *, most_bytes: int = 512 * 1024 * 1024) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._puts = 0
        (folder / "pages").mkdir(parents=True, exist_ok=True)
        with _locked(folder / "purging"), (folder / "purges").open("a+b") as file:
            if os.fstat(file.fileno()).st_size != self._SIZE:
                file.truncate(0)
                file.write(_new_epoch().to_bytes(8, sys.byteorder))
                file.truncate(self._SIZE)
            # The epoch, the number of the last purge, then a number a slot.
            self._numbers = memoryview(mmap.mmap(file.fileno(), self._SIZE)).cast("Q")

    def clock(self) -> tuple[int, int]:
        return self._numbers[0], self._numbers[1]

    def purged(self, slots: Sequence[int]) -> int:
        numbers = self._numbers
        return max((numbers[2 + slot] for slot in slots), default=0)

    def purge(self, slots: Sequence[int]) -> None:
        with _locked(self._folder / "purging"):
            number = self._numbers[1] + 1
            # The clock last: whoever has seen it must find the slots.
            for slot in slots:
                self._numbers[2 + slot] = number
            self._numbers[1] = number

    def get(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, name: str, page: bytes, seconds: float) -> None:
        """Write beside and rename: nobody ever reads half a page."""
        with tempfile.NamedTemporaryFile(dir=self._folder / "pages", delete=False) as file:
            file.write(page)
        # The time at which it may be thrown away.
        ends_at = time.time() + seconds
        os.utime(file.name, (ends_at, ends_at))
        Path(file.name).replace(self._path(name))
        self._puts += 1
        if self._puts % 256 == 1:
            self._sweep()

    def lock(self, name: str) -> Any:
        number = int(_digest(name)[:8], 16) % _LOCKS
        held = os.open(self._folder / f"lock-{number}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(held)
            return None
        return held

    def unlock(self, held: Any) -> None:
        os.close(held)

    def _path(self, name: str) -> Path:
        return self._folder / "pages" / _digest(name)

    def _sweep(self) -> None:
        """Delete what is over, then what will be over first until the rest has room."""
        found = []
        for entry in os.scandir(self._folder / "pages"):
            try:
                found.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
            except FileNotFoundError:
                continue
        room, now = self._most_bytes, time.time()
        for ends_at, size, path in sorted(found, reverse=True):
            room -= size
            if room < 0 or ends_at < now:
                Path(path).unlink(missing_ok=True)


class RedisStore:
    """Redis, for any number of machines. All counters lie under one key: lost together or not."""

    _PURGE = """
        redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
        local number = redis.call('HINCRBY', KEYS[1], 'clock', 1)
        for i = 2, #ARGV do redis.call('HSET', KEYS[1], ARGV[i], number) end
    """
    _UNLOCK = """
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
    """

    def __init__(self, url: str, *, prefix: str) -> None:
        redis = import_module("redis")
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self._error: type[Exception] = redis.RedisError
        self._prefix = f"pages:{prefix}:"

    def clock(self) -> tuple[int, int]:
        epoch, number = self._do("HMGET", self._counters, "epoch", "clock")
        if epoch is None:
            self._do("HSETNX", self._counters, "epoch", _new_epoch())
            epoch, number = self._do("HMGET", self._counters, "epoch", "clock")
        return int(epoch or 0), int(number or 0)

    def purged(self, slots: Sequence[int]) -> int:
        found = self._do("HMGET", self._counters, *slots) if slots else []
        return max((int(number) for number in found if number), default=0)

    def purge(self, slots: Sequence[int]) -> None:
        self._do("EVAL", self._PURGE, 1, self._counters, _new_epoch(), *slots)

    def get(self, name: str) -> bytes | None:
        page: bytes | None = self._do("GET", f"{self._prefix}page:{_digest(name)}")
        return page

    def put(self, name: str, page: bytes, seconds: float) -> None:
        lasts = max(1, int(seconds * 1000))
        self._do("SET", f"{self._prefix}page:{_digest(name)}", page, "PX", lasts)

    def lock(self, name: str) -> Any:
        key, mine = f"{self._prefix}lock:{_digest(name)}", secrets.token_hex(8)
        is_mine = self._do("SET", key, mine, "NX", "PX", LOCK_SECONDS * 1000)
        return (key, mine) if is_mine else None

    def unlock(self, held: Any) -> None:
        self._do("EVAL", self._UNLOCK, 1, *held)

    @property
    def _counters(self) -> str:
        return f"{self._prefix}purges"

    def _do(self, *command: Any) -> Any:
        try:
            return self._redis.execute_command(*command)
        except self._error as error:
            raise OSError("Redis does not answer") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _new_epoch() -> int:
    return secrets.randbits(62) + 1


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()
