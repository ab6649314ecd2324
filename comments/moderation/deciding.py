"""Moderators' decisions, one or many, and taking them back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsroom.lib.verbs import Refused, demand
from newsroom.models import User

from ..models import (
    Comment,
    HoldReason,
    ModerationAction,
    Reason,
    Report,
    Source,
    Status,
)
from .moves import Move, is_allowed, lock, make
from .reporting import rank_reports

PERMISSION = "comments.moderate_comment"
UNDO_TIME = timedelta(minutes=10)
MOST = 500


@dataclass(frozen=True)
class Collision:
    """A comment that was left as it is, and why, in a sentence for the moderator."""

    comment: int
    text: str


@dataclass(frozen=True)
class Outcome:
    """What became of a decision. `batch` is what undo() wants; "" where nothing was done."""

    done: list[int] = field(default_factory=list)
    conflicts: list[Collision] = field(default_factory=list)
    batch: str = ""


@transaction.atomic
def decide(
    seen: Mapping[int, int],
    *,
    to: str,
    by: User,
    reason: str = "",
    note: str = "",
    source: Source = Source.QUEUE,
) -> Outcome:
    """Move comments, given as {id: version that the moderator saw}; at most 500.

    Approved, rejected, spam, or pending (held back). Where a comment is there already and a word
    is owed (reports, spam by rule), it stays and the word is logged. Rows that somebody changed
    meanwhile are named in the outcome and left alone, and nothing is logged of them.

    Raises Refused without a reason for a rejection (“other” needs a note), and where the table of
    moves forbids it for every row; NotPermitted. At most 8 queries, 10 where reports are answered.
    """
    demand(by, PERMISSION)
    _demand_reason(to, reason, note)
    if len(seen) > MOST:
        raise Refused(_("At most %(count)d comments at a time.") % {"count": MOST})
    locked = lock(seen)
    current = [row for row in locked.comments if row.version == seen[row.pk]]
    allowed = [row for row in current if is_allowed(row, to)]
    if current and not allowed and len(current) == len(seen):
        raise Refused(_stays(current[0]))
    there = {row.pk for row in locked.comments}
    chosen = set(map(id, allowed))
    conflicts = [Collision(row.pk, _stays(row)) for row in locked.comments if id(row) not in chosen]
    conflicts += [Collision(pk, _("This comment is gone.")) for pk in seen if pk not in there]
    if not allowed:
        return Outcome(conflicts=conflicts)
    batch = uuid4().hex
    hold = HoldReason.REPORTED if to == Status.PENDING else None
    move = Move(
        Status(to), source, by, reason=reason, note=note.strip(), batch=batch, hold_reason=hold
    )
    make(locked, allowed, move)
    return Outcome([row.pk for row in allowed], conflicts, batch)


@transaction.atomic
def undo(batch: str, *, by: User) -> Outcome:
    """Take back what `by` has decided in one go within 10 minutes, by new lines of the log.

    Comments return to where they were, with their place in the queue and their open reports.
    What was decided anew since stays and is named. Raises Refused for what is not there, not
    one's own or too old; NotPermitted.
    """
    demand(by, PERMISSION)
    since = timezone.now() - UNDO_TIME
    actions = ModerationAction.objects.filter(batch=batch, actor=by, at__gte=since)
    before = {action.comment_id or 0: action for action in actions}
    if not batch or not before or any(a.source == Source.UNDO for a in before.values()):
        raise Refused(_("There is nothing left to take back."))
    locked = lock(before)
    kept = [row for row in locked.comments if not row.is_erased]
    same = [row for row in kept if row.version == before[row.pk].version]
    fresh = {row.pk for row in same}
    conflicts = [Collision(row.pk, _stays(row)) for row in locked.comments if row.pk not in fresh]
    for status in Status:
        back = [row for row in same if before[row.pk].from_status == status]
        for reason, rows in _by_reason(back, before).items():
            move = Move(status, Source.UNDO, by, reason=reason, batch=batch)
            make(locked, rows, move)
    _restore(same, before)
    return Outcome([row.pk for row in same], conflicts)


def latest_batch(by: User) -> str:
    """Return the batch that undo() would take back now, "" if there is none. One query."""
    since = timezone.now() - UNDO_TIME
    lately = ModerationAction.objects.filter(actor=by, at__gte=since).exclude(batch="")
    undone = lately.filter(source=Source.UNDO).values("batch")
    kept = lately.exclude(batch__in=undone).order_by("-pk")
    return kept.values_list("batch", flat=True).first() or ""


def _demand_reason(to: str, reason: str, note: str) -> None:
    if reason and reason not in Reason.values:
        raise Refused(_("There is no such reason."))
    if to not in {Status.APPROVED, Status.REJECTED, Status.SPAM, Status.PENDING}:
        raise Refused(_("No moderator can move a comment there."))
    if to == Status.REJECTED and not reason:
        raise Refused(_("Give a reason."))
    if reason == Reason.OTHER and not note.strip():
        raise Refused(_("Say in a note what the reason is."))
    if len(note) > 500:
        raise Refused(_("A note has at most 500 characters."))


def _stays(row: Comment) -> str:
    """Say who was faster, or what the comment is."""
    words = {"status": Status(row.status).label.lower(), "time": "", "name": ""}
    if row.decided_by is None or row.decided_at is None or row.status == Status.PENDING:
        return _("This comment is now: %(status)s.") % words
    words["name"] = row.decided_by.display_name
    words["time"] = _time(row.decided_at)
    return _("already %(status)s by %(name)s at %(time)s") % words


def _time(moment: datetime) -> str:
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")


def _by_reason(
    rows: list[Comment], before: dict[int, ModerationAction]
) -> dict[str, list[Comment]]:
    """Group rows that return to “rejected” by the reason that they were rejected for."""
    groups: dict[str, list[Comment]] = {}
    rejected = [row.pk for row in rows if before[row.pk].from_status == Status.REJECTED]
    earlier = ModerationAction.objects.filter(comment__in=rejected, to_status=Status.REJECTED)
    reasons = dict(earlier.order_by("pk").values_list("comment", "reason")) if rejected else {}
    for row in rows:
        groups.setdefault(reasons.get(row.pk, ""), []).append(row)
    return groups


def _restore(rows: list[Comment], before: dict[int, ModerationAction]) -> None:
    """Give back what a decision has overwritten: who decided before, since when readers saw it."""
    pks = [row.pk for row in rows]
    undone = [before[pk].pk for pk in pks]
    earlier = ModerationAction.objects.filter(comment__in=pks, pk__lt=min(undone, default=0))
    earlier = earlier.filter(actor__isnull=False).exclude(source=Source.UNDO).order_by("pk")
    last = {action.comment_id: action for action in earlier}
    Report.objects.filter(decision__in=undone).update(decided_at=None, decision=None)
    reopened = dict(
        Report.objects.open()
        .filter(comment__in=pks)
        .order_by()
        .values_list("comment")
        .annotate(Count("pk"))
    )
    for row in rows:
        action, previous = before[row.pk], last.get(row.pk)
        row.decided_at = previous.at if previous else None
        row.decided_by = previous.actor if previous else None
        if row.published_at == action.at:
            row.published_at = None
    Comment.objects.bulk_update(rows, ["decided_at", "decided_by", "published_at"])
    rank_reports(list(reopened))
