"""The mails that comments owe; moderation/notices.py says which and to whom.

Handlers of the outbox: each looks again whether what it tells still holds.
"""

from typing import Any

from django.core.mail import EmailMessage

from articles.models import Article
from newsroom.lib import mail, outbox
from newsroom.lib.addresses import absolute
from newsroom.lib.outbox import Skip
from newsroom.models import Message

from . import links, moderation
from .models import Comment, ModerationAction, Report, Status
from .moderation import notices

_LIST_ID = "comments"


def verification(message: Message) -> EmailMessage:
    """Ask the owner of a typed address whether he or she has written a comment.

    Anybody can have this mail sent to anybody: nothing stands in it that was typed.
    """
    comment = _comment(message.about)
    if comment.confirmed_at is not None:
        raise Skip("The address is confirmed already.")
    if comment.status == Status.SPAM:
        raise Skip("The comment is held as spam.")
    if not Article.objects.visible().filter(pk=comment.article_id).exists():
        raise Skip("Readers do not see the article.")
    values = {"confirm_url": absolute(links.confirm(comment))}
    return _compose("comments_verification", comment, _address(comment), values)


def reply(message: Message) -> EmailMessage:
    """Tell an author that somebody has answered."""
    answer = _comment(message.about)
    above = answer.parent
    if above is None or not above.wants_replies or above.confirmed_at is None:
        raise Skip("Nobody wants to hear of the reply.")
    shown = Comment.objects.visible().filter(article__in=Article.objects.visible())
    if shown.filter(pk__in=[answer.pk, above.pk]).count() < 2:
        raise Skip("Readers do not see it.")
    values = {"answer": answer, "place": absolute(links.place(answer))}
    return _compose(
        "comments_reply",
        above,
        _address(above),
        values,
        unsubscribe=links.stop_replies(above),
        list_id=_LIST_ID,
    )


def decision(message: Message) -> EmailMessage:
    """Tell an author what was decided, why, and what can be done about it (art. 17)."""
    action = ModerationAction.objects.filter(pk=message.about or 0).first()
    if action is None:
        raise Skip("The decision is gone.")
    comment = _comment(action.comment_id)
    if _newest(comment) != action:
        raise Skip("Something else was decided since.")
    if comment.confirmed_at is None:
        raise Skip("The address was never confirmed.")
    is_shown = action.to_status == Status.APPROVED
    values = {
        "action": action,
        "is_shown": is_shown,
        "place": absolute(links.place(comment)) if is_shown else "",
        "own_url": absolute(links.own(comment)),
        "may_appeal": moderation.may_appeal(comment),
        "days": moderation.APPEAL_TIME.days,
    }
    return _compose("comments_decision", comment, _address(comment), values)


def report_decision(message: Message) -> EmailMessage:
    """Tell who objected to a comment what was decided, and why (art. 16)."""
    report = Report.objects.filter(pk=message.about or 0).select_related("decision").first()
    if report is None or report.decision is None:
        raise Skip("Nothing is decided.")
    comment = _comment(report.comment_id)
    if _newest(comment) != report.decision:
        raise Skip("Something else was decided since.")
    if not report.address:
        raise Skip("The address is forgotten.")
    values = {
        "report": report,
        "action": report.decision,
        "stays": report.decision.to_status == Status.APPROVED,
        "place": absolute(links.place(comment)),
    }
    return _compose("comments_report_decision", comment, report.address, values)


def _comment(pk: int | None) -> Comment:
    found = Comment.objects.filter(pk=pk or 0).select_related(
        "article", "author__user", "parent__author__user", "parent__article"
    )
    comment = found.first()
    if comment is None or comment.is_erased:
        raise Skip("The comment is gone.")
    return comment


def _address(comment: Comment) -> str:
    author = comment.author
    address = author.user.email if author.user is not None else author.address
    if not address:
        raise Skip("The address is forgotten.")
    if author.is_blocked:
        raise Skip("The author is blocked.")
    return address


def _newest(comment: Comment) -> ModerationAction | None:
    return comment.actions.newest().first()


def _compose(
    name: str, comment: Comment, to: str, values: dict[str, Any], **options: str
) -> EmailMessage:
    # A text that was withdrawn is not named any more.
    is_named = Article.objects.visible().filter(pk=comment.article_id).exists()
    values = {"comment": comment, "article": comment.article, "is_named": is_named, **values}
    language = comment.article.language
    return mail.compose(name, values, to=to, language=language, **options)


HANDLERS: dict[str, outbox.Handler] = {
    notices.VERIFY: verification,
    notices.REPLY: reply,
    notices.DECISION: decision,
    notices.REPORT_DECISION: report_decision,
}
