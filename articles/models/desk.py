"""Which articles wait for whom: the rows of the admin's start page."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

from .status import Status

_UNPUBLISHED = [Status.DRAFT, Status.IN_REVIEW, Status.APPROVED]


class DeskQuerySet[Row: models.Model](models.QuerySet[Row]):
    """What the desk asks of articles; readers' questions stand in article.py."""

    def for_desk(self) -> Self:
        """What a line of a list in the admin shows, in one query: no text."""
        return self.select_related("section", "created_by").defer("body", "body_html", "standfirst")

    def to_review(self) -> Self:
        """Handed in and not yet read; the longest waiting first."""
        return self.filter(status=Status.IN_REVIEW).order_by("edited_at", "pk")

    def of(self, user: Any) -> Self:
        """Started or signed by a member of staff."""
        signed = self._rows("bylines").filter(article=OuterRef("pk"), author__user=user.pk)
        return self.filter(Q(created_by=user.pk) | Exists(signed))

    def in_hand(self) -> Self:
        """Not yet out, last edited first. `sent_back` is the desk's reason, if it came back."""
        last = (
            self._rows("log")
            .filter(article=OuterRef("pk"), verb__in=["submit", "send_back"])
            .order_by("-at", "-pk")
        )
        return (
            self.filter(status__in=_UNPUBLISHED)
            .annotate(sent_back=Subquery(last.values("reason")[:1]))
            .order_by("-edited_at", "-pk")
        )

    def coming(self, start: datetime, end: datetime, now: datetime) -> Self:
        """Planned between two moments and not yet out, or set to appear by itself after `now`.

        `appears_at`: when it is set to appear, first or with a waiting update; else the plan.
        """
        planned = Q(status__in=_UNPUBLISHED, planned_at__gte=start, planned_at__lt=end)
        return self._appearing(planned, now).order_by("appears_at", "pk")

    def in_calendar(self, start: datetime, end: datetime, now: datetime) -> Self:
        """Planned, or set to appear by itself, between two moments; `appears_at` as in coming."""
        planned = Q(status__in=_UNPUBLISHED, planned_at__isnull=False)
        appearing = self._appearing(planned, now)
        return appearing.filter(appears_at__gte=start, appears_at__lt=end).order_by(
            "appears_at", "pk"
        )

    def unplanned(self) -> Self:
        """Not yet out and without a plan, the last edited first."""
        return self.filter(status__in=_UNPUBLISHED, planned_at=None).order_by("-edited_at", "-pk")

    def _appearing(self, planned: Q, now: datetime) -> Self:
        updates = self._rows("revisions").filter(publish_at__gt=now)
        update_at = updates.filter(article=OuterRef("pk")).values("publish_at")[:1]
        appears_at = Case(
            When(status=Status.PUBLISHED, published_at__gt=now, then=F("published_at")),
            When(status=Status.PUBLISHED, then=Subquery(update_at)),
            default=F("planned_at"),
        )
        # By id, each part by its own index: of parts joined by OR every article would be asked.
        parts: list[models.QuerySet[Any, Any]] = [
            models.QuerySet(self.model).filter(part).values("pk")
            for part in (
                planned,
                Q(status=Status.PUBLISHED, published_at__gt=now),
                Q(status=Status.PUBLISHED, pk__in=updates.values("article")),
            )
        ]
        return self.filter(pk__in=parts[0].union(*parts[1:])).annotate(appears_at=appears_at)

    def recently_edited(self) -> Self:
        """All, the last edited first."""
        return self.order_by("-edited_at", "-pk")

    def _rows(self, relation: str) -> models.QuerySet[Any]:
        """The table that hangs on articles by a relation; its module cannot be imported here."""
        table: Any = self.model._meta.get_field(relation).related_model
        return models.QuerySet(table)
