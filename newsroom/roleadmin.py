"""The roles in the admin, for reading: what each may do, in words. The table itself is roles.py."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What may be done with the rows of a table; the rest of a table's permissions have names below.
_USUAL = {
    "view": gettext_lazy("see"),
    "add": gettext_lazy("add"),
    "change": gettext_lazy("change"),
    "delete": gettext_lazy("delete"),
}
_OWN = {
    "submit_article": gettext_lazy("hand in"),
    "edit_any_article": gettext_lazy("edit those of others"),
    "review_article": gettext_lazy("approve and send back"),
    "publish_article": gettext_lazy("publish and schedule"),
    "correct_article": gettext_lazy("add corrections"),
    "lift_embargo": gettext_lazy("lift embargoes"),
    "withdraw_article": gettext_lazy("withdraw"),
    "share_preview": gettext_lazy("give out preview links"),
    "fetch_agencysource": gettext_lazy("read at once"),
    "arrange_front": gettext_lazy("arrange, and raise banners"),
    "send_newsletter": gettext_lazy("compose and send"),
    "view_promo_report": gettext_lazy("see the report"),
    "prove_consent": gettext_lazy("look an address up and print its consents"),
    "block_commentauthor": gettext_lazy("block"),
    "erase_commentauthor": gettext_lazy("export and erase persons"),
    "moderate_comment": gettext_lazy("decide"),
    "run_jobsource": gettext_lazy("read at once"),
    "review_job": gettext_lazy("list, reject and end"),
    "retry_message": gettext_lazy("send failed ones again"),
}


admin.site.unregister(Group)
Group._meta.verbose_name = gettext_lazy("role")
Group._meta.verbose_name_plural = gettext_lazy("roles")


@admin.register(Group)
class RoleAdmin(admin.ModelAdmin):
    """What each role may do."""

    list_display = ["role"]
    list_display_links = ["role"]
    fields = ["role", "may"]
    readonly_fields = ["role", "may"]
    ordering = ["pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Group | None:
        """Return the role under its name in the user's language; nothing here saves it."""
        group = super().get_object(request, object_id, from_field)
        if group is not None:
            group.name = _(group.name)
        return group

    @admin.display(description=gettext_lazy("role"))
    def role(self, group: Group) -> str:
        return _(group.name)

    @admin.display(description=gettext_lazy("may"))
    def may(self, group: Group) -> SafeString | str:
        """One line a table: its name, and what may be done with it."""
        tables: dict[str, list[str]] = {}
        held = group.permissions.select_related("content_type")
        for one in held.order_by("content_type__app_label", "content_type__model", "pk"):
            tables.setdefault(_table(one), []).append(_deed(one))
        lines = ((name, ", ".join(deeds)) for name, deeds in tables.items())
        return format_html_join("", "<p><strong>{}:</strong> {}</p>", lines) or "–"


def _table(permission: Permission) -> str:
    model = permission.content_type.model_class()
    return (
        capfirst(str(model._meta.verbose_name_plural)) if model else permission.content_type.model
    )


def _deed(permission: Permission) -> str:
    usual = _USUAL.get(permission.codename.partition("_")[0], permission.name)
    return str(_OWN.get(permission.codename, usual))
