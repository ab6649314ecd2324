"""What machines get of the demo newsroom: structured data, sitemaps, feeds, whole and valid."""

import json
from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles.models import Article, Author, Genre
from tests.articles import feed_rules, schemas

from . import recommended


def structured(client, path: str) -> list[dict]:
    response = client.get(path)
    assert response.status_code == 200
    page = LexborHTMLParser(response.content)
    return [json.loads(node.text()) for node in page.css('script[type="application/ld+json"]')]


def test_every_article_has_every_recommended_field(demo, client):
    kinds = set()
    for article in Article.objects.visible():
        news, crumbs, *talk = structured(client, article.get_absolute_url())
        recommended.check(news)
        recommended.check(crumbs)
        # Comments add to the same node; an article that takes none has nothing to add.
        assert [more["@id"] for more in talk] in ([], [news["@id"]])
        kinds.add(news["@type"])
        corrections = article.corrections.filter(is_public=True).count()
        assert len(news.get("correction", [])) == corrections
        assert ("dateline" in news) == bool(article.dateline)
    assert kinds == recommended.ARTICLES


def test_every_author_and_the_paper_have_every_recommended_field(demo, client):
    for author in Author.objects.all():
        (profile,) = structured(client, author.get_absolute_url())
        recommended.check(profile)
    (paper,) = structured(client, "/")
    recommended.check(paper)


def test_link_previews_are_whole(demo, client):
    for article in Article.objects.visible():
        page = LexborHTMLParser(client.get(article.get_absolute_url()).content)
        meta = {
            node.attributes.get("property") or node.attributes.get("name"): node.attributes[
                "content"
            ]
            for node in page.css("meta[content]")
        }
        assert meta["robots"] == "max-image-preview:large"
        assert meta["twitter:card"] == "summary_large_image"
        assert (meta["og:image:width"], meta["og:image:height"]) == ("1280", "720")
        assert f"/16x9-1280-{article.lead_image.focal_key}.jpg" in meta["og:image"]
        for name in ("description", "og:title", "og:description", "og:image:alt", "og:locale"):
            assert meta[name], (name, article.headline)
        (canonical,) = page.css("link[rel=canonical]")
        recommended.is_address(canonical.attributes["href"])


def lists(demo: str) -> list[str]:
    first = Article.objects.visible().newest().first()
    shelves = [first.section, first.tags.first(), first.authors.first()]
    return ["/", "/corrections/", *(shelf.get_absolute_url() for shelf in shelves)]


def test_feeds_keep_to_their_rules_and_are_read(demo, client):
    for path in lists(demo):
        counts = set()
        for kind in ("feed/", "feed.atom", "feed.json"):
            content = client.get(f"{path}{kind}").content
            feed_rules.check(content)
            if kind == "feed.json":
                counts.add(len(json.loads(content)["items"]))
            else:
                found = feedparser.parse(content)
                assert not found.bozo
                counts.add(len(found.entries))
        (count,) = counts
        assert count > 0, path


def sitemaps(client) -> dict[str, bytes]:
    """Every sitemap of the site by its path, the index first."""
    found = {}
    paths = ["/sitemap.xml", "/news-sitemap.xml"]
    while paths:
        path = paths.pop(0)
        response = client.get(path)
        assert response.status_code == 200
        xml = b"".join(response) if response.streaming else response.content
        found[path] = xml
        if path == "/sitemap.xml":
            places = LexborHTMLParser(xml.decode()).css("loc")
            paths += [f"/{place.text().split('/', 3)[3]}" for place in places]
    return found


@pytest.mark.node
def test_sitemaps_are_valid_by_schema(demo, client):
    found = sitemaps(client)
    assert len(found) >= 4
    entries = {path: schemas.validate(xml) for path, xml in found.items()}
    fresh = Article.objects.visible().filter(
        canonical_url="", published_at__gt=timezone.now() - timedelta(hours=48)
    )
    assert entries["/news-sitemap.xml"] == fresh.exclude(genre=Genre.ADVERTISING).count() > 5
    own = Article.objects.visible().filter(canonical_url="").count()
    months = [count for path, count in entries.items() if path.startswith("/sitemap-2")]
    assert sum(months) == own
