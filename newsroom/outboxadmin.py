"""The outbox in the admin: what waits, what failed and why, and a button to try that again."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from . import mailbox
from .lib import outboxwork
from .lib.columns import moment
from .lib.longlists import LongListPaginator
from .lib.moments import written
from .lib.verbs import NotPermitted, Refused
from .models import Message

_FIELDS = (
    "what", "key", "about", "payload", "message_id", "state", "note", "attempts",
    "created_at", "due_at", "ended_at",
)  # fmt: skip

# What a kind of message is called here; the names of its handlers are for programs.
_KINDS = {
    "alert": gettext_lazy("Alert of an article"),
    "alert-comments": gettext_lazy("Alert of comments"),
    "alert-confirm": gettext_lazy("Confirmation of alerts"),
    "alert-digest": gettext_lazy("Digest"),
    "comments.verify": gettext_lazy("Confirmation of a comment"),
    "comments.reply": pgettext_lazy("mail", "Reply to a comment"),
    "comments.decision": gettext_lazy("Decision about a comment"),
    "comments.report_decision": gettext_lazy("Decision about a report"),
    "job_confirm": gettext_lazy("Confirmation of a job"),
    "job_received": gettext_lazy("Job received"),
    "job_listed": gettext_lazy("Job listed"),
    "job_rejected": gettext_lazy("Job rejected"),
    "job_renewed": gettext_lazy("Job renewed"),
    "job_reminder": gettext_lazy("Job ends soon"),
    "newsletter": gettext_lazy("Newsletter"),
    "newsletter-test": gettext_lazy("Newsletter, a test"),
    "pages": gettext_lazy("Emptying of page caches"),
    "cdn": gettext_lazy("Emptying of a cache in front"),
    "indexnow": gettext_lazy("Search engines told of a page"),
    "websub": gettext_lazy("Readers of feeds told"),
}


class KindFilter(admin.AllValuesFieldListFilter):
    """Kinds under their names."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            name: Any = choice["display"]
            yield choice | {"display": _KINDS.get(name, name)}


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Rows are read only: the worker alone writes them. There is no address in them to hide."""

    list_display = [
        "what", "about", "state", moment(Message, "due_at"), "attempts",
        moment(Message, "ended_at"), "note",
    ]  # fmt: skip
    list_display_links = ["what"]
    list_filter = ["state", ("kind", KindFilter)]
    search_fields = ["=key", "=message_id"]
    search_help_text = gettext_lazy("A whole key or Message-ID.")
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False
    paginator = LongListPaginator
    list_per_page = 50
    counted = gettext_lazy("messages")
    actions = ["retry_all"]
    fields = _FIELDS
    readonly_fields = _FIELDS
    change_form_template = "admin/newsroom/message/change_form.html"
    change_list_template = "admin/newsroom/message/change_list.html"

    @admin.display(description=gettext_lazy("kind"))
    def what(self, message: Message) -> str:
        return str(_KINDS.get(message.kind, message.kind))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsroom.retry_message")

    def get_urls(self) -> list[URLPattern]:
        """Add the button's address, and in development the mails themselves."""
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("<int:pk>/retry/", self.retry, "newsroom_message_retry"),
            ("mails/", mailbox.mails, "newsroom_message_mails"),
            ("mails/<str:name>/", mailbox.mail, "newsroom_message_mail"),
            ("mails/<str:name>/html/", mailbox.mail_html, "newsroom_message_mail_html"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=name) for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Call it by its name; in development, lead to the mails."""
        own = {"title": _("Outbox"), "has_mails": mailbox.folder() is not None}
        return super().changelist_view(request, {**own, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Tell the page whether to show the button."""
        own = {"may_retry": self.has_retry_permission(request)}
        return super().change_view(request, object_id, form_url, {**own, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Call the message by its kind and the time at which it was written."""
        message: Message = context["original"]
        at = written(timezone.localtime(message.created_at), "short")
        context["subtitle"] = f"{self.what(message)}, {at}"
        return super().render_change_form(request, context, *args, **kwargs)

    def retry(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put one failed message back into the queue."""
        if request.method != "POST" or not self.has_retry_permission(request):
            raise PermissionDenied
        message = get_object_or_404(Message, pk=pk)
        try:
            outboxwork.retry(message, by=request.user)
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(request, _("It waits again."), messages.SUCCESS)
        return redirect("admin:newsroom_message_change", pk)

    @admin.action(description=gettext_lazy("Try again what has failed"), permissions=["retry"])
    def retry_all(self, request: HttpRequest, rows: QuerySet[Message]) -> None:
        """Put the failed ones among the chosen back into the queue."""
        done = 0
        for row in rows:
            try:
                outboxwork.retry(row, by=request.user)
            except NotPermitted:
                raise
            except Refused:
                continue  # it has not failed: nothing to do
            done += 1
        text = ngettext("%d message waits again.", "%d messages wait again.", done)
        messages.info(request, text % done)
