"""The filters of the list of articles."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib import longlists

from ..models import AgencySource, Article, Author, Byline, Status


class StatusFilter(admin.SimpleListFilter):
    """Status, and what is more than a status."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            *Status.choices,
            ("scheduled", _("Scheduled")),
            ("changed", _("Unpublished changes")),
            ("embargoed", _("Embargo")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> QuerySet[Article] | None:
        now = timezone.now()
        match self.value():
            case "scheduled":
                return queryset.filter(status=Status.PUBLISHED, published_at__gt=now)
            case "changed":
                # By id: PostgreSQL believes that two columns differ in every row.
                changed = Article.objects.filter(Q(live__isnull=False) & ~Q(live=F("head")))
                newest = changed.order_by("-edited_at", "-pk").values("pk")[: longlists.MOST + 1]
                return queryset.filter(pk__in=newest)
            case "embargoed":
                return queryset.filter(embargo_until__gt=now)
            case value if value in Status.values:
                return queryset.filter(status=value)
        return None


class AgencyFilter(admin.SimpleListFilter):
    """What agencies have sent; or one agency's, by a click on its name."""

    title = _("agency")
    parameter_name = "agency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        pk = number(self.value())
        chosen = AgencySource.objects.filter(pk=pk).first() if pk else None
        any_of_them: list[tuple[str, Any]] = [("any", _("From agencies"))]
        return [*any_of_them, (str(chosen.pk), chosen.name)] if chosen else any_of_them

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> QuerySet[Article] | None:
        if self.value() == "any":
            return queryset.filter(agency_entry__isnull=False)
        if pk := number(self.value()):
            return queryset.filter(agency_entry__source=pk)
        return None


class AuthorFilter(admin.SimpleListFilter):
    """What the user started or signed; or an author's articles, by a click on the name in the list.

    Not all authors: imports bring thousands. The search finds them by name as well.
    """

    title = _("author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        mine: list[tuple[str, Any]] = [("me", _("Mine"))]
        pk = number(self.value())
        chosen = Author.objects.filter(pk=pk).first() if pk else None
        return [*mine, (str(chosen.pk), chosen.name)] if chosen else mine

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> QuerySet[Article] | None:
        if self.value() == "me":
            return queryset.of(request.user)  # type: ignore[attr-defined,no-any-return]
        if pk := number(self.value()):
            return queryset.filter(Exists(Byline.objects.filter(article=OuterRef("pk"), author=pk)))
        return None


def number(value: Any) -> int | None:
    """Return the id in an address, None for what is none."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
