"""An article's history: list, comparison, restoring, and what to do when two wrote at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import paragraphs, workflow
from ..compare import Difference, differences
from ..content import make
from ..models import Article, Revision
from .desk import address, find, revision_of, to_read, to_write

MOST = 200


@require_safe
def history(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    """List every revision and every step, newest first."""
    article = to_read(model_admin, request, pk)
    rows = article.revisions.select_related("saved_by", "based_on").defer("content")[:MOST]
    return _page(
        model_admin,
        request,
        "history",
        article,
        _("History"),
        rows=rows,
        steps=article.log.select_related("by", "revision").defer("revision__content")[:MOST],
        may_restore=model_admin.has_change_permission(request, article),
    )


@require_safe
def compare(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    """Show two revisions: `?old=…&new=…`, by default the last save and its base; the text side by
    side, or (`?view=inline`) as one.
    """
    article = to_read(model_admin, request, pk)
    new = revision_of(article, request.GET.get("new")) or article.head
    old = revision_of(article, request.GET.get("old")) or _before(article, new)
    if old is None or new is None:
        messages.info(request, _("There is nothing to compare yet."))
        return HttpResponseRedirect(address(article))
    if old.number > new.number:
        old, new = new, old
    found = differences(old.content, new.content)
    return _page(
        model_admin,
        request,
        "compare",
        article,
        _("Compare"),
        old=old,
        new=new,
        differences=found,
        texts=[(one, _paragraphs(one)) for one in found if one.is_text],
        is_inline=request.GET.get("view") == "inline",
        choices=article.revisions.select_related("saved_by").defer("content")[:MOST],
        may_restore=model_admin.has_change_permission(request, article),
    )


def _paragraphs(difference: Difference) -> list[paragraphs.Run]:
    old = "".join(part.text for part in difference.old)
    new = "".join(part.text for part in difference.new)
    return paragraphs.runs(old, new)


@require_POST
def restore(request: HttpRequest, model_admin: Any, pk: int, revision: int) -> HttpResponse:
    """Make an old revision's text the newest one."""
    article = to_write(model_admin, request, pk)
    wanted = get_object_or_404(Revision, pk=revision, article=article)
    base = revision_of(article, request.POST.get("base"))
    try:
        restored = workflow.restore(article, wanted, by=request.user, base=base)  # type: ignore[arg-type]
    except workflow.Refused as refused:
        messages.error(request, str(refused))
    else:
        words = {"old": wanted.number, "new": restored.number}
        messages.success(request, _("No. %(old)s is restored as no. %(new)s.") % words)
    return HttpResponseRedirect(address(article))


def collision(request: HttpRequest, model_admin: Any, pk: int, revision: int) -> HttpResponse:
    """Show a text set aside beside the newest one; by POST, put chosen fields of it on top."""
    article = to_write(model_admin, request, pk)
    kept = get_object_or_404(
        Revision.objects.select_related("saved_by"),
        Q(kind=Revision.Kind.CONFLICT) | Q(saved_by=request.user.pk),
        pk=revision,
        article=article,
    )
    if request.method != "POST":
        return collision_page(model_admin, request, article, kept, status=200)
    base = revision_of(article, request.POST.get("base"))
    mine = [name for name in request.POST.getlist("mine") if name in kept.content]
    if not mine or base is None:
        messages.info(request, _("Nothing was taken over; your text stays in the history."))
        return HttpResponseRedirect(address(article))
    values = make({**base.content, **{name: kept.content[name] for name in mine}})
    try:
        workflow.save_draft(
            article,
            values,
            by=request.user,  # type: ignore[arg-type]
            base=base,
            note=_("With changes from no. %(number)s") % {"number": kept.number},
        )
    except workflow.Conflict:
        return collision_page(model_admin, request, find(pk), kept)
    except workflow.Refused as refused:
        raise PermissionDenied(str(refused)) from refused
    messages.success(request, _("Your text is the newest now. Theirs stays in the history."))
    return HttpResponseRedirect(address(article))


def collision_page(
    model_admin: Any, request: HttpRequest, article: Article, kept: Revision, *, status: int = 409
) -> HttpResponse:
    """Show two writers' texts field by field: what is saved, and what was set aside.

    Marked to be taken are the fields that the second writer changed; what only the first one
    touched stays theirs.
    """
    head = article.head
    if head is None:
        return HttpResponseRedirect(address(article))
    before = kept.based_on.content if kept.based_on else {}
    response = _page(
        model_admin,
        request,
        "collision",
        article,
        _("Two texts"),
        head=head,
        kept=kept,
        differences=differences(head.content, kept.content),
        touched=[name for name in kept.content if kept.content[name] != before.get(name)],
    )
    response.status_code = status
    return response


def _before(article: Article, revision: Revision | None) -> Revision | None:
    if revision is None:
        return None
    if revision.based_on_id is not None:
        return revision.based_on
    return article.revisions.filter(number__lt=revision.number).first()


def _page(
    model_admin: Any,
    request: HttpRequest,
    template: str,
    article: Article,
    title: str,
    **more: Any,
) -> TemplateResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "article": article,
        "title": title,
        "subtitle": None,
        **more,
    }
    return TemplateResponse(request, f"admin/articles/article/{template}.html", context)
