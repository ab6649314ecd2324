"""Steps for many articles at once: each goes through its verb, the refused ones are named."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from .. import workflow
from ..deskforms import BulkForm
from ..models import Article

MOST = 200
_VERBS: dict[str, Callable[..., Any]] = {
    "submit": workflow.submit,
    "approve": workflow.approve,
    "publish": workflow.publish,
    "send_back": workflow.send_back,
}
_TITLES = {
    "submit": gettext_lazy("Submit for review"),
    "approve": gettext_lazy("Approve"),
    "publish": gettext_lazy("Publish now"),
    "send_back": gettext_lazy("Send back"),
}


@admin.action(description=_TITLES["submit"])
def submit(model_admin: Any, request: HttpRequest, articles: QuerySet[Article]) -> None:
    carry_out(request, "submit", articles)


@admin.action(description=_TITLES["approve"])
def approve(model_admin: Any, request: HttpRequest, articles: QuerySet[Article]) -> None:
    carry_out(request, "approve", articles)


@admin.action(description=_TITLES["publish"])
def publish(model_admin: Any, request: HttpRequest, articles: QuerySet[Article]) -> HttpResponse:
    return _ask(model_admin, request, "publish", articles)


@admin.action(description=_TITLES["send_back"])
def send_back(model_admin: Any, request: HttpRequest, articles: QuerySet[Article]) -> HttpResponse:
    return _ask(model_admin, request, "send_back", articles)


ACTIONS = (submit, approve, publish, send_back)


@require_POST
def confirm(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Carry out what the page in between asked about."""
    verb = request.POST.get("verb", "")
    if verb not in _VERBS or not request.user.has_perm(workflow.MOVES[verb].permission):
        raise PermissionDenied
    chosen = [pk for pk in request.POST.getlist("article") if pk.isdecimal() and len(pk) < 19]
    articles = Article.objects.filter(pk__in=chosen[:MOST]).order_by("-edited_at", "-pk")
    form = BulkForm(request.POST)
    if workflow.MOVES[verb].needs_reason and not request.POST.get("reason", "").strip():
        form.add_error("reason", _("Give a reason."))
    if not form.is_valid():
        return _ask(model_admin, request, verb, articles, form)
    carry_out(request, verb, articles, form.cleaned_data["reason"])
    return HttpResponseRedirect(reverse("admin:articles_article_changelist"))


def carry_out(
    request: HttpRequest, verb: str, articles: QuerySet[Article], reason: str = ""
) -> None:
    """Call a verb for every article, and say how many it was done for and which refused why."""
    done = 0
    options = {"reason": reason} if workflow.MOVES[verb].needs_reason else {}
    chosen = list(articles[: MOST + 1])
    if len(chosen) > MOST:
        messages.warning(request, _("Only the first %(most)d were taken.") % {"most": MOST})
    for article in chosen[:MOST]:
        try:
            _VERBS[verb](article, by=request.user, **options)
            done += 1
        except workflow.Refused as refused:
            words = {"headline": article.headline or f"#{article.pk}", "why": refused}
            messages.warning(request, _("“%(headline)s”: %(why)s") % words)
    if done:
        said = ngettext("%(step)s: %(count)d article.", "%(step)s: %(count)d articles.", done)
        messages.success(request, said % {"step": _TITLES[verb], "count": done})


def _ask(
    model_admin: Any,
    request: HttpRequest,
    verb: str,
    articles: QuerySet[Article],
    form: BulkForm | None = None,
) -> HttpResponse:
    """Show the page in between: what is about to happen to which articles."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _TITLES[verb],
        "verb": verb,
        "needs_reason": workflow.MOVES[verb].needs_reason,
        "articles": articles[:MOST],
        "form": form or BulkForm(),
    }
    return TemplateResponse(request, "admin/articles/article/bulk.html", context)
