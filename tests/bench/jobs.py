"""Partner feeds and the sidebar of jobs: 10,000 unchanged jobs read again, 20,000 live ones."""

import tempfile
import tracemalloc
from pathlib import Path
from random import Random

from django.db import connection
from django.test import Client

from jobs import feedimport, matching
from jobs.models import JobSource
from tests.jobs.feedfiles import as_xml, job

from ._timing import milliseconds, size
from .pages import measured

_RUNS = 20
_PROFESSIONS = (
    "Robotik-Monteur", "Softwareentwickler", "Pflegefachkraft", "Busfahrer", "Grundschullehrer",
    "Redakteur", "Koch", "Elektroniker", "Bauleiter", "Sachbearbeiter", "Erzieher", "Nurse",
    "Data scientist", "Accountant", "Windkraft-Techniker", "Lagerlogistiker", "Facharzt", "Gärtner",
)  # fmt: skip
_TAGS = (
    "Roboter", "Energie", "Verkehr", "Klima", "Schulen", "Gesundheit", "Musik", "Arbeit", "Bücher",
    "Nahverkehr", "Film", "Wasser", "Künstliche Intelligenz", "Landwirtschaft", "Pflege", "Medien",
)  # fmt: skip
_ARTICLE = ("Roboter", "Künstliche Intelligenz", "Landwirtschaft", "Arbeit")


def run() -> dict[str, dict[str, float | int | str]]:
    """Fill in twice 10,000 jobs of two partners, then ask for what is asked for most."""
    figures: dict[str, dict[str, float | int | str]] = {}
    count = size(10_000)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("one", "two"):
            file = Path(folder) / name
            file.write_text(as_xml(map(_job, range(count))), encoding="utf-8")
            source = JobSource.objects.create(name=name, file=str(file), is_trusted=True)
            first, _median = milliseconds(lambda source=source: feedimport.read(source), 1)
            figures[f"jobs come in ({name})"] = {"jobs": count, "seconds": first / 1000}
        seconds = milliseconds(lambda: feedimport.read(source), 3)[1] / 1000
        tracemalloc.start()
        unchanged = feedimport.read(source).unchanged
        peak = tracemalloc.get_traced_memory()[1] / 1_000_000
        tracemalloc.stop()
    figures["unchanged jobs read again"] = {"jobs": unchanged, "seconds": seconds, "MB": peak}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    words = "Der Arm, der weiß, wann ein Apfel reif ist"
    median = milliseconds(lambda: matching.jobs_for(_ARTICLE, words), _RUNS)[1]
    figures["jobs beside an article"] = {"jobs": 2 * count, "ms": median, "queries": 1}
    reader = Client()
    figures["list of jobs"] = {"jobs": 2 * count, **measured(lambda: reader.get("/jobs/"))}
    return figures


def _job(number: int) -> dict[str, str]:
    chance = Random(number)  # noqa: S311 - the same jobs in every run
    return job(
        number,
        title=f"{chance.choice(_PROFESSIONS)} {number % 7} (m/w/d)",
        company=f"House {number % 1500}",
        category=", ".join(chance.sample(_TAGS, 3)),
    )
