"""Writing: the page of one article takes its sheet, calls the verbs, loses nothing typed."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.i18n import JavaScriptCatalog

from .. import workflow
from ..content import Content
from ..deskforms import CorrectionForm, PlanForm, StepForm
from ..forms import ArticleSheet
from ..models import Article, Revision, Section
from . import revisions, screen, steps
from .desk import Desk, address, begun_in, find, revision_of, to_read

javascript_catalog = JavaScriptCatalog.as_view(
    packages=["django.contrib.admin", "django_prose_editor"]
)


def javascript_texts(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Send the editor's and the admin's texts for scripts in the user's language."""
    return javascript_catalog(request)  # type: ignore[return-value]


def edit(model_admin: Any, request: HttpRequest, pk: str | None) -> HttpResponse:
    """Show the sheet, or take it: save, plan, then the step whose button was pressed."""
    article = to_read(model_admin, request, pk) if pk is not None else None
    if article is None and not model_admin.has_add_permission(request):
        raise PermissionDenied
    if article is not None and not model_admin.has_change_permission(request, article):
        if request.method == "POST" or not model_admin.has_view_permission(request, article):
            raise PermissionDenied
        return screen.read_only(model_admin, request, article)
    if request.method == "POST":
        return _take(_posted(model_admin, request, article))
    if article is None and not Section.objects.exists():
        messages.warning(request, _("There is no section yet: make one first."))
    return screen.show(_opened(model_admin, request, article))


def _opened(model_admin: Any, request: HttpRequest, article: Article | None) -> Desk:
    """Lay out the newest text, or the one that `?from=` asks for."""
    shown = base = article.head if article else None
    if article is not None and (wanted := revision_of(article, request.GET.get("from"))):
        shown, base = wanted, revision_of(article, request.GET.get("base")) or wanted.based_on
        if wanted.kind not in {Revision.Kind.AUTOSAVED, Revision.Kind.CONFLICT}:
            base = article.head
    return Desk(
        model_admin=model_admin,
        request=request,
        user=request.user,  # type: ignore[arg-type]
        article=article,
        base=base,
        sitting=str(uuid4()),
        sheet=ArticleSheet(
            content=shown.content if shown else None,
            section=_usual_section(request.user),
            has_appeared=bool(article and article.month),
        ),
        plan=PlanForm(initial=_times(article)),
        step=StepForm(),
        correction=CorrectionForm(),
        shown=shown,
    )


def _posted(model_admin: Any, request: HttpRequest, article: Article | None) -> Desk:
    sitting = request.POST.get("sitting", "")[:36]
    if article is None and (started := begun_in(sitting, request.user)):
        article = find(started.pk)
    base = revision_of(article, request.POST.get("base"))
    return Desk(
        model_admin=model_admin,
        request=request,
        user=request.user,  # type: ignore[arg-type]
        article=article,
        base=base,
        sitting=sitting,
        sheet=ArticleSheet(data=request.POST, has_appeared=bool(article and article.month)),
        plan=PlanForm(request.POST),
        step=StepForm(request.POST),
        correction=CorrectionForm(request.POST),
        shown=base,
    )


def _take(desk: Desk) -> HttpResponse:
    if not desk.is_valid():
        return screen.show(desk)
    try:
        desk.base = desk.shown = _save(desk, desk.sheet.to_content())
    except workflow.Conflict as conflict:
        if conflict.kept is None or desk.article is None:
            raise
        return revisions.collision_page(
            desk.model_admin, desk.request, find(desk.article.pk), conflict.kept
        )
    except workflow.Refused as refused:
        desk.refusals.append(str(refused))
        return screen.show(desk)
    try:
        said = steps.take(desk)
    except workflow.Refused as refused:
        desk.refusals.append(_("Your text is saved, but: %(why)s") % {"why": refused})
        desk.article = find(desk.article.pk)  # type: ignore[union-attr]
        return screen.show(desk)
    messages.success(desk.request, said)
    return HttpResponseRedirect(address(desk.article))


def _save(desk: Desk, values: Content) -> Revision:
    """Save the text; afterwards the desk has an article. Raises Refused."""
    if desk.article is None:
        desk.article = workflow.create(values, by=desk.user)
        assert desk.article.head is not None  # noqa: S101 - create has just made it
        return desk.article.head
    return workflow.save_or_set_aside(
        desk.article, values, by=desk.user, base=desk.base, sitting=desk.sitting
    )


def _times(article: Article | None) -> dict[str, Any]:
    names = ("planned_at", "embargo_until", "expires_at")
    return {name: getattr(article, name, None) for name in names}


def _usual_section(user: Any) -> int | None:
    """The section in which the user wrote last, else the first one."""
    last = Article.objects.filter(created_by=user.pk).order_by("-pk")
    first = Section.objects.order_by("position", "name")
    return (
        last.values_list("section", flat=True).first() or first.values_list("pk", flat=True).first()
    )
