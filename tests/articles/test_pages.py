"""Front page and lists: what stands on them, in which order, at what cost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles.models import Article, DossierEntry, Section, Tag
from newsroom.models import SiteSettings
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_draft,
)

pytestmark = pytest.mark.django_db

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "frame-src https://www.youtube-nocookie.com https://player.vimeo.com "
    "https://platform.twitter.com https://www.instagram.com; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def read(client, path) -> LexborHTMLParser:
    response = client.get(path)
    assert response.status_code == 200
    return LexborHTMLParser(response.content)


def headlines(page: LexborHTMLParser) -> list[str]:
    return [node.text(strip=True) for node in page.css("main .card .headline")]


def make_list(count: int, **values) -> list[Article]:
    """Articles that use all a card can show, newest last."""
    now = timezone.now()
    return [
        make_article(
            headline=f"Story {n}",
            kicker="Port",
            lead_image=ImageFactory().pk,
            at=now - timedelta(hours=count - n),
            **values,
        )
        for n in range(count)
    ]


def test_front_page_leads_with_the_newest(client):
    make_list(4)
    page = read(client, "/")
    assert headlines(page) == ["Story 3", "Story 2", "Story 1", "Story 0"]
    assert page.css_first(".card-lead .headline").text() == "Story 3"
    assert page.css_first(".card-lead img").attributes["fetchpriority"] == "high"
    assert [node.tag for node in page.css("h1")] == ["h1"]


def test_front_page_shows_below_the_top_each_section_in_the_order_of_the_menu(client):
    for position, name in [(2, "Second"), (1, "First")]:
        section = SectionFactory(name=name, position=position)
        below = SectionFactory(parent=section)
        make_list(6, section=section.pk)
        make_list(6, section=below.pk)
    page = read(client, "/")
    names = [node.text(strip=True) for node in page.css(".block .block-name")]
    assert names == ["First", "Second"]
    shown = [node.attributes["href"] for node in page.css("main .card a, .ticker li a")]
    assert len(shown) == len(set(shown)) > 7


def test_front_page_without_articles_says_so(client):
    page = read(client, "/")
    assert page.css_first(".empty-title").text() == "Nothing here yet"
    assert "Skip to the content" in page.css_first("a.skip").text()


def test_front_headline_replaces_the_headline_on_cards_only(client):
    article = make_article(headline="Long and complete", front_headline="Short")
    assert headlines(read(client, "/")) == ["Short"]
    page = read(client, article.get_absolute_url())
    assert page.css_first("h1 .headline").text() == "Long and complete"


def test_section_shows_what_stands_below_it_too(client):
    politics = SectionFactory(name="Politics", slug="politics")
    elections = SectionFactory(name="Elections", slug="elections", parent=politics)
    polls = SectionFactory(name="Polls", slug="polls", parent=elections)
    for section in (politics, elections, polls, SectionFactory()):
        make_article(section=section.pk, headline=f"In {section.name}")
    page = read(client, "/politics/")
    assert sorted(headlines(page)) == ["In Elections", "In Politics", "In Polls"]
    assert page.css_first("h1").text() == "Politics"
    chips = [node.attributes["href"] for node in page.css(".chips a")]
    assert chips == ["/elections/"]
    assert page.css_first(".menu [aria-current=page]").text() == "Politics"
    assert headlines(read(client, "/elections/")) == ["In Polls", "In Elections"]


def test_empty_section_is_a_page_of_its_own(client):
    SectionFactory(slug="empty")
    assert read(client, "/empty/").css_first(".empty-title") is not None


def test_lists_page_by_cursor(client):
    section = SectionFactory(slug="long")
    make_list(45, section=section.pk)
    seen, path = [], "/long/"
    for _turn in range(3):
        page = read(client, path)
        seen += headlines(page)
        following = page.css_first(".pagination a[rel=next]")
        head_link = page.css_first("head link[rel=next]")
        if following is None:
            break
        assert following.attributes["href"] == head_link.attributes["href"]
        path = following.attributes["href"]
    assert seen == [f"Story {n}" for n in range(44, -1, -1)]
    back = page.css_first(".pagination a[rel=prev]").attributes["href"]
    assert headlines(read(client, back)) == [f"Story {n}" for n in range(24, 4, -1)]
    assert page.css_first("head link[rel=canonical]") is None


def test_topics_lists_only_what_readers_can_find_something_under(client):
    make_article(tags=["Ferries", "Äpfel"])
    make_article(tags=["Ferries"])
    make_draft(tags=["Secret", "Ferries"])
    assert Tag.objects.filter(name="Secret").exists()
    page = read(client, "/topics/")
    found = [
        (node.css_first("bdi").text(), node.css_first(".count").text(deep=False))
        for node in page.css(".topics a")
    ]
    assert sorted(found) == [("Ferries", "2"), ("Äpfel", "1")]


def test_topic_shows_its_articles_and_hides_itself_behind_hidden_ones(client):
    make_article(headline="Seen", tags=["Ferries"])
    make_draft(tags=["Secret"])
    assert headlines(read(client, "/topics/ferries/")) == ["Seen"]
    secret = Tag.objects.get(name="Secret")
    assert client.get(secret.get_absolute_url()).status_code == 404


def test_author_page_shows_each_article_once(client):
    author = AuthorFactory(name="Anna", slug="anna", biography="Writes.", portrait=ImageFactory())
    both = [{"author": author.pk, "role": "text"}, {"author": author.pk, "role": "photo"}]
    make_article(headline="Hers", bylines=both)
    make_article(headline="Not hers")
    page = read(client, "/authors/anna/")
    assert headlines(page) == ["Hers"]
    assert page.css_first("h1").text() == "Anna"
    assert page.css_first(".profile-image img").attributes["width"] == "640"


def test_dossier_follows_its_editors_order(client):
    dossier = DossierFactory(slug="winter", image=ImageFactory())
    first, second, third = make_list(3)
    for position, article in enumerate([second, third, first]):
        DossierEntry.objects.create(dossier=dossier, article=article, position=position)
    assert headlines(read(client, "/dossiers/winter/")) == ["Story 1", "Story 2", "Story 0"]


def test_dossier_without_a_visible_article_is_not_there(client):
    dossier = DossierFactory(slug="winter")
    DossierEntry.objects.create(dossier=dossier, article=make_draft(), position=1)
    assert client.get("/dossiers/winter/").status_code == 404


def test_archive_counts_months_in_the_zone_of_the_site(client):
    # Still December in UTC, already January in Berlin.
    make_article(headline="Fireworks", at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    make_article(headline="Hangover", at=datetime(2026, 1, 1, 11, tzinfo=UTC))
    make_article(headline="Autumn", at=datetime(2025, 10, 3, 11, tzinfo=UTC))
    page = read(client, "/archive/")
    months = [
        (a.attributes["href"], a.css_first(".count").text(deep=False)) for a in page.css(".year a")
    ]
    assert months == [("/archive/2026/01/", "2"), ("/archive/2025/10/", "1")]
    assert headlines(read(client, "/archive/2026/01/")) == ["Hangover", "Fireworks"]
    assert client.get("/archive/2025/12/").status_code == 404


def test_cards_of_today_show_the_time_older_ones_the_date(client, time_machine):
    time_machine.move_to(datetime(2026, 3, 2, 12, tzinfo=UTC))
    make_article(at=datetime(2026, 3, 2, 9, 5, tzinfo=UTC))
    make_article(at=datetime(2026, 3, 1, 9, 5, tzinfo=UTC))
    times = [node.text() for node in read(client, "/").css(".card-meta time")]
    assert times == ["10:05 a.m.", "March 1, 2026"]


def test_section_colours_are_a_stylesheet_with_its_content_in_its_address(client):
    section = SectionFactory(color="#1d4e89")
    address = read(client, "/").css("link[rel=stylesheet]")[1].attributes["href"]
    response = client.get(address)
    assert response.content.decode() == SiteSettings().css + (
        f".s-{section.pk}{{--accent-light:#1d4e89;--accent-dark:#6c8cb2}}\n"
    )
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    Section.objects.update(color="#be123c")
    assert client.get(address)["Cache-Control"] == "public, max-age=60"
    assert read(client, "/").css("link[rel=stylesheet]")[1].attributes["href"] != address


def test_legal_pages_are_cleaned_and_linked_from_every_page(client):
    page = FlatPage.objects.create(
        url="/impressum/", title="Legal notice", content="<p>Us<script>x()</script></p>"
    )
    page.sites.add(Site.objects.get_or_create(pk=1)[0])
    shown = read(client, "/impressum/")
    assert shown.css_first(".prose").inner_html == "<p>Us</p>"
    links = [node.attributes["href"] for node in shown.css("footer nav a")]
    assert {legal.url for legal in SiteSettings().legal_pages} <= set(links)


def test_unknown_address_is_our_own_404(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert b"There is nothing at this address" in response.content


BUDGETS = {
    "/": 6,
    "/politics/": 5,
    "/topics/": 6,
    "/topics/ferries/": 5,
    "/authors/anna/": 5,
    "/dossiers/winter/": 5,
    "/archive/": 5,
    "/archive/2026/03/": 4,
}


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("path", BUDGETS)
def test_lists_cost_the_same_however_long(client, path, count, django_assert_num_queries, settings):
    politics = SectionFactory(slug="politics")
    author = AuthorFactory(slug="anna", portrait=ImageFactory())
    dossier = DossierFactory(slug="winter", image=ImageFactory())
    for n in range(count):
        article = make_article(
            section=SectionFactory(parent=politics).pk,
            tags=["Ferries", f"Topic {n}"],
            bylines=[{"author": author.pk}],
            lead_image=ImageFactory().pk,
            at=datetime(2026, 3, 1, n % 24, tzinfo=UTC),
        )
        DossierEntry.objects.create(dossier=dossier, article=article, position=n)
    with django_assert_num_queries(BUDGETS[path]):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", [*BUDGETS, "/2026/03/bridge-closed/", "/none/", "/impressum/"])
def test_public_pages_carry_the_policy_and_no_trace_of_a_session(client, path):
    author, dossier = AuthorFactory(slug="anna"), DossierFactory(slug="winter")
    article = make_article(
        section=SectionFactory(slug="politics").pk,
        tags=["Ferries"],
        bylines=[{"author": author.pk}],
        at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    )
    DossierEntry.objects.create(dossier=dossier, article=article, position=1)
    FlatPage.objects.create(url="/impressum/", title="x").sites.add(Site.objects.get(pk=1))
    response = client.get(path)
    assert response.status_code == (404 if path == "/none/" else 200)
    assert response["Content-Security-Policy"] == CSP
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    html = response.content.decode()
    assert "csrf" not in html
    assert "style=" not in html
    page = LexborHTMLParser(html)
    assert not page.css("style, script:not([src]):not([type='application/ld+json']), [onclick]")
    loaded = [
        n.attributes.get("src") or n.attributes.get("href")
        for n in page.css("[src], link[rel=stylesheet], link[rel=icon]")
    ]
    assert [address for address in loaded if not address.startswith("/")] == []
