"""Figures of search and related articles: `python -m tests.bench_search [ARTICLES]`.

Generated texts with the word frequencies of a language (Zipf), in a throw-away database.
"""

import os
import random
import statistics
import sys
import time
from datetime import timedelta
from itertools import accumulate

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
if __name__ == "__main__":
    django.setup()

from django.db import connection, transaction
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils import timezone

from articles import related, search
from articles.likeness import meaning_scorer
from articles.models import Article, Author, Section, Status, month_of
from articles.search import Filters
from tests.articles import golden
from tests.articles.relatedscores import show, table

_BATCH, _RUNS = 500, 5


class Language:
    """Words of letters, the nth as frequent as 1/(n+20): 0.4 % of a text is the most frequent."""

    def __init__(self, size: int = 80_000) -> None:
        self.random = random.Random(7)  # noqa: S311 - not for secrets
        letters = "eeeeennniissrraattdhulcgmobwfkzvp"
        made = {
            "".join(self.random.choices(letters, k=self.random.randint(5, 12))) for _ in range(size)
        }
        self.words = sorted(made)
        self.random.shuffle(self.words)
        self.weights = list(accumulate(1 / (n + 20) for n in range(len(self.words))))

    def text(self, length: int) -> str:
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=length))


def fill(count: int, language: Language) -> float:
    """Store and index that many published articles; return seconds per thousand for indexing."""
    sections = [Section.objects.create(name=f"S{n}", slug=f"s-{n}") for n in range(12)]
    Author.objects.create(name="Maria Huber", slug="maria")
    now, spent = timezone.now(), 0.0
    for start in range(0, count, _BATCH):
        articles = []
        for number in range(start, min(start + _BATCH, count)):
            at = now - timedelta(minutes=20 * number)
            articles.append(
                Article(
                    section=sections[number % 12], slug=f"a-{number}", month=month_of(at),
                    status=Status.PUBLISHED, published_at=at, edited_at=at,
                    headline=language.text(8), standfirst=language.text(22),
                    body=f"<p>{language.text(350)}</p>",
                )
            )  # fmt: skip
        Article.objects.bulk_create(articles)
        begun = time.perf_counter()
        search.index_many(articles)
        spent += time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return spent / count * 1000


def figures(count: int = 100_000) -> dict[str, float]:
    """Return milliseconds per whole search (median of five), by kind of query; prints them."""
    language = Language()
    print(f"{connection.vendor}, {count} articles: indexed in {fill(count, language):.1f} s/1000")
    word = language.words
    section = Section.objects.get(slug="s-3")
    week = timezone.localdate() - timedelta(days=900)
    asked: dict[str, tuple[str, Filters | None]] = {
        "most frequent word": (word[0], None),
        "common word": (word[100], None),
        "rare word": (word[40_000], None),
        "compound part": (word[300][:5], None),
        "two common words": (f"{word[0]} {word[3]}", None),
        "common and rare": (f"{word[0]} {word[20_000]}", None),
        "phrase, common": (f'"{word[0]} {word[1]}"', None),
        "phrase, rarer": (f'"{word[200]} {word[300]}"', None),
        "common without": (f"{word[1]} -{word[2]}", None),
        "in a section": (word[0], Filters(sections=[section.pk])),
        "older than": (word[0], Filters(until=week)),
        "nothing, suggested": (word[5_000][:-1] + "q" + word[5_000][-1:], None),
    }
    results = {}
    for name, (query, filters) in asked.items():
        times, total = [], 0
        for _ in range(_RUNS):
            begun = time.perf_counter()
            total = search.search(query, filters=filters).total
            times.append((time.perf_counter() - begun) * 1000)
        results[name] = statistics.median(times)
        print(f"  {name:20} {results[name]:7.1f} ms  {total:5} hits")
    return results


def related_figures() -> None:
    """Print how long the lists of so many articles take, after fill()."""
    begun = time.perf_counter()
    done = sum(related.reindex()) // 2
    seconds = time.perf_counter() - begun
    kind = "with" if meaning_scorer() else "without"
    print(f"related articles of {done}, {kind} meaning: {seconds:.0f} s")


def golden_scores() -> None:
    """Print precision at 5 and mean reciprocal rank on the golden set, in both languages."""
    for code, texts in (("de", golden.GERMAN), ("en", golden.ENGLISH)):
        with override_settings(LANGUAGE_CODE=code), transaction.atomic():
            print(f"related articles, {code}\n{show(table(texts, golden.place(texts)))}")
            transaction.set_rollback(True)


if __name__ == "__main__":
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        golden_scores()
        articles = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
        figures(articles)
        if articles <= 10_000:
            related_figures()
    finally:
        teardown_databases(databases, verbosity=0)
