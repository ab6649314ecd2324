"""When pages next change by themselves. The page cache asks, as settings.py tells it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from .models import Article, Banner, Pin, Promo

_HOUR = timedelta(hours=1)


def next_change(after: datetime, keys: set[str]) -> datetime:
    """Return the first moment after another at which something planned happens. One query.

    Articles appear and end, pins, banners and promos begin and end. Every page tells the day, and
    promos are drawn anew with every full hour.
    """
    first, *others = _planned(after)
    moments: list[datetime] = [moment for (moment,) in first.union(*others, all=True)]
    midnight = timezone.localtime(after).replace(hour=0, minute=0, second=0, microsecond=0)
    # Through the local date: a day of the change of clocks has 23 or 25 hours.
    tomorrow = midnight.replace(tzinfo=None) + timedelta(days=1)
    moments.append(timezone.make_aware(tomorrow))
    if "promos" in keys:
        moments.append(_full_hour(after))
    return min(moments)


def _planned(after: datetime) -> Iterator[QuerySet[Any, Any]]:
    """Yield, for every kind of moment, a question for the first one."""
    yield _first(Article.objects.published(), "published_at", after)
    yield _first(Article.objects.all(), "expires_at", after)
    yield _first(Article.objects.all(), "embargo_until", after)
    for rows in (Pin.objects.all(), Banner.objects.all(), Promo.objects.all()):
        yield _first(rows, "starts_at", after)
        yield _first(rows, "ends_at", after)


def _first(rows: QuerySet[Any], column: str, after: datetime) -> QuerySet[Any, Any]:
    # Sliced inside: SQLite takes no LIMIT in the parts of a union.
    first = rows.filter(**{f"{column}__gt": after}).order_by(column).values("pk")[:1]
    found: QuerySet[Any, Any] = rows.model.objects.filter(pk__in=first).order_by()
    return found.values_list(column)


def _full_hour(after: datetime) -> datetime:
    """The next full hour as promos count them: of the time since 1970."""
    return datetime.fromtimestamp((after.timestamp() // 3600 + 1) * 3600, UTC)
