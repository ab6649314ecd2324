"""Comments from elsewhere: whole threads placed as they stand, in bulk and without mails.

The generated demo and the bench use this instead of readers' and moderators' verbs; the rows are
the same: paths, log, exact counts, authors' records.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from newsroom.models import User

from .. import trust
from ..models import (
    DEEPEST,
    RANK_FIRST,
    RANK_NORMAL,
    SEGMENT,
    SHAPE,
    Comment,
    CommentAuthor,
    HoldReason,
    ModerationAction,
    Source,
    Status,
    Thread,
)
from ..text import render, text_hash


@dataclass
class Placement:
    """One comment; answers name the placement above, in the same call and before them.

    `body` is clean. What is not pending was decided by `by` at `decided_at`.
    """

    article: int
    author: CommentAuthor
    body: str
    at: datetime
    status: Status = Status.APPROVED
    reason: str = ""
    by: User | None = None
    decided_at: datetime | None = None
    parent: "Placement | None" = None
    signals: dict[str, dict[str, object]] = field(default_factory=dict)
    comment: Comment | None = field(default=None, repr=False)
    is_seen: bool = field(default=False, repr=False)


@transaction.atomic
def place(placements: list[Placement]) -> list[Comment]:
    """Create comments, in the order given; some ten queries and one for each level of answers."""
    threads = _threads({placement.article for placement in placements})
    levels: dict[int, list[Placement]] = defaultdict(list)
    for placement in placements:
        comment = placement.comment = _comment(placement, threads[placement.article])
        levels[comment.depth].append(placement)
    for _depth, level in sorted(levels.items()):
        for placement in level:
            if placement.comment and placement.parent:
                placement.comment.parent = placement.parent.comment
        Comment.objects.bulk_create(_comments(level), batch_size=1000)
    _count(placements, threads)
    ModerationAction.objects.bulk_create(
        [_action(p) for p in placements if p.status != Status.PENDING], batch_size=1000
    )
    _note(placements)
    return _comments(placements)


def _threads(articles: Iterable[int]) -> dict[int, Thread]:
    wanted = sorted(articles)
    Thread.objects.bulk_create(
        [Thread(article_id=article) for article in wanted], ignore_conflicts=True
    )
    held = Thread.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return {thread.pk: thread for thread in held}


def _comment(placement: Placement, thread: Thread) -> Comment:
    above = placement.parent.comment if placement.parent else None
    if above is not None and above.depth == DEEPEST:
        raise ValueError("No answer is stored that deep.")
    thread.last_number += 1
    score = sum(int(str(hit["points"])) for hit in placement.signals.values())
    is_pending = placement.status == Status.PENDING
    return Comment(
        article_id=placement.article,
        path=f"{above.path if above else ''}{thread.last_number:0{SEGMENT}d}",
        depth=above.depth + 1 if above else 1,
        author=placement.author,
        name=placement.author.name,
        body=placement.body,
        body_html=render(placement.body),
        text_hash=text_hash(placement.body),
        status=placement.status,
        hold_reason=HoldReason.FLAGGED if score else HoldReason.NEW,
        score=score,
        signals=placement.signals,
        rank=RANK_FIRST if score else RANK_NORMAL,
        version=1 if is_pending else 2,
        created_at=placement.at,
        queued_at=placement.at,
        published_at=placement.decided_at if placement.status == Status.APPROVED else None,
        decided_at=None if is_pending else placement.decided_at,
        decided_by=None if is_pending else placement.by,
    )


def _comments(placements: list[Placement]) -> list[Comment]:
    return [placement.comment for placement in placements if placement.comment]


def _count(placements: list[Placement], threads: dict[int, Thread]) -> None:
    """Add what readers see now; parents come before their answers."""
    now = timezone.now()
    for placement in placements:
        above = placement.parent
        placement.is_seen = placement.status in SHAPE and (above is None or above.is_seen)
        if placement.is_seen and placement.status == Status.APPROVED:
            threads[placement.article].visible += 1
    for thread in threads.values():
        thread.changed_at = now
    Thread.objects.bulk_update(
        threads.values(), ["visible", "last_number", "changed_at"], batch_size=200
    )


def _action(placement: Placement) -> ModerationAction:
    return ModerationAction(
        comment=placement.comment,
        from_status=Status.PENDING,
        to_status=placement.status,
        reason=placement.reason,
        actor=placement.by,
        source=Source.QUEUE,
        version=2,
        at=placement.decided_at or placement.at,
    )


def _note(placements: list[Placement]) -> None:
    authors = {placement.author.pk: placement.author for placement in placements}
    for placement in placements:
        author = authors[placement.author.pk]
        author.approved += placement.status == Status.APPROVED
        author.rejected += placement.status in {Status.REJECTED, Status.SPAM}
        author.last_at = max(author.last_at, placement.at)
        if placement.comment and placement.decided_at:
            trust.note(author, placement.comment, placement.status, placement.decided_at)
    CommentAuthor.objects.bulk_update(
        authors.values(), ["approved", "rejected", "last_at", "record", "state"], batch_size=200
    )
