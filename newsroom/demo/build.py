"""Builds the demo newsroom in the site's language. Called by the command and by tests."""

from collections import Counter

from django.conf import settings
from django.utils import translation

from . import (
    agencies,
    arranging,
    followers,
    generated,
    house,
    letters,
    offers,
    partners,
    readers,
    stories,
    texts,
    tickers,
)
from . import comments as discussion
from . import jobs as vacancies
from .memory import Memory


class DemoRefused(Exception):
    """The demo was not built; str() says why."""


def build(*, articles: int = 0, comments: int = 0, jobs: int = 0) -> Counter[str]:
    """Build what is missing of the demo newsroom, generated rows beyond it; return counts.

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
        agencies.build(language, memory)
        tickers.build(language, memory)
        arranging.build(language, memory)
        readers.build(language, memory)
        offers.build(language, memory)
        generated.build(language, memory, articles)
        discussion.build(language, memory, comments)
        vacancies.build(language, memory)
        partners.build(language, memory)
        vacancies.generate(language, memory, jobs)
        letters.build(language, memory)
        followers.build(language, memory)
    return memory.added
