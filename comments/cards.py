"""What a card of the queue tells beside the comment: signals, record, reports, decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from newsroom.lib.queue import Text

from . import spam
from .marks import Piece, mark
from .models import Comment, ModerationAction, Report, Status

_SHOWN_REPORTS = 5
_WORD_RULES = {"suspect", "banned"}  # whose finds are words of the text
_LOOKS = {Status.APPROVED: "good", Status.REJECTED: "bad", Status.SPAM: "bad"}


@dataclass(frozen=True)
class Signal:
    """What a rule has found."""

    label: Text
    points: int
    found: list[str]


@dataclass(frozen=True)
class Decision:
    """Who decided last, and why."""

    who: str
    look: str
    why: str = ""
    note: str = ""


@dataclass
class Facts:
    """What the card's template shows."""

    address: str
    pieces: list[Piece]
    signals: list[Signal]
    is_first: bool
    author_address: str
    reports: list[Report] = field(default_factory=list)
    more_reports: int = 0
    decision: Decision | None = None


def facts_of(row: Comment, reports: list[Report], decision: ModerationAction | None) -> Facts:
    """Gather the facts of a comment that was read with for_queue(). No query."""
    author = row.author
    words = [
        str(word)
        for rule, _points, found in row.signal_list
        if rule in _WORD_RULES
        for word in found
    ]
    return Facts(
        address=row.article.get_absolute_url(),
        pieces=mark(row.body, words),
        signals=[
            Signal(spam.label_of(rule), points, [str(one) for one in found])
            for rule, points, found in row.signal_list
        ],
        is_first=not (author.approved or author.rejected or author.reported),
        author_address=reverse("admin:comments_commentauthor_change", args=[author.pk]),
        reports=reports[:_SHOWN_REPORTS],
        more_reports=max(0, len(reports) - _SHOWN_REPORTS),
        decision=_decision(row, decision),
    )


def reports_of(rows: Sequence[Comment]) -> dict[int, list[Report]]:
    """Return the open reports of comments, the oldest first. No query where there is none."""
    found: dict[int, list[Report]] = {}
    if reported := [row.pk for row in rows if row.open_reports]:
        for report in (
            Report.objects.open().filter(comment__in=reported).order_by("created_at", "pk")
        ):
            found.setdefault(report.comment_id, []).append(report)
    return found


def decisions_of(rows: Sequence[Comment]) -> dict[int, ModerationAction]:
    """Return the last word on each comment. One query."""
    lines = ModerationAction.objects.filter(comment__in=[row.pk for row in rows]).order_by("pk")
    return {line.comment_id or 0: line for line in lines.select_related("actor")}


def _decision(row: Comment, line: ModerationAction | None) -> Decision | None:
    if line is None:
        return None
    who = line.actor.display_name if line.actor else _("A rule")
    look = _LOOKS.get(Status(row.status), "")
    return Decision(who, look, line.get_reason_display(), line.note)
