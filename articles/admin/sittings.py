"""What an open form sends by itself: its text every few seconds, a sign of life, a goodbye."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from newsroom.models import User

from .. import checklist, workflow
from ..forms import ArticleSheet
from ..models import Article, Presence, Revision
from .desk import address, begun_in, find, revision_of, to_write


@require_POST
def autosave(request: HttpRequest, model_admin: Any, pk: int | None = None) -> HttpResponse:
    """Keep what stands in an open form. The first one of a new article starts it as a draft."""
    user: User = request.user  # type: ignore[assignment]
    sitting = request.POST.get("sitting", "")[:36]
    values = ArticleSheet(data=request.POST).draft()
    if values is None or not sitting:
        return JsonResponse({"message": _("Choose a section first.")}, status=422)
    if pk is not None:
        article = to_write(model_admin, request, pk)
        base = revision_of(article, request.POST.get("base"))
    else:
        if not model_admin.has_add_permission(request):
            raise PermissionDenied
        article = begun_in(sitting, user) or workflow.create(values, by=user)
        base = article.head
    try:
        kept = workflow.autosave(article, values, by=user, base=base, sitting=sitting)
    except workflow.Refused as refused:
        return JsonResponse({"message": str(refused)}, status=403)
    gaps = checklist.gaps(values)  # type: ignore[arg-type]
    return JsonResponse(
        {
            **_addresses(article),
            "base": base.pk if base else None,
            "status": article.get_status_display(),
            "preview": reverse("admin:articles_article_preview", args=[article.pk])
            + f"?revision={kept.pk}",
            "message": _("Saved %(time)s") % {"time": _clock(kept.saved_at, "H:i:s")},
            "checks": render_to_string("admin/articles/article/_checks.html", {"gaps": gaps}),
            "blocking": sum(gap.is_blocking for gap in gaps),
            "missing": len(gaps),
            **_company(find(article.pk), user, base),
        }
    )


@require_http_methods(["GET", "POST"])
def presence(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    """Take a sign of life and say who else is here; with `leave` a goodbye.

    GET gives a fresh token to a form whose own one ended with another log-in.
    """
    article = to_write(model_admin, request, pk)
    if request.method == "GET":
        return JsonResponse({"token": get_token(request)})
    user: User = request.user  # type: ignore[assignment]
    if "leave" in request.POST:
        workflow.leave(article, user)
        return HttpResponse(status=204)
    return JsonResponse(_company(article, user, revision_of(article, request.POST.get("base"))))


@require_POST
def set_aside(request: HttpRequest, model_admin: Any, pk: int, revision: int) -> HttpResponse:
    """Stop offering an unsaved text; it stays in the history."""
    article = to_write(model_admin, request, pk)
    unsaved = get_object_or_404(Revision, pk=revision, article=article)
    try:
        workflow.set_aside(article, unsaved, by=request.user)  # type: ignore[arg-type]
    except workflow.Refused as refused:
        raise PermissionDenied(str(refused)) from refused
    return HttpResponseRedirect(address(article))


def _addresses(article: Article) -> dict[str, str]:
    return {
        "url": address(article),
        "autosave": reverse("admin:articles_article_autosave", args=[article.pk]),
        "presence": reverse("admin:articles_article_presence", args=[article.pk]),
    }


def _company(article: Article, user: User, base: Revision | None) -> dict[str, Any]:
    """Note that the user is here; say who else is, and whether somebody has saved meanwhile."""
    head = article.head
    is_behind = head is not None and base is not None and head.pk != base.pk
    return {
        "others": [_editing(other) for other in workflow.attend(article, user)],
        "overtaken": _("%(name)s saved this article at %(time)s. When you save, you will see both.")
        % {"name": head.saved_by or _("Somebody"), "time": _clock(head.saved_at)}
        if is_behind and head is not None
        else "",
    }


def _editing(other: Presence) -> str:
    words = {"name": other.user.display_name, "time": _clock(other.since)}
    return _("%(name)s is editing since %(time)s") % words


def _clock(moment: Any, form: str = "H:i") -> str:
    return date_format(timezone.localtime(moment), form)
