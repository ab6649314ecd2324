"""One import in a process of its own, for moving.py: prints its figures as JSON."""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from threading import Event, Thread

import django
from django.db import connection


def main() -> None:
    """Import the file that the command line names into the database that it names."""
    database, path = sys.argv[1:]
    django.setup()
    connection.settings_dict["NAME"] = database
    from newsroom.wordpress.importing import run  # noqa: PLC0415 - after setup

    memory = _Memory()
    memory.start()
    begun, busy = time.perf_counter(), time.process_time()
    report = run([Path(path)])
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    memory.ended.set()
    memory.join()
    other = getrusage(RUSAGE_CHILDREN)
    figures = {
        "seconds": seconds,
        "busy": busy,
        "busy_ahead": other.ru_utime + other.ru_stime,
        "peak": memory.peak / 1_000_000,
        "load": os.getloadavg()[0],
        "numbers": report.numbers(),
    }
    sys.stdout.write(f"{json.dumps(figures)}\n")


class _Memory(Thread):
    """Looks five times a second how much memory this process and those it has started take.

    Pages that they share count for each. Without /proc it knows of this process only.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = Event()
        self.peak = 0

    def run(self) -> None:
        own = Path(f"/proc/self/task/{os.getpid()}/children")
        while not self.ended.wait(0.2):
            pids = ["self"]
            with suppress(OSError):
                pids += own.read_text().split()
            self.peak = max(self.peak, sum(map(_resident, pids)))
        self.peak = self.peak or getrusage(RUSAGE_SELF).ru_maxrss * 1024


def _resident(pid: str) -> int:
    """Return the bytes of memory that a process takes; 0 when it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
