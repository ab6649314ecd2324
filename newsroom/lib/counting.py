"""Several exact numbers from one query."""

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value


def count_together(querysets: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Return how many rows each queryset has, under its name.

    Counts are scans of an index each, so every queryset needs a (partial) one that covers it.
    """
    first, *rest = (_count(name, queryset) for name, queryset in querysets.items())
    return dict(first.union(*rest, all=True)) if rest else dict(first)


def _count(name: str, queryset: QuerySet[Any]) -> Any:
    named = queryset.order_by().annotate(counted=Value(name, CharField())).values("counted")
    return named.annotate(number=Count("pk")).values_list("counted", "number")
