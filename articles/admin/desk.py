"""What the pages of one article share: finding it, its revisions, and all forms of the page."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsroom.models import User

from ..deskforms import CorrectionForm, PlanForm, StepForm
from ..forms import ArticleSheet
from ..models import Article, Revision, Status


@dataclass
class Desk:
    """One article on the desk: all forms of the page, and what they stand on."""

    model_admin: Any
    request: HttpRequest
    user: User
    article: Article | None
    base: Revision | None
    sitting: str
    sheet: ArticleSheet
    plan: PlanForm
    step: StepForm
    correction: CorrectionForm
    shown: Revision | None = None
    refusals: list[str] = field(default_factory=list)

    def is_valid(self) -> bool:
        """Validate every form, so that all errors show at once."""
        forms = (self.sheet, self.plan, self.step, self.correction)
        return all([form.is_valid() for form in forms])  # noqa: C419 - all, not up to the first


def find(pk: int | str) -> Article:
    """Return an article with what its page shows; 404 for what is no id or not there."""
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        raise Http404
    article = (
        Article.objects.select_related(
            "head__saved_by", "live", "section", "created_by", "lead_image"
        )
        .filter(pk=pk)
        .first()
    )
    if article is None:
        raise Http404
    return article


def to_read(model_admin: Any, request: HttpRequest, pk: int | str) -> Article:
    """Return an article that the user may see. Raises PermissionDenied, Http404."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    return find(pk)


def to_write(model_admin: Any, request: HttpRequest, pk: int | str) -> Article:
    """Return an article that the user may change. Raises PermissionDenied, Http404."""
    article = to_read(model_admin, request, pk)
    if not model_admin.has_change_permission(request, article):
        raise PermissionDenied
    return article


def revision_of(article: Article | None, pk: object) -> Revision | None:
    """Return a revision of this article by what may be its id; None for anything else."""
    text = str(pk or "")
    if article is None or not text.isdecimal() or len(text) > 18:
        return None
    return article.revisions.select_related("saved_by").filter(pk=text).first()


def begun_in(sitting: str, user: Any) -> Article | None:
    """Return the article that this sitting's autosave has started, if its answer got lost."""
    if not sitting:
        return None
    mine = Revision.objects.filter(sitting=sitting, saved_by=user.pk).select_related("article")
    revision = mine.first()
    return revision.article if revision else None


def address(article: Article | None) -> str:
    """The page of an article, or that of a new one."""
    if article is None:
        return reverse("admin:articles_article_add")
    return reverse("admin:articles_article_change", args=[article.pk])


def badges(article: Article | None) -> list[tuple[str, Any]]:
    """Return where an article stands: (class, label), the status first."""
    if article is None:
        return [(Status.DRAFT.value, _("New"))]
    found: list[tuple[str, Any]] = [(article.status, Status(article.status).label)]
    if article.is_scheduled:
        found = [("scheduled", _("Scheduled"))]
    elif article.status == Status.PUBLISHED and article.expires_at and not article.is_live:
        found.append(("expired", _("Off the site")))
    if article.is_embargoed:
        found.append(("embargoed", _("Embargo")))
    if getattr(article, "has_waiting_update", False) and not article.is_scheduled:
        found.append(("scheduled", _("Update scheduled")))
    elif article.has_unpublished_changes:
        found.append(("changed", _("Unpublished changes")))
    return found
