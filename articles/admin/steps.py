"""The steps of an article's page: which buttons there are, and what each of them calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.lib.verbs import Refused
from newsroom.models import User

from .. import workflow
from ..models import Article
from .desk import Desk


@dataclass(frozen=True)
class Step:
    """A button of the page; templates/admin/articles/article/_step.html adds its fields."""

    name: str
    label: str | Promise
    hint: str | Promise
    is_main: bool = False
    is_destructive: bool = False


_SUBMIT = Step(
    "submit",
    gettext_lazy("Submit for review"),
    gettext_lazy("Hands the text to the desk."),
    is_main=True,
)
_APPROVE = Step(
    "approve",
    gettext_lazy("Approve"),
    gettext_lazy("Fit to print. Readers see nothing yet."),
    is_main=True,
)
_PUBLISH = Step(
    "publish", gettext_lazy("Publish now"), gettext_lazy("Readers see it at once."), is_main=True
)
_UPDATE = Step(
    "publish",
    gettext_lazy("Publish the changes"),
    gettext_lazy("Readers see the new text at once."),
    is_main=True,
)
_SCHEDULE = Step(
    "schedule", gettext_lazy("Publish at this time"), gettext_lazy("It appears by itself.")
)
_SEND_BACK = Step(
    "send_back",
    gettext_lazy("Send back"),
    gettext_lazy("Returns it to the writer with a reason."),
    is_destructive=True,
)
_UNSCHEDULE = Step(
    "unschedule", gettext_lazy("Call off the schedule"), gettext_lazy("It will not appear.")
)
_WITHDRAW = Step(
    "withdraw",
    gettext_lazy("Withdraw"),
    gettext_lazy("Takes it off the site; its address tells readers why."),
    is_destructive=True,
)
_REINSTATE = Step(
    "reinstate", gettext_lazy("Reinstate"), gettext_lazy("Puts it back on the site."), is_main=True
)
_CORRECT = Step("correct", gettext_lazy("Add correction"), gettext_lazy("Readers see it at once."))


def offered(article: Article | None, user: User, *, has_waiting_update: bool) -> list[Step]:
    """Return the buttons that this user has now, the likely next one first."""
    if article is None:
        return _for_new(user)
    allowed = workflow.allowed_moves(article, user)
    found = [step for name, step in (("submit", _SUBMIT), ("approve", _APPROVE)) if name in allowed]
    if "publish" in allowed:
        is_update = article.live_id is not None and not article.is_scheduled
        found += [_UPDATE if is_update else _PUBLISH, _SCHEDULE]
    if "unschedule" in allowed or (has_waiting_update and "publish" in allowed):
        found.append(_UNSCHEDULE)
    for name, step in (
        ("reinstate", _REINSTATE),
        ("send_back", _SEND_BACK),
        ("withdraw", _WITHDRAW),
    ):
        if name in allowed:
            found.append(step)
    has_appeared = article.live_id is not None and not article.is_scheduled
    if has_appeared and user.has_perm("articles.correct_article"):
        found.append(_CORRECT)
    return found


def _for_new(user: User) -> list[Step]:
    wanted = [(_SUBMIT, "articles.submit_article")]
    wanted += [(step, "articles.publish_article") for step in (_PUBLISH, _SCHEDULE)]
    return [step for step, permission in wanted if user.has_perm(permission)]


def take(desk: Desk) -> str:
    """Set the times, take the step whose button was pressed, return what to say. Raises Refused."""
    article = desk.article
    if article is None:
        raise ValueError("The text is saved before any step.")
    times = desk.plan.cleaned_data
    if any(_minute(getattr(article, name)) != times[name] for name in times):
        # Seconds that the field did not show are no change.
        kept = {
            name: getattr(article, name)
            if _minute(getattr(article, name)) == times[name]
            else times[name]
            for name in times
        }
        workflow.plan(article, by=desk.user, **kept)
    step = _STEPS.get(desk.request.POST.get("move", ""))
    return step(desk, article) if step else _saved(desk, article)


def _minute(moment: Any) -> Any:
    return moment.replace(second=0, microsecond=0) if moment else None


def _saved(desk: Desk, article: Article) -> str:
    number = desk.base.number if desk.base else 1
    if article.live_id is None:
        return _("Saved as no. %(number)s.") % {"number": number}
    return _("Saved as no. %(number)s. Readers see the old text until you publish.") % {
        "number": number
    }


def _submit(desk: Desk, article: Article) -> str:
    workflow.submit(article, by=desk.user, seen=desk.base)
    return _("Handed in. The desk sees it under “To review”.")


def _approve(desk: Desk, article: Article) -> str:
    workflow.approve(article, by=desk.user, seen=desk.base)
    return _("Approved.")


def _reason(desk: Desk, name: str) -> str:
    """Return the reason given; mark its field where there is none, which the verb refuses."""
    reason: str = desk.step.cleaned_data[name]
    if not reason:
        desk.step.add_error(name, _("Give a reason."))
    return reason


def _send_back(desk: Desk, article: Article) -> str:
    reason = _reason(desk, "send_back_reason")
    workflow.send_back(article, by=desk.user, reason=reason, seen=desk.base)
    return _("Sent back.")


def _publish(desk: Desk, article: Article) -> str:
    if desk.step.cleaned_data["publish_at"]:
        raise Refused(
            _("You set a time. Press “Publish at this time”, or clear it to publish now.")
        )
    _make_live(desk, article, at=None)
    article = Article.objects.get(pk=article.pk)
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Published."),
        article.get_absolute_url(),
        _("See it as readers do"),
    )


def _schedule(desk: Desk, article: Article) -> str:
    at = desk.step.cleaned_data["publish_at"]
    if at is None:
        raise Refused(_("Say when it is to appear."))
    _make_live(desk, article, at=at)
    when = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    return _("It appears by itself: %(when)s") % {"when": when}


def _make_live(desk: Desk, article: Article, *, at: Any) -> None:
    workflow.publish(
        article,
        by=desk.user,
        at=at,
        seen=desk.base,
        ai_reviewed=desk.step.cleaned_data["ai_reviewed"],
        is_substantial=desk.step.cleaned_data["is_update"] or article.live_id is None,
    )


def _unschedule(desk: Desk, article: Article) -> str:
    workflow.unschedule(article, by=desk.user)
    return _("Called off.")


def _withdraw(desk: Desk, article: Article) -> str:
    reason = _reason(desk, "withdraw_reason")
    workflow.withdraw(article, by=desk.user, reason=reason, seen=desk.base)
    return _("Withdrawn. The address tells readers why.")


def _reinstate(desk: Desk, article: Article) -> str:
    reason = _reason(desk, "reinstate_reason")
    workflow.reinstate(article, by=desk.user, reason=reason)
    return _("It is back on the site.")


def _correct(desk: Desk, article: Article) -> str:
    given = desk.correction.cleaned_data
    workflow.correct(
        article,
        by=desk.user,
        kind=given["correction_kind"],
        text=given["correction_text"],
        is_public=given["correction_is_public"],
    )
    return _("The correction stands below the article.")


_STEPS: dict[str, Callable[[Desk, Article], str]] = {
    "submit": _submit,
    "approve": _approve,
    "send_back": _send_back,
    "publish": _publish,
    "schedule": _schedule,
    "unschedule": _unschedule,
    "withdraw": _withdraw,
    "reinstate": _reinstate,
    "correct": _correct,
}
