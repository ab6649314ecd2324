"""What readers' pages, feeds, sitemaps and the API cost: the same with ten and a thousand texts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import workflow
from articles.models import Article, Correction, Dossier, DossierEntry, MostRead
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_content,
)

pytestmark = pytest.mark.django_db

PRICES = {
    "/": 6,
    "/politics/": 5,
    "/topics/": 6,
    "/topics/ice/": 5,
    "/authors/anna/": 5,
    "/dossiers/winter/": 5,
    "/archive/": 5,
    "/archive/{month}/": 4,
    "/corrections/": 4,
    "{article}": 12,
    "/feed/": 6,
    "/feed.atom": 6,
    "/feed.json": 6,
    "/politics/feed/": 7,
    "/topics/ice/feed/": 7,
    "/authors/anna/feed/": 7,
    "/dossiers/winter/feed/": 7,
    "/corrections/feed/": 4,
    "/sitemap.xml": 3,  # a table of the jobs' own
    "/sitemap-{part}.xml": 1,
    "/sitemap-lists.xml": 6,
    "/news-sitemap.xml": 3,
    "/api/v1/articles/": 7,
    "/api/v1/articles/?tag=ice&author=anna&limit=100": 7,
    "/api/v1/articles/?section=politics": 8,
    "/api/v1/articles/{pk}/": 7,
}
CONDITIONAL = {path: 1 for path in PRICES if "feed" in path or path.startswith("/api/")} | {
    # A section stands for all below it: the tree of sections is read first.
    "/politics/feed/": 3,
    "/api/v1/articles/?section=politics": 3,
}


def fill(count: int) -> Article:
    """Articles of one month, all in everything that has a list; return the newest."""
    now = timezone.now()
    section, author = SectionFactory(slug="politics"), AuthorFactory(slug="anna")
    other, image = AuthorFactory(), ImageFactory()
    articles = workflow.place(
        [
            workflow.Placement(
                make_content(
                    section=section.pk,
                    tags=["Ice", f"Topic {n % 50}"],
                    bylines=[{"author": author.pk}, {"author": other.pk}],
                    lead_image=image.pk,
                ),
                status="published",
                published_at=now - timedelta(seconds=n),
            )
            for n in range(count)
        ]
    )
    dossier: Dossier = DossierFactory(slug="winter")
    DossierEntry.objects.bulk_create(
        DossierEntry(dossier=dossier, article=article, position=n)
        for n, article in enumerate(articles)
    )
    Correction.objects.bulk_create(Correction(article=a, text="Wrong.") for a in articles)
    MostRead.objects.bulk_create(
        MostRead(article=article, window="day", place=n, score=1, ranked_at=now)
        for n, article in enumerate(articles[:30], start=1)
    )
    return Article.objects.get(pk=articles[0].pk)


@pytest.mark.parametrize("count", [10, 1000])
def test_prices_do_not_grow(client, count, django_assert_num_queries, time_machine):
    time_machine.move_to("2026-03-10T12:00:00Z", tick=False)
    newest = fill(count)
    words = {
        "month": "2026/03", "part": "2026-03", "article": newest.get_absolute_url(),
        "pk": newest.pk,
    }  # fmt: skip
    for template, price in PRICES.items():
        path = template.format(**words)
        with django_assert_num_queries(price, info=path):
            response = client.get(path)
            body = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, path
        assert len(body) > 200, path
        if template in CONDITIONAL:
            headers = {"If-None-Match": response["ETag"]}
            with django_assert_num_queries(CONDITIONAL[template], info=path):
                assert client.get(path, headers=headers).status_code == 304, path
