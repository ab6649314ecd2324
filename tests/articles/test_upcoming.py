"""When pages next change by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Banner, Pin, Slot
from articles.upcoming import next_change
from tests.factories import PromoFactory, make_article

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, 23, tzinfo=UTC)  # of Berlin
SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)


def test_without_plans_the_day_ends(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert next_change(NOW, set()) == MIDNIGHT
    assert next_change(MIDNIGHT, set()) == MIDNIGHT + timedelta(days=1)


@pytest.mark.parametrize(
    ("evening", "midnight"),
    [
        ("2026-03-28T23:30", "2026-03-29T22:00"),  # the day has 23 hours
        ("2026-10-24T22:30", "2026-10-25T23:00"),  # the day has 25 hours
    ],
)
def test_days_on_which_clocks_change(evening, midnight):
    after = datetime.fromisoformat(evening).replace(tzinfo=UTC)
    assert next_change(after, set()) == datetime.fromisoformat(midnight).replace(tzinfo=UTC)


def test_promos_are_drawn_anew_every_hour():
    assert next_change(NOW, {"promos"}) == datetime(2026, 3, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize("column", ["published_at", "expires_at", "embargo_until"])
def test_articles(column, django_assert_num_queries):
    rows = [make_article(at=NOW - timedelta(days=1)) for _number in range(3)]
    for article, at in zip(rows, (NOW, LATER, SOON), strict=True):
        Article.objects.filter(pk=article.pk).update(**{column: at})
    with django_assert_num_queries(1):
        assert next_change(NOW, set()) == SOON
    assert next_change(SOON, set()) == LATER
    assert next_change(LATER, set()) == MIDNIGHT


def test_pins_banners_and_promos():
    slot = Slot.objects.create(kind=Slot.Kind.LEAD, size=1)
    moments = [NOW + timedelta(minutes=number) for number in range(1, 7)]
    Pin.objects.create(slot=slot, article=make_article(at=NOW - timedelta(days=1)),
                       starts_at=moments[0], ends_at=moments[1])  # fmt: skip
    Banner.objects.create(text="x", starts_at=moments[2], ends_at=moments[3])
    PromoFactory(starts_at=moments[4], ends_at=moments[5])
    PromoFactory(starts_at=timezone.now() - timedelta(days=400), ends_at=None)
    found, at = [], NOW
    while (at := next_change(at, set())) != MIDNIGHT:
        found.append(at)
    assert found == moments
