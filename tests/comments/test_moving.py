"""The table of moves, the log, collisions, undo."""

from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction

from comments import moderation
from comments.models import (
    AppendOnly,
    Comment,
    CommentAuthor,
    CommentRules,
    ModerationAction,
    Report,
    Status,
    rules_for,
)
from newsroom.lib.verbs import NotPermitted, Refused
from newsroom.models import Message
from tests.factories import UserFactory

from .conftest import approved, decided, visible, write

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Europe/Berlin"))
ALLOWED = {
    ("pending", "approved"), ("pending", "rejected"), ("pending", "spam"),
    ("approved", "pending"), ("approved", "rejected"), ("approved", "spam"),
    ("rejected", "approved"), ("rejected", "pending"),
    ("spam", "approved"), ("spam", "pending"),
}  # fmt: skip


def in_status(article, status, by) -> Comment:
    comment = write(article)
    if status == "removed":
        decided(comment, "approved", by)
        moderation.erase(comment.author.address)
        comment.refresh_from_db()
    elif status != "pending":
        decided(comment, status, by)
    return comment


@pytest.mark.parametrize(("source", "target"), list(product(Status.values, Status.values)))
def test_every_move_is_in_the_table_or_refused(article, moderator, source, target):
    comment = in_status(article, source, moderator)
    lines = ModerationAction.objects.count()
    seen = {comment.pk: comment.version}
    if (source, target) in ALLOWED:
        outcome = moderation.decide(seen, to=target, by=moderator, reason="insult")
        assert (outcome.done, outcome.conflicts) == ([comment.pk], [])
        comment.refresh_from_db()
        assert comment.status == target
        assert ModerationAction.objects.count() == lines + 1
    else:
        with pytest.raises(Refused):
            moderation.decide(seen, to=target, by=moderator, reason="insult")
        comment.refresh_from_db()
        assert comment.status == source
        assert ModerationAction.objects.count() == lines
    visible(article)


def test_decision_is_logged_with_all_that_was_said(article, moderator):
    comment = write(article)
    with time_machine.travel(NOON, tick=False):
        outcome = moderation.decide(
            {comment.pk: 1}, to="rejected", by=moderator, reason="other", note=" Too long. "
        )
    (action,) = ModerationAction.objects.all()
    assert (action.comment, action.from_status, action.to_status) == (
        comment,
        "pending",
        "rejected",
    )
    assert (action.reason, action.note, action.actor) == ("other", "Too long.", moderator)
    assert (action.source, action.batch, action.version) == ("queue", outcome.batch, 2)
    assert (action.at, action.rule) == (NOON, "")
    comment.refresh_from_db()
    assert (comment.decided_by, comment.decided_at, comment.version) == (moderator, NOON, 2)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"to": "rejected"}, "Give a reason."),
        ({"to": "rejected", "reason": "boring"}, "There is no such reason."),
        ({"to": "rejected", "reason": "other"}, "Say in a note what the reason is."),
        ({"to": "rejected", "reason": "other", "note": "  "}, "Say in a note what the reason is."),
        ({"to": "spam", "note": "x" * 501}, "A note has at most 500 characters."),
        ({"to": "removed"}, "No moderator can move a comment there."),
        ({"to": "elsewhere"}, "No moderator can move a comment there."),
    ],
)
def test_decision_without_what_it_needs_is_refused(article, moderator, values, sentence):
    comment = write(article)
    with pytest.raises(Refused, match=sentence):
        moderation.decide({comment.pk: 1}, by=moderator, **values)
    comment.refresh_from_db()
    assert (comment.status, ModerationAction.objects.count()) == ("pending", 0)


def test_only_who_may_moderates(article, reporter):
    comment = write(article)
    with pytest.raises(NotPermitted):
        moderation.decide({comment.pk: 1}, to="approved", by=reporter)
    with pytest.raises(NotPermitted):
        moderation.undo("x", by=reporter)
    with pytest.raises(NotPermitted):
        moderation.block(comment.author, by=reporter)


def test_second_moderator_is_told_who_was_faster(article, moderator):
    other = UserFactory(first_name="Max", last_name="Muster", role="Moderator")
    comment = write(article)
    with time_machine.travel(NOON.replace(minute=3), tick=False) as clock:
        moderation.decide({comment.pk: 1}, to="approved", by=moderator)
        outcome = moderation.decide({comment.pk: 1}, to="rejected", reason="hate", by=other)
        assert (outcome.done, outcome.batch) == ([], "")
        (collision,) = outcome.conflicts
        assert collision.comment == comment.pk
        assert collision.text == "already approved by Mona at 12:03 p.m."
        clock.shift(timedelta(days=1))
        outcome = moderation.decide({comment.pk: 1}, to="rejected", reason="hate", by=other)
        assert "by Mona at 05/04/2026" in outcome.conflicts[0].text
    assert ModerationAction.objects.count() == 1


def test_bulk_does_what_it_can_and_names_the_rest(article, moderator):
    first, second, third = (write(article) for _ in range(3))
    decided(second, "rejected", moderator)
    seen = {first.pk: 1, second.pk: 1, third.pk: 1, 999_999: 1}
    outcome = moderation.decide(seen, to="approved", by=moderator, source="bulk")
    assert sorted(outcome.done) == [first.pk, third.pk]
    assert [collision.comment for collision in outcome.conflicts] == [second.pk, 999_999]
    assert visible(article) == {first.pk, third.pk}
    batch = ModerationAction.objects.filter(batch=outcome.batch)
    assert {action.source for action in batch} == {"bulk"}


def test_more_than_500_at_a_time_are_refused(article, moderator):
    with pytest.raises(Refused, match="At most 500 comments at a time"):
        moderation.decide(dict.fromkeys(range(501), 1), to="approved", by=moderator)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_bulk_costs_the_same_queries_for_any_number(
    article, moderator, django_assert_num_queries, count
):
    comments = [write(article) for _ in range(count)]
    seen = {comment.pk: 1 for comment in comments}
    moderator.has_perm("comments.moderate_comment")
    # Threads and comments locked, the move, the log, what is visible now, threads, authors; a
    # savepoint around them.
    with django_assert_num_queries(7 + 2):
        moderation.decide(seen, to="approved", by=moderator)
    assert len(visible(article)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_bulk_with_mails_and_threads_costs_the_same_for_any_number(
    article, moderator, django_assert_num_queries, count
):
    roots = [approved(article, moderator, is_confirmed=True) for _ in range(count)]
    for root in roots:
        approved(article, moderator, parent=root)
    seen = {root.pk: 2 for root in roots}
    # Eight of the moves, two that keep the books of the outbox, two of the transaction.
    with django_assert_num_queries(8 + 2 + 2):
        moderation.decide(seen, to="rejected", reason="hate", by=moderator)
    assert visible(article) == set()
    assert Message.objects.filter(kind="comments.decision").count() == count


def test_the_log_is_only_added_to(article, moderator):
    approved(article, moderator)
    action = ModerationAction.objects.get()
    action.note = "changed"
    for change in (
        action.save,
        action.delete,
        ModerationAction.objects.all().delete,
        lambda: ModerationAction.objects.update(note="x"),
        lambda: ModerationAction.objects.bulk_update([action], ["note"]),
    ):
        with pytest.raises(AppendOnly), transaction.atomic():
            change()
    assert ModerationAction.objects.get().note == ""


def test_undo_writes_new_lines_and_brings_everything_back(article, moderator):
    comments = [write(article) for _ in range(3)]
    before = list(Comment.objects.order_by("pk").values("rank", "queued_at", "hold_reason"))
    outcome = moderation.decide({c.pk: 1 for c in comments}, to="approved", by=moderator)
    assert len(visible(article)) == 3
    assert moderation.latest_batch(moderator) == outcome.batch
    back = moderation.undo(outcome.batch, by=moderator)
    assert sorted(back.done) == [comment.pk for comment in comments]
    assert visible(article) == set()
    rows = Comment.objects.order_by("pk")
    assert list(rows.values("rank", "queued_at", "hold_reason")) == before
    assert {(row.status, row.decided_at, row.published_at, row.version) for row in rows} == {
        ("pending", None, None, 3)
    }
    assert ModerationAction.objects.count() == 6
    author = CommentAuthor.objects.first()
    assert (author.approved, author.record) == (0, [])
    assert moderation.latest_batch(moderator) == ""


def test_undo_of_a_second_decision_returns_to_the_first(article, moderator):
    other = UserFactory(first_name="Max", role="Moderator")
    comment = decided(write(article), "rejected", other, reason="hate")
    first = comment.decided_at
    outcome = moderation.decide({comment.pk: 2}, to="approved", by=moderator)
    moderation.undo(outcome.batch, by=moderator)
    comment.refresh_from_db()
    assert (comment.status, comment.decided_by, comment.decided_at) == ("rejected", other, first)
    last = ModerationAction.objects.newest().first()
    assert (last.source, last.reason, last.actor) == ("undo", "hate", moderator)


def test_undo_is_for_ten_minutes_ones_own_and_once(article, moderator):
    other = UserFactory(role="Moderator")
    comment = write(article)
    with time_machine.travel(NOON, tick=False) as clock:
        batch = moderation.decide({comment.pk: 1}, to="approved", by=moderator).batch
        with pytest.raises(Refused):
            moderation.undo(batch, by=other)
        with pytest.raises(Refused):
            moderation.undo("", by=moderator)
        clock.shift(timedelta(minutes=10, seconds=1))
        with pytest.raises(Refused, match="nothing left to take back"):
            moderation.undo(batch, by=moderator)
        clock.shift(timedelta(seconds=-2))
        moderation.undo(batch, by=moderator)
        with pytest.raises(Refused, match="nothing left to take back"):
            moderation.undo(batch, by=moderator)


def test_undo_leaves_what_was_decided_anew(article, moderator):
    first, second = write(article), write(article)
    batch = moderation.decide({first.pk: 1, second.pk: 1}, to="approved", by=moderator).batch
    decided(second, "spam", UserFactory(first_name="Max", role="Moderator"))
    outcome = moderation.undo(batch, by=moderator)
    assert outcome.done == [first.pk]
    assert outcome.conflicts[0].text.startswith("already spam by Max at")
    second.refresh_from_db()
    assert second.status == "spam"


def test_undo_reopens_reports(article, moderator):
    comment = approved(article, moderator)
    moderation.report(comment, reason="illegal", address="r@example.org")
    batch = moderation.decide({comment.pk: 2}, to="rejected", reason="illegal", by=moderator).batch
    assert Report.objects.open().count() == 0
    moderation.undo(batch, by=moderator)
    comment.refresh_from_db()
    assert (comment.status, comment.open_reports, comment.report_rank) == ("approved", 1, 0)
    assert list(Comment.objects.reported()) == [comment]


def test_kept_comment_answers_its_reports_and_stays(article, moderator):
    comment = approved(article, moderator)
    moderation.report(comment, reason="insult", text="Rude.", address="r@example.org")
    outcome = moderation.decide({comment.pk: 2}, to="approved", by=moderator, source="report")
    assert outcome.done == [comment.pk]
    report = Report.objects.get()
    assert report.decision == ModerationAction.objects.newest().first()
    assert report.decision.from_status == report.decision.to_status == "approved"
    assert visible(article) == {comment.pk}
    assert Comment.objects.reported().count() == 0


def test_spam_by_rule_is_confirmed_by_a_moderator(article, moderator, rules):
    comment = write(article, fell_into_trap=True)
    assert (comment.status, comment.hold_reason) == ("spam", "scored")
    assert list(Comment.objects.held()) == [comment]
    decided(comment, "spam", moderator)
    assert Comment.objects.held().count() == 0
    assert [line.actor for line in ModerationAction.objects.order_by("pk")] == [None, moderator]


def test_rules_default_without_a_row_and_are_read_once_a_request(rf, db, django_assert_num_queries):
    request = rf.get("/")
    with django_assert_num_queries(1):
        assert rules_for(request).answer_goal == 120
        assert rules_for(request) is rules_for(request)
    CommentRules.objects.create(pk=1, answer_goal=30)
    assert rules_for(request).answer_goal == 120
    assert rules_for(rf.get("/")).answer_goal == 30
