"""Promos in the admin: the commercial desk's table, its report, and why a promo stands where."""

import csv
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib import charts
from newsroom.lib.columns import moment
from newsroom.lib.purgingadmin import PurgingAdmin

from .. import body, promoclicks, promos
from ..deskforms import MOMENTS
from ..models import Promo, PromoSlot, PromoTarget, Section, Tag
from .desk import find
from .widgets import PictureField, choose_only

_LONGEST = 366  # days of a report


class PromoForm(forms.ModelForm):
    """A promo with its rules: they are rows of their own, here they are four lists."""

    slots = forms.MultipleChoiceField(
        label=_("Where it may stand"),
        choices=PromoSlot,
        required=False,  # Promo.clean() says it better
        widget=forms.CheckboxSelectMultiple,
    )
    image = PictureField(help_text=_("Readers can see it as soon as the promo is active."))
    sections = forms.ModelMultipleChoiceField(
        Section.objects.order_by("position", "name"),
        label=_("Only in these sections"),
        required=False,
        help_text=_("And those below them. None: in all."),
        widget=forms.CheckboxSelectMultiple,
    )
    excluded_sections = forms.ModelMultipleChoiceField(
        Section.objects.order_by("position", "name"),
        label=_("Never in these sections"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.all(),
        label=_("Only beside these topics"),
        required=False,
        help_text=_("One of them is enough. None: beside all."),
        widget=AutocompleteSelectMultiple(PromoTarget._meta.get_field("tag"), admin.site),
    )
    excluded_tags = forms.ModelMultipleChoiceField(
        Tag.objects.all(),
        label=_("Never beside these topics"),
        required=False,
        widget=AutocompleteSelectMultiple(PromoTarget._meta.get_field("tag"), admin.site),
    )

    class Meta:
        model = Promo
        fields = (
            "kind", "title", "text", "image", "target", "disclosure", "slots", "starts_at",
            "ends_at", "weight", "most_per_page",
        )  # fmt: skip
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "text": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "target": forms.TextInput(attrs={"class": "vLargeTextField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_only(self)
        for target in self.instance.targets.all() if self.instance.pk else ():
            kind = "sections" if target.section_id else "tags"
            name = f"excluded_{kind}" if target.is_excluded else kind
            self.initial.setdefault(name, []).append(target.section_id or target.tag_id)

    def clean(self) -> dict[str, Any]:
        """Refuse what is wanted and excluded at once."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("sections", "tags"):
            both = set(cleaned.get(name) or ()) & set(cleaned.get(f"excluded_{name}") or ())
            if both:
                names = ", ".join(sorted(str(row) for row in both))
                self.add_error(f"excluded_{name}", _("Wanted and excluded at once: %s.") % names)
        return cleaned

    def targets(self) -> list[PromoTarget]:
        """Return the rules as rows, for the saved promo."""
        return [
            PromoTarget(
                promo=self.instance, is_excluded=name.startswith("excluded"), **{column: row}
            )
            for name, column in (
                ("sections", "section"),
                ("excluded_sections", "section"),
                ("tags", "tag"),
                ("excluded_tags", "tag"),
            )
            for row in self.cleaned_data[name]
        ]


class RunningFilter(admin.SimpleListFilter):
    """Running, still to come, or over."""

    title = _("time")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("running", _("Active")), ("planned", _("Planned")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Promo]) -> QuerySet[Promo] | None:
        match self.value():
            case "running":
                return queryset.running()  # type: ignore[attr-defined,no-any-return]
            case "planned":
                return queryset.planned()  # type: ignore[attr-defined,no-any-return]
            case "ended":
                return queryset.ended()  # type: ignore[attr-defined,no-any-return]
        return None


@admin.register(Promo)
class PromoAdmin(PurgingAdmin):
    purges = ("promos",)
    delete_confirmation_max_display = 20  # of its clicks there is a row a day
    form = PromoForm
    formfield_overrides = MOMENTS
    change_list_template = "admin/articles/promo/change_list.html"
    list_display = [
        "title", "kind", "disclosure", "places", "state", moment(Promo, "ends_at"), "weight",
    ]  # fmt: skip
    list_filter = [RunningFilter, "kind", "disclosure"]
    search_fields = ["title", "text", "target"]
    ordering = ["-starts_at", "-pk"]
    fieldsets = [
        (None, {"fields": ["kind", "title", "text", "image", "target", "disclosure"]}),
        (_("Where and when"), {"fields": ["slots", "starts_at", "ends_at"]}),
        (
            _("Beside what"),
            {"fields": ["sections", "excluded_sections", "tags", "excluded_tags"]},
        ),
        (_("How often"), {"fields": ["weight", "most_per_page"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        """Put the report and the explanation before Django's own, which end in a catch-all."""
        view = self.admin_site.admin_view
        return [
            path("report/", view(self.report), name="articles_promo_report"),
            path("why/<int:pk>/", view(self.why), name="articles_promo_why"),
            *super().get_urls(),
        ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write the rules anew with the promo."""
        super().save_related(request, form, formsets, change)
        form.instance.targets.all().delete()
        PromoTarget.objects.bulk_create(form.targets())

    @admin.display(description=_("stands"))
    def places(self, promo: Promo) -> str:
        return ", ".join(str(PromoSlot(slot).label) for slot in promo.slots)

    @admin.display(description=_("time"))
    def state(self, promo: Promo) -> str:
        if promo.is_running:
            name, label = "published", _("Active")
        elif promo.has_ended:
            name, label = "withdrawn", _("Ended")
        else:
            name, label = "scheduled", _("Planned")
        return format_html('<span class="status status-{}">{}</span>', name, label)

    # --- Pages of its own -----------------------------------------------------------------------

    def report(self, request: HttpRequest) -> HttpResponse:
        """Show the clicks of some days, as page or, with `format=csv`, as a table to take away."""
        if not request.user.has_perm("articles.view_promo_report"):
            raise PermissionDenied
        first, last = _span(request)
        chosen = request.GET.get("promo", "")
        pk = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
        if request.GET.get("format") == "csv":
            return _csv(first, last, pk)
        report = promoclicks.report(first, last, pk)
        days = [date_format(day, "SHORT_DATE_FORMAT") for day, _clicks in report.days]
        clicks = charts.Series(gettext("Clicks"), [clicks for _day, clicks in report.days])
        names = dict(PromoSlot.choices)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Clicks on promos"),
            "report": report,
            "promo": Promo.objects.filter(pk=pk).first() if pk else None,
            "sections": _named(report.sections),
            "places": [(names.get(slot, slot), clicks) for slot, clicks in report.slots],
            "chart": charts.bars(days, [clicks], label=gettext("Clicks by day")),
        }
        return TemplateResponse(request, "admin/articles/promo/report.html", context)

    def why(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say of every promo why it stands beside an article at this hour, or why not."""
        user = request.user
        may = user.has_perm("articles.view_promo") and user.has_perm("articles.view_article")
        if not may:
            raise PermissionDenied
        article = find(pk)
        about = promos.surroundings(article, article.tags.values_list("pk", flat=True))
        gaps = len(body.parts(article.body_html)) - 1
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Promos beside “%(headline)s”") % {"headline": article.headline},
            "article": article,
            "verdicts": promos.explain(about, gaps=gaps),
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/articles/promo/why.html", context)


def _named(clicks: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Put a section's name in place of its slug; one that is gone keeps the slug."""
    names = dict(Section.objects.values_list("slug", "name"))
    return [(names.get(slug, slug), number) for slug, number in clicks]


def _span(request: HttpRequest) -> tuple[date, date]:
    """Return the days that are asked for: the last thirty, unless the address says otherwise."""
    last = _day(request.GET.get("until", "")) or timezone.localdate()
    first = _day(request.GET.get("from", "")) or last - timedelta(days=29)
    first = min(first, last)
    return max(first, last - timedelta(days=_LONGEST - 1)), last


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2199 else None


def _csv(first: date, last: date, promo: int | None) -> HttpResponse:
    """Return the counts as CSV; a title that a spreadsheet would take for a formula is quoted."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="promos-{first}-{last}.csv"'
    response.write("\ufeff")  # so that Excel reads it as UTF-8
    writer = csv.writer(response)
    writer.writerow(["day", "promo", "title", "slot", "section", "clicks"])
    for day, pk, title, *rest in promoclicks.lines(first, last, promo):
        writer.writerow([day, pk, f"'{title}" if title[:1] in "=+-@" else title, *rest])
    return response
