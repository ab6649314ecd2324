"""Counting requests for all processes of a machine together; /metrics shows what they are.

Counts gather in the process and are added to a shared file about once a second: a killed process
loses that second. Files of the operating system, no server, no library.
"""

import atexit
import fcntl
import os
import struct
import time
from functools import cache
from pathlib import Path
from threading import Lock

from django.conf import settings

AREAS = ("site", "admin", "api", "files")
WAYS = ("hit", "stale", "miss", "pass")
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_REQUESTS = len(AREAS) * len(WAYS) * len(CLASSES)
# Of each way: a count a bucket, one beyond the last bound, the sum of seconds.
_TIMES = len(BOUNDS) + 2
_CELLS = _REQUESTS + len(WAYS) * _TIMES
_FORMAT = struct.Struct(f"{_CELLS}d")
_PREFIXES = {"/admin/": "admin", "/api/": "api", "/static/": "files", "/media/": "files"}
_FLUSH = 1.0  # seconds


class Meter:
    """Counters of one process on their way into the file of all."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()
        self._cells = [0.0] * _CELLS
        self._due = time.monotonic() + _FLUSH
        atexit.register(self.flush)

    def count(self, path: str, way: str, status: str, seconds: float) -> None:
        """Count one request: its address, how the cache has answered it, its status, its time."""
        area = next((area for start, area in _PREFIXES.items() if path.startswith(start)), "site")
        kind = min(max(ord(status[0]) - ord("1"), 0), len(CLASSES) - 1)
        number = WAYS.index(way)
        bucket = next((n for n, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        times = _REQUESTS + number * _TIMES
        with self._lock:
            self._cells[(AREAS.index(area) * len(WAYS) + number) * len(CLASSES) + kind] += 1
            self._cells[times + bucket] += 1
            self._cells[times + _TIMES - 1] += seconds
        if time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Add what waits to the file; where there is no room for it, it is lost."""
        with self._lock:
            cells, self._cells = self._cells, [0.0] * _CELLS
            self._due = time.monotonic() + _FLUSH
        if any(cells):
            try:
                self._add(cells)
            except OSError:
                return

    def text(self) -> str:
        """Return all counters in Prometheus' text format."""
        self.flush()
        try:
            cells = self._read(self._file.read_bytes())
        except OSError:
            cells = [0.0] * _CELLS
        lines = ["# TYPE newsroom_requests_total counter"]
        for a, area in enumerate(AREAS):
            for w, way in enumerate(WAYS):
                for c, kind in enumerate(CLASSES):
                    if count := cells[(a * len(WAYS) + w) * len(CLASSES) + c]:
                        labels = f'area="{area}",cache="{way}",status="{kind}"'
                        lines.append(f"newsroom_requests_total{{{labels}}} {count:.0f}")
        lines.append("# TYPE newsroom_request_seconds histogram")
        for w, way in enumerate(WAYS):
            lines += _histogram(way, cells[_REQUESTS + w * _TIMES : _REQUESTS + (w + 1) * _TIMES])
        return "\n".join(lines) + "\n"

    def _add(self, cells: list[float]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            known = self._read(os.pread(file, _FORMAT.size, 0))
            os.pwrite(file, _FORMAT.pack(*map(sum, zip(known, cells, strict=True))), 0)
        finally:
            os.close(file)

    @staticmethod
    def _read(data: bytes) -> list[float]:
        return list(_FORMAT.unpack(data)) if len(data) == _FORMAT.size else [0.0] * _CELLS


@cache
def meter() -> Meter:
    """Return this process' meter."""
    return Meter(settings.PAGE_CACHE_DIR / "requests")


def _histogram(way: str, times: list[float]) -> list[str]:
    name, total, lines = "newsroom_request_seconds", 0.0, []
    for bound, count in zip([*map(str, BOUNDS), "+Inf"], times, strict=False):
        total += count
        lines.append(f'{name}_bucket{{cache="{way}",le="{bound}"}} {total:.0f}')
    lines.append(f'{name}_sum{{cache="{way}"}} {times[-1]:.6f}')
    lines.append(f'{name}_count{{cache="{way}"}} {total:.0f}')
    return lines
