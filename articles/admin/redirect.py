"""Old addresses in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.lib.longlists import LongListPaginator

from ..models import Redirect
from .widgets import choose_only

_TARGETS = ("article", "section", "tag", "author", "new_path")


class RedirectForm(forms.ModelForm):
    """An old address and the one thing it leads to."""

    class Meta:
        model = Redirect
        fields = ("old_path", *_TARGETS)
        labels = {
            "article": _("Article"),
            "section": _("Section"),
            "tag": _("Topic"),
            "author": _("Author"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_only(self)

    def clean(self) -> dict[str, Any]:
        """Demand exactly one target, another one than the old address itself."""
        values = super().clean() or self.cleaned_data
        given = [name for name in _TARGETS if values.get(name)]
        if len(given) != 1 and not self.errors:
            raise forms.ValidationError(
                _("Choose exactly one thing to lead to: an article, a section … or an address.")
            )
        if values.get("old_path") and values.get("old_path") == values.get("new_path"):
            raise forms.ValidationError(_("The address would lead to itself."))
        return values


class KindFilter(admin.SimpleListFilter):
    """Redirects by what they lead to."""

    title = _("leads to")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("article", _("an article")),
            ("section", _("a section")),
            ("tag", _("a topic")),
            ("author", _("an author")),
            ("new_path", _("another address")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "new_path":
            return queryset.exclude(new_path="")
        if self.value() in _TARGETS:
            return queryset.filter(**{f"{self.value()}__isnull": False})
        return queryset


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    form = RedirectForm
    list_display = ["old_path", "leads_to"]
    list_filter = [KindFilter]
    list_select_related = ["article", "section", "tag", "author"]
    search_fields = ["old_path", "new_path"]
    search_help_text = _("Searches old and new addresses.")
    show_full_result_count = False
    paginator = LongListPaginator
    autocomplete_fields = ["article", "section", "tag", "author"]
    fieldsets = [
        (
            None,
            {
                "fields": ["old_path"],
                "description": _(
                    "Readers who ask for an old address are sent on for ever. Changed slugs and "
                    "imported texts leave their old addresses here by themselves."
                ),
            },
        ),
        (_("Leads to one of these"), {"fields": list(_TARGETS)}),
    ]

    @admin.display(description=_("leads to"))
    def leads_to(self, redirect: Redirect) -> str:
        row = redirect.article or redirect.section or redirect.tag or redirect.author
        return str(row) if row else redirect.new_path
