"""The tables of comments in the admin. Decisions are made in the queue (queue.py), never here."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.columns import moment
from newsroom.lib.longlists import LongListPaginator
from newsroom.lib.privacy import hash_address
from newsroom.lib.purgingadmin import PurgingAdmin
from newsroom.lib.verbs import Refused

from . import moderation, spam
from .models import (
    Comment,
    CommentAuthor,
    CommentRules,
    ModerationAction,
    Report,
    SectionRules,
)


class ReadOnly(admin.ModelAdmin):
    """A table that is looked at; its rows are written by verbs alone."""

    show_full_result_count = False
    paginator = LongListPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filter by no address: a list that says yes or no would tell it letter by letter."""
        return not lookup.startswith("address") and super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Comment)
class CommentAdmin(ReadOnly):
    list_display = ["line", "name", "status", "article", moment(Comment, "created_at")]
    list_filter = ["status", "hold_reason"]
    list_select_related = ["article"]
    ordering = ["-pk"]
    search_fields = ["name", "body"]
    fields = [
        "article", "name", "author", "body", "status", "hold_reason", "score", "created_at",
        "edited_at", "published_at", "decided_at", "decided_by", "history",
    ]  # fmt: skip
    readonly_fields = ["history"]

    @admin.display(description=_("text"))
    def line(self, comment: Comment) -> str:
        return Truncator(comment.body).chars(80)

    @admin.display(description=_("decisions"))
    def history(self, comment: Comment) -> str:
        address = reverse("admin:comments_moderationaction_changelist")
        return format_html(
            '<a href="{}?comment__id__exact={}">{}</a>', address, comment.pk, _("All decisions")
        )


@admin.register(CommentAuthor)
class CommentAuthorAdmin(ReadOnly):
    list_display = [
        "name", "state", "approved", "rejected", "reported",
        moment(CommentAuthor, "verified_at"), moment(CommentAuthor, "last_at"),
    ]  # fmt: skip
    list_filter = ["state"]
    ordering = ["-last_at", "-pk"]
    search_fields = ["name"]
    search_help_text = _("A name, or a whole e-mail address.")
    fields = [
        "name", "user", "state", "blocked_until", "verified_at", "approved", "rejected", "reported",
        "created_at", "last_at", "comments",
    ]  # fmt: skip
    readonly_fields = ["comments"]
    actions = ["block_for_a_month", "block_for_ever", "unblock"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find an address by its hash: in clear it is hardly ever kept."""
        if "@" in search_term:
            return queryset.filter(address_hash=hash_address(search_term)), False
        return super().get_search_results(request, queryset, search_term)

    def has_block_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("comments.block_commentauthor")

    @admin.display(description=_("comments"))
    def comments(self, author: CommentAuthor) -> str:
        address = reverse("admin:comments_comment_changelist")
        return format_html(
            '<a href="{}?author__id__exact={}">{}</a>', address, author.pk, _("All comments")
        )

    @admin.action(description=_("Block for a month"), permissions=["block"])
    def block_for_a_month(self, request: HttpRequest, authors: QuerySet[CommentAuthor]) -> None:
        self._block(request, authors, timedelta(days=30))

    @admin.action(description=_("Block for ever"), permissions=["block"])
    def block_for_ever(self, request: HttpRequest, authors: QuerySet[CommentAuthor]) -> None:
        self._block(request, authors, None)

    @admin.action(description=_("Lift the block"), permissions=["block"])
    def unblock(self, request: HttpRequest, authors: QuerySet[CommentAuthor]) -> None:
        for author in authors:
            moderation.unblock(author, by=request.user)  # type: ignore[arg-type]  # signed in
        messages.success(request, gettext("The block is lifted."))

    def _block(
        self, request: HttpRequest, authors: QuerySet[CommentAuthor], span: timedelta | None
    ) -> None:
        until = timezone.now() + span if span else None
        for author in authors:
            try:
                moderation.block(author, by=request.user, until=until)  # type: ignore[arg-type]
            except Refused as refused:
                messages.warning(request, f"{author}: {refused}")
            else:
                messages.success(request, gettext("Blocked: %s") % author)


@admin.register(ModerationAction)
class ModerationActionAdmin(ReadOnly):
    """The log: nobody may add to it, change it or take a line out, superusers included."""

    list_display = [
        moment(ModerationAction, "at"), "comment_number", "from_status", "to_status", "reason",
        "who", "source",
    ]  # fmt: skip
    list_filter = ["to_status", "reason", "source"]
    list_select_related = ["actor"]
    ordering = ["-at", "-pk"]
    search_fields = ["=comment__id", "note"]
    search_help_text = _("The number of a comment, or words of a note.")
    fields = [
        "at", "comment_number", "from_status", "to_status", "reason", "note", "who", "rule",
        "source",
    ]  # fmt: skip
    readonly_fields = ["comment_number", "who"]

    @admin.display(description=_("comment"), ordering="comment_id")
    def comment_number(self, line: ModerationAction) -> str:
        return f"#{line.comment_id}"

    @admin.display(description=_("who"))
    def who(self, line: ModerationAction) -> str:
        return str(line.actor) if line.actor else gettext("A rule")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Lead here from a comment, also from one that is gone."""
        return lookup == "comment__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = [
        moment(Report, "created_at"), "comment", "reason", "text", moment(Report, "decided_at"),
    ]  # fmt: skip
    list_filter = ["reason", ("decided_at", admin.EmptyFieldListFilter)]
    list_select_related = ["comment"]
    ordering = ["-created_at", "-pk"]
    fields = ["created_at", "comment", "reason", "text", "decided_at"]


@admin.register(CommentRules)
class CommentRulesAdmin(PurgingAdmin):
    """The one row; its list is its form."""

    formfield_overrides = {models.TimeField: {"widget": forms.TimeInput({"type": "time"}, "%H:%M")}}
    fieldsets = [
        (_("What readers are told"), {"fields": ["policy"]}),
        (
            _("When they may comment"),
            {"fields": ["closes_after_days", ("duty_from", "duty_until"), "closed_off_duty"]},
        ),
        (_("The queue"), {"fields": ["answer_goal", "trusted_skip_queue"]}),
        (
            _("Points"),
            {
                "fields": [
                    ("flagged_from", "held_from"),
                    *(f"points_{rule}" for rule in spam.RULES),
                ],
                "description": _("A rule with 0 points is off."),
            },
        ),
        (_("Words"), {"fields": ["suspect_words", "banned_words", "scripts"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> CommentRules | None:
        """Return the row, or the defaults while nobody has saved one."""
        return CommentRules.load() if object_id == "1" else None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:comments_commentrules_change", args=[1]))

    def get_urls(self) -> list[URLPattern]:
        """Put the report before Django's catch-all."""
        report = self.admin_site.admin_view(self.precision)
        return [
            path("precision/", report, name="comments_commentrules_precision"),
            *super().get_urls(),
        ]

    def precision(self, request: HttpRequest) -> HttpResponse:
        """Show how often every rule applied, and how often moderators agreed."""
        if not request.user.has_perm(moderation.PERMISSION):
            raise PermissionDenied
        rules = CommentRules.load()
        lines = [(line, getattr(rules, f"points_{line.rule}", None)) for line in spam.precision()]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("How good are the rules?"),
            "lines": lines,
            "days": spam.REPORT_TIME.days,
        }
        return TemplateResponse(request, "admin/comments/commentrules/precision.html", context)


@admin.register(SectionRules)
class SectionRulesAdmin(PurgingAdmin):
    list_display = ["section", "is_closed", "closes_after_days"]
    list_select_related = ["section"]
