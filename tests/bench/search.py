"""Search in many articles, by kind of query: `first` is with the texts' words not yet stemmed."""

from datetime import timedelta

from django.utils import timezone

from articles import search
from articles.models import Section
from articles.search import Filters

from ._texts import Language, fill
from ._timing import milliseconds, size


def run() -> dict[str, dict[str, float | int | str]]:
    """Fill, then ask each query six times."""
    count, language = size(100_000), Language()
    seconds = fill(count, language)
    figures: dict[str, dict[str, float | int | str]] = {
        "indexed": {"articles": count, "s per 1,000": seconds / count * 1000}
    }
    for name, (query, filters) in queries(language.words).items():
        first, median = milliseconds(lambda q=query, f=filters: search.search(q, filters=f), 5)
        found = search.search(query, filters=filters)
        hits = f"over {found.total}" if found.is_more else found.total
        figures[name] = {"ms": median, "first": first, "hits": hits}
    return figures


def queries(words: list[str]) -> dict[str, tuple[str, Filters | None]]:
    """Return what to ask; the words stand by frequency."""
    section = Section.objects.get(slug="s-3")
    day = timezone.localdate() - timedelta(days=900)
    return {
        "most frequent word": (words[0], None),
        "common word": (words[100], None),
        "rare word": (words[40_000], None),
        "compound part": (words[300][:5], None),
        "two common words": (f"{words[0]} {words[3]}", None),
        "common and rare": (f"{words[0]} {words[20_000]}", None),
        "phrase, common": (f'"{words[0]} {words[1]}"', None),
        "phrase, rarer": (f'"{words[200]} {words[300]}"', None),
        "common without": (f"{words[1]} -{words[2]}", None),
        "in a section": (words[0], Filters(sections=[section.pk])),
        "older than": (words[0], Filters(until=day)),
        "nothing, suggested": (words[5_000][:-1] + "q" + words[5_000][-1:], None),
    }
