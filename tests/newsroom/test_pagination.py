"""Keyset pages: every row once, in order, both ways; garbage shows the beginning."""

from datetime import UTC, datetime, timedelta

import pytest

from articles.models import Article, DossierEntry
from newsroom.lib.pagination import Order, paginate
from tests.factories import DossierFactory, SectionFactory, make_article

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def seven() -> list[Article]:
    """Seven articles, newest first; the middle three came in the same microsecond."""
    section = SectionFactory().pk
    ages = [0, 1, 2, 2, 2, 3, 4]
    made = [make_article(section=section, at=START - timedelta(hours=age)) for age in ages]
    return sorted(made, key=lambda article: (article.published_at, article.pk), reverse=True)


def page(**query):
    return paginate(Article.objects.all(), query, size=3)


def test_pages_downwards_show_every_row_once(seven):
    first = page()
    second = page(before=first.next)
    third = page(before=second.next)
    assert [*first.items, *second.items, *third.items] == seven
    assert (first.previous, third.next) == ("", "")
    assert first.is_first
    assert not second.is_first


def test_pages_upwards_show_the_same_as_downwards(seven):
    first = page()
    second = page(before=first.next)
    third = page(before=second.next)
    assert page(after=third.previous).items == second.items
    assert page(after=second.previous) == first


def test_a_page_upwards_that_would_be_short_is_the_first_one(seven):
    second = page(before=page().next)
    middle = paginate(Article.objects.all(), {"before": page().next}, size=2)
    assert page(after=middle.previous).items == seven[:3]
    assert second.items == seven[3:6]


def test_a_new_row_does_not_shift_older_pages(seven):
    cursor = page().next
    before = page(before=cursor).items
    make_article(at=START + timedelta(hours=1))
    assert page(before=cursor).items == before


def test_a_cursor_beyond_the_end_shows_the_first_page(seven):
    assert page(before="1.1") == page()


def test_an_empty_list_has_one_empty_page(db):
    for query in ({}, {"before": "1.1"}, {"after": "1.1"}):
        empty = page(**query)
        assert (list(empty.items), empty.previous, empty.next) == ([], "", "")
        assert not empty


@pytest.mark.parametrize(
    "cursor",
    ["abc", "", "1", "1.2.3", "-5.1", "9" * 18 + ".1", "9" * 40, "1.\x00", "٣.٤", "1.2 ", "1e9.1"],
)
@pytest.mark.parametrize("name", ["before", "after"])
def test_garbage_shows_the_first_page(seven, name, cursor):
    assert page(**{name: cursor}) == page()


def test_any_order_of_numbers_can_be_paged(seven):
    dossier = DossierFactory()
    entries = [
        DossierEntry.objects.create(dossier=dossier, article=article, position=position)
        for position, article in enumerate(seven)
    ]

    def part(**query):
        order = Order(("position", "pk"))
        return paginate(dossier.entries.all(), query, order=order, times=frozenset(), size=4)

    first = part()
    second = part(before=first.next)
    assert [*first.items, *second.items] == entries
    assert part(after=second.previous) == first


def test_a_page_is_one_query(seven, django_assert_num_queries):
    cursor = page().next
    with django_assert_num_queries(1):
        page()
    with django_assert_num_queries(1):
        page(before=cursor)
