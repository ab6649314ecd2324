"""The index of words on PostgreSQL with many rows: taken away for many new ones, asked in parts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles import search
from articles.models import Article
from newsroom.lib.fulltext import parse
from tests.factories import make_article


@pytest.mark.django_db(transaction=True)
def test_index_that_a_killed_run_took_away_comes_back():
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has an index beside the table")
    make_article(headline="The ferry is late")
    taken_away = search.INDEX.suspended()
    taken_away.__enter__()  # and nothing afterwards
    assert not _has_gin()
    assert [hit.article.headline for hit in search.search("ferry").hits] == ["The ferry is late"]
    list(search.reindex())
    assert _has_gin()


def _has_gin() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'articles_search_gin'")
        return cursor.fetchone() is not None


def test_frequent_words_find_the_newest_first_whatever_is_looked_through(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's index is in the order of time")
    now = timezone.now()
    days = [0, 1, 5, 20, 90, 300, 1_000, 3_000]
    for number in days:
        make_article(headline=f"Ferry {number}", at=now - timedelta(days=number, minutes=1))
    make_article(headline="Ferry to come", at=now + timedelta(days=20))
    ferry = search.INDEX.anywhere(parse("ferry", "en"))
    whole = [hit.id for hit in search.INDEX.hits({"all": (ferry, 100)})]
    assert len(whole) == len(days) + 1
    with connection.cursor() as cursor:
        # As if the table were large: then it looks through stretches of time.
        cursor.execute("UPDATE pg_class SET reltuples = 1e6 WHERE relname = 'articles_search'")
    for most in range(1, 11):
        found = search.INDEX.hits({"all": (ferry, most)})
        assert [hit.id for hit in found] == whole[:most]
    for until in (now, now - timedelta(days=30), now - timedelta(days=2_000)):
        found = search.INDEX.hits({"all": (ferry, 2)}, until=until)
        shown = Article.objects.filter(published_at__lt=until).newest()
        assert [hit.id for hit in found] == [row.pk for row in shown[:2]]
    since = now - timedelta(days=400)
    found = search.INDEX.hits({"all": (ferry, 100)}, since=since, until=now)
    assert len(found) == sum(number < 400 for number in days)
