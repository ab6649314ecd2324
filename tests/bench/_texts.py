"""Generated texts with the word frequencies of a language, as articles in the database."""

import random
import time
from datetime import timedelta
from itertools import accumulate

from django.db import connection
from django.utils import timezone

from articles import search
from articles.models import Article, Author, Section, Status, month_of

_BATCH = 500


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
    """Store and index that many published articles; return the seconds that the index took."""
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
    return spent
