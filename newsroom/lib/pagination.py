"""Pages of a long list by what stands at their edge ("older than this"), not by number.

A page costs the same at the thousandth as at the first, and a new article shifts nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db.models import F, Func, IntegerField, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

PAGE_SIZE = 20

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# 64-bit numbers and years that a database takes; whatever else stands in the address is no cursor.
_CURSOR = re.compile(r"-?[0-9]{1,18}(?:\.-?[0-9]{1,18})*", re.ASCII)
_LAST_MICROSECOND = 250_000_000_000_000_000  # the year 9892


@dataclass(frozen=True)
class Page[M: Model]:
    """One page, in the list's order, and the cursors of its neighbours (empty: there is none)."""

    items: Sequence[M]
    previous: str = ""
    next: str = ""

    @property
    def is_first(self) -> bool:
        return not self.previous

    def __bool__(self) -> bool:
        return bool(self.items)


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: fields of numbers or times that are never null, the last unique."""

    fields: tuple[str, ...]
    is_descending: bool = False

    def reversed(self) -> Self:
        return type(self)(self.fields, not self.is_descending)

    def apply[M: Model](self, queryset: QuerySet[M]) -> QuerySet[M]:
        sign = "-" if self.is_descending else ""
        return queryset.order_by(*(f"{sign}{field}" for field in self.fields))

    def beyond(self, values: Sequence[Any]) -> Q:
        """Match the rows that come after a row with these values.

        As one comparison of rows, (a, b) > (1, 2), the database starts in the index at the place.
        """
        compare = LessThan if self.is_descending else GreaterThan
        return Q(compare(_row(map(F, self.fields)), _row(map(Value, values))))


def _row(parts: Iterable[Any]) -> Func:
    return Func(*parts, template="(%(expressions)s)", output_field=IntegerField())


NEWEST = Order(("published_at", "pk"), is_descending=True)


def paginate[M: Model](
    queryset: QuerySet[M],
    query: Mapping[str, str],
    *,
    order: Order = NEWEST,
    times: frozenset[str] = frozenset({"published_at"}),
    size: int = PAGE_SIZE,
    read: Callable[[QuerySet[M]], list[M]] = list,
) -> Page[M]:
    """Return the page that the address's query asks for: `before` or `after` a cursor.

    "Before" is further down the list. What is unreadable or leads beyond an end shows the first
    page, so that only an empty list has an empty one. One query, or two at those ends. `times`
    names the fields that hold times; `read` returns a part's rows in its order, for who reads more
    at the same time.
    """
    if values := read_cursor(query.get("after", ""), order, times):
        back = order.reversed()
        rows = read(back.apply(queryset.filter(back.beyond(values)))[: size + 1])
        if len(rows) > size:
            return _page(rows[:size][::-1], order, has_previous=True, has_next=True)
    elif values := read_cursor(query.get("before", ""), order, times):
        rows = read(order.apply(queryset.filter(order.beyond(values)))[: size + 1])
        if rows:
            return _page(rows[:size], order, has_previous=True, has_next=len(rows) > size)
    rows = read(order.apply(queryset)[: size + 1])
    return _page(rows[:size], order, has_previous=False, has_next=len(rows) > size)


def _page[M: Model](rows: list[M], order: Order, *, has_previous: bool, has_next: bool) -> Page[M]:
    return Page(
        rows,
        previous=cursor_of(rows[0], order) if has_previous else "",
        next=cursor_of(rows[-1], order) if has_next else "",
    )


def cursor_of(row: Model, order: Order) -> str:
    """Return the place of a row in a list, as it stands in addresses."""
    values = (getattr(row, field) for field in order.fields)
    return ".".join(
        str((value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value)
        for value in values
    )


def read_cursor(cursor: str, order: Order, times: frozenset[str]) -> list[Any] | None:
    """Return the values of a row that a cursor names; None for what is no cursor."""
    if not _CURSOR.fullmatch(cursor):
        return None
    numbers = [int(part) for part in cursor.split(".")]
    if len(numbers) != len(order.fields):
        return None
    values: list[Any] = []
    for field, number in zip(order.fields, numbers, strict=True):
        if field not in times:
            values.append(number)
        elif abs(number) <= _LAST_MICROSECOND and number >= 0:
            values.append(_EPOCH + number * _MICROSECOND)
        else:
            return None
    return values
