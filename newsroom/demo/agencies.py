"""The demo's news agency: two drafts from a sample feed (feeds/). Nothing is asked over the net."""

from pathlib import Path

from django.db import transaction

from articles import agencies
from articles.models import AgencySource
from newsroom.lib.slugs import make_slug

from .memory import Memory

_FEEDS = Path(__file__).parent / "feeds"
# Name of the author's profile and of the agency, section, licence.
_AGENCIES = {
    "de": (
        "Nordische Presseagentur",
        "wirtschaft",
        "Text frei für Kunden, auch gekürzt; Bilder nur mit eigener Lizenz. Quelle nennen.",
    ),
    "en": (
        "Northern Press Agency",
        "economy",
        "Text free for clients, cuts allowed; pictures by separate licence only. Name the source.",
    ),
}


def build(language: str, memory: Memory) -> None:
    """Set up the agency, if it is missing, and take its two texts once."""
    name, section, licence = _AGENCIES[language]
    if memory.find("agency", name) is not None:
        return
    with transaction.atomic():
        source = AgencySource.objects.create(
            name=name,
            url="https://agency.newsroom.example/feed.xml",
            section_id=memory.id_of("section", section),
            author_id=memory.id_of("author", make_slug(name)),
            language=language,
            licence=licence,
            is_active=False,
        )
        memory.remember("agency", [(name, source)])
    agencies.take(source, (_FEEDS / language / "agency.xml").read_bytes())
