"""Alerts in the admin: how many there are of what, addresses masked; and the proof for one address.

Nothing is changed here: consent is the reader's.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.lib.longlists import LongListPaginator

from .. import alerts
from ..alerts import privacy
from ..models import Subscription


class AddressForm(forms.Form):
    """The address whose consents are to be proven. Posted: it stands in no log and no history."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    """Whoever may see the list still sees no address."""

    list_display = ["reader", "about", "frequency", "state", "requested_at", "confirmed_at"]
    list_display_links = None
    readonly_fields = (
        "reader", "about", "frequency", "state", "requested_at", "confirmed_at", "ended_at",
    )  # fmt: skip
    fields = readonly_fields
    list_filter = ["state", "scope", "frequency"]
    list_select_related = ["subscriber"]
    ordering = ["-requested_at", "-pk"]
    show_full_result_count = False
    paginator = LongListPaginator
    list_per_page = 50
    change_list_template = "admin/articles/subscription/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the proof."""
        view = self.admin_site.admin_view(self.proof)
        return [path("proof/", view, name="articles_subscription_proof"), *super().get_urls()]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read in a few queries what the rows of the page are about."""
        changelist = super().get_changelist_instance(request)
        for row, label in alerts.described(list(changelist.result_list)):
            row.label = label  # type: ignore[attr-defined]
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Read what the row is about."""
        row = super().get_object(request, object_id, from_field)
        for known, label in alerts.described([row]) if row else ():
            known.label = label  # type: ignore[attr-defined]
        return row

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the way to the proof to whoever may look an address up."""
        own = {"title": _("Alerts by e-mail"), "may_prove": _may_prove(request)}
        return super().changelist_view(request, {**own, **(extra_context or {})})

    def proof(self, request: HttpRequest) -> HttpResponse:
        """Print all that is known of an address's consents."""
        if not _may_prove(request):
            raise PermissionDenied
        form = AddressForm(request.POST if request.method == "POST" else None)
        data = privacy.export(form.cleaned_data["address"]) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Consents of an address"),
            "form": form,
            "data": data,
            "has_asked": form.is_bound and form.is_valid(),
        }
        return TemplateResponse(request, "admin/articles/subscription/proof.html", context)

    @admin.display(description=gettext_lazy("reader"))
    def reader(self, row: Subscription) -> str:
        return row.subscriber.masked

    @admin.display(description=gettext_lazy("of what"))
    def about(self, row: Subscription) -> str:
        return str(getattr(row, "label", row))


def _may_prove(request: HttpRequest) -> bool:
    return request.user.has_perm("articles.prove_consent")
