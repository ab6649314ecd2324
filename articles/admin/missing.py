"""The report of addresses that readers ask for in vain, with the way to lead them on."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.columns import moment
from newsroom.lib.longlists import LongListPaginator
from newsroom.lib.verbs import NotPermitted, Refused

from .. import missing
from ..models import MissingPath
from .article import staff


@admin.register(MissingPath)
class MissingPathAdmin(admin.ModelAdmin):
    """Most wanted first; an address is opened to lead it somewhere, deleted to be ignored."""

    list_display = ["path", "count", moment(MissingPath, "last_seen_at")]
    search_fields = ["path"]
    ordering = ["-count", "path"]
    list_per_page = 50
    show_full_result_count = False
    paginator = LongListPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Call the report what it is."""
        title = {"title": gettext("Addresses that lead nowhere")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show what readers may have meant; a button each leads the address there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return redirect("admin:articles_missingpath_changelist")
        typed = ""
        if request.method == "POST":
            typed = request.POST.get("to", "").strip()
            if self._lead(request, row, typed):
                return redirect("admin:articles_missingpath_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Missing address"),
            "missing": row,
            "typed": typed,
            "suggestions": missing.suggestions(row),
            "may_lead": request.user.has_perm("articles.add_redirect"),
            "may_delete": self.has_delete_permission(request),
        }
        return TemplateResponse(request, "admin/articles/missingpath/lead.html", context)

    def _lead(self, request: HttpRequest, row: MissingPath, to: str) -> bool:
        path = row.path
        try:
            address = missing.lead(row, to, by=staff(request))
        except (NotPermitted, Refused) as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return False
        text = _("%(old)s now leads to %(new)s.") % {"old": path, "new": address}
        self.message_user(request, text, messages.SUCCESS)
        return True
