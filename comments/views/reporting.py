"""Readers object to a comment: no account, a reason, some words (EU 2022/2065, art. 16)."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Article
from newsroom.lib import antispam
from newsroom.lib.privacy import hash_network
from newsroom.lib.verbs import Refused

from .. import moderation
from ..forms import ReportForm
from ..models import Comment


@csrf_exempt  # no cookie, no session: guarded by newsroom/lib/antispam.py
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form for an objection to a comment; take one by POST."""
    comment = _visible(pk)
    if request.method != "POST":
        if comment is None:
            raise Http404
        return _page(request, comment, ReportForm())
    if comment is None:
        return _kept(request)
    form = ReportForm(request.POST)
    is_complete = form.is_valid()
    sent = antispam.examine(request, _subject(pk))
    if not sent.is_ours:
        form.problem = _(
            "The form did not come from this page. Please look it over and send again."
        )
        return _page(request, comment, form, HTTPStatus.FORBIDDEN)
    if sent.is_expired:
        form.problem = _("The page had been open for long. Your text is still here: send it again.")
    if sent.is_expired or not is_complete:
        return _page(request, comment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        is_first = moderation.report(
            comment, **form.cleaned_data, network_hash=hash_network(request)
        )
    except moderation.TooMany as refusal:
        form.problem = str(refusal)
        response = _page(request, comment, form, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(refusal.seconds)
        return response
    except Refused as refusal:
        form.problem = str(refusal)
        return _page(request, comment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _thank(request, comment, is_first=is_first, is_told=bool(form.cleaned_data["address"]))


def _page(
    request: HttpRequest, comment: Comment, form: ReportForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    form.focus_on_error()
    context = {
        "comment": comment,
        "article": comment.article,
        "form": form,
        "token": antispam.form_token(_subject(comment.pk)),
    }
    return render(request, "comments/report.html", context, status=status)


def _thank(
    request: HttpRequest, comment: Comment, *, is_first: bool, is_told: bool
) -> HttpResponse:
    done = _("Thank you. A moderator looks at the comment.")
    if not is_first:
        done = _("You have reported this comment before; a moderator looks at it.")
    elif is_told:
        done += " " + _("You get a mail with the decision and its reason.")
    context = {"comment": comment, "article": comment.article, "done": done}
    return render(request, "comments/report.html", context)


def _kept(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Report a comment"),
        "text": _("This comment is not there any more."),
        "written": request.POST.get("text", ""),
    }
    return render(request, "comments/kept.html", context, status=HTTPStatus.NOT_FOUND)


def _subject(pk: int) -> str:
    return f"report:{pk}"


def _visible(pk: int) -> Comment | None:
    """Return a comment that readers see, on an article that they see."""
    if pk > 2**63 - 1:
        return None
    shown = Comment.objects.visible().filter(article__in=Article.objects.visible(), pk=pk)
    return shown.select_related("article").defer("article__body", "article__body_html").first()
