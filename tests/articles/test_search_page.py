"""The search page: hits, nothing found, filters, bad input, cost; the editors' report."""

from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import workflow
from articles.models import Article, ZeroHit
from tests.factories import ImageFactory, SectionFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db


def ask(client, **query) -> str:
    response = client.get("/search/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_hits_are_shown_with_their_words_marked_and_escaped(client):
    article = make_article(headline="<i>Otters</i> are back", standfirst="The otter, at last.")
    page = ask(client, q="otter")
    assert f'href="{article.get_absolute_url()}"' in page
    assert "&lt;i&gt;<mark>Otters</mark>&lt;/i&gt; are back" in page
    assert "The <mark>otter</mark>, at last." in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert "1 article" in page


def test_empty_form_and_head_link(client):
    page = ask(client)
    assert "What are you looking for?" in page
    assert 'name="q"' in page
    assert 'href="/search/"' in client.get("/").content.decode()
    assert not ZeroHit.objects.exists()


def test_search_in_vain_offers_another_word_and_is_counted(client):
    make_article(headline="Bluebird")
    page = ask(client, q="Bluebrid")
    assert '<a href="?q=Bluebird" dir="auto">Bluebird</a>' in page
    assert "Nothing found for “Bluebrid”" in page
    ask(client, q="bluebrid")
    assert list(ZeroHit.objects.values_list("query", "count")) == [("bluebrid", 2)]


def test_search_in_vain_within_filters_leads_out_of_them_and_is_not_counted(client):
    SectionFactory(slug="nature", name="Nature")
    make_article(headline="Bluebird")
    page = ask(client, q="Bluebird", section="nature")
    assert 'href="/search/?q=Bluebird"' in page
    assert '<option value="nature" selected>' in page
    assert not ZeroHit.objects.exists()


def test_pages_keep_the_query(client):
    section = SectionFactory(slug="nature").pk
    for n in range(21):
        make_article(headline=f"Otter & co {n}", section=section)
    page = ask(client, q="otter & co", section="nature")
    assert 'rel="next" href="?q=otter+%26+co&amp;section=nature&amp;page=2"' in page
    assert "page 1 of 2" in page
    assert 'rel="prev"' in ask(client, q="otter & co", page="2")


def test_hidden_texts_leave_no_word_on_the_page(client):
    draft = make_draft(headline="Alpha omega", body="<p>Alpha omega</p>", tags=["Alpha omega"])
    make_article(headline="Alpha omega", at=timezone.now() + timedelta(hours=1))
    assert set(Article.objects.values_list("headline", flat=True)) == {draft.headline}
    for query in ("alpha", "alhpa", "omgea alpha", '"alpha omega"'):
        page = unescape(ask(client, q=query)).casefold().replace(query, "")
        assert "omega" not in page


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00", "section": "\x00", "author": "\x00", "from": "\x00"},
        {"q": "otter", "page": "99999999999999999999"},
        {"q": "otter", "page": "-1"},
        {"q": "otter", "page": "²"},
        {"q": "otter", "section": "none", "from": "yesterday", "to": "2026-13-45"},
        {"q": "otter", "from": "0001-01-01", "to": "9999-12-31"},
        {"q": "otter", "from": "9999-12-31", "to": "0001-01-01"},
        {"q": "x" * 10_000, "author": "y" * 10_000, "topic": "'" * 500},
        {"q": "<script>alert(1)</script>", "author": '"><script>'},
        {"q": "{{ 1|add:1 }}", "unknown": "[]"},
    ],
)
def test_bad_input_is_a_page(client, query):
    make_article(headline="Otter")
    assert "<script>" not in ask(client, **query)


def test_a_day_that_is_none_is_said_and_does_not_stand_in_its_field(client):
    fields = LexborHTMLParser(ask(client, **{"q": "a", "from": "2026-02-28", "to": "2026-02-30"}))
    assert fields.css_first("#id_from").attributes["value"] == "2026-02-28"
    assert "value" not in fields.css_first("#id_to").attributes
    assert fields.css_first("#id_to_error").text() == "Enter a valid date."


def test_bytes_that_are_no_text_are_a_page(client):
    assert client.get("/search/?q=%ff%fe%00&page=%ff").status_code == 200
    assert client.get("/search/?" + urlencode([("q", "a"), ("q", "b")] * 50)).status_code == 200
    assert client.post("/search/", {"q": "a"}).status_code == 405


@pytest.mark.parametrize("count", [10, 1_000])
def test_page_costs_the_same_however_many_hits(client, count, django_assert_num_queries):
    section, image = SectionFactory().pk, ImageFactory().pk
    values = make_content(headline="Otter", section=section, lead_image=image, tags=["Animals"])
    workflow.place(
        [
            workflow.Placement(content={**values, "slug": f"otter-{n}"}, status="published")
            for n in range(count)
        ]
    )
    # Sections, compounds, candidates, the gate, the articles, the settings, their word.
    with django_assert_num_queries(7):
        ask(client, q="otter")
    with django_assert_num_queries(7):
        ask(client, q='otter animal "otter"', author="", topic="animals", to="2100-01-01")


def test_editors_read_and_clear_the_report_and_reporters_do_not(client, editor, reporter):
    row = ZeroHit.objects.create(query="otter <b>", count=7)
    client.force_login(editor)
    page = client.get("/admin/articles/zerohit/").content.decode()
    assert "otter &lt;b&gt;" in page
    assert 'href="/search/?q=otter+%3Cb%3E"' in page
    assert client.get(f"/admin/articles/zerohit/{row.pk}/delete/").status_code == 200
    client.force_login(reporter)
    assert client.get("/admin/articles/zerohit/").status_code == 403


def test_admin_list_and_autocomplete_search_texts_and_drafts(client, editor):
    draft = make_draft(headline="Bridge over the canal", body="<p>Gondola</p>")
    make_draft(headline="Something else")
    client.force_login(editor)
    page = client.get("/admin/articles/article/", {"q": "gondolas"}).content.decode()
    assert draft.headline in page
    assert "Something else" not in page
    found = client.get(
        "/admin/autocomplete/",
        {
            "term": "bridge ca",
            "app_label": "articles",
            "model_name": "relatedarticle",
            "field_name": "other",
        },
    ).json()
    assert [row["id"] for row in found["results"]] == [str(draft.pk)]


@pytest.mark.parametrize(
    "query", ["\x00", '"', "NEAR(bridge", "bridge*", "%s", "'; --", "x" * 5_000]
)
def test_hostile_queries_of_the_desk_are_pages(client, editor, query):
    make_draft(headline="Bridge over the canal")
    client.force_login(editor)
    assert client.get("/admin/articles/article/", {"q": query}).status_code == 200
    field = {"app_label": "articles", "model_name": "relatedarticle", "field_name": "other"}
    assert client.get("/admin/autocomplete/", {"term": query, **field}).status_code == 200


def test_search_of_the_desk_is_for_those_who_may_see_articles(client, reporter, moderator):
    draft = make_draft(headline="Bridge over the canal")
    field = {"app_label": "articles", "model_name": "relatedarticle", "field_name": "other"}
    addresses = [
        ("/admin/articles/article/", {"q": "canal"}),
        ("/admin/autocomplete/", {"term": "canal", **field}),
    ]
    client.force_login(reporter)
    for path, query in addresses:
        assert draft.headline in client.get(path, query).content.decode()
    client.force_login(moderator)
    assert [client.get(path, query).status_code for path, query in addresses] == [403, 403]
    client.logout()
    assert [client.get(path, query).status_code for path, query in addresses] == [302, 302]
