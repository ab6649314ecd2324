"""Which mails a move owes to whom, as rows of the outbox. comments/mails.py sends them.

| kind | about | sent to |
|---|---|---|
| comments.verify | comment | the address that was typed: a link that confirms it |
| comments.reply | the reply | the author above it, who wanted it |
| comments.decision | ModerationAction | the confirmed author: what, why, how to appeal |
| comments.report_decision | Report | the reporter |

Decisions can be taken back for ten minutes, so that these mails wait as long; their handler looks
whether what they tell still holds, and raises Skip where it does not.
"""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from newsroom.lib import outbox
from newsroom.lib.outbox import Note

from ..models import Comment, HoldReason, ModerationAction, Report, Source, Status

VERIFY, REPLY = "comments.verify", "comments.reply"
DECISION, REPORT_DECISION = "comments.decision", "comments.report_decision"
DELAY = timedelta(minutes=10)


def ask_to_confirm(comment: Comment) -> None:
    """Write the mail with the link that confirms an address; one a day to an author."""
    key = f"{VERIFY}:{comment.author_id}:{timezone.localdate()}"
    outbox.put(VERIFY, key, about=comment.pk)


def about_replies(comments: list[Comment]) -> list[Note]:
    """Tell authors of answers that readers see for the first time."""
    return [
        Note(REPLY, f"{REPLY}:{comment.pk}:{comment.version}", comment.pk)
        for comment in comments
        if (above := comment.parent) is not None
        and above.wants_replies
        and above.confirmed_at is not None
        and above.author_id != comment.author_id
    ]


def about_decisions(comments: list[Comment], actions: list[ModerationAction]) -> list[Note]:
    """Tell confirmed authors what was decided against them, or on their appeal."""
    return [
        Note(DECISION, f"{DECISION}:{action.pk}", action.pk)
        for comment, action in zip(comments, actions, strict=True)
        if _is_owed(comment, action)
    ]


def answer_reports(comments: list[Comment], now: datetime) -> list[Note]:
    """Close the open reports of comments by the newest decision on each; tell the reporters.

    The caller has written the decisions. Two queries, none without open reports.
    """
    reported = [comment.pk for comment in comments if comment.open_reports]
    if not reported:
        return []
    decision = ModerationAction.objects.filter(comment=OuterRef("comment")).order_by("-pk")
    open_reports = Report.objects.open().filter(comment__in=reported)
    open_reports.update(decided_at=now, decision=Subquery(decision.values("pk")[:1]))
    told = Report.objects.filter(comment__in=reported, decided_at=now).exclude(address="")
    return [
        Note(REPORT_DECISION, f"{REPORT_DECISION}:{pk}:{decision_id}", pk)
        for pk, decision_id in told.values_list("pk", "decision")
    ]


def _is_owed(comment: Comment, action: ModerationAction) -> bool:
    """`comment` is as it was before the action."""
    if comment.confirmed_at is None or action.actor_id is None or action.source == Source.UNDO:
        return False
    if action.to_status == Status.APPROVED:
        return comment.status == Status.PENDING and comment.hold_reason == HoldReason.APPEAL
    if action.to_status == Status.SPAM:
        return comment.status == Status.APPROVED
    return action.to_status == Status.REJECTED
