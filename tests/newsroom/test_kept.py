"""Pieces of pages that are remembered: the same only while all that they are made of is."""

import pytest
from django.db.models import Value
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone
from django.utils.safestring import SafeString

from articles.models import Article, LiveTicker
from newsroom.lib.kept import facts
from tests.factories import SectionFactory, make_article

pytestmark = pytest.mark.django_db


def rendered(template: Template, **values) -> str:
    return template.render(Context(values))


def test_any_column_of_a_row_or_of_one_read_with_it_makes_another_piece():
    template = Template("{% kept article %}{{ article.title_on_front }}{% endkept %}")
    article = make_article(headline="First", section=SectionFactory(name="North").pk)
    assert rendered(template, article=article) == "First"
    article.headline = "Second"
    assert rendered(template, article=article) == "Second"
    before = facts(article)
    article.section.name = "South"
    assert facts(article) != before
    article.dateline = ["Rome"]
    assert facts(article)[:2] != before[:2]


def test_the_content_sees_what_is_named_and_nothing_else():
    template = Template(
        "{% kept n=row.n word %}{{ n }}{{ word }}{{ row.n }}{{ other }}{% endkept %}"
    )
    assert rendered(template, row={"n": 1}, word="a", other="b") == "1a"
    assert rendered(template, row={"n": 2}, word="a", other="c") == "2a"


def test_the_content_asks_the_database_nothing():
    template = Template("{% kept article %}{{ article.section.name }}{% endkept %}")
    article = type(make_article()).objects.get()
    with pytest.raises(RuntimeError, match="not of a query"):
        rendered(template, article=article)


def test_what_cannot_be_compared_is_rendered_every_time():
    template = Template("{% kept thing %}{{ thing.n }}{% endkept %}")

    class Thing:
        n = 1

    thing = Thing()
    assert rendered(template, thing=thing) == "1"
    thing.n = 2
    assert rendered(template, thing=thing) == "2"


def test_rows_that_were_read_ahead_make_another_piece():
    template = Template(
        "{% kept row %}{% for t in row.tags.all %}{{ t.name }}{% endfor %}{% endkept %}"
    )
    article = make_article(tags=["Old"])
    whole = Article.objects.filter(pk=article.pk).prefetch_related("tags")
    assert rendered(template, row=whole.get()) == "Old"
    article.tags.all().update(name="New")
    assert rendered(template, row=whole.get()) == "New"


def test_equals_that_are_not_written_alike_are_different_pieces():
    template = Template("{% kept word %}{{ word }}{% endkept %}")
    assert rendered(template, word=SafeString("<b>")) == "<b>"
    assert rendered(template, word="<b>") == "&lt;b&gt;"
    assert [rendered(template, word=word) for word in (1, True, 1.0)] == ["1", "True", "1.0"]


def test_a_value_without_a_name_of_its_own_is_refused():
    with pytest.raises(TemplateSyntaxError, match="name of its own"):
        Template("{% kept talk.page %}{% endkept %}")


def test_equal_values_of_other_columns_are_another_piece():
    make_article(headline="Same", kicker="Same")
    rows = Article.objects.order_by("pk")
    parts = [
        rows.only("headline"), rows.only("kicker"), rows,
        rows.annotate(front=Value("x")), rows.annotate(shelf=Value("x")),
        # As many as there are columns.
        rows.defer("kicker").annotate(front=Value("Same")),
        rows.defer("kicker").annotate(shelf=Value("Same")),
    ]  # fmt: skip
    told = [facts(part.get()) for part in parts]
    assert len(set(told)) == len(told)
    late = rows.defer("kicker").get()
    assert late.kicker == "Same"
    assert facts(late) == facts(rows.get())


def test_rows_that_name_each_other_are_told_once():
    article = make_article()
    LiveTicker.objects.create(article=article)
    read = Article.objects.select_related("live_ticker").get()
    assert read.live_ticker.article is read
    before = facts(read)
    assert facts(Article.objects.select_related("live_ticker").get()) == before
    read.live_ticker.closed_at = timezone.now()
    assert facts(read) != before
