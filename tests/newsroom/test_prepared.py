"""Questions that are compiled once: they say what the queryset says, whatever is asked."""

from datetime import timedelta

import pytest
from django.db.models import F, Q
from django.utils import timezone

from articles.models import Article
from newsroom.lib.prepared import prepared
from tests.factories import SectionFactory, make_article

pytestmark = pytest.mark.django_db


def test_values_go_where_the_queryset_has_them(django_assert_num_queries):
    @prepared
    def within(section, ranges, language, *, newest):
        span = Q(pk__in=[])
        for start, end in ranges:
            span |= Q(published_at__gte=start, published_at__lt=end)
        found = Article.objects.filter(span, section=section).select_related("section")
        if language is not None:
            found = found.filter(language=language)
        return found.annotate(name=F("section__name")).order_by(
            "-published_at" if newest else "published_at"
        )

    now = timezone.now()
    one, other = SectionFactory(), SectionFactory()
    for number in range(4):
        for section in (one, other):
            code = "de" if number % 2 else "en"
            at = now - timedelta(hours=number)
            make_article(section=section.pk, at=at, language=code)
    hours = [now - timedelta(hours=n, seconds=-1) for n in range(5)]
    early, late = (hours[4], hours[3]), (hours[1], now + timedelta(hours=1))
    for asked, shape in [
        ((one.pk, (late,), None), {"newest": True}),
        ((other.pk, (late,), None), {"newest": True}),
        ((other.pk, (early, late), None), {"newest": False}),
        ((one.pk, (early, late), "de"), {"newest": True}),
        ((one.pk, (late, early), "en"), {"newest": True}),
    ]:
        plain = list(within._build(*asked, **shape))
        with django_assert_num_queries(1):
            rows = within(*asked, **shape)
            names = {(row.section.name, row.name) for row in rows}
        assert [row.pk for row in rows] == [row.pk for row in plain]
        assert rows
        assert len(names) == 1


def test_a_question_for_nothing_is_not_asked(django_assert_num_queries):
    @prepared
    def none_of(ids):
        return Article.objects.filter(pk__in=ids)

    with django_assert_num_queries(0):
        assert none_of(()) == []


def test_a_function_that_changes_its_value_is_refused():
    @prepared
    def next_one(pk):
        return Article.objects.filter(pk=pk + 1)

    @prepared
    def first_ones(number):
        return Article.objects.all()[:number]

    for question in (next_one, first_ones):
        with pytest.raises(TypeError, match="as they are"):
            question(3)
