"""Agencies in the admin: their feeds, what the last readings did, and reading one at once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from newsroom.lib.columns import short
from newsroom.lib.verbs import Conflict

from .. import agencies
from ..models import AgencyRun, AgencySource
from .widgets import choose_only

_SHOWN_RUNS = 10


class SourceForm(forms.ModelForm):
    class Meta:
        model = AgencySource
        fields = ("name", "url", "section", "language", "author", "canonical", "licence",
                  "is_active", "interval")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_only(self)


@admin.register(AgencySource)
class AgencySourceAdmin(admin.ModelAdmin):
    form = SourceForm
    list_display = ("name", "section", "is_active", "last_read", "last_result", "drafts")
    list_filter = ("is_active",)
    list_select_related = ("section",)
    search_fields = ("name",)
    change_form_template = "admin/articles/agencysource/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "url", "is_active", "interval")}),
        (_("Its drafts"), {"fields": ("section", "language", "author")}),
        (_("Rights"), {"fields": ("canonical", "licence")}),
    )

    class Media:
        css = {"all": ["articles/admin/agency.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgencySource]:
        return AgencySource.objects.with_last_run()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.fetch))
        return [path("<int:pk>/fetch/", view, name="articles_agencysource_fetch"),
                *super().get_urls()]  # fmt: skip

    def save_model(self, request: HttpRequest, obj: AgencySource, form: Any, change: bool) -> None:
        """Read a feed from elsewhere though its server may call its version the same."""
        if "url" in form.changed_data:
            obj.etag = obj.last_modified = ""
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the last readings below the form."""
        runs = AgencyRun.objects.none()
        if object_id.isdecimal() and len(object_id) < 19:
            runs = AgencyRun.objects.filter(source=int(object_id))[:_SHOWN_RUNS]
        own = {"runs": runs, "may_fetch": request.user.has_perm("articles.fetch_agencysource")}
        return super().change_view(request, object_id, form_url, own | (extra_context or {}))

    def fetch(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Read a feed now, whether it is its time or not."""
        if not request.user.has_perm("articles.fetch_agencysource"):
            raise PermissionDenied
        source = AgencySource.objects.filter(pk=pk).first()
        if source is None:
            raise Http404
        try:
            run = agencies.fetch(source)
        except Conflict as conflict:
            self.message_user(request, str(conflict), messages.WARNING)
        else:
            is_well = run.outcome in {AgencyRun.Outcome.DONE, AgencyRun.Outcome.UNCHANGED}
            text = gettext("%(outcome)s. New drafts: %(new)d, updated: %(updated)d. %(message)s")
            values = {"outcome": run.get_outcome_display(), "new": run.new,
                      "updated": run.updated, "message": run.message}  # fmt: skip
            level = messages.SUCCESS if is_well else messages.ERROR
            self.message_user(request, (text % values).strip(), level)
        return HttpResponseRedirect(reverse("admin:articles_agencysource_change", args=[pk]))

    @admin.display(description=_("last read"))
    def last_read(self, source: Any) -> str:
        return short(source.last_run_at)

    @admin.display(description=_("result"))
    def last_result(self, source: Any) -> str:
        label = dict(AgencyRun.Outcome.choices).get(source.last_outcome, "–")
        return format_html("{} {}", label, source.last_message or "")

    @admin.display(description=_("articles"))
    def drafts(self, source: AgencySource) -> str:
        url = reverse("admin:articles_article_changelist")
        return format_html('<a href="{}?agency={}">{}</a>', url, source.pk, _("Show"))
