"""An author's own comment, by signed link: how it stands, and what may still be done about it."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Article
from newsroom.lib.readerforms import ReaderForm
from newsroom.lib.verbs import Refused

from .. import links, moderation
from ..forms import AppealForm, EditForm
from ..models import Comment, HoldReason, Status, rules_for
from .keyed import keyed
from .reading import see_other


@csrf_exempt  # the link is the key, and nobody else has it
@keyed
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Show an author's own comment; change it, take it back or object to a rejection by POST."""
    comment = links.comment_of(links.OWN, token)
    if comment is None or comment.is_erased:
        return _gone(request)
    if request.method != "POST":
        return _page(request, comment, _possible(comment))
    wanted = request.POST.get("do", "")
    if wanted == "delete":
        return _delete(request, comment)
    form = AppealForm(request.POST) if wanted == "appeal" else EditForm(request.POST)
    if not form.is_valid():
        form.focus_on_error()
        return _page(request, comment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if isinstance(form, AppealForm):
            moderation.appeal(comment, text=form.cleaned_data["appeal"])
        else:
            moderation.edit(comment, body=form.cleaned_data["body"], rules=rules_for(request))
    except Refused as refusal:
        form.problem = str(refusal)
        return _page(request, comment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(request.path)


def _delete(request: HttpRequest, comment: Comment) -> HttpResponse:
    try:
        moderation.delete(comment)
    except Refused as refusal:
        form = EditForm(initial={"body": comment.body})
        form.problem = str(refusal)
        return _page(request, comment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _gone(request, _("Your comment has been deleted."), HTTPStatus.OK)


def _possible(comment: Comment) -> ReaderForm | None:
    """Return the form for what the author may do now, if there is anything."""
    if moderation.is_own_to_change(comment):
        return EditForm(initial={"body": comment.body})
    return AppealForm() if moderation.may_appeal(comment) else None


def _page(
    request: HttpRequest,
    comment: Comment,
    form: ReaderForm | None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    is_shown = Article.objects.visible().filter(pk=comment.article_id).exists()
    context: dict[str, Any] = {
        "comment": comment,
        "article": comment.article if is_shown else None,
        "state": _state(comment, is_shown),
        "place": links.place(comment),
        "decision": comment.actions.newest().first(),
        "rules": rules_for(request),
        "form": form,
        "is_appeal": isinstance(form, AppealForm),
    }
    return render(request, "comments/own.html", context, status=status)


def _state(comment: Comment, is_article_shown: bool) -> str:
    """Say how it stands in the author's words; what a rule holds as spam waits like any other."""
    is_held = comment.status == Status.SPAM and comment.decided_at is None
    if comment.status == Status.PENDING or is_held:
        return "appealed" if comment.hold_reason == HoldReason.APPEAL else "waiting"
    if comment.status in {Status.REJECTED, Status.SPAM}:
        return "rejected"
    if is_article_shown and Comment.objects.visible().filter(pk=comment.pk).exists():
        return "visible"
    return "hidden"


def _gone(
    request: HttpRequest, title: str = "", status: HTTPStatus = HTTPStatus.GONE
) -> HttpResponse:
    context = {
        "title": title or _("There is no such comment (any more)"),
        "text": _("Nothing of it is left here.")
        if title
        else _("It was deleted, or the address is not complete."),
    }
    return render(request, "comments/confirm.html", context, status=status)
