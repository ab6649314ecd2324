"""Agencies in the admin: who may what, reading at once by POST, what a draft's page says."""

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from articles import agencies, workflow
from articles.models import AgencyEntry, AgencyRun, AgencySource, Article
from tests.factories import UserFactory, make_content, make_draft

from .agencyserver import item, serve

pytestmark = pytest.mark.django_db


def page_of(source):
    return reverse("admin:articles_agencysource_change", args=[source.pk])


def fetch_of(source):
    return reverse("admin:articles_agencysource_fetch", args=[source.pk])


def list_of(**query):
    return reverse("admin:articles_article_changelist", query=query)


def text(response):
    return " ".join((LexborHTMLParser(response.content).body or "").text().split())


def shown(response):
    rows = LexborHTMLParser(response.content).css("#result_list tbody tr .field-title")
    return [" ".join(row.text().split()) for row in rows]


@pytest.mark.parametrize(
    ("role", "reads", "fetches", "changes"),
    [
        ("Chief editor", 200, 302, True),
        ("Editor", 200, 302, False),
        ("Reporter", 403, 403, False),
        ("Moderator", 403, 403, False),
    ],
)
def test_who_may_what(feed_server, source, sign_in, role, reads, fetches, changes):
    serve(feed_server, item(1))
    client = sign_in(UserFactory(role=role))
    assert client.get(page_of(source)).status_code == reads
    assert client.get(fetch_of(source)).status_code == 405
    assert client.post(fetch_of(source)).status_code == fetches
    assert Article.objects.exists() == (fetches == 302)
    form = {
        "name": "New name", "url": source.url, "section": source.section_id, "language": "",
        "author": "", "canonical": "own", "licence": "", "interval": 5,
    }  # fmt: skip
    client.post(page_of(source), form)
    assert (AgencySource.objects.get().name == "New name") == changes


def test_reading_at_once_tells_what_it_did(feed_server, source, sign_in):
    client = sign_in(UserFactory(role="Editor"))
    serve(feed_server, item(1))
    assert "Done. New drafts: 1, updated: 0." in text(client.post(fetch_of(source), follow=True))
    feed_server.answer = (200, {}, b"<rss>")
    response = text(client.post(fetch_of(source), follow=True))
    assert "Refused: nothing was changed. New drafts: 0" in response
    assert "the XML is broken" in response
    AgencyRun.objects.create(source=source)
    assert "is being read at this moment" in text(client.post(fetch_of(source), follow=True))


def test_new_address_forgets_the_version_of_the_old_one(source, sign_in):
    AgencySource.objects.update(etag='"1"', last_modified="Mon")
    form = {
        "name": "Wire", "url": "https://other.example/feed", "section": source.section_id,
        "language": "", "author": "", "canonical": "own", "licence": "", "interval": 5,
    }  # fmt: skip
    sign_in(UserFactory(role="Chief editor")).post(page_of(source), form)
    found = AgencySource.objects.get()
    assert (found.url, found.etag, found.last_modified) == ("https://other.example/feed", "", "")


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_agencies_takes_the_same_queries(count, source, sign_in, django_assert_num_queries):
    for number in range(1, count):
        AgencySource.objects.create(
            name=f"W{number}", url="https://w.example/", section=source.section
        )
    client = sign_in(UserFactory(role="Editor"))
    client.get(reverse("admin:articles_agencysource_changelist"))
    with django_assert_num_queries(9, is_warm=True):
        client.get(reverse("admin:articles_agencysource_changelist"))


def test_drafts_of_agencies_are_found_in_the_list(feed_server, source, sign_in):
    serve(feed_server, item(1))
    agencies.fetch(source)
    make_draft(headline="Our own")
    client = sign_in(UserFactory(role="Editor"))
    assert shown(client.get(list_of())) == ["Our own", "Story 1 Wire"]
    assert shown(client.get(list_of(agency="any"))) == ["Story 1 Wire"]
    assert shown(client.get(list_of(agency=source.pk))) == ["Story 1 Wire"]
    assert shown(client.get(list_of(agency=source.pk + 1))) == []


def test_draft_says_where_it_is_from_and_that_there_is_a_newer_version(
    feed_server, source, sign_in
):
    AgencySource.objects.update(licence="Name the source.")
    serve(feed_server, item(1))
    agencies.fetch(source)
    article = Article.objects.get()
    editor = UserFactory(role="Editor")
    client = sign_in(editor)
    address = reverse("admin:articles_article_change", args=[article.pk])
    page = client.get(address)
    assert "From the agency Wire." in text(page)
    assert "Name the source." in text(page)
    assert 'href="https://wire.example/1"' in page.content.decode()
    assert "has a newer version" not in text(page)

    values = make_content(section=article.section_id)
    workflow.save_draft(article, values, by=editor, base=article.head)
    article.refresh_from_db()
    serve(feed_server, item(1, "New words."))
    agencies.fetch(source)
    page = client.get(address)
    assert "Wire has a newer version" in text(page)
    compare = LexborHTMLParser(page.content).css_first(".notice a[href*=compare]")
    newer = AgencyEntry.objects.get().newer
    assert compare.attributes["href"].endswith(f"?old={article.head_id}&new={newer.pk}")
    assert client.get(compare.attributes["href"]).status_code == 200
    seen = reverse("admin:articles_article_agency_seen", args=[article.pk])
    assert client.get(seen).status_code == 405
    client.post(seen)
    assert "has a newer version" not in text(client.get(address))
    assert AgencyEntry.objects.get().newer is None
    assert article.revisions.filter(kind="conflict").exists()


def test_reporter_may_not_take_the_note_away(feed_server, source, sign_in):
    serve(feed_server, item(1))
    agencies.fetch(source)
    article = Article.objects.get()
    AgencyEntry.objects.update(newer=article.head)
    client = sign_in(UserFactory(role="Reporter"))
    page = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    assert "Wire has a newer version" in text(page)
    client.post(reverse("admin:articles_article_agency_seen", args=[article.pk]))
    assert AgencyEntry.objects.get().newer == article.head
