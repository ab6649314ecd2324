"""An import from WordPress: `POSTS=` for another number than 2,000, each with five comments.

Posts a second by the clock and of computing, and the memory that the process took, in MB.
On SQLite the test's database lies in the same memory and is counted with it.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

from newsroom.wordpress.importing import run as run_import
from newsroom.wordpress.report import Report
from tests.newsroom.wordpress import export

from ._texts import Language

_COMMENTS = 5
_AUTHORS, _SECTIONS, _TAGS, _READERS = 40, 12, 300, 5_000


def run() -> dict[str, dict[str, float | int | str]]:
    """Write an export, import it, and import it again."""
    count = int(os.environ.get("POSTS", "2000"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(generate(count))
        size = path.stat().st_size / 1_000_000
        return {
            f"{count:,} posts, {size:.0f} MB": _measured(path, count, "imported"),
            "the same again": _measured(path, count, "unchanged"),
        }


def generate(count: int) -> Iterator[str]:
    """Yield an export piece by piece, always the same one."""
    language = Language()
    head, tail = export.frame()
    yield head
    yield from (export.author(f"writer-{n}", f"Writer {n}", n) for n in range(_AUTHORS))
    yield from (export.category(f"section-{n}", f"Section {n}") for n in range(_SECTIONS))
    yield from (export.tag(f"topic-{n}", f"Topic {n}") for n in range(_TAGS))
    for number in range(1, count + 1):
        yield _post(language, number)
    yield tail


def _post(language: Language, number: int) -> str:
    chance = language.random
    day = f"{2004 + number % 20}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    section, topics = chance.randrange(_SECTIONS), chance.sample(range(_TAGS), k=3)
    first = number * _COMMENTS
    said = "".join(
        export.comment(
            first + n,
            parent=first + n - 1 if n % 2 else 0,
            text=language.text(40),
            address=f"reader{chance.randrange(_READERS)}@readers.example",
            date_gmt=f"{day} 1{n}:00:00",
        )
        for n in range(_COMMENTS)
    )
    return export.item(
        number,
        title=f"The story number {number} of the old gazette",
        body="".join(_paragraph(language) for _n in range(5)),
        creator=f"writer-{chance.randrange(_AUTHORS)}",
        date_gmt=f"{day} 08:00:00",
        slug=f"story-{number}",
        labels=export.label("category", f"section-{section}", f"Section {section}")
        + "".join(export.label("post_tag", f"topic-{n}", f"Topic {n}") for n in topics),
        comments=said,
    )


def _paragraph(language: Language) -> str:
    return f"<!-- wp:paragraph -->\n<p>{language.text(60)}</p>\n<!-- /wp:paragraph -->\n\n"


def _measured(path: Path, count: int, end: str) -> dict[str, float | int | str]:
    before, begun, busy = _megabytes(), time.perf_counter(), time.process_time()
    report = run_import([path])
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    _demand(report, count, end)
    return {
        "posts/s": count / seconds,
        "per CPU s": count / busy,
        "MB more": _megabytes() - before,
        "MB": _megabytes(),
    }


def _demand(report: Report, count: int, end: str) -> None:
    """Raise where the figures would be those of something else."""
    numbers = report.numbers()
    if numbers["post"][end] != count or numbers["comment"][end] != count * _COMMENTS:
        raise AssertionError(f"Not everything was {end}: {numbers}")


def _megabytes() -> float:
    """Return the most memory that the process has had so far."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1000
