"""Partners of the job pages: their sample feeds (feeds/), read by the same import as real ones."""

from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from jobs import feedimport
from jobs.models import JobSource

from .memory import Memory

_FOLDER = Path(__file__).parent / "feeds"


class _Partner(NamedTuple):
    name: str
    file: str
    field_map: dict[str, str]
    is_trusted: bool = True
    is_paid: bool = False


_PARTNERS = {
    "de": [
        _Partner("Lohejobs", "lohejobs.xml", {}, is_paid=True),
        _Partner(
            "Stellenbörse Nordersiel",
            "hafenboerse.rss",
            {"employer": "betrieb", "city": "ort", "types": "art", "country": "=DE"},
        ),
        _Partner("Pflegeplan", "pflegeplan.json", {}, is_trusted=False),
    ],
    "en": [
        _Partner("Merrow Jobs", "merrowjobs.xml", {}, is_paid=True),
        _Partner(
            "Port Merrow vacancies",
            "portboard.rss",
            {"employer": "firm", "city": "town", "types": "kind", "country": "=GB"},
        ),
        _Partner("Careplan", "careplan.json", {}, is_trusted=False),
    ],
}


def build(language: str, memory: Memory) -> None:
    """Set up the partners that are missing and read each of them once."""
    for partner in _PARTNERS[language]:
        if memory.find("job source", partner.file) is not None:
            continue
        path = _FOLDER / language / partner.file
        with transaction.atomic():
            source = JobSource.objects.create(
                name=partner.name,
                # Not where this checkout lies: the database may move with it.
                file=path.relative_to(settings.BASE_DIR).as_posix(),
                format=path.suffix.removeprefix("."),
                field_map=partner.field_map,
                is_trusted=partner.is_trusted,
                is_paid=partner.is_paid,
            )
            memory.remember("job source", [(partner.file, source)])
        feedimport.read(source)
