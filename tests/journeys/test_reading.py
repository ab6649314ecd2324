"""Stories of readers, told in a real browser."""

import pytest

from articles import mostread
from articles.models import ReadCount
from tests.factories import make_article

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_ten_seconds_in_sight_count_as_read(open_as, monkeypatch):
    monkeypatch.setattr(mostread, "buffer", mostread.Buffer(most=1))
    article = make_article()
    page = open_as(None, "/topics/", user_agent=FIREFOX)
    page.clock.install()
    page.goto(article.get_absolute_url())
    page.clock.run_for(9_000)
    assert not ReadCount.objects.exists()
    with page.expect_response("**/read/*/") as answer:
        page.clock.run_for(2_000)
    assert answer.value.status == 204
    assert list(ReadCount.objects.values_list("article", "count")) == [(article.pk, 1)]
    page.clock.run_for(60_000)
    assert ReadCount.objects.get().count == 1
    assert page.context.cookies() == []
