"""Runs the parts, each on a database of its own, prints their tables and keeps var/bench.json."""

import argparse
import importlib
import json
import os
import pkgutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import django
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

FOLDER = Path(__file__).resolve().parent
FILE = FOLDER.parents[1] / "var" / "bench.json"
PARTS = sorted(
    module.name for module in pkgutil.iter_modules([str(FOLDER)]) if not module.name.startswith("_")
)

type Figures = dict[str, dict[str, float | int | str]]


def main() -> None:
    """Run the parts that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all if none is named")
    parts = parser.parse_args().part or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    os.environ.setdefault("DATABASE_URL", "sqlite:///unused.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    for part in parts:
        run = importlib.import_module(f"tests.bench.{part}").run
        with empty_database():
            begun = time.perf_counter()
            figures: Figures = run()
            seconds = time.perf_counter() - begun
            print(f"\n{part} · {connection.vendor} · {seconds:.0f} s\n{table(figures)}", flush=True)
            keep(part, figures)


@contextmanager
def empty_database() -> Iterator[None]:
    """Let there be a database that is gone afterwards."""
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)


def table(figures: Figures) -> str:
    """Return lines and columns as text."""
    columns = list(dict.fromkeys(name for line in figures.values() for name in line))
    width = max(map(len, figures), default=0)
    rows = [" " * width + "".join(f"{name:>12}" for name in columns)]
    for name, line in figures.items():
        cells = (line.get(column, "") for column in columns)
        shown = (f"{cell:.2f}" if isinstance(cell, float) else f"{cell}" for cell in cells)
        rows.append(f"{name:{width}}" + "".join(f"{cell:>12}" for cell in shown))
    return "\n".join(rows)


def keep(part: str, figures: Figures) -> None:
    """Put the figures into the file, beside those of other parts and of the other database."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    measured = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "figures": figures}
    known.setdefault(connection.vendor, {})[part] = measured
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
