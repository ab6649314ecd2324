"""Questions that are compiled once: they say what the queryset says, whatever is asked."""

from datetime import timedelta

import pytest
from django.db.models import F, Q
from django.utils import timezone

from articles.models import Article
from newsroom.lib.prepared import prepared
from tests.factories import ImageFactory, SectionFactory, make_article

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


def told(row):
    """What stands in a row and in those read with it, as Django notes it."""
    state = row._state
    beside = {name: other and told(other) for name, other in state.fields_cache.items()}
    columns = {name: value for name, value in vars(row).items() if name != "_state"}
    return type(row), columns, state.db, state.adding, row.get_deferred_fields(), beside


def test_rows_are_what_django_makes_of_them():
    @prepared
    def cards(pks):
        found = Article.objects.filter(pk__in=pks).select_related("section__parent", "lead_image")
        return found.defer("body", "section__color").annotate(of=F("section__name")).order_by("pk")

    parent = SectionFactory()
    child = SectionFactory(parent=parent)
    pictured = make_article(lead_image=ImageFactory().pk, section=child.pk)
    pks = (pictured.pk, make_article(section=parent.pk).pk)
    plain = list(cards._build(pks))
    assert [told(row) for row in cards(pks)] == [told(row) for row in plain]
    assert [row.lead_image is None for row in plain] == [False, True]
    assert cards(pks)[0].lead_image.file.name == pictured.lead_image.file.name
    assert cards(pks)[0].body == pictured.body


def test_a_question_that_needs_more_than_one_query_is_refused():
    @prepared
    def with_topics(pk):
        return Article.objects.filter(pk=pk).prefetch_related("tags")

    with pytest.raises(TypeError, match="of one query"):
        with_topics(3)
