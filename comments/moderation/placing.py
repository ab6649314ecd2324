"""Comments from elsewhere: whole threads placed as they stand, in bulk and without mails.

The importer, the generated demo and the bench use this instead of readers' and moderators' verbs;
the rows are the same: paths, log, exact counts, authors' records.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, When
from django.utils import timezone

from newsroom.lib import bulk
from newsroom.lib.privacy import hash_address
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
    """One comment; answers name the placement above: in the same call and before them, or one that
    `standing` made of a comment that is here already.

    `article` and `author` are ids. `body` is clean; `html` and `text_hash` are its own, where they
    are known already. What is not pending was decided at `decided_at`, by `by` or by a `rule`.
    """

    article: int
    author: int
    body: str
    at: datetime
    name: str = ""  # it was sent with; empty: the author's
    status: Status = Status.APPROVED
    reason: str = ""
    by: User | None = None
    rule: str = ""
    decided_at: datetime | None = None
    parent: "Placement | None" = None
    is_confirmed: bool = False
    wants_replies: bool = False
    signals: dict[str, dict[str, object]] = field(default_factory=dict)
    html: str = field(default="", repr=False)
    text_hash: str = field(default="", repr=False)
    comment: Comment | None = field(default=None, repr=False)
    is_seen: bool = field(default=False, repr=False)

    @property
    def depth(self) -> int:
        """How deep in its thread it stands, or will stand."""
        if self.comment is not None:
            return self.comment.depth
        return self.parent.depth + 1 if self.parent else 1


@transaction.atomic
def place(placements: list[Placement]) -> list[Comment]:
    """Create comments, in the order given; some ten queries for any number."""
    for placement in placements:  # before anything is locked, for others wait for the lock
        placement.html = placement.html or render(placement.body)
        placement.text_hash = placement.text_hash or text_hash(placement.body)
    threads = _threads({placement.article for placement in placements})
    authors = _held({placement.author for placement in placements})
    ids = bulk.new_ids(Comment, len(placements))
    for placement, pk in zip(placements, ids, strict=True):
        thread, author = threads[placement.article], authors[placement.author]
        placement.comment = _comment(placement, thread, author, pk)
    bulk.add(_comments(placements))
    _count(placements, threads)
    _write_log([p for p in placements if p.status != Status.PENDING])
    _note(placements, authors)
    return _comments(placements)


def standing(comments: Iterable[int]) -> dict[int, Placement]:
    """Return what new answers name as `parent` for comments that are here already. Three queries.

    For one that takes no answers any more, being too deep, that is the comment above it.
    """
    rows = Comment.objects.filter(pk__in=list(comments)).annotate(
        head=Case(When(depth=DEEPEST, then=F("parent")), default=F("pk"))
    )
    heads: dict[int, int] = dict(rows.values_list("pk", "head"))
    found = Comment.objects.filter(pk__in=heads.values())
    seen = set(
        Comment.objects.in_thread().filter(pk__in=heads.values()).values_list("pk", flat=True)
    )
    placed = {
        row.pk: Placement(
            row.article_id,
            row.author_id,
            row.body,
            row.created_at,
            comment=row,
            is_seen=row.pk in seen,
        )
        for row in found
    }
    return {pk: placed[head] for pk, head in heads.items()}


def authors_of(people: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the ids of the authors of names and addresses, by address; of these hashes are kept.

    Three queries for any number. Who is known already keeps the name that is known here.
    """
    once = {address: name for name, address in people if address}
    names = {hash_address(address): (address, name) for address, name in once.items()}
    known = CommentAuthor.objects.filter(address_hash__in=names)
    new = names.keys() - set(known.values_list("address_hash", flat=True))
    bulk.insert_values(
        CommentAuthor,
        ["address_hash", "name"],
        [(key, names[key][1]) for key in names if key in new],
        ignores_known=True,
    )
    return {names[key][0]: pk for key, pk in known.values_list("address_hash", "pk")}


def _held(wanted: set[int]) -> dict[int, CommentAuthor]:
    """Lock the authors, after the threads, and read their records as they are now."""
    rows = CommentAuthor.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return rows.in_bulk()


def _threads(articles: Iterable[int]) -> dict[int, Thread]:
    wanted = sorted(articles)
    bulk.insert_values(
        Thread, ["article_id"], [(article,) for article in wanted], ignores_known=True
    )
    held = Thread.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return {thread.pk: thread for thread in held}


def _comment(placement: Placement, thread: Thread, author: CommentAuthor, pk: int) -> Comment:
    above = placement.parent.comment if placement.parent else None
    if above is not None and above.depth == DEEPEST:
        raise ValueError("No answer is stored that deep.")
    thread.last_number += 1
    score = sum(int(str(hit["points"])) for hit in placement.signals.values())
    is_pending = placement.status == Status.PENDING
    comment = _new(
        pk,
        placement.article,
        f"{above.path if above else ''}{thread.last_number:0{SEGMENT}d}",
        above.depth + 1 if above else 1,
        placement.name or author.name,
        placement.at if placement.is_confirmed else None,
        placement.wants_replies,
        placement.body,
        placement.html,
        placement.text_hash,
        placement.status,
        HoldReason.FLAGGED if score else HoldReason.NEW,
        score,
        placement.signals,
        RANK_FIRST if score else RANK_NORMAL,
        1 if is_pending else 2,
        placement.at,
        placement.at,
        placement.decided_at if placement.status == Status.APPROVED else None,
        None if is_pending else placement.decided_at,
    )
    comment.author = author
    if above is not None:
        comment.parent = above
    if not is_pending and placement.by:
        comment.decided_by = placement.by
    return comment


_new = bulk.maker(
    Comment,
    [
        "id", "article_id", "path", "depth", "name", "confirmed_at", "wants_replies", "body",
        "body_html", "text_hash", "status", "hold_reason", "score", "signals", "rank", "version",
        "created_at", "queued_at", "published_at", "decided_at",
    ],
)  # fmt: skip


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
    bulk.update(list(threads.values()), ["visible", "last_number", "changed_at"])


def _write_log(placements: list[Placement]) -> None:
    bulk.add_values(
        ModerationAction,
        ["comment_id", "from_status", "to_status", "reason", "actor_id", "rule", "source",
         "version", "at"],
        [
            (
                one.comment.pk if one.comment else None,
                Status.PENDING.value,
                str(one.status),
                one.reason,
                one.by.pk if one.by else None,
                one.rule,
                (Source.RULE if one.rule else Source.QUEUE).value,
                2,
                one.decided_at or one.at,
            )
            for one in placements
        ],
    )  # fmt: skip


def _note(placements: list[Placement], authors: dict[int, CommentAuthor]) -> None:
    """Enter what was decided into the authors' records."""
    decided: dict[int, list[Placement]] = {}
    for placement in placements:
        author = authors[placement.author]
        author.approved += placement.status == Status.APPROVED
        author.rejected += placement.status in {Status.REJECTED, Status.SPAM}
        author.last_at = max(author.last_at, placement.at)
        if placement.decided_at:
            decided.setdefault(author.pk, []).append(placement)
    for pk, own in decided.items():
        moves = [(one.comment, one.status, one.decided_at or one.at) for one in own if one.comment]
        trust.note_all(authors[pk], moves)
    columns = ["approved", "rejected", "last_at", "record", "state"]
    bulk.update(list(authors.values()), columns)
