"""Readers object to a comment, and authors to a decision."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import limits
from newsroom.lib.limits import Limit
from newsroom.lib.privacy import hash_address, normalise_address
from newsroom.lib.verbs import Refused

from ..models import (
    RANK_FIRST,
    RANK_NORMAL,
    Comment,
    CommentAuthor,
    HoldReason,
    Reason,
    Report,
    Source,
    Status,
)
from ..text import clean
from .moves import Move, lock, make
from .refusals import TooMany

APPEAL_TIME = timedelta(days=14)
_URGENT = 3
_LIMITS = [Limit(5, 600), Limit(30, 86_400)]


@transaction.atomic
def report(
    comment: Comment, *, reason: str, text: str = "", address: str = "", network_hash: str = ""
) -> bool:
    """Note a reader's objection; tell whether it is the first of this reader to this comment.

    The reader is known by the address, else by the network. An address is kept until the decision
    has been told. Raises Refused for what readers do not see and where a reason or, with “other”,
    a text is missing; TooMany.
    """
    if reason not in Reason.values:
        raise Refused(_("Choose what is wrong with the comment."))
    text, address = clean(text), normalise_address(address)
    if len(text) > 1000:
        raise Refused(_("At most %(count)d characters.") % {"count": 1000})
    if reason == Reason.OTHER and not text:
        raise Refused(_("Say what is wrong with the comment."))
    locked = lock([comment.pk])
    if not Comment.objects.visible().filter(pk=comment.pk).exists():
        raise Refused(_("This comment is not there any more."))
    reporter = hash_address(address) if address else network_hash
    if reporter and Report.objects.filter(comment=comment, reporter_hash=reporter).exists():
        return False
    if wait := limits.take("report", [reporter, network_hash], _LIMITS):
        raise TooMany(wait)
    Report.objects.create(
        comment=comment,
        reason=reason,
        text=text,
        reporter_hash=reporter,
        network_day=timezone.localdate() if reporter and not address else None,
        address=address,
    )
    CommentAuthor.objects.filter(pk=locked.comments[0].author_id).update(reported=F("reported") + 1)
    rank_reports([comment.pk])
    return True


@transaction.atomic
def appeal(comment: Comment, *, text: str) -> Comment:
    """Bring a rejected comment before a moderator again, once, with its author's words.

    By signed link, so that the caller has proved whose comment it is. Raises Refused for one that
    is not rejected, was appealed before or was decided more than 14 days ago.
    """
    text = clean(text)
    if not text or len(text) > 1000:
        raise Refused(_("Say in up to 1,000 characters why the decision is wrong."))
    locked = lock([comment.pk])
    (row,) = locked.comments or (comment,)
    if refusal := _why_no_appeal(row):
        raise Refused(refusal)
    Comment.objects.filter(pk=row.pk).update(appeal=text)
    row.appeal = text
    move = Move(Status.PENDING, Source.AUTHOR, rule="appeal", hold_reason=HoldReason.APPEAL)
    make(locked, [row], move)
    return row


def may_appeal(comment: Comment) -> bool:
    """Tell whether appeal() would take a comment now."""
    return not _why_no_appeal(comment)


def _why_no_appeal(comment: Comment) -> str:
    if comment.status != Status.REJECTED or comment.is_erased:
        return _("This comment is not rejected any more.")
    if comment.appeal:
        return _("This decision has been appealed against before.")
    if comment.decided_at is None or comment.decided_at < timezone.now() - APPEAL_TIME:
        return _("The time for an appeal is over.")
    return ""


def rank_reports(comments: list[int]) -> None:
    """Bring a comment's place in the tab of reports in step with its open reports."""
    rows = Report.objects.open().filter(comment__in=comments).order_by().values("comment")
    for row in rows.annotate(
        count=Count("pk"),
        since=Min("created_at"),
        illegal=Count("pk", filter=Q(reason=Reason.ILLEGAL)),
    ):
        is_urgent = row["count"] >= _URGENT or row["illegal"]
        Comment.objects.filter(pk=row["comment"]).update(
            open_reports=row["count"],
            reported_at=row["since"],
            report_rank=RANK_FIRST if is_urgent else RANK_NORMAL,
        )
