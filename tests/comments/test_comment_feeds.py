"""Feeds of comments: an article's and the site's; what is in them, the 304, what is gone."""

from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone

from articles import workflow
from articles.models import Article
from comments import feeds
from comments.models import Comment
from newsroom.models import SiteSettings
from tests.factories import UserFactory, make_article

from .readers import decide, published, shown, thread_url, write

pytestmark = pytest.mark.django_db

SITE = "/comments/feed/"


def feed_of(article: Article) -> str:
    return f"{thread_url(article)}feed/"


def parsed(client, path: str):
    response = client.get(path)
    assert response.status_code == 200
    found = feedparser.parse(response.content)
    assert not found.bozo, found.get("bozo_exception")
    return found


def summaries(client, path: str) -> list[str]:
    return [entry.summary for entry in parsed(client, path).entries]


def test_feeds_hold_what_readers_see_the_newest_first(client, time_machine):
    time_machine.move_to("2026-05-04 12:00:00+02:00", tick=False)
    article, other = make_article(), make_article(headline="Tunnel")
    root = published(article, "one")
    for text in ("two", "hidden"):
        time_machine.shift(60)
        published(article, text, parent=root)
    time_machine.shift(60)
    published(other, "three")
    write(article, "pending")
    decide(Comment.objects.get(body="hidden"), "rejected", "insult")
    assert summaries(client, feed_of(article)) == ["two", "one"]
    assert summaries(client, SITE) == ["three", "two", "one"]


def test_an_item_tells_who_wrote_what_about_what(client):
    article = make_article(headline="Bridge & <tunnel>", slug="bridge")
    comment = published(article, "First.\n\nSecond <b>.", name="Ann & <i>")
    found = parsed(client, feed_of(article))
    assert found.feed.title == "Newsroom – Comments on “Bridge & <tunnel>”"
    assert found.feed.link == f"http://testserver{article.get_absolute_url()}"
    (entry,) = found.entries
    assert entry.title == "Ann & <i> on “Bridge & <tunnel>”"
    assert entry.author == "Ann & <i>"
    assert "<p>Second &lt;b&gt;.</p>" in entry.content[0].value
    assert entry.id == f"tag:testserver,{comment.created_at:%Y-%m-%d}:comment/{comment.pk}"
    path = entry.link.removeprefix("http://testserver").partition("#")[0]
    assert shown(client.get(path)) == ["First.Second <b>."]


def test_an_id_stays_when_everything_else_changes(client):
    article = make_article()
    comment = published(article, "one")
    before = parsed(client, feed_of(article)).entries[0].id
    decide(comment, "rejected", "insult")
    decide(comment)
    Article.objects.filter(pk=article.pk).update(slug="moved")
    article.refresh_from_db()
    assert parsed(client, feed_of(article)).entries[0].id == before


@pytest.mark.parametrize("where", ["article", "site"])
def test_nothing_new_costs_one_query_and_no_page(client, where, django_assert_num_queries):
    article = make_article()
    published(article, "one")
    path = feed_of(article) if where == "article" else SITE
    etag = client.get(path)["ETag"]
    with django_assert_num_queries(1):
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    reply = published(article, "two")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200
    etag = client.get(path)["ETag"]
    decide(reply, "rejected", "insult")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    article = make_article()
    for n in range(count):
        published(article, f"text {n}")
    with django_assert_num_queries(4):
        assert len(parsed(client, SITE).entries) == count
    with django_assert_num_queries(5):
        assert len(parsed(client, feed_of(article)).entries) == count


def test_a_feed_has_at_most_fifty(client, monkeypatch):
    monkeypatch.setattr(feeds, "ITEMS", 3)
    article = make_article()
    for n in range(5):
        published(article, f"text {n}")
    assert len(summaries(client, SITE)) == len(summaries(client, feed_of(article))) == 3


def test_a_withdrawn_article_has_no_feed_any_more(client):
    article = make_article()
    published(article, "one")
    etag = client.get(feed_of(article))["ETag"]
    workflow.withdraw(article, by=UserFactory(role="Chief editor"), reason="It was wrong.")
    for headers in ({}, {"If-None-Match": etag}):
        assert client.get(feed_of(article), headers=headers).status_code == 410
    assert summaries(client, SITE) == []


def test_a_hidden_article_has_no_feed(client):
    article = make_article()
    published(article, "one")
    later = timezone.now() + timedelta(days=1)
    Article.objects.filter(pk=article.pk).update(published_at=later)
    assert client.get(feed_of(article)).status_code == 404
    assert client.get(thread_url(article)).status_code == 404
    assert summaries(client, SITE) == []


def test_an_article_without_comments_has_an_empty_feed(client):
    article = make_article()
    assert summaries(client, feed_of(article)) == []
    etag = client.get(feed_of(article))["ETag"]
    assert client.get(feed_of(article), headers={"If-None-Match": etag}).status_code == 304


def test_comments_are_no_news_for_the_hub(client):
    SiteSettings.objects.create(pk=1, websub_hub="https://hub.example/")
    article = make_article()
    for path in (SITE, feed_of(article)):
        assert "Link" not in client.get(path)


def test_feeds_are_announced_where_the_comments_are(client):
    article = make_article()
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'href="{feed_of(article)}"' in page
    assert f'href="{SITE}"' in client.get(thread_url(article)).content.decode()
