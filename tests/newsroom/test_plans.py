"""The hot queries find what they want by an index: on a site of many rows none reads a table whole.

Every page and every job of tick is asked, and each query that it made is explained.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import batched

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import workflow
from articles.models import Article, Correction
from comments.models import Comment, Status, Thread
from comments.moderation.placing import Placement, authors_of, place
from jobs import moderation as jobs
from jobs.advert import Advert, Place
from jobs.models import JobSource
from newsroom import tick
from newsroom.lib import longlists
from newsroom.models import Message, User
from tests.factories import AuthorFactory, SectionFactory, UserFactory, make_content
from tests.plans import read_whole, rows_read

ARTICLES, COMMENTS, JOBS, MESSAGES = 6_000, 4_000, 2_000, 3_000
# A page shows 20 to 60 rows; what its queries may look at, a fifth of the table at most.
MOST = 1_200
# Not the labels of jobs: the numbers beside the filters count all of them.
BIG = {
    "articles_article", "articles_revision", "articles_workflowentry", "articles_taggedarticle",
    "articles_byline", "articles_relatedprofile", "articles_relatedscore", "articles_correction",
    "articles_search", "comments_comment", "comments_thread", "comments_moderationaction",
    "jobs_job", "jobs_mention", "jobs_action", "jobs_search", "newsroom_message",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Iterator[dict[str, str]]:
    """A site of many rows, gone afterwards; the addresses of its pages by their names."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _fill()
        transaction.set_rollback(True)


def _fill() -> dict[str, str]:
    now = timezone.now()
    UserFactory(username="chief", role="Chief editor", is_superuser=True)
    sections = [SectionFactory(slug=f"section-{n}") for n in range(6)]
    below = SectionFactory(slug="below", parent=sections[1])
    rare = SectionFactory(slug="rare")
    authors = [AuthorFactory(slug=f"author-{n}") for n in range(20)]
    base = make_content(section=rare.pk, body="<p>The river rose by a metre last night.</p>" * 3)
    prepared = workflow.prepare(base["body"])
    for numbers in batched(range(ARTICLES), 1_000):
        workflow.place(
            [
                workflow.Placement(
                    base
                    | {
                        "headline": f"The river plan, part {n}",
                        "slug": f"text-{n}",
                        "section": (rare if n % 400 == 0 else [*sections, below][n % 7]).pk,
                        "tags": [f"topic {n % 3}", f"topic {100 + n % 150}"],
                        "bylines": [
                            {"author": authors[(n + part) % 20].pk, "role": "text"}
                            for part in range(3)
                        ],
                    },
                    "published",
                    published_at=now - timedelta(minutes=30 * (n * 7_919 % ARTICLES) + 1),
                    prepared=prepared,
                    subject=str(n % 50),
                )
                for n in numbers
            ]
        )
    newest = Article.objects.visible().newest()
    Correction.objects.bulk_create(
        Correction(article=article, text="It was Tuesday.", corrected_at=article.published_at)
        for article in newest
    )
    _comment(list(newest.values_list("pk", flat=True)[:200]))
    Thread.objects.bulk_create((Thread(article=one) for one in newest), ignore_conflicts=True)
    _offer_jobs()
    Message.objects.bulk_create(
        Message(
            kind="none", key=str(n), message_id=f"<{n}@x>", state="sent", ended_at=now, due_at=now
        )
        for n in range(MESSAGES)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            # As where the tables lie in memory; else a scan of a few pages looks cheaper.
            cursor.execute("SET LOCAL random_page_cost = 1.1")
    first, deep = newest[0], newest[ARTICLES // 2]
    cursor_deep = f"{int(deep.published_at.timestamp() * 1_000_000)}.{deep.pk}"
    busy = Article.objects.get(pk=Comment.objects.values_list("article", flat=True)[0])
    return {
        "article": first.get_absolute_url(),
        "article, deep": deep.get_absolute_url(),
        "front": "/",
        "section": "/section-0/",
        "section, deep": f"/section-0/?before={cursor_deep}",
        "section of two": "/section-1/",
        "section, rare": "/rare/",
        "topic": "/topics/topic-0/",
        "topic, deep": f"/topics/topic-0/?before={cursor_deep}",
        "topic, rare": "/topics/topic-120/",
        "author": "/authors/author-3/",
        "author, deep": f"/authors/author-3/?before={cursor_deep}",
        "archive": "/archive/",
        "topics": "/topics/",
        "sitemap index": "/sitemap.xml",
        "archive month": f"/archive/{deep.published_at:%Y/%m}/?before={cursor_deep}",
        "search": "/search/?q=river",
        "feed": "/feed/",
        "feed of a section": "/section-1/feed/",
        "feed of a topic": "/topics/topic-0/feed/",
        "feed of an author": "/authors/author-3/feed/",
        "API": "/api/v1/articles/",
        "news sitemap": "/news-sitemap.xml",
        "corrections": "/corrections/",
        "comments": f"{busy.get_absolute_url()}comments/",
        "article with comments": busy.get_absolute_url(),
        "feed of comments": "/comments/feed/",
        "jobs": "/jobs/",
        "admin list": "/admin/articles/article/",
        "admin list, published": "/admin/articles/article/?status=published",
        "admin list, drafts": "/admin/articles/article/?status=draft",
        "admin list, scheduled": "/admin/articles/article/?status=scheduled",
        "admin list, changed": "/admin/articles/article/?status=changed",
        "admin list, embargo": "/admin/articles/article/?status=embargoed",
        "admin list, section": f"/admin/articles/article/?section__id__exact={sections[0].pk}",
        "admin list, genre": "/admin/articles/article/?genre__exact=satire",
        "admin list, searched": "/admin/articles/article/?q=plan+1234",
        "admin start": "/admin/",
        "queue of comments": "/admin/queue/comments/",
        "queue of jobs": "/admin/queue/jobs/",
    }


def _comment(articles: list[int]) -> None:
    now = timezone.now()
    people = list(authors_of((f"r{n}@example.com", f"Reader {n}") for n in range(200)).values())
    for numbers in batched(range(COMMENTS), 1_000):
        place(
            [
                Placement(
                    article=articles[0] if n % 8 == 0 else articles[n % len(articles)],
                    author=people[n % 200],
                    body=f"What I think about it, no. {n}.",
                    at=now - timedelta(minutes=n),
                    status=Status.PENDING if n % 20 == 0 else Status.APPROVED,
                    decided_at=None if n % 20 == 0 else now - timedelta(minutes=n),
                )
                for n in numbers
            ]
        )


def _offer_jobs() -> None:
    source = JobSource.objects.create(name="Partner", file="none", is_trusted=True)
    jobs.add(
        source,
        [
            jobs.Item(
                str(n),
                str(n),
                Advert(
                    title=f"Nurse {n}",
                    employer=f"Clinic {n % 200}",
                    description="<p>Help people to get well again.</p>",
                    places=(Place(f"Town {n % 40}", "DE", "Land"),),
                    employment_types=("FULL_TIME",),
                    tags=("Care", f"Ward {n % 30}"),
                    apply_url="https://clinic.example/",
                ).tidy(),
                published_at=timezone.now() - timedelta(minutes=n),
            )
            for n in range(JOBS)
        ],
    )


PAGES = [
    "article", "article, deep", "front", "section", "section, deep", "section of two",
    "section, rare", "topic", "topic, deep", "topic, rare", "author", "author, deep",
    "archive", "topics", "sitemap index", "archive month", "search", "feed", "feed of a section",
    "feed of a topic",
    "feed of an author", "API", "news sitemap", "corrections", "comments",
    "article with comments", "feed of comments", "jobs", "admin list", "admin list, published",
    "admin list, drafts", "admin list, scheduled", "admin list, changed", "admin list, embargo",
    "admin list, section", "admin list, genre", "admin list, searched", "admin start",
    "queue of comments", "queue of jobs",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_page_reads_no_table_whole(site, name, monkeypatch):
    monkeypatch.setattr(longlists, "MOST", 60)  # the tables are as much smaller
    client = Client()
    if name.startswith(("admin", "queue")):
        user = User.objects.get(username="chief")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as captured:
        response = client.get(site[name])
        body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200
    assert body
    _check(name, [query["sql"] for query in captured])


@pytest.mark.parametrize("name", sorted(tick.JOBS))
def test_tick_reads_no_table_whole(site, name):
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        tick.JOBS[name]()
        transaction.set_rollback(True)
    _check(name, [query["sql"] for query in captured])


# What SQLite still walks, for a page of the desk and once a tick: revisions, the outbox.
WALKED = {"admin start": "articles_revision", "old messages": "newsroom_message"}

# Live jobs are counted: all of them end within sixty days, however old the site.
COUNTED = {"sitemap index": "jobs_job"}


def _check(name: str, queries: list[str]) -> None:
    asked = [sql for sql in queries if sql.startswith(("SELECT", "UPDATE", "DELETE", "WITH", "("))]
    big = BIG - {COUNTED.get(name)}
    if connection.vendor == "sqlite":
        big -= {WALKED.get(name)}
    assert [(found, sql) for sql in asked if (found := read_whole(sql, big))] == []
    if connection.vendor == "postgresql":
        reads = [(rows_read(sql, big), sql) for sql in asked]
        assert [(rows, sql) for rows, sql in reads if rows > MOST] == []
