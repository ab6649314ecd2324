"""Sitemaps by the rules of their schemas: what is in, what is not, true times, streaming."""

import gc
import tracemalloc
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from articles import sitemaps, workflow
from articles.models import Article, DossierEntry
from newsroom.models import SiteSettings
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_draft,
)

from .sitemap_rules import read

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # April already in Berlin


def get(client, path) -> list[dict]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return read(b"".join(response) if response.streaming else response.content)


def test_the_index_names_a_part_for_each_month_with_its_last_change(client):
    make_article(slug="a", at=AT)
    changed = make_article(slug="b", at=AT - timedelta(hours=1))
    make_article(slug="c", at=AT - timedelta(days=2))
    Article.objects.filter(pk=changed.pk).update(updated_at=AT + timedelta(days=3))
    assert get(client, "/sitemap.xml") == [
        {"loc": "/sitemap-lists.xml", "lastmod": AT + timedelta(days=3)},
        {"loc": "/sitemap-2026-04.xml", "lastmod": AT},
        {"loc": "/sitemap-2026-03.xml", "lastmod": AT + timedelta(days=3)},
    ]
    assert [entry["loc"] for entry in get(client, "/sitemap-2026-04.xml")] == ["/2026/04/a/"]
    assert get(client, "/sitemap-2026-03.xml") == [
        {"loc": "/2026/03/b/", "lastmod": AT + timedelta(days=3)},
        {"loc": "/2026/03/c/", "lastmod": AT - timedelta(days=2)},
    ]


def test_an_entry_names_the_picture_in_a_size_that_exists(client):
    small = ImageFactory(width=700, height=500)
    make_article(slug="a", lead_image=small.pk, at=AT)
    (entry,) = get(client, "/sitemap-2026-04.xml")
    assert entry["images"] == [small.rendition_url("16x9", 640, "jpg")]


def test_an_empty_site_has_valid_sitemaps(client):
    assert get(client, "/sitemap.xml") == [{"loc": "/sitemap-lists.xml"}]
    assert get(client, "/sitemap-lists.xml") == [{"loc": "/"}]
    assert get(client, "/news-sitemap.xml") == []
    assert client.get("/sitemap-2026-04.xml").status_code == 404


def test_what_has_its_original_elsewhere_is_left_out(client):
    make_article(slug="a", at=AT)
    make_article(slug="b", at=AT, canonical_url="https://agency.example/b")
    assert [entry["loc"] for entry in get(client, "/sitemap-2026-04.xml")] == ["/2026/04/a/"]


def test_lists_are_those_that_have_visible_articles(client):
    top = SectionFactory(slug="politics")
    below = SectionFactory(slug="europe", parent=top)
    SectionFactory(slug="empty")
    author, dossier = AuthorFactory(slug="anna"), DossierFactory(slug="winter")
    AuthorFactory(slug="silent")
    for n in range(3):
        article = make_article(
            section=below.pk,
            tags=["Ice", *(["Thin"] if n else [])],
            bylines=[{"author": author.pk}],
            at=AT + timedelta(hours=n),
        )
        DossierEntry.objects.create(dossier=dossier, article=article, position=n)
    hidden = make_draft(tags=["Ice", "Thin"], bylines=[{"author": AuthorFactory().pk}])
    DossierEntry.objects.create(dossier=DossierFactory(), article=hidden, position=0)
    assert get(client, "/sitemap-lists.xml") == [
        {"loc": path, "lastmod": AT + timedelta(hours=2)}
        for path in (
            "/",
            *sorted(["/politics/", "/europe/"], key=["/politics/", "/europe/"].index),
            "/topics/ice/",
            "/authors/anna/",
            "/dossiers/winter/",
        )
    ]


def test_a_thin_topic_is_kept_out_of_search_engines(client):
    for count in (2, 3):
        while Article.objects.count() < count:
            make_article(tags=["Ice"], at=AT)
        html = client.get("/topics/ice/").content.decode()
        assert ('content="noindex, follow"' in html) == (count == 2)
        assert ("max-image-preview:large" in html) == (count == 3)


def test_a_month_beyond_the_limit_is_split(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)
    for slug in "abcde":
        make_article(slug=slug, at=AT)
    paths = [entry["loc"] for entry in get(client, "/sitemap.xml")][1:]
    assert paths == [
        "/sitemap-2026-04.xml", "/sitemap-2026-04-2.xml", "/sitemap-2026-04-3.xml",
    ]  # fmt: skip
    found = [[entry["loc"][-2] for entry in get(client, path)] for path in paths]
    assert found == [["e", "d"], ["c", "b"], ["a"]]
    for part in ("0", "4", "999999999999999999999"):
        assert client.get(f"/sitemap-2026-04-{part}.xml").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_sitemaps_cost_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    now = timezone.now()
    dossier = DossierFactory()
    for n in range(count):
        article = make_article(
            lead_image=ImageFactory().pk,
            tags=["Ice", f"Topic {n}"],
            bylines=[{"author": AuthorFactory().pk}],
            at=now,
        )
        DossierEntry.objects.create(dossier=dossier, article=article, position=n)
    month = f"/sitemap-{timezone.localtime(now):%Y-%m}.xml"
    # The index asks for the jobs as well.
    for path, cost in {"/sitemap.xml": 3, month: 1, "/sitemap-lists.xml": 6}.items():
        with django_assert_num_queries(cost):
            get(client, path)
    with django_assert_num_queries(3):
        assert len(get(client, "/news-sitemap.xml")) == count


def test_a_part_is_read_row_by_row(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "_CHUNK", 1)
    for slug in "abc":
        make_article(slug=slug, at=AT)
    response = client.get("/sitemap-2026-04.xml")
    assert response.streaming
    pieces = iter(response.streaming_content)
    assert b"<urlset" in next(pieces)
    assert b"/2026/04/c/" in next(pieces)
    assert [b"/2026/04/b/" in next(pieces), b"/2026/04/a/" in next(pieces)] == [True, True]
    assert list(pieces) == [b"</urlset>\n"]


def test_a_part_needs_no_more_memory_for_more_articles(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "_CHUNK", 100)
    section, image, peaks = SectionFactory(), ImageFactory(), []
    for first, last in [(0, 1000), (1000, 4000)]:
        Article.objects.bulk_create(
            Article(
                section=section, slug=f"a{n}", headline="x", status="published", lead_image=image,
                published_at=AT + timedelta(minutes=n), month=date(2026, 4, 1),
            )
            for n in range(first, last)
        )  # fmt: skip
        # What a first request makes for good, and what earlier tests left to the collector, would
        # count as the part's.
        b"".join(client.get("/sitemap-2026-04.xml").streaming_content)
        gc.collect()
        tracemalloc.start()
        try:
            pieces = client.get("/sitemap-2026-04.xml").streaming_content
            assert sum(piece.count(b"<url>") for piece in pieces) == last
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.3


def test_news_are_those_of_48_hours_with_name_language_first_date_and_title(client, time_machine):
    time_machine.move_to(AT, tick=False)
    SiteSettings.objects.update_or_create(pk=1, defaults={"name": "The <Post> & Co"})
    hour = timedelta(hours=1)
    shown = make_article(slug="new", headline="Bridge & <b>", at=AT - 47 * hour)
    Article.objects.filter(pk=shown.pk).update(updated_at=AT - hour)
    make_article(slug="german", headline="Brücke", language="de", at=AT - 2 * hour)
    make_article(slug="old", at=AT - 48 * hour)
    make_article(slug="paid", genre="advertising", at=AT - hour)
    make_article(slug="agency", canonical_url="https://agency.example/", at=AT - hour)
    found = get(client, "/news-sitemap.xml")
    assert [entry["news"] for entry in found] == [
        {
            "name": "The <Post> & Co",
            "language": "de",
            "date": AT - 2 * hour,
            "title": "Brücke",
        },
        {
            "name": "The <Post> & Co",
            "language": "en",
            "date": AT - 47 * hour,
            "title": "Bridge & <b>",
        },
    ]
    assert [entry["lastmod"] for entry in found] == [AT - 2 * hour, AT - hour]
    with override_settings(LANGUAGE_CODE="de"):
        languages = {entry["news"]["language"] for entry in get(client, "/news-sitemap.xml")}
        assert languages == {"de"}


def test_news_are_at_most_a_thousand_the_newest(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "NEWS_MOST", 2)
    now = timezone.now()
    for n in range(3):
        make_article(slug=f"n{n}", at=now - timedelta(hours=n))
    assert [entry["loc"][-4:] for entry in get(client, "/news-sitemap.xml")] == ["/n0/", "/n1/"]


def test_a_withdrawn_article_is_gone_at_once(client, chief):
    article = make_article(slug="a")
    month = f"/sitemap-{timezone.localtime():%Y-%m}.xml"
    assert len(get(client, month)) == len(get(client, "/news-sitemap.xml")) == 1
    workflow.withdraw(article, by=chief, reason="Wrong.")
    assert client.get(month).status_code == 404
    assert get(client, "/news-sitemap.xml") == []


def test_characters_that_xml_forbids_break_no_sitemap(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"name": "Po\x01st\ufffe"})
    make_article(headline="a ]]> & \ufffe")
    (entry,) = get(client, "/news-sitemap.xml")
    assert (entry["news"]["name"], entry["news"]["title"]) == ("Post", "a ]]> & ")
