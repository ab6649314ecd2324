"""What machines read of the pages: every field that Google and schema.org recommend for news."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from selectolax.lexbor import LexborHTMLParser

from articles import frontpage, workflow
from articles.models import Article, DossierEntry, Genre
from newsroom.models import SiteSettings
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)


def read(client, path) -> LexborHTMLParser:
    response = client.get(path)
    assert response.status_code == 200
    return LexborHTMLParser(response.content)


def structured(client, path) -> list[dict]:
    page = read(client, path)
    return [json.loads(node.text()) for node in page.css('script[type="application/ld+json"]')]


def about(client, article) -> dict:
    return structured(client, article.get_absolute_url())[0]


def test_an_article_has_every_recommended_field(client, editor):
    SiteSettings.objects.update_or_create(
        pk=1, defaults={"name": "The Post", "publisher": "Post Ltd"}
    )
    names = [("Anna", "text", False), ("DPA", "agency", True), ("Cleo", "photo", False)]
    bylines = [
        {
            "author": AuthorFactory(name=name, slug=name.lower(), is_agency=is_agency).pk,
            "role": role,
        }
        for name, role, is_agency in names
    ]
    image = ImageFactory(width=2400, height=1600)
    politics = SectionFactory(name="Politics", slug="politics")
    article = make_article(
        headline="Bridge closed",
        front_headline="Bridge",
        slug="bridge",
        section=SectionFactory(name="Europe", slug="europe", parent=politics).pk,
        standfirst="For two weeks.",
        body="<p>One two three</p>",
        dateline=["Rom", "Bern"],
        tags=["Bridges"],
        bylines=bylines,
        lead_image=image.pk,
        ai_use="assisted",
        canonical_url="https://agency.example/1",
        at=AT,
    )
    corrected_at = AT + timedelta(hours=3)
    workflow.correct(article, by=editor, kind="correction", text="Not Rome.", at=corrected_at)
    workflow.correct(article, by=editor, kind="update", text="Secret", is_public=False)
    publisher = {
        "@type": "NewsMediaOrganization",
        "@id": "http://testserver/#organization",
        "name": "Post Ltd",
        "url": "http://testserver/",
        "logo": "http://testserver/static/newsroom/favicon.svg",
        "publishingPrinciples": "http://testserver/editorial-principles/",
    }
    news, crumbs = structured(client, "/2026/03/bridge/")
    assert news == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": "http://testserver/2026/03/bridge/#article",
        "mainEntityOfPage": "http://testserver/2026/03/bridge/",
        "url": "http://testserver/2026/03/bridge/",
        "headline": "Bridge closed",
        "alternativeHeadline": "Bridge",
        "description": "For two weeks.",
        "datePublished": "2026-03-01T14:05:00+01:00",
        "dateModified": "2026-03-01T17:05:00+01:00",
        "articleSection": "Europe",
        "inLanguage": "en",
        "wordCount": 3,
        "isAccessibleForFree": True,
        "author": [
            {"@type": "Person", "name": "Anna", "url": "http://testserver/authors/anna/"},
            {"@type": "Organization", "name": "DPA", "url": "http://testserver/authors/dpa/"},
        ],
        "publisher": publisher,
        "keywords": ["Bridges"],
        "dateline": "Rom / Bern",
        "image": [
            f"http://testserver{image.rendition_url(ratio, 1280, 'jpg')}"
            for ratio in ("1x1", "4x3", "16x9")
        ],
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": "Not Rome.",
                "datePublished": "2026-03-01T17:05:00+01:00",
                "correctedWork": {"@id": "http://testserver/2026/03/bridge/#article"},
            }
        ],
        "digitalSourceType": (
            "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"
        ),
        "isBasedOn": "https://agency.example/1",
    }
    assert crumbs == {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": f"http://testserver{path}"}
            for n, (name, path) in enumerate(
                [
                    ("The Post", "/"),
                    ("Politics", "/politics/"),
                    ("Europe", "/europe/"),
                    ("Bridge closed", "/2026/03/bridge/"),
                ],
                1,
            )
        ],
    }


@pytest.mark.parametrize(
    ("genre", "kind", "label"),
    [
        ("news", "NewsArticle", ""),
        ("report", "ReportageNewsArticle", ""),
        ("background", "BackgroundNewsArticle", ""),
        ("analysis", "AnalysisNewsArticle", "Analysis"),
        ("opinion", "OpinionNewsArticle", "Opinion"),
        ("review", "ReviewNewsArticle", "Review"),
        ("live", "LiveBlogPosting", "Live blog"),
        ("advertising", "AdvertiserContentArticle", "Advertisement"),
    ],
)
def test_a_kind_of_text_has_its_type_and_its_word_for_readers(client, genre, kind, label):
    article = make_article(genre=genre, section=SectionFactory(slug="politics").pk, at=AT)
    data = about(client, article)
    assert data["@type"] == kind
    assert ("coverageStartTime" in data) == (genre == "live")
    for path in (article.get_absolute_url(), "/politics/"):
        page = read(client, path)
        node = page.css_first("article .genre")
        # A teaser of what is paid for says so in its headline (the next test).
        is_teaser_of_paid = genre == "advertising" and path == "/politics/"
        assert (node.text() if node else "") == ("" if is_teaser_of_paid else label), path


def test_every_kind_is_tested():
    cases = test_a_kind_of_text_has_its_type_and_its_word_for_readers.pytestmark[0].args[1]
    assert [case[0] for case in cases] == sorted(Genre.values, key=[c[0] for c in cases].index)


def test_what_is_paid_for_is_called_so_in_every_teaser(client, editor):
    section = SectionFactory(slug="politics").pk
    paid = make_article(headline="Paid", genre="advertising", section=section, at=AT)
    grid = next(slot for slot in frontpage.start(None, by=editor) if slot.kind == "grid")
    frontpage.pin(paid, grid, by=editor)
    other = make_article(headline="Other", section=section, at=AT + timedelta(hours=1))
    for path in ("/", "/politics/", other.get_absolute_url()):
        titles = {node.text() for node in read(client, path).css(".headline")}
        assert "Advertisement: Paid" in titles, path
        assert "Paid" not in titles, path


def test_a_picture_is_named_only_in_sizes_that_exist(client):
    image = ImageFactory(width=1000, height=1000)
    article = make_article(lead_image=image.pk, at=AT)
    page = read(client, article.get_absolute_url())
    meta = {n.attributes.get("property"): n.attributes.get("content") for n in page.css("meta")}
    assert meta["og:image"] == f"http://testserver{image.rendition_url('16x9', 960, 'jpg')}"
    assert (meta["og:image:width"], meta["og:image:height"]) == ("960", "540")
    assert about(client, article)["image"] == [
        f"http://testserver{image.rendition_url(ratio, 960, 'jpg')}"
        for ratio in ("1x1", "4x3", "16x9")
    ]


def test_a_moved_focal_point_is_another_preview_picture(client):
    image = ImageFactory(focal_x=0.25, focal_y=0.75)
    article = make_article(lead_image=image.pk, at=AT)
    page = read(client, article.get_absolute_url())
    address = page.css_first('meta[property="og:image"]').attributes["content"]
    assert address.endswith(f"/16x9-1280-{image.focal_key}.jpg")
    assert image.focal_key == "2574"


def test_the_front_page_says_who_publishes_and_by_which_rules(client):
    rules = {
        "masthead_url": "/about/",
        "ownership_url": "https://example.org/owners/",
        "ethics_policy_url": "/ethics/",
        "feedback_policy_url": "/contact/",
        "verification_policy_url": "/facts/",
        "sources_policy_url": "/sources/",
        "diversity_policy_url": "/diversity/",
        "mission_policy_url": "/mission/",
        "bylines_policy_url": "/names/",
    }
    SiteSettings.objects.update_or_create(
        pk=1,
        defaults={
            "name": "The Post",
            "publisher": "Post Ltd",
            "description": "News.",
            "social_links": "https://a.example/\nhttps://b.example/",
            **rules,
        },
    )
    (data,) = structured(client, "/")
    assert data == {
        "@context": "https://schema.org",
        "@type": "NewsMediaOrganization",
        "@id": "http://testserver/#organization",
        "name": "Post Ltd",
        "alternateName": "The Post",
        "description": "News.",
        "url": "http://testserver/",
        "logo": "http://testserver/static/newsroom/favicon.svg",
        "sameAs": ["https://a.example/", "https://b.example/"],
        "publishingPrinciples": "http://testserver/ethics/",
        "masthead": "http://testserver/about/",
        "ownershipFundingInfo": "https://example.org/owners/",
        "ethicsPolicy": "http://testserver/ethics/",
        "correctionsPolicy": "http://testserver/corrections/",
        "actionableFeedbackPolicy": "http://testserver/contact/",
        "verificationFactCheckingPolicy": "http://testserver/facts/",
        "unnamedSourcesPolicy": "http://testserver/sources/",
        "diversityPolicy": "http://testserver/diversity/",
        "missionCoveragePrioritiesPolicy": "http://testserver/mission/",
        "noBylinesPolicy": "http://testserver/names/",
    }


def test_an_author_has_a_profile_page(client):
    portrait = ImageFactory()
    anna = AuthorFactory(
        name="Anna", slug="anna", position="Editor", biography="Writes.", portrait=portrait,
        website="https://anna.example/",
    )  # fmt: skip
    (data,) = structured(client, "/authors/anna/")
    person = data.pop("mainEntity")
    assert person.pop("worksFor")["name"] == "Newsroom"
    assert (data["@type"], data["url"]) == ("ProfilePage", "http://testserver/authors/anna/")
    assert person == {
        "@type": "Person",
        "@id": "http://testserver/authors/anna/#author",
        "identifier": str(anna.pk),
        "name": "Anna",
        "url": "http://testserver/authors/anna/",
        "description": "Writes.",
        "jobTitle": "Editor",
        "image": f"http://testserver{portrait.rendition_url('1x1', 640, 'jpg')}",
        "sameAs": ["https://anna.example/"],
    }


EVIL = "</script><script>alert(1)</script><!-- & ' \" \u2028"


def test_no_text_can_leave_its_structured_data(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"name": EVIL[:80], "description": EVIL})
    author = AuthorFactory(name=EVIL, slug="anna", biography=EVIL)
    make_article(headline=EVIL, slug="x", bylines=[{"author": author.pk}], tags=[EVIL], at=AT)
    for path in ("/", "/authors/anna/", "/2026/03/x/"):
        page = read(client, path)
        assert len(structured(client, path)) in {1, 2}
        assert not page.css("script:not([src]):not([type='application/ld+json'])"), path


@pytest.mark.parametrize(
    ("path", "robots"),
    [
        ("/", "max-image-preview:large"),
        ("/2026/03/x/", "max-image-preview:large"),
        ("/archive/", "max-image-preview:large"),
        ("/corrections/", "max-image-preview:large"),
        ("/politics/", "max-image-preview:large"),
        ("/topics/thin/", "noindex, follow"),
        ("/search/", "noindex, follow"),
        ("/search/?q=bridge", "noindex, follow"),
        ("/no-such-page/", "noindex"),
    ],
)
def test_a_page_has_one_word_for_robots(client, path, robots):
    make_article(slug="x", section=SectionFactory(slug="politics").pk, tags=["Thin"], at=AT)
    page = LexborHTMLParser(client.get(path).content)
    found = [node.attributes["content"] for node in page.css('meta[name="robots"]')]
    assert found == [robots]


def test_a_page_has_one_address_whatever_stands_behind_the_question_mark(client):
    author, dossier = AuthorFactory(slug="anna"), DossierFactory(slug="winter")
    article = make_article(
        slug="x", section=SectionFactory(slug="politics").pk, tags=["Ice"], at=AT,
        bylines=[{"author": author.pk}],
    )  # fmt: skip
    DossierEntry.objects.create(dossier=dossier, article=article, position=0)
    for path in (
        "/", "/politics/", "/topics/", "/topics/ice/", "/authors/anna/", "/dossiers/winter/",
        "/archive/", "/archive/2026/03/", "/corrections/", "/2026/03/x/",
    ):  # fmt: skip
        (link,) = read(client, f"{path}?utm_source=mail").css("head link[rel=canonical]")
        assert link.attributes["href"] == f"http://testserver{path}"
    assert read(client, "/search/?q=bridge").css("link[rel=canonical]") == []


def alternates(client, article) -> dict[str, str]:
    page = read(client, article.get_absolute_url())
    return {
        node.attributes["hreflang"]: node.attributes["href"]
        for node in page.css("link[rel=alternate][hreflang]")
    }


def test_translations_name_each_other(client):
    original = make_article(slug="bridge", at=AT)
    german = make_draft(slug="bruecke", language="de", translation_of=original.pk)
    assert alternates(client, original) == {}
    Article.objects.filter(pk=german.pk).update(
        status="published", published_at=AT, month=AT.date().replace(day=1)
    )
    german.refresh_from_db()
    assert german.translation_of_id == original.pk
    expected = {
        "de": "http://testserver/2026/03/bruecke/",
        "en": "http://testserver/2026/03/bridge/",
    }
    assert alternates(client, original) == alternates(client, german) == expected
    page = read(client, german.get_absolute_url())
    assert page.css_first("article.story").attributes["lang"] == "de"
    assert page.css_first('meta[property="og:locale"]').attributes["content"] == "de"
    assert about(client, german)["inLanguage"] == "de"
    Article.objects.filter(pk=german.pk).update(expires_at=AT)
    assert alternates(client, original) == {}


def test_a_translation_of_a_translation_points_at_the_first_text(chief):
    original = make_article()
    german = make_draft(language="de", translation_of=original.pk)
    third = make_draft(translation_of=german.pk)
    assert third.translation_of_id == original.pk
    values = make_content(**{**original.head.content, "translation_of": original.pk})
    workflow.save_draft(original, values, by=chief, base=original.head)
    workflow.publish(original, by=chief)
    original.refresh_from_db()
    assert original.translation_of_id is None


def test_an_original_that_is_gone_leaves_none():
    article = make_draft(translation_of=10**9)
    assert article.translation_of_id is None


def test_old_contents_are_plain_news_in_the_sites_language():
    values = make_content(genre="nonsense", language="xx")
    assert (values["genre"], values["language"], values["translation_of"]) == ("news", "", None)
    del values["genre"]
    assert make_content(**values)["genre"] == "news"


def test_the_german_site_says_so(client):
    article = make_article(genre="advertising", at=AT)
    with override_settings(LANGUAGE_CODE="de"):
        assert about(client, article)["inLanguage"] == "de"
