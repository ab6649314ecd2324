"""Sections and dossiers in the admin: the shelves on which articles stand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Article, Dossier, DossierEntry, Section
from .addresses import AddressAdmin, AddressForm
from .widgets import PictureField, choose_only


class SectionForm(AddressForm):
    """A section; its colour is chosen, not typed."""

    class Meta:
        model = Section
        fields = "__all__"
        widgets = {"color": forms.ColorInput()}


@admin.register(Section)
class SectionAdmin(AddressAdmin):
    form = SectionForm
    list_display = ["name", "slug", "parent", "position", "is_in_menu", "article_count"]
    list_editable = ["position", "is_in_menu"]
    list_filter = ["is_in_menu"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "parent", "description", "color"]}),
        (
            _("Main menu"),
            {
                "fields": ["is_in_menu", "position"],
                "description": _("Small numbers stand first. Only sections of the first level."),
            },
        ),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name the fields of the list, whose labels are the headings of its columns."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in self.list_editable:
            field.widget.attrs["aria-label"] = field.label
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        rows: QuerySet[Section] = super().get_queryset(request)
        return rows.annotate(count=Count("articles"))

    @admin.display(description=_("articles"), ordering="count")
    def article_count(self, section: Any) -> int:
        return int(section.count)


class _Headline(forms.Widget):
    """The article of an entry that is there: its name, no field. No query."""

    def __init__(self, article: Article) -> None:
        super().__init__()
        self.article = article

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html('<span class="dossier-headline">{}</span>', self.article)


class EntryForm(forms.ModelForm):
    """An article's place; without a number it comes last. The article is chosen once."""

    position = forms.IntegerField(label=_("position"), min_value=0, required=False)

    class Meta:
        model = DossierEntry
        fields = ("position", "article")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_only(self)
        for field in self.fields.values():  # the headings of the columns name no field
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = field.label  # type: ignore[union-attr]  # all have one
        if self.instance.pk is None:
            self.initial["position"] = None
        else:
            self.fields["article"].disabled = True
            self.fields["article"].widget = _Headline(self.instance.article)


class EntryFormSet(BaseInlineFormSet):
    """Its boxes for taking out stand in a column whose heading names no field."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = form.fields["DELETE"].label


class EntryInline(admin.TabularInline):
    """The articles of a dossier, for everybody who may change the dossier."""

    model = DossierEntry
    form = EntryForm
    formset = EntryFormSet
    extra = 1
    autocomplete_fields = ["article"]
    verbose_name_plural = _("articles, in their order (empty position: at the end)")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DossierEntry]:
        return super().get_queryset(request).select_related("article", "dossier")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.view_dossier")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.change_dossier")

    has_change_permission = has_delete_permission = has_add_permission


class DossierForm(AddressForm):
    """A dossier; the address comes from its title."""

    slug_from = "title"
    image = PictureField(help_text=_("Stands above the dossier. Readers can see it at once."))

    class Meta:
        model = Dossier
        fields = "__all__"


@admin.register(Dossier)
class DossierAdmin(AddressAdmin):
    form = DossierForm
    list_display = ["title", "slug", "entry_count"]
    search_fields = ["title", "slug"]
    fields = ["title", "slug", "standfirst", "image"]
    inlines = [EntryInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dossier]:
        rows: QuerySet[Dossier] = super().get_queryset(request)
        return rows.annotate(count=Count("entries"))

    @admin.display(description=_("articles"), ordering="count")
    def entry_count(self, dossier: Any) -> int:
        return int(dossier.count)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the entries, new ones last, and number all in tens: room to move one between."""
        entries = form.instance.entries
        changed = formset.save(commit=False)
        for entry in sorted(changed, key=lambda entry: entry.position is None):
            if entry.position is None:
                last = entries.aggregate(last=Max("position"))["last"]
                entry.position = (last or 0) + 1
            entry.save()
        for entry in formset.deleted_objects:
            entry.delete()
        ordered = list(entries.order_by("position", "pk"))
        for number, entry in enumerate(ordered, start=1):
            entry.position = number * 10
        DossierEntry.objects.bulk_update(ordered, ["position"])
