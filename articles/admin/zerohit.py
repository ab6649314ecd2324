"""What readers searched for in vain: a report that editors read and clear. Autodiscovered."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from newsroom.lib.columns import moment
from newsroom.lib.longlists import LongListPaginator

from ..models import ZeroHit


@admin.register(ZeroHit)
class ZeroHitAdmin(admin.ModelAdmin):
    list_display = ["query", "count", moment(ZeroHit, "last_asked_at"), "try_it"]
    list_display_links = None
    ordering = ["-count", "-last_asked_at"]
    search_fields = ["query"]
    search_help_text = _("Searches the words that readers typed.")
    show_full_result_count = False
    paginator = LongListPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ZeroHit | None = None) -> bool:
        return False

    @admin.display(description=_("now"))
    def try_it(self, row: ZeroHit) -> str:
        """Lead to the readers' search for it."""
        address = reverse("articles:search", query={"q": row.query})
        return format_html('<a href="{}">{}</a>', address, _("Search"))
