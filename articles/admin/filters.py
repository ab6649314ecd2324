"""The filters of the list of articles."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.models import User

from ..models import Article, Status


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
                return queryset.exclude(live=None).exclude(live=F("head"))
            case "embargoed":
                return queryset.filter(embargo_until__gt=now)
            case value if value in Status.values:
                return queryset.filter(status=value)
        return None


class PeopleFilter(admin.SimpleListFilter):
    """What a colleague started or signed. One query, for the colleagues that sign here."""

    title = _("author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        others = User.objects.filter(author__isnull=False).exclude(pk=request.user.pk or 0)
        names = others.order_by("last_name", "first_name", "username")[:40]
        return [("me", _("Mine")), *((str(user.pk), user.display_name) for user in names)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> QuerySet[Article] | None:
        value = self.value() or ""
        if value == "me":
            return queryset.of(request.user)  # type: ignore[attr-defined,no-any-return]
        if value.isdecimal() and len(value) < 19:
            return queryset.of(User(pk=int(value)))  # type: ignore[attr-defined,no-any-return]
        return None
