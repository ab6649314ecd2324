"""Counting clicks on promos, a number a day, and telling them to the commercial desk."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from .models import Promo, PromoClicks


@transaction.atomic
def count(promo: Promo, slot: str, section: str) -> None:
    """Add one click of today. Exact, however many processes count at once."""
    place = {"promo": promo, "slot": slot, "section": section, "day": timezone.localdate()}
    row = PromoClicks.objects.filter(**place)
    if not row.update(count=F("count") + 1):
        PromoClicks.objects.bulk_create([PromoClicks(**place)], ignore_conflicts=True)
        row.update(count=F("count") + 1)


@dataclass(frozen=True)
class Report:
    """Clicks of a span of days: all, by day (every day has its number), and by each of three."""

    first: date
    last: date
    total: int
    days: list[tuple[date, int]]
    promos: list[tuple[Promo, int]]
    slots: list[tuple[str, int]]
    sections: list[tuple[str, int]]


def report(first: date, last: date, promo: int | None = None) -> Report:
    """Return the clicks of some days, of all promos or of one. Five queries."""
    rows = PromoClicks.objects.filter(day__range=(first, last))
    if promo is not None:
        rows = rows.filter(promo=promo)
    by_day = dict(_sums(rows, "day"))
    span = (last - first).days + 1
    days = [first + timedelta(days=number) for number in range(span)]
    by_promo = _sums(rows, "promo")
    known = Promo.objects.in_bulk([pk for pk, _count in by_promo])
    return Report(
        first=first,
        last=last,
        total=sum(by_day.values()),
        days=[(day, by_day.get(day, 0)) for day in days],
        promos=[(known[pk], clicks) for pk, clicks in by_promo if pk in known],
        slots=_sums(rows, "slot"),
        sections=_sums(rows, "section"),
    )


def lines(first: date, last: date, promo: int | None = None) -> Any:
    """Return every count of some days as rows for a table: day, number, title, slot, section."""
    rows = PromoClicks.objects.filter(day__range=(first, last))
    if promo is not None:
        rows = rows.filter(promo=promo)
    return rows.order_by("day", "promo", "slot", "section").values_list(
        "day", "promo", "promo__title", "slot", "section", "count"
    )


def _sums(rows: Any, name: str) -> list[tuple[Any, int]]:
    return list(
        rows.order_by().values_list(name).annotate(clicks=Sum("count")).order_by("-clicks", name)
    )
