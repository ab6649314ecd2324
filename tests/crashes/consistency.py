"""What holds of every site at every moment, whatever was killed: asked after each kill."""

import hashlib
from collections import Counter
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import Count, F, Q

from articles import search
from articles.models import Article, Image, Status, WorkflowEntry
from comments.models import Comment, CommentAuthor, Thread
from comments.models import Status as CommentStatus
from jobs import findable
from jobs.models import Job
from newsroom.lib import outboxledger
from newsroom.models import ImportedRecord


def assert_consistent() -> set[str]:
    """Hold rows, indexes, counters, books and files against each other.

    Return the names of the files that no row names: check_content has to tell of the same ones.
    """
    _database()
    _articles()
    _comments()
    _books()
    return _files()


def _database() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
    # PostgreSQL checks keys itself; ours that it does not know are asked below.


def _articles() -> None:
    for article in Article.objects.select_related("live", "head").prefetch_related("tags"):
        shown = article.live or article.head
        assert shown is not None and article.head is not None
        assert shown.article_id == article.head.article_id == article.pk
        for name in ("headline", "standfirst", "body", "kicker", "genre"):
            assert getattr(article, name) == shown.content[name]
        assert sorted(tag.name for tag in article.tags.all()) == sorted(shown.content["tags"])
        has_appeared = article.status in {Status.PUBLISHED, Status.WITHDRAWN}
        assert has_appeared == (article.live is not None) == (article.published_at is not None)
    strange = ~Q(revision__article=F("article")) & Q(revision__isnull=False)
    assert not WorkflowEntry.objects.filter(strange).exists()
    assert search.INDEX.ids() == set(Article.objects.values_list("pk", flat=True))
    assert findable.INDEX.ids() == set(Job.objects.listed().values_list("pk", flat=True))


def _comments() -> None:
    seen = Comment.objects.visible().order_by().values("article").annotate(number=Count("pk"))
    visible = {row["article"]: row["number"] for row in seen}
    for article, number in Thread.objects.values_list("article", "visible"):
        assert number == visible.get(article, 0)
    decided = Counter(Comment.objects.values_list("author", "status"))
    for author, approved, rejected in CommentAuthor.objects.values_list(
        "pk", "approved", "rejected"
    ):
        assert approved == decided[author, CommentStatus.APPROVED]
        assert rejected == sum(decided[author, state] for state in ("rejected", "spam"))


def _books() -> None:
    """Hold the outbox's books and the importer's ledger against the rows."""
    assert [account for account in outboxledger.accounts() if not account.is_right] == []
    named: dict[str, set[int]] = {}
    for target, pk in ImportedRecord.objects.exclude(target="").values_list("target", "target_id"):
        named.setdefault(target, set()).add(pk)
    for target, pks in named.items():
        assert pks <= set(_model(target)._base_manager.values_list("pk", flat=True)), target


def _model(label: str) -> type[models.Model]:
    return apps.get_model(label)


def _files() -> set[str]:
    """Every picture has its whole file; return the files that belong to none."""
    named, tokens = set(), set()
    for image in Image.objects.all():
        with default_storage.open(image.file.name) as file:
            assert hashlib.sha256(file.read()).hexdigest() == image.sha256
        named.add(image.file.name)
        tokens.add(image.token.hex)
    root = Path(settings.MEDIA_ROOT)
    there = {path.relative_to(root) for path in root.rglob("*") if path.is_file()}
    made = {
        str(path)
        for path in there
        if path.parts[0] == "renditions"
        and path.parts[1] in tokens
        and not path.name.startswith(".part-")
    }
    return {str(path) for path in there} - named - made
