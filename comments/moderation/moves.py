"""The table of moves and the one function that makes them: rows, log, counts, mails together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from newsroom.lib import bulk, outbox, pagecache
from newsroom.models import User

from .. import trust
from ..models import (
    RANK_NORMAL,
    Comment,
    CommentAuthor,
    HoldReason,
    ModerationAction,
    Source,
    Status,
    Thread,
    in_subtrees,
)
from . import notices

MOVES: dict[str, frozenset[str]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED, Status.SPAM}),
    Status.APPROVED: frozenset({Status.PENDING, Status.REJECTED, Status.SPAM, Status.REMOVED}),
    Status.REJECTED: frozenset({Status.APPROVED, Status.PENDING}),
    Status.SPAM: frozenset({Status.APPROVED, Status.PENDING}),
    Status.REMOVED: frozenset(),
}
_REJECTED = {Status.REJECTED, Status.SPAM}


@dataclass(frozen=True)
class Move:
    """Where rows go, and what the log says of it. An empty `by` is a rule."""

    to: Status
    source: Source
    by: User | None = None
    rule: str = ""
    reason: str = ""
    note: str = ""
    batch: str = ""
    hold_reason: HoldReason | None = None


@dataclass
class Locked:
    """Rows held until the transaction ends."""

    threads: dict[int, Thread]
    comments: list[Comment]


def is_allowed(comment: Comment, to: str) -> bool:
    """Tell whether the table lets a comment go there, or has something to be confirmed there."""
    if comment.is_erased:
        return False
    return to in MOVES[comment.status] or (comment.status == to and is_open_question(comment))


def is_open_question(comment: Comment) -> bool:
    """Whether a word is owed though the comment may stay where it is: reports, spam by rule."""
    if comment.status == Status.APPROVED:
        return comment.open_reports > 0
    return comment.status == Status.SPAM and comment.decided_at is None


def lock(ids: Iterable[int]) -> Locked:
    """Read comments again and hold them, their threads and authors. Two queries.

    Always threads first, then authors with their comments in one order: whoever locks like this
    cannot lock each other out.
    """
    wanted = list(ids)
    articles = Comment.objects.filter(pk__in=wanted).values("article")
    threads = Thread.objects.select_for_update().filter(article__in=articles).order_by("pk")
    held = {thread.pk: thread for thread in threads}
    rows = (
        Comment.objects.filter(pk__in=wanted)
        .select_for_update(of=("self", "author"))
        .select_related("author", "decided_by", "parent__author")
        .annotate(has_replies=Exists(Comment.objects.filter(parent=OuterRef("pk"))))
        .order_by("author_id", "pk")
    )
    comments: list[Comment] = [*rows]
    _share_authors(comments)
    return Locked(held, comments)


def make(locked: Locked, comments: list[Comment], move: Move) -> list[ModerationAction]:
    """Move rows of a lock that the table lets go there; the only place where status is written.

    Six queries for any number: the rows, the log, how many readers see now, threads, authors,
    mails; two more where reports are answered.
    """
    now = timezone.now()
    moving = [comment for comment in comments if comment.status != move.to]
    shows = move.to == Status.APPROVED
    hiding = [comment for comment in moving if comment.status == Status.APPROVED]
    lost = Counter() if shows else _seen(hiding, only_self=move.to == Status.REMOVED)
    actions = [_action(comment, move, now) for comment in comments]
    first_shown = [comment for comment in moving if shows and comment.published_at is None]
    _write(comments, move, now)
    ModerationAction.objects.bulk_create(actions)
    gained = _seen(moving) if shows else Counter()
    news = {comment.article_id for comment in first_shown}
    _count(locked.threads, gained, lost, now, news)
    _write_authors(comments, move, now)
    notes = notices.about_replies(first_shown) + notices.about_decisions(comments, actions)
    if move.to != Status.PENDING:
        notes += notices.answer_reports(comments, now)
    outbox.put_many(notes, due_at=now + notices.DELAY)
    _tell(comments, move, now)
    return actions


def _share_authors(comments: list[Comment]) -> None:
    """Make rows of the same author share one object, so that its counts add up."""
    authors: dict[int, CommentAuthor] = {}
    for comment in comments:
        comment.author = authors.setdefault(comment.author_id, comment.author)


def _action(comment: Comment, move: Move, now: datetime) -> ModerationAction:
    return ModerationAction(
        comment=comment,
        from_status=comment.status,
        to_status=move.to,
        reason=move.reason,
        note=move.note,
        actor=move.by,
        rule=move.rule,
        source=move.source,
        batch=move.batch,
        version=comment.version + 1,
        at=now,
    )


def _write(comments: list[Comment], move: Move, now: datetime) -> None:
    values: dict[str, Any] = {"status": move.to, "version": F("version") + 1}
    if move.to == Status.APPROVED:
        values["published_at"] = Coalesce("published_at", now)
    if move.to != Status.PENDING:
        values |= {"open_reports": 0, "report_rank": RANK_NORMAL, "reported_at": None}
    if move.hold_reason is not None:
        values |= {"hold_reason": move.hold_reason, "queued_at": now}
    if move.by is not None:
        values |= {"decided_at": now, "decided_by": move.by}
    Comment.objects.filter(pk__in=[comment.pk for comment in comments]).update(**values)


def _seen(comments: list[Comment], *, only_self: bool = False) -> Counter[int]:
    """Count by article what readers see of these comments and all below them, at this moment."""
    if not comments:
        return Counter()
    alone = [c.pk for c in comments if only_self or not getattr(c, "has_replies", True)]
    heads = [c for c in comments if c.pk not in set(alone)]
    seen = (
        Comment.objects.filter(Q(pk__in=alone) | in_subtrees(heads))
        .visible()
        .order_by()
        .values("article")
        .annotate(count=Count("pk"))
    )
    return Counter({row["article"]: row["count"] for row in seen})


def _count(
    threads: dict[int, Thread],
    gained: Counter[int],
    lost: Counter[int],
    now: datetime,
    news: set[int],
) -> None:
    changed = [threads[article] for article in gained.keys() | lost.keys()]
    for thread in changed:
        thread.visible += gained[thread.pk] - lost[thread.pk]
        thread.changed_at = now
        thread.has_news = thread.has_news or thread.pk in news
    bulk.update(changed, ["visible", "changed_at", "has_news"])
    if changed:
        pagecache.purge("comments", *(f"article:{thread.pk}" for thread in changed))


def _write_authors(comments: list[Comment], move: Move, now: datetime) -> None:
    authors = {comment.author_id: comment.author for comment in comments}
    for comment in comments:
        author = comment.author
        author.approved += (move.to == Status.APPROVED) - (comment.status == Status.APPROVED)
        author.rejected += (move.to in _REJECTED) - (comment.status in _REJECTED)
        if move.by is not None:
            trust.note(author, comment, move.to, now)
    bulk.update(list(authors.values()), ["approved", "rejected", "record", "state"])


def _tell(comments: list[Comment], move: Move, now: datetime) -> None:
    """Bring the objects in step with their rows."""
    for comment in comments:
        comment.status = move.to
        comment.version += 1
        if move.to == Status.APPROVED and comment.published_at is None:
            comment.published_at = now
        if move.hold_reason is not None:
            comment.hold_reason, comment.queued_at = move.hold_reason, now
        if move.by is not None:
            comment.decided_at, comment.decided_by = now, move.by
