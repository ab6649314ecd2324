"""The newsletter in the admin: the issues what became of their mails. compose.py writes one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import newsletter
from ..models import NewsletterIssue
from . import compose
from .article import staff

_LOOKS = {"draft": "draft", "scheduled": "scheduled", "sent": "published"}


@admin.register(NewsletterIssue)
class NewsletterIssueAdmin(admin.ModelAdmin):
    """A table for those who send the newsletter, and for nobody else."""

    list_display = [
        "subject", "where", "scheduled_for", "sent_at", "recipients", "delivered", "failed",
        "skipped", "waiting",
    ]  # fmt: skip
    list_filter = ["state"]
    search_fields = ["subject"]
    ordering = ["-pk"]
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(newsletter.PERMISSION)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(newsletter.PERMISSION)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(newsletter.PERMISSION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(newsletter.PERMISSION)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts can be deleted; what went out stays."""
        is_draft = obj is None or obj.is_draft
        return is_draft and request.user.has_perm(newsletter.PERMISSION)

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """Offer none: an issue is handled on its page."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        """Put the previews before Django's own pages, which end in a catch-all."""
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("<int:pk>/preview/", compose.preview, "preview"),
            ("<int:pk>/preview/mail/", compose.preview_mail, "preview_mail"),
            ("<int:pk>/preview/page/", compose.preview_page, "preview_page"),
        ]
        return [
            *(
                path(
                    route,
                    self.admin_site.admin_view(partial(view, model_admin=self)),
                    name=f"articles_newsletterissue_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Call it by its name."""
        return super().changelist_view(
            request, {"title": gettext("Newsletter"), **(extra_context or {})}
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Begin an issue."""
        return compose.page(request, None, self)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Write an issue, schedule it, see what became of it."""
        return compose.page(request, compose.find(request, object_id), self)

    def delete_model(self, request: HttpRequest, obj: NewsletterIssue) -> None:
        """Delete by the verb."""
        newsletter.discard(obj, by=staff(request))

    @admin.display(description=_("state"), ordering="state")
    def where(self, issue: NewsletterIssue) -> str:
        look, label = _LOOKS[issue.state], issue.get_state_display()
        return format_html('<span class="status status-{}">{}</span>', look, label)

    @admin.display(description=_("waiting"))
    def waiting(self, issue: NewsletterIssue) -> int:
        return issue.waiting
