"""The working copy by a link: as readers will see it, for whom, how long, and nothing written."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Picture
from selectolax.lexbor import LexborHTMLParser

from articles import images, workflow
from articles.models import Article, PreviewLink, Tag
from articles.views.preview import render_working_copy
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    SectionFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def image():
    data = io.BytesIO()
    Picture.new("RGB", (400, 300), "teal").save(data, "PNG")
    return images.store(data.getvalue(), by=None, title="Teal", alt="Teal")


def make_link(article, **values) -> PreviewLink:
    values = {"expires_at": timezone.now() + timedelta(hours=1)} | values
    return PreviewLink.objects.create(article=article, **values)


def get(client, link):
    return client.get(f"/preview/{link.token}/")


def test_a_draft_is_shown_whole_and_nothing_is_written(client, image):
    author, dossier, pinned = AuthorFactory(name="Anna"), DossierFactory(), make_article()
    draft = make_draft(
        headline="Not yet",
        kicker="Soon",
        dateline=["Kiel"],
        body=f'<figure><img data-file="{image.pk}"></figure><p>Text</p>',
        lead_image=image.pk,
        tags=["Fresh & new"],
        bylines=[{"author": author.pk}],
        dossiers=[dossier.pk],
        related=[{"article": pinned.pk, "kind": "pinned"}],
    )
    Tag.objects.all().delete()
    link = make_link(draft)
    with CaptureQueriesContext(connection) as queries:
        response = get(client, link)
    assert response.status_code == 200
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    page = LexborHTMLParser(response.content)
    assert page.css_first("h1 .headline").text() == "Not yet"
    assert page.css_first(".byline a").text() == "Anna"
    assert page.css_first(".chips a").attributes["href"] == "/topics/fresh-new/"
    assert page.css_first(".prose p").text() == "Text"
    assert len(page.css(".story-more .card")) == 1
    assert "Version 1" in page.css_first(".ribbon").text()


def test_a_preview_is_private_and_no_search_engine_lists_it(client):
    response = get(client, make_link(make_draft()))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    page = LexborHTMLParser(response.content)
    assert page.css_first("meta[name=robots]").attributes["content"] == "noindex, nofollow"
    assert page.css("link[rel=canonical], script[type]") == []
    assert not response.cookies


def test_of_a_live_article_the_link_shows_the_working_copy(client, editor):
    article = make_article(headline="Old")
    values = make_content(**{**article.head.content, "headline": "New"})
    workflow.save_draft(article, values, by=editor, base=article.head)
    page = LexborHTMLParser(get(client, make_link(article)).content)
    assert page.css_first("h1 .headline").text() == "New"
    live = LexborHTMLParser(client.get(article.get_absolute_url()).content)
    assert live.css_first("h1 .headline").text() == "Old"


def test_what_is_gone_since_leaves_the_preview_standing(client, image):
    author = AuthorFactory()
    draft = make_draft(lead_image=image.pk, bylines=[{"author": author.pk}], related=[])
    Article.objects.update(lead_image=None)
    draft.bylines.all().delete()
    author.delete()
    image.delete()
    assert get(client, make_link(draft)).status_code == 200


@pytest.mark.parametrize("reason", ["expired", "revoked", "embargoed", "withdrawn", "unknown"])
def test_a_closed_link_opens_nothing_and_does_not_say_why(client, reason):
    article = make_article(headline="Zebra")
    link = make_link(article)
    assert b"Zebra" in get(client, link).content
    now = timezone.now()
    if reason == "expired":
        PreviewLink.objects.update(expires_at=now - timedelta(seconds=1))
    elif reason == "revoked":
        PreviewLink.objects.update(revoked_at=now)
    elif reason == "embargoed":
        Article.objects.update(embargo_until=now + timedelta(hours=1))
    elif reason == "withdrawn":
        Article.objects.update(status="withdrawn", withdrawn_at=now, withdrawn_reason="x")
    else:
        link.token = "unknown"
    response = get(client, link)
    assert response.status_code == 404
    assert b"Zebra" not in response.content
    assert b"This preview is closed" in response.content
    assert response["Cache-Control"] == "private, no-store"


def test_hidden_pictures_come_under_the_links_address_and_close_with_it(client, image):
    draft = make_draft(
        lead_image=image.pk, body=f'<figure><img data-file="{image.pk}"></figure><p>“/media/”</p>'
    )
    link = make_link(draft)
    page = LexborHTMLParser(get(client, link).content)
    sources = [node.attributes["src"] for node in page.css("main img")]
    assert len(sources) == 2
    for source in sources:
        assert source.startswith(f"/preview/{link.token}/media/{image.token}/")
        assert client.get(source)["Cache-Control"] == "private, no-store"
        assert client.get(source.replace(f"/preview/{link.token}", "")).status_code == 404
    assert "/media/”" in page.css_first(".prose p").text()
    PreviewLink.objects.update(revoked_at=timezone.now())
    assert client.get(sources[0]).status_code == 404


def test_a_link_opens_no_other_hidden_picture(client, image):
    link = make_link(make_draft())
    address = image.rendition_url("full", 320, "jpg")
    assert client.get(f"/preview/{link.token}{address}").status_code == 404


def test_an_older_revision_can_be_rendered(rf, editor):
    draft = make_draft(by=editor, headline="First", section=SectionFactory().pk)
    first = draft.head
    values = make_content(**{**first.content, "headline": "Second"})
    workflow.save_draft(draft, values, by=editor, base=first)
    draft = Article.objects.get(pk=draft.pk)
    page = LexborHTMLParser(render_working_copy(rf.get("/"), draft, first).content)
    assert page.css_first("h1 .headline").text() == "First"
    assert Article.objects.get(pk=draft.pk).headline == "Second"
