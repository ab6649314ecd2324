"""Why these articles stand beside one: what was found, with the reasons, and what editors chose."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..models import Article, RelatedArticle, RelatedProfile
from ..reasons import explain
from ..related import SHOWN
from .desk import to_read


@require_safe
def why(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    """Explain an article's list to whoever may see the article. Four queries beside the frame."""
    article = to_read(model_admin, request, pk)
    chosen = _chosen(article)
    banned = {choice.other_id for choice in chosen if choice.kind == RelatedArticle.Kind.BANNED}
    pinned = {choice.other_id for choice in chosen} - banned
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "article": article,
        "title": _("Beside the article"),
        "pinned": [choice.other for choice in chosen if choice.other_id in pinned],
        "banned": [choice.other for choice in chosen if choice.other_id in banned],
        "found": [reason for reason in explain(article) if reason.other.pk not in pinned],
        "banned_ids": banned,
        "profile": RelatedProfile.objects.filter(article=article.pk).defer("stems").first(),
        "shown": SHOWN,
    }
    return TemplateResponse(request, "admin/articles/article/related.html", context)


def _chosen(article: Article) -> list[RelatedArticle]:
    choices = article.related_choices.select_related("other__section")
    return list(choices.defer("other__body", "other__body_html").order_by("position", "pk"))
