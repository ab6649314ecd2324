"""Sent mails to read in the admin while they are written into files: development only.

On a server mails leave the house, and nobody reads those of others: these pages are not there.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .lib import mailfiles
from .lib.mailframe import framed


def folder() -> Path | None:
    """Return where mails are written; None where none can be read here."""
    mailer: Any = settings.MAILERS["default"]
    is_files = mailer["BACKEND"] == "newsroom.lib.mailfiles.EmailBackend"
    return Path(mailer["OPTIONS"]["file_path"]) if settings.DEBUG and is_files else None


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    found = mailfiles.newest(_folder(request))
    context = {**admin_site.each_context(request), "title": _("Sent mails"), "mails": found}
    return TemplateResponse(request, "admin/newsroom/message/mails.html", context)


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show a mail: its head, its text with links that work, its HTML in a frame."""
    stored = _find(request, name)
    context = {
        **admin_site.each_context(request),
        "title": stored.subject,
        "mail": stored,
        "text": stored.part("plain"),
        "html": stored.part("html"),
    }
    return TemplateResponse(request, "admin/newsroom/message/mail.html", context)


@require_safe
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """Send the HTML of a mail for the frame; its links open beside the admin."""
    return framed(_find(request, name).part("html"))


def _folder(request: HttpRequest) -> Path:
    if not request.user.has_perm("newsroom.view_message"):
        raise PermissionDenied
    found = folder()
    if found is None:
        raise Http404
    return found


def _find(request: HttpRequest, name: str) -> mailfiles.StoredMail:
    stored = mailfiles.find(_folder(request), name)
    if stored is None:
        raise Http404
    return stored
