"""What a draft's page and the list of articles say of the agency that sent it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from newsroom.lib.verbs import Refused

from .. import agencies
from ..models import AgencyEntry, AgencySource, Article
from .desk import to_read


def entry_of(article: Article) -> AgencyEntry | None:
    """Return what an agency sent, with its source and its newer version. One query."""
    rows = AgencyEntry.objects.select_related("source", "newer")
    return rows.filter(article=article).first()


def source_of(article: Article) -> AgencySource | None:
    """Return the agency of an article that was read with it, for the list. No query."""
    entry: AgencyEntry | None = getattr(article, "agency_entry", None)
    return entry.source if entry else None


@require_POST
def seen(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Take the note away that the agency has a newer version."""
    article = to_read(model_admin, request, pk)
    try:
        agencies.note_seen(article, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The note is gone; the version stays in the history."))
    except Refused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))
