"""Related articles while several write at once: nobody waits for another, nothing is forgotten."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from articles import related, workflow
from articles.models import Article, RelatedProfile, RelatedScore
from tests.factories import SectionFactory, make_article, make_content

pytestmark = pytest.mark.django_db(transaction=True)

FLOOD = {"headline": "Flood in the old town", "standfirst": "The river rises by the hour."}


@pytest.fixture
def neighbours(chief) -> list[Article]:
    section = SectionFactory().pk
    articles = [make_article(**FLOOD, section=section) for _ in range(3)]
    assert sum(related.reindex()) == 6
    return articles


@contextmanager
def under_way() -> Iterator[None]:
    """A transaction that stays open, where others can write meanwhile; SQLite lets nobody."""
    if connection.features.has_select_for_update:
        with transaction.atomic():
            yield
    else:
        yield


def meanwhile[T](do: Callable[[], T]) -> T:
    """Do it on another connection, which fails instead of waiting for a lock."""

    def run() -> T:
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '3s'")
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def rewrite(article: Article, chief) -> None:
    article = Article.objects.get(pk=article.pk)
    # A new address too: the strongest lock that a publication takes.
    content = {**article.head.content, "slug": f"{article.slug}-new", "kicker": "River"}
    workflow.save_draft(article, make_content(**content), by=chief, base=article.head)
    workflow.publish(Article.objects.get(pk=article.pk), by=chief)


def test_publications_of_neighbours_do_not_wait_for_each_other(neighbours, chief):
    one, two, _three = neighbours
    with under_way():
        rewrite(one, chief)
        meanwhile(lambda: rewrite(two, chief))
    assert set(RelatedProfile.objects.filter(is_due=True).values_list("pk", flat=True)) == {
        one.pk,
        two.pk,
    }


def test_tick_passes_over_an_article_that_is_being_published_and_comes_back(neighbours, chief):
    one, two, three = neighbours
    rewrite(two, chief)
    with under_way():
        rewrite(one, chief)
        assert meanwhile(related.refresh_due) in {1, 2}  # two, and on SQLite one
    while related.refresh_due():
        pass
    for article in neighbours:
        others = RelatedScore.objects.filter(article=article).values_list("other", flat=True)
        assert set(others) == {one.pk, two.pk, three.pk} - {article.pk}
    told = RelatedProfile.objects.values_list("refreshed_at", flat=True)
    assert None not in told


def test_second_tick_leaves_what_the_first_is_at(neighbours):
    RelatedProfile.objects.update(is_due=True)
    with under_way():
        assert related.refresh_due(limit=2) == 2
        assert meanwhile(related.refresh_due) == 1
    assert related.refresh_due() == 0
