"""The moderation queue with 100,000 comments waiting: `COMMENTS=` for another number."""

import os
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.utils import timezone

from articles.models import Article
from comments.models import Comment, CommentAuthor, Thread
from newsroom.models import User
from tests.factories import make_article

from .pages import measured

_BATCH = 5_000
_QUEUE = "/admin/queue/comments/"


def run() -> dict[str, dict[str, float | int | str]]:
    """Fill an article with waiting comments; ask as a moderator, by browser and by script."""
    count = int(os.environ.get("COMMENTS", "100000"))
    _fill(make_article(), count)
    moderator = User.objects.create(username="moderator", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    middle = _cursor(count // 2)
    as_json = {"HTTP_ACCEPT": "application/json"}
    return {
        f"queue at {count:,} pending": measured(lambda: client.get(_QUEUE)),
        "its middle": measured(lambda: client.get(_QUEUE, {"before": middle})),
        "50 more cards": measured(lambda: client.get(_QUEUE, {"before": middle}, **as_json)),
        "start page": measured(lambda: client.get("/admin/")),
        "one decision and back": measured(_decide_and_undo(client)),
    }


def _fill(article: Article, count: int) -> None:
    now = timezone.now()
    CommentAuthor.objects.bulk_create(
        CommentAuthor(name=f"Reader {n}", address_hash=f"{n:064x}") for n in range(1_000)
    )
    authors = list(CommentAuthor.objects.all())
    Thread.objects.update_or_create(pk=article.pk, defaults={"last_number": count})
    for start in range(0, count, _BATCH):
        Comment.objects.bulk_create(
            Comment(
                article=article,
                path=f"{n:07d}",
                depth=1,
                author=authors[n % 1_000],
                name=f"Reader {n}",
                body="A word on this that is as long as most words on this are. " * 4,
                text_hash=f"{n:064x}",
                rank=n % 10 > 0,
                score=3 * (n % 10 == 0),
                signals={"shouting": {"points": 3, "found": []}} if n % 10 == 0 else {},
                queued_at=now - timedelta(seconds=count - n),
            )
            for n in range(start, min(start + _BATCH, count))
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _cursor(number: int) -> str:
    row = Comment.objects.pending().order_by("rank", "queued_at", "pk")[number]
    return f"{row.rank}.{int(row.queued_at.timestamp() * 1_000_000)}.{row.pk}"


def _decide_and_undo(client: Client):
    """Approve a comment and take it back, so that every round meets the same queue."""
    pk = Comment.objects.pending().order_by("rank", "queued_at", "pk")[0].pk

    def ask():
        version = Comment.objects.only("version").get(pk=pk).version
        command = {"do": f"approve:{pk}:{version}"}
        told = client.post(_QUEUE, command, HTTP_ACCEPT="application/json").json()
        return client.post(_QUEUE, {"undo": told["batch"]}, HTTP_ACCEPT="application/json")

    return ask
