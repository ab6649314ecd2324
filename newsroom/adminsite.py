"""The admin site: its policy, its name, the pages that it has beyond Django's. Named in apps.py."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from . import navigation, personsdesk, secondfactor, startpage, statistics
from .models.site import settings_for


def not_found(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Answer that there is no such page."""
    raise Http404


def _without_colons(response: Any) -> Any:
    """Let names of what cannot be changed end as those of fields do: without a colon."""
    if form := (getattr(response, "context_data", None) or {}).get("adminform"):
        form.form.label_suffix = ""
    return response


class NewsroomAdminSite(AdminSite):
    """Django's admin under the site's name, a nonce policy and a second factor."""

    index_title = _("What waits")
    enable_nav_sidebar = False  # the menu stands in the header: lists need the width

    def admin_view[View: Callable[..., Any]](self, view: View, cacheable: bool = False) -> View:
        """Put every page of the admin under the admin's Content-Security-Policy."""
        answered = super().admin_view(self._answered(view), cacheable)
        own_policy = csp_override(settings.ADMIN_CSP)(answered)
        return xframe_options_sameorigin(own_policy)

    def _answered[View: Callable[..., Any]](self, view: View) -> View:
        """Refuse staff on a page of the desk, with its menu, instead of on one for readers."""

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return _without_colons(view(request, *args, **kwargs))
            except PermissionDenied as denied:
                status, title = 403, _("You may not do that")
                said = str(denied) or _(
                    "Your role does not reach that far. Chief editors give out roles."
                )
            except Http404:
                status, title = 404, _("There is no such page")
                said = _("The address is wrong, or what stood there is gone.")
            context = {**self.each_context(request), "title": title, "said": said}
            return TemplateResponse(request, "admin/refused.html", context, status=status)

        return cast("View", answer)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the login form under the same policy: it is no admin_view.

        Who has nothing but a queue lands in it.
        """
        return csp_override(settings.ADMIN_CSP)(self._sign_in)(request, extra_context)

    def _sign_in(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().login(request, extra_context)
        if isinstance(response, HttpResponseRedirect) and response.url == reverse("admin:index"):
            return HttpResponseRedirect(startpage.landing_for(request.user))
        return response

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the queues and pages of the site's own; they stand before the catch-all."""
        queues = [
            (f"queue/{name}/{tab}", queue.view, f"{queue.url_name}{suffix}")
            for name, queue in startpage.QUEUES.items()
            for tab, suffix in (("", ""), ("<slug:tab_name>/", "_tab"))
        ]
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            *queues,
            # Django's look-up of addresses by number would tell every account what is planned.
            ("r/<path:content_type_id>/<path:object_id>/", not_found, "view_on_site"),
            ("persons/", personsdesk.page, "persons"),
            ("statistics/", statistics.page, "statistics"),
            ("second-factor/", secondfactor.manage, "second_factor"),
            ("second-factor/codes/", secondfactor.renew_codes, "second_factor_codes"),
            ("second-factor/remove/", secondfactor.remove, "second_factor_remove"),
            ("second-factor/verify/", secondfactor.verify, "second_factor_verify"),
        ]
        return [
            *(path(route, self.admin_view(view), name=name) for route, view, name in pages),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Name every page after the site; lead from every page to what the account works on."""
        name = settings_for(request).name
        context = super().each_context(request)
        return {
            **context,
            "site_header": name,
            "site_title": name,
            "menu": navigation.menu(request, context["available_apps"]),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Editorial work first; accounts, roles and pages of Django's apps under our own."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        by_label = {app["app_label"]: app for app in apps}
        for label in ("auth", "flatpages"):
            if (guest := by_label.pop(label, None)) and "newsroom" in by_label:
                by_label["newsroom"]["models"] += guest["models"]
        order = ["articles", "comments", "jobs", "newsroom"]
        return [by_label[label] for label in order if label in by_label] + [
            app for label, app in by_label.items() if label not in order
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what waits for this member of staff, above the tables."""
        waiting = startpage.waiting_for(request.user)
        boxes = startpage.boxes_for(request.user)
        own = {
            "waiting": waiting,
            "boxes": boxes,
            "campaigns": startpage.campaigns_for(request.user),
        }
        return super().index(request, {**own, **(extra_context or {})})
