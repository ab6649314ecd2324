"""The page of corrections: public words on visible articles, newest first."""

from datetime import UTC, datetime, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from articles import workflow
from articles.models import Article
from tests.factories import make_article

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)


def read(client, path="/corrections/") -> LexborHTMLParser:
    response = client.get(path)
    assert response.status_code == 200
    return LexborHTMLParser(response.content)


def lines(page) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(".correction")]


def test_public_corrections_of_visible_articles_newest_first(client, editor, time_machine):
    time_machine.move_to(AT + timedelta(days=1), tick=False)
    shown = make_article(headline="<b>Bridge</b>", slug="bridge", at=AT)
    hidden = make_article(headline="Hidden", at=AT)
    for hours, article, words, public in [
        (1, shown, "Older", True), (2, shown, "Newer <i>", True), (3, shown, "Internal", False),
        (3, hidden, "Gone", True),
    ]:  # fmt: skip
        at = AT + timedelta(hours=hours)
        workflow.correct(
            article, by=editor, kind="clarification", text=words, is_public=public, at=at
        )
    assert len(lines(read(client))) == 3
    Article.objects.filter(pk=hidden.pk).update(expires_at=AT)
    page = read(client)
    assert lines(page) == [
        "Clarification, March 1, 2026, 4:05 p.m. <b>Bridge</b> Newer <i>",
        "Clarification, March 1, 2026, 3:05 p.m. <b>Bridge</b> Older",
    ]
    link = page.css_first(".correction a").attributes["href"]
    assert link == "/2026/03/bridge/#corrections"


def test_the_footer_of_every_page_leads_there(client):
    for path in ("/", "/no-such-page/"):
        page = LexborHTMLParser(client.get(path).content)
        assert page.css_first('footer a[href="/corrections/"]').text() == "Corrections"


def test_an_empty_page_says_so(client):
    assert read(client).css_first(".empty-title").text() == "No corrections yet"


@pytest.mark.parametrize("query", ["before=x", "before=1.1", "after=%00", "before=9999999999999.1"])
def test_garbage_shows_the_first_page(client, query):
    make_article(at=AT).corrections.create(text="Wrong.", corrected_at=AT)
    assert len(lines(read(client, f"/corrections/?{query}"))) == 1


def test_all_pages_together_show_every_correction_once(client):
    article = make_article(at=AT)
    for n in range(45):
        article.corrections.create(text=f"No {n}", corrected_at=AT + timedelta(minutes=n // 3))
    seen, path = [], "/corrections/"
    while path:
        page = read(client, path)
        seen += [node.text(strip=True) for node in page.css(".correction div")]
        older = page.css_first("link[rel=next]")
        path = older.attributes["href"] if older else ""
    assert seen == [f"No {n}" for n in range(44, -1, -1)]


@pytest.mark.parametrize("count", [1, 3, 20])
def test_the_page_costs_four_queries(client, count, django_assert_num_queries):
    for _ in range(count):
        make_article(at=AT).corrections.create(text="Wrong.", corrected_at=AT)
    with django_assert_num_queries(4):
        assert len(lines(read(client))) == count
