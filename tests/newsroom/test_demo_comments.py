"""The demo's comments: threads, every kind of waiting, authors of every state, in bulk as well."""

from collections import Counter

import pytest
from django.db import transaction
from django.test import override_settings

from comments.models import Comment, CommentAuthor, ModerationAction, Report, Thread
from newsroom.demo.build import build

GENERATED = 300


@pytest.fixture(scope="module", params=["en", "de"])
def language(request, django_db_setup, django_db_blocker):
    """A database with the whole demo in one language; gone after the module's tests in it."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEBUG=True, LANGUAGE_CODE=request.param),
        transaction.atomic(),
    ):
        build()
        yield request.param
        transaction.set_rollback(True)


@pytest.fixture
def demo(language, db):
    """The demo, for a test that may change it."""
    return language


def exact() -> bool:
    """Whether every count says what readers see."""
    return all(
        thread.visible == Comment.objects.visible().filter(article=thread.pk).count()
        for thread in Thread.objects.all()
    )


def test_every_kind_is_there(demo):
    assert Comment.objects.count() == 72
    waits = Counter(Comment.objects.pending().values_list("hold_reason", flat=True))
    assert set(waits) == {"new", "flagged", "edited", "appeal"}
    assert Comment.objects.held().count() == 2
    assert Comment.objects.reported().count() == 3
    assert Report.objects.open().count() == 4
    states = set(CommentAuthor.objects.values_list("state", flat=True))
    assert states == {"ok", "trusted", "watch", "blocked"}
    assert CommentAuthor.objects.filter(user__isnull=False).count() == 2
    assert max(Comment.objects.visible().values_list("depth", flat=True)) == 6
    assert exact()


def test_every_decision_is_in_the_log(demo):
    decided = Comment.objects.decided()
    logged = ModerationAction.objects.filter(comment__in=decided, actor__isnull=False)
    assert set(logged.values_list("comment", flat=True)) == set(
        decided.values_list("pk", flat=True)
    )


def test_answers_are_younger_than_what_they_answer(demo):
    answers = Comment.objects.filter(parent__isnull=False).select_related("parent")
    assert answers.count() > 30
    assert [row.pk for row in answers if row.created_at < row.parent.created_at] == []


def test_generated_comments_come_once_and_half_at_one_article(demo):
    before = Comment.objects.count()
    assert build(comments=GENERATED) == Counter({"generated comments": GENERATED})
    assert Comment.objects.count() == before + GENERATED
    assert build(comments=GENERATED) == Counter()
    counts = Counter(Comment.objects.values_list("article", flat=True))
    (_article, most), *_rest = counts.most_common()
    assert most > GENERATED // 3
    assert len(counts) > 6
    assert exact()
    assert build(comments=GENERATED + 50) == Counter({"generated comments": 50})
    assert Comment.objects.count() == before + GENERATED + 50
