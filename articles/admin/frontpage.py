"""The front pages in the admin: the list of fronts, the settings of a slot, the banners.

The page on which a front is arranged stands in fronts.py.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.columns import moment
from newsroom.lib.verbs import Refused

from .. import frontpage
from ..deskforms import MOMENTS
from ..models import Banner, Section, Slot
from ..shelves import Shelves
from . import fronts
from .article import staff
from .widgets import choose_only


class FrontDesk(admin.ModelAdmin):
    """A table for those who arrange the fronts, and for nobody else."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(frontpage.PERMISSION)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(frontpage.PERMISSION)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(frontpage.PERMISSION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(frontpage.PERMISSION)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(frontpage.PERMISSION)


class SlotForm(forms.ModelForm):
    """What a slot shows and what it fills itself from."""

    class Meta:
        model = Slot
        fields = (
            "kind", "title", "size", "tag", "dossier", "sources", "is_balanced", "turn",
            "may_repeat",
        )  # fmt: skip
        widgets = {"sources": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_only(self)


@admin.register(Slot)
class SlotAdmin(FrontDesk):
    form = SlotForm
    autocomplete_fields = ["tag", "dossier"]
    fieldsets = [
        (None, {"fields": ["kind", "title", "size"]}),
        (
            _("What it fills itself with"),
            {
                "fields": ["sources", "is_balanced", "turn", "may_repeat"],
                "description": _(
                    "Behind the pinned articles it fills itself with the newest. Live tickers and "
                    "the most read ones come by themselves; advertisements and texts in other "
                    "languages only when they are pinned."
                ),
            },
        ),
        (
            _("Topic box"),
            {
                "fields": ["tag", "dossier"],
                "description": _("A topic box takes its articles from one of the two."),
            },
        ),
    ]

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Offer no plus sign in the list of tables: a slot is added on its front's page."""
        return {**super().get_model_perms(request), "add": False}

    def get_urls(self) -> list[URLPattern]:
        """Put the pages of a front before Django's own, which end in a catch-all."""
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("front/<slug:front>/", fronts.arrange, "arrange"),
            ("front/<slug:front>/preview/", fronts.preview, "preview"),
        ]
        return [
            *(
                path(
                    route,
                    self.admin_site.admin_view(partial(view, model_admin=self)),
                    name=f"articles_slot_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show all fronts and what is pinned on each."""
        fronts.demand_editor(request)
        now = timezone.now()
        pins = Count("slots__pins", filter=Q(slots__pins__ends_at__gt=now), distinct=True)
        counted = Section.objects.annotate(
            slot_count=Count("slots", distinct=True), pin_count=pins
        ).order_by("position", "name")
        home = Slot.objects.filter(section=None).aggregate(
            slot_count=Count("pk", distinct=True),
            pin_count=Count("pins", filter=Q(pins__ends_at__gt=now), distinct=True),
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Front pages"),
            "home": home,
            "sections": counted,
            "banners": Banner.objects.at(now),
        }
        return TemplateResponse(request, "admin/articles/slot/fronts.html", context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask for a slot of the front that the address names."""
        fronts.find(request.GET.get("front", "home"), Shelves.load())
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"kind": Slot.Kind.LIST, "size": 6}

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Slot:
        """Put a new slot on the front that the address names."""
        slot: Slot = super().save_form(request, form, change)
        if not change:
            slot.section = fronts.find(request.GET.get("front", "home"), Shelves.load())
        return slot

    def save_model(self, request: HttpRequest, obj: Slot, form: Any, change: bool) -> None:
        """Save by the verb, sources and all."""
        frontpage.save_slot(obj, form.cleaned_data["sources"], by=staff(request))

    def delete_model(self, request: HttpRequest, obj: Slot) -> None:
        frontpage.remove_slot(obj, by=staff(request))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Name the slot alone: its pins go with it."""
        return [str(slot) for slot in objs], {}, set(), []

    def response_add(self, request: HttpRequest, obj: Slot, post_url_continue: Any = None) -> Any:
        return self._back(obj)

    def response_change(self, request: HttpRequest, obj: Slot) -> Any:
        return self._back(obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> Any:
        messages.success(request, gettext("“%s” is off the page.") % obj_display)
        return HttpResponseRedirect(reverse("admin:articles_slot_changelist"))

    def _back(self, slot: Slot) -> HttpResponse:
        return HttpResponseRedirect(fronts.address(slot.section))


class BannerForm(forms.ModelForm):
    """A banner: its line and its window."""

    class Meta:
        model = Banner
        fields = ("text", "link", "level", "starts_at", "ends_at", "sections")
        widgets = {"sections": forms.CheckboxSelectMultiple}


@admin.register(Banner)
class BannerAdmin(FrontDesk):
    form = BannerForm
    formfield_overrides = MOMENTS
    list_display = [
        "text", "level", moment(Banner, "starts_at"), moment(Banner, "ends_at"), "where", "stands",
    ]  # fmt: skip
    list_filter = ["level"]
    search_fields = ["text"]
    actions = ["lower"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("sections")

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """Banners are taken down, not deleted: what stood when is worth knowing."""
        actions: dict[str, Any] = super().get_actions(request, action_location)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    @admin.display(description=_("where"))
    def where(self, banner: Banner) -> str:
        names = [section.name for section in banner.sections.all()]
        return ", ".join(names) or gettext("everywhere")

    @admin.display(description=_("stands now"), boolean=True)
    def stands(self, banner: Banner) -> bool:
        return banner.starts_at <= timezone.now() < banner.ends_at

    @admin.action(description=_("Take down now"))
    def lower(self, request: HttpRequest, queryset: Any) -> None:
        for banner in queryset:
            frontpage.lower_banner(banner, by=staff(request))
        messages.success(request, gettext("Taken down."))

    def save_model(self, request: HttpRequest, obj: Banner, form: Any, change: bool) -> None:
        """Save by the verb, sections and all."""
        try:
            frontpage.raise_banner(obj, form.cleaned_data["sections"], by=staff(request))
        except Refused as refused:
            messages.error(request, str(refused))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Leave the sections as the verb has set them."""
