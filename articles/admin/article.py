"""The table of articles: who may see and change what, the list, the addresses of its pages."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from newsroom.lib.longlists import LongListPaginator
from newsroom.models import User

from .. import search, workflow
from ..models import Article, Byline, Revision
from . import (
    agencydrafts,
    bulk,
    calendar,
    editing,
    filters,
    live,
    previews,
    related,
    revisions,
    sittings,
)
from .desk import badges


def staff(request: HttpRequest) -> User:
    """Return who asks; admin_view has let in nobody without an account."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - narrows the type
    return user


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    """Lists articles; the pages of one article stand in the modules beside this one."""

    list_display = ("title", "state", "section", "signed", "edited")
    list_filter = (
        filters.StatusFilter,
        filters.AuthorFilter,
        filters.AgencyFilter,
        "section",
        "genre",
    )
    search_fields = ("headline",)  # shows the field; get_search_results does the work
    search_help_text = _(
        "Words, “phrases”, -without: in texts, topics and names, drafts too; the newest 1,000"
    )
    ordering = ("-edited_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    paginator = LongListPaginator
    show_facets = admin.ShowFacets.NEVER
    actions = bulk.ACTIONS

    class Media:
        css = {"all": ["articles/admin/writing.css"]}

    # --- Who may ------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Editors change any text, reporters their own drafts."""
        if obj is None:
            return super().has_change_permission(request)
        return workflow.may_edit(obj, staff(request))

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """What has been published is withdrawn, never deleted."""
        return super().has_delete_permission(request) and (obj is None or obj.month is None)

    # --- The list -----------------------------------------------------------------------------

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        """Ask the full-text index; an autocomplete field's last word may be unfinished."""
        if search_term.strip():
            queryset = queryset.filter(pk__in=search.for_desk(search_term).values("pk"))
        # The list has its order by now, an autocomplete field has none.
        return queryset if queryset.ordered else queryset.order_by(*self.ordering), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Call the list what it is."""
        return super().changelist_view(request, {"title": _("Articles"), **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """What a line of the list shows, in three queries at any size."""
        waiting = Revision.objects.filter(article=OuterRef("pk"), publish_at__isnull=False)
        return (
            Article.objects.for_desk()
            .select_related("agency_entry__source")
            .annotate(has_waiting_update=Exists(waiting))
            .prefetch_related(Prefetch("bylines", Byline.objects.select_related("author")))
        )

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """Offer the steps that the account has the permission for; deletion only one by one."""
        actions: dict[str, Any] = super().get_actions(request, action_location)
        return {
            name: action
            for name, action in actions.items()
            if name in workflow.MOVES and staff(request).has_perm(workflow.MOVES[name].permission)
        }

    @admin.display(description=_("Headline"), ordering="headline")
    def title(self, article: Article) -> str:
        headline = article.headline or _("(no headline yet)")
        if article.kicker:
            headline = format_html('<span class="kicker">{}</span> {}', article.kicker, headline)
        if source := agencydrafts.source_of(article):
            return format_html('{} <span class="agency">{}</span>', headline, source)
        return format_html("{}", headline)

    @admin.display(description=_("Status"), ordering="status")
    def state(self, article: Article) -> str:
        return format_html_join(" ", '<span class="status status-{}">{}</span>', badges(article))

    @admin.display(description=_("Bylines"))
    def signed(self, article: Article) -> str:
        authors = {byline.author_id: byline.author.name for byline in article.bylines.all()}
        return format_html_join(", ", '<a href="?author={}">{}</a>', authors.items())

    @admin.display(description=_("Edited"), ordering="edited_at")
    def edited(self, article: Article) -> str:
        return date_format(timezone.localtime(article.edited_at), "SHORT_DATETIME_FORMAT")

    # --- One article --------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Put the pages of an article before Django's own, which end in a catch-all."""
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("texts.js", editing.javascript_texts, "texts"),
            ("bulk/", bulk.confirm, "bulk"),
            ("calendar/", calendar.page, "calendar"),
            ("calendar/move/", calendar.move, "calendar_move"),
            ("autosave/", sittings.autosave, "autosave_new"),
            ("<int:pk>/autosave/", sittings.autosave, "autosave"),
            ("<int:pk>/presence/", sittings.presence, "presence"),
            ("<int:pk>/set-aside/<int:revision>/", sittings.set_aside, "set_aside"),
            ("<int:pk>/history/", revisions.history, "history"),
            ("<int:pk>/compare/", revisions.compare, "compare"),
            ("<int:pk>/restore/<int:revision>/", revisions.restore, "restore"),
            ("<int:pk>/collision/<int:revision>/", revisions.collision, "collision"),
            ("<int:pk>/preview/", previews.working_copy, "preview"),
            ("<int:pk>/related/", related.why, "related"),
            ("<int:pk>/live/", live.page, "live"),
            ("<int:pk>/agency-seen/", agencydrafts.seen, "agency_seen"),
            ("<int:pk>/links/", previews.links, "links"),
            ("<int:pk>/links/<int:link>/revoke/", previews.revoke, "revoke"),
        ]
        return [
            *(
                path(
                    route,
                    self.admin_site.admin_view(partial(view, model_admin=self)),
                    name=f"articles_article_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show and take the sheet of a new article."""
        return editing.edit(self, request, None)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show and take an article's sheet; show the text to those who may only read it."""
        return editing.edit(self, request, object_id)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Name the article alone: its history goes with it and needs no permissions of its own."""
        return [str(article) for article in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Article) -> None:
        """Delete a text that was never published, by the verb for it."""
        workflow.discard(obj, by=staff(request))
