"""What processes share: counters of purges, open changes, finished pages, one lock a page.

Two kinds with one face: a folder for the processes of one machine, Redis for many machines. What
goes wrong is an OSError; whoever asks then does without.
"""

import fcntl
import json
import mmap
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import randbits
from typing import Any, Protocol

from .entries import Entry
from .files import Files

SLOTS = 65_536
_LOCKS = 256
# A lock whose holder was killed is free after so long; a page takes a fraction of it.
LOCK_SECONDS = 10
# A change whose process was killed keeps its pages away for so long; one under way is renewed.
LEASE_SECONDS = 15
# Changes that are over are remembered for longer than any page takes to be made.
REMEMBERED_SECONDS = 600


class Store(Protocol):
    """Counters, changes, pages and locks.

    The epoch is a random number made with the counters: where it is another one, the counters were
    lost, and no page kept before is known to be right.
    """

    def clock(self) -> tuple[int, int]:
        """Return the epoch and the number of the last purge."""

    def now(self) -> float:
        """Return the seconds that all who share the store count alike."""

    def purged(self, slots: Sequence[int]) -> int:
        """Return the number of the newest purge that concerned one of the slots."""

    def begin(self, change: str, slots: Sequence[int]) -> None:
        """Count a purge of the slots, and note that they change until purge() or the lease ends."""

    def renew(self, change: str) -> None:
        """Begin the lease of a change anew; of one that was purged, do nothing."""

    def purge(self, slots: Sequence[int], change: str = "") -> None:
        """Count a purge of the slots; a change is over with it."""

    def is_changing(self, slots: Sequence[int], since: float) -> bool:
        """Tell whether a change that was not purged holds a slot, now or at a moment since then."""

    def get(self, name: str) -> bytes | None:
        """Return a page."""

    def put(self, name: str, page: bytes, seconds: float) -> None:
        """Keep a page for so long at most."""

    def show(self, path: str, entry: Entry) -> None:
        """Put a page where a server in front finds it, if there is one on this machine."""

    def lock(self, name: str) -> Any:
        """Return what unlock() takes, or None while somebody else makes this page."""

    def unlock(self, held: Any) -> None:
        """Give the lock back."""


class FileStore:
    """A folder on this machine: counters in memory that all processes map, pages as files."""

    # The epoch, what tells this start of the machine, the number of the last purge; then a slot's.
    _HEAD = 3
    _SIZE = (_HEAD + SLOTS) * 8

    def __init__(
        self, folder: Path, *, most_bytes: int = 512 * 1024 * 1024, shown_in: Path | None = None
    ) -> None:
        self._folder = folder
        self._files = Files(shown_in) if shown_in is not None else None
        self._most_bytes = most_bytes
        self._puts = 0
        self._open()

    def clock(self) -> tuple[int, int]:
        if time.monotonic() > self._looked + 1:
            self._look()
        return self._numbers[0], self._numbers[2]

    def now(self) -> float:
        return time.monotonic()

    def purged(self, slots: Sequence[int]) -> int:
        numbers, head = self._numbers, self._HEAD
        return max((numbers[head + slot] for slot in slots), default=0)

    def begin(self, change: str, slots: Sequence[int]) -> None:
        self._look()
        with self._locked():
            now = self.now()
            changes = {
                name: (until, held)
                for name, (until, held) in self._changes().items()
                if until > now - REMEMBERED_SECONDS
            }
            # Noted before it is counted: whoever asks in between finds either.
            self._note({**changes, change: (now + LEASE_SECONDS, slots)})
            gone = self._count(slots)
        _delete(gone)

    def renew(self, change: str) -> None:
        with self._locked():
            changes = self._changes()
            if change in changes:
                changes[change] = (self.now() + LEASE_SECONDS, changes[change][1])
                self._note(changes)

    def purge(self, slots: Sequence[int], change: str = "") -> None:
        self._look()
        with self._locked():
            gone = self._count(slots)
            changes = self._changes()
            if changes.pop(change, None) is not None:
                self._note(changes)
        _delete(gone)

    def is_changing(self, slots: Sequence[int], since: float) -> bool:
        held = (set(held) for until, held in self._changes().values() if until > since)
        return any(not each.isdisjoint(slots) for each in held)

    def _open(self) -> None:
        """Map the counters; make them where there are none, or where the machine was started anew:
        what was written last may not have reached the disk.
        """
        (self._folder / "pages").mkdir(parents=True, exist_ok=True)
        start = int(_digest(_boot())[:12], 16)
        path = self._folder / "purges"
        with self._locked():
            if not self._is_whole(path, start):
                fresh = path.with_suffix(".new")
                head = (_new_epoch(), start)
                numbers = b"".join(number.to_bytes(8, sys.byteorder) for number in head)
                fresh.write_bytes(numbers.ljust(self._SIZE, b"\0"))
                (self._folder / "changes").unlink(missing_ok=True)
                # Beside it and renamed: others may have the old ones mapped.
                fresh.replace(path)
            with path.open("r+b") as file:
                self._inode = os.fstat(file.fileno()).st_ino
                self._numbers = memoryview(mmap.mmap(file.fileno(), self._SIZE)).cast("Q")
        self._looked = time.monotonic()

    def _is_whole(self, path: Path, start: int) -> bool:
        if not path.exists() or path.stat().st_size != self._SIZE:
            return False
        with path.open("rb") as file:
            file.seek(8)
            return int.from_bytes(file.read(8), sys.byteorder) == start

    def _look(self) -> None:
        """Map the counters anew if somebody has removed the folder."""
        self._looked = time.monotonic()
        try:
            is_same = (self._folder / "purges").stat().st_ino == self._inode
        except FileNotFoundError:
            is_same = False
        if not is_same:
            self._open()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold a lock that ends with the process, however it ends."""
        file = os.open(self._folder / "purging", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def _count(self, slots: Sequence[int]) -> list[Path]:
        """Count a purge and take shown pages away; return what is left to delete."""
        number = self._numbers[2] + 1
        # The clock last: whoever has seen it must find the slots.
        for slot in slots:
            self._numbers[self._HEAD + slot] = number
        self._numbers[2] = number
        return self._files.clear() if self._files is not None else []

    def _changes(self) -> dict[str, tuple[float, Sequence[int]]]:
        try:
            found = json.loads((self._folder / "changes").read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise OSError("The list of changes cannot be read") from error
        return {name: (until, slots) for name, (until, slots) in found.items()}

    def _note(self, changes: dict[str, tuple[float, Sequence[int]]]) -> None:
        """Write beside and rename: nobody ever reads half of it."""
        fresh = self._folder / "changes.new"
        fresh.write_text(json.dumps(changes))
        fresh.replace(self._folder / "changes")

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

    def show(self, path: str, entry: Entry) -> None:
        place = self._files.path_of(path, entry) if self._files is not None else None
        if self._files is None or place is None or place.exists():
            return
        with self._locked():
            # No purge comes between the look and the file.
            if entry.epoch == self._numbers[0] and self.purged(entry.slots) <= entry.made:
                self._files.put(place, entry)
        self._files.drop_old()

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


def _delete(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _boot() -> str:
    """Return what names this start of the machine, where the system tells."""
    told = Path("/proc/sys/kernel/random/boot_id")
    return told.read_text() if told.exists() else ""


def _new_epoch() -> int:
    return randbits(62) + 1


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()
