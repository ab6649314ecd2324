"""Previews: the working copy as readers will see it, and links to it for people without account."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from newsroom.lib.verbs import Refused

from .. import sharing
from ..deskforms import ShareForm
from ..models import Article, PreviewLink
from ..views.preview import render_working_copy
from .desk import revision_of, to_read


@require_safe
def working_copy(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    """Show a revision (`?revision=`, by default the newest) on the readers' page."""
    article = to_read(model_admin, request, pk)
    revision = revision_of(article, request.GET.get("revision")) or article.head
    if revision is None:
        raise Http404
    back = reverse("admin:articles_article_change", args=[pk])
    return render_working_copy(request, article, revision, back)


def links(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    """List an article's preview links; by POST, make one."""
    article = _to_share(model_admin, request, pk)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            sharing.share(article, by=request.user, days=given["days"], note=given["note"])  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The link is made. Copy it from the list."))
            return HttpResponseRedirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "article": article,
        "title": _("Preview links"),
        "form": form,
        "links": [
            (link, request.build_absolute_uri(reverse("articles:preview", args=[link.token])))
            for link in article.preview_links.select_related("created_by")[:100]
        ],
    }
    return TemplateResponse(request, "admin/articles/article/links.html", context)


@require_POST
def revoke(request: HttpRequest, model_admin: Any, pk: int, link: int) -> HttpResponse:
    """Close one link at once."""
    article = _to_share(model_admin, request, pk)
    sharing.revoke(get_object_or_404(PreviewLink, pk=link, article=article), by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The link opens nothing any more."))
    return HttpResponseRedirect(reverse("admin:articles_article_links", args=[article.pk]))


def _to_share(model_admin: Any, request: HttpRequest, pk: int) -> Article:
    article = to_read(model_admin, request, pk)
    if not sharing.may_share(request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    return article
