"""Builds the demo newsroom in the site's language. Called by the command and by tests."""

from collections import Counter

from django.conf import settings
from django.utils import translation

from . import generated, house, jobs, partners, stories, texts
from .memory import Memory


class DemoRefused(Exception):
    """The demo was not built; str() says why."""


def build(*, articles: int = 0, jobs_wanted: int = 0) -> Counter[str]:
    """Build what is missing of the demo newsroom and of the generated rows; return counts.

    Raises DemoRefused in production, and where the database holds a demo in another language.
    """
    if not settings.DEBUG:
        raise DemoRefused(
            "The demo's password is public: it is built only where DEBUG is on (DEBUG=1)."
        )
    language = texts.language_of(settings.LANGUAGE_CODE)
    if others := Memory.languages() - {language}:
        raise DemoRefused(
            f"This database holds the demo newsroom in another language ({', '.join(others)}). "
            "Give DATABASE_URL another database, or set LANGUAGE_CODE back."
        )
    memory = Memory(language)
    with translation.override(language):
        house.build(language, memory)
        stories.build(language, memory)
        generated.build(language, memory, articles)
        jobs.build(language, memory)
        partners.build(language, memory)
        jobs.generate(language, memory, jobs_wanted)
    return memory.added
