"""What one process has at hand: the pages asked for last, and who is making one right now."""

from collections import OrderedDict
from threading import Event, Lock

from .entries import Entry


class Memory:
    """Pages by name; what was not asked for longest makes room."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str) -> Entry | None:
        with self._lock:
            entry = self._entries.get(name)
            if entry is not None:
                self._entries.move_to_end(name)
            return entry

    def put(self, name: str, entry: Entry) -> None:
        with self._lock:
            self._forget(name)
            self._entries[name] = entry
            self._size += entry.size
            while self._size > self._most and self._entries:
                _name, oldest = self._entries.popitem(last=False)
                self._size -= oldest.size

    def drop(self, name: str, entry: Entry) -> None:
        """Forget a page, unless another one has taken its place meanwhile."""
        with self._lock:
            if self._entries.get(name) is entry:
                self._forget(name)

    def __len__(self) -> int:
        return len(self._entries)

    def _forget(self, name: str) -> None:
        known = self._entries.pop(name, None)
        if known is not None:
            self._size -= known.size


class Flights:
    """Pages on their way: of many that ask for one, the first makes it and the others wait."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[str, Event] = {}

    def join(self, name: str) -> Event | None:
        """Return what to wait for, or None for who is to make the page and then call land()."""
        with self._lock:
            event = self._under_way.get(name)
            if event is None:
                self._under_way[name] = Event()
            return event

    def land(self, name: str) -> None:
        with self._lock:
            event = self._under_way.pop(name)
        event.set()
