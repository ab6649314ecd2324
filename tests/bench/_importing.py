"""One import in a process of its own, for moving.py: prints its figures as JSON."""

import json
import os
import sys
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import django
from django.db import connection


def main() -> None:
    """Import the file that the command line names into the database that it names."""
    database, path = sys.argv[1:]
    django.setup()
    connection.settings_dict["NAME"] = database
    from newsroom.wordpress.importing import run  # noqa: PLC0415 - after setup

    begun, busy = time.perf_counter(), time.process_time()
    report = run([Path(path)])
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    figures = {
        "seconds": seconds,
        "busy": busy,
        "peak": getrusage(RUSAGE_SELF).ru_maxrss / 1000,
        "load": os.getloadavg()[0],
        "numbers": report.numbers(),
    }
    sys.stdout.write(f"{json.dumps(figures)}\n")


if __name__ == "__main__":
    main()
