"""An import from WordPress: `ARTICLES=200000` for a whole site, each with five comments.

Posts a second by the clock; milliseconds of computing a post, in the process that writes and in the
one that reads ahead; the most memory that both took at once, in MB.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from tests.newsroom.wordpress import export

from ._texts import Language
from ._timing import size

_COMMENTS = 5
_AUTHORS, _SECTIONS, _TAGS, _READERS = 40, 12, 300, 5_000


def run() -> dict[str, dict[str, float | int | str]]:
    """Write an export, import it, and import it again, each in a process of its own."""
    count = size(3_000)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(generate(count))
        megabytes = path.stat().st_size / 1_000_000
        return {
            f"{count:,} posts, {megabytes:.0f} MB": _measured(path, count, "imported"),
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
    """Import in a process of its own: that of the bench remembers all that it has done before."""
    command = [sys.executable, "-m", "tests.bench._importing"]
    given = [str(connection.settings_dict["NAME"]), str(path)]
    done = subprocess.run([*command, *given], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    _demand(found["numbers"], count, end)
    return {
        "posts/s": count / found["seconds"],
        "records/s": count * (1 + _COMMENTS) / found["seconds"],
        "CPU ms/post": found["busy"] / count * 1000,
        "ahead ms/post": found["busy_ahead"] / count * 1000,
        "peak MB": found["peak"],
        "load": found["load"],
    }


def _demand(numbers: dict[str, dict[str, int]], count: int, end: str) -> None:
    """Raise where the figures would be those of something else."""
    if numbers["post"][end] != count or numbers["comment"][end] != count * _COMMENTS:
        raise AssertionError(f"Not everything was {end}: {numbers}")
