"""Pieces of pages that a process has rendered before: `{% kept article level=2 %}…{% endkept %}`.

A piece is remembered under everything that it is made of: the values that the tag names, rows with
all their columns. The language and the day come along by themselves. Whatever differs is another
piece, so that an old one is never shown; and because the content sees nothing but these values and
may not ask the database, nothing can be forgotten.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from operator import itemgetter
from threading import Lock
from types import NoneType
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression
from django.utils import timezone
from django.utils.functional import LazyObject, Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

_MOST = 300  # of one tag


class Untold(Exception):
    """A value of which nobody can say when it is the same again."""


class Pieces[T]:
    """What was made of values before; what was not asked for longest makes room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: OrderedDict[Any, T] = OrderedDict()
        self._lock = Lock()

    def get(self, values: Iterable[Any], make: Callable[[], T]) -> T:
        """Return what is made of just these values, in this language, on this day."""
        try:
            key = (get_language(), timezone.localdate(), *map(facts, values))
        except Untold:
            return make()
        with self._lock:
            if key in self._pieces:
                self._pieces.move_to_end(key)
                return self._pieces[key]
        piece = make()
        with self._lock:
            self._pieces[key] = piece
            if len(self._pieces) > self._most:
                self._pieces.popitem(last=False)
        return piece


class KeptNode(Node):
    """Renders its content once for all values together."""

    def __init__(self, values: dict[str, FilterExpression], content: NodeList) -> None:
        self.values = values
        self.nodelist = content
        self._pieces: Pieces[SafeString] = Pieces(_MOST)

    def render(self, context: Context) -> SafeString:
        seen = {name: value.resolve(context) for name, value in self.values.items()}
        values = (context.autoescape, *seen.values())
        return self._pieces.get(values, lambda: self._render(context, seen))

    def _render(self, context: Context, seen: dict[str, Any]) -> SafeString:
        seen |= {"LANGUAGE_CODE": get_language()}
        with connection.execute_wrapper(_refuse):
            return self.nodelist.render(context.new(seen))


def _refuse(*_query: Any) -> None:
    raise RuntimeError("A kept piece has to be made of what its tag names, not of a query.")


# What is compared as it is.
_PLAIN = {str, int, date, datetime, time, timedelta, UUID, NoneType}
# What Django notes on a row beside its columns.
_OWN = {"_state", "_prefetched_objects_cache"}


def facts(value: Any, above: tuple[Any, ...] = ()) -> Any:
    """Return what a value tells, to compare: a row's values and those of the rows read with it.

    Raises Untold for what is neither a row nor made of rows, words, numbers and times. `above` are
    the rows that led here: of a ticker that names its article again, only that it does is told.
    """
    kind: Any = type(value)
    return value if kind in _PLAIN else _way(kind)(value, above)


@cache
def _way(kind: Any) -> Callable[[Any, tuple[Any, ...]], Any]:
    """Return how values of a type are told."""
    for kinds, way in _WAYS:
        if issubclass(kind, kinds):
            return way
    return _parts if is_dataclass(kind) else _refuse_to_tell


def _row(row: Any, above: tuple[Any, ...]) -> Any:
    if any(row is other for other in above):
        return type(row), row.pk
    inner = (*above, row)
    told = [type(row), _columns(row)]
    told += [facts(one, inner) for one in row._state.fields_cache.values()]
    if read := getattr(row, "_prefetched_objects_cache", None):
        told += [(name, facts(list(rows), inner)) for name, rows in read.items()]
    return tuple(told)


def _lazy(value: Any, above: tuple[Any, ...]) -> Any:
    bool(value)  # until it is touched, nothing is in it
    return facts(value._wrapped, above)


def _several(values: Any, above: tuple[Any, ...]) -> Any:
    return type(values), *[facts(one, above) for one in values]


def _named(values: Any, above: tuple[Any, ...]) -> Any:
    return tuple([(name, facts(one, above)) for name, one in values.items()])


def _refuse_to_tell(value: Any, _above: tuple[Any, ...]) -> Any:
    raise Untold(type(value).__name__)


# In this order, by the type that a value really has: a lazy one says that it is what is in it.
_WAYS: tuple[tuple[tuple[type, ...], Callable[[Any, tuple[Any, ...]], Any]], ...] = (
    # They equal others that are not written the same way: True and 1, a safe text and the same
    # unsafe.
    ((bool, float, SafeString), lambda value, _above: (type(value), value)),
    ((str, int, Enum), lambda value, _above: value),
    ((LazyObject,), _lazy),
    ((Promise,), lambda value, _above: str(value)),
    ((Model,), _row),
    ((list, tuple, set, frozenset), _several),
    ((dict,), _named),
)


def _columns(row: Model) -> tuple[Any, ...]:
    """What a row has: all its columns in their order, else with their names what it has instead."""
    known = vars(row)
    size, whole = _whole(type(row))
    try:
        values = whole(known) if len(known) == size else None
    except KeyError:  # something was noted on it in place of a column
        values = None
    if values is not None:
        return tuple([value if type(value) in _PLAIN else facts(value) for value in values])
    return (
        tuple(known),
        *[
            value if type(value) in _PLAIN else facts(value)
            for name, value in known.items()
            if name not in _OWN
        ],
    )


@cache
def _whole(kind: type[Model]) -> tuple[int, Callable[[dict[str, Any]], Iterable[Any]]]:
    """How much stands on a row that has just its columns, and what reads them all."""
    names = [field.attname for field in kind._meta.concrete_fields]
    read = itemgetter(*names)
    return len(names) + 1, read if len(names) > 1 else lambda known: [read(known)]


class _Told:
    """The facts of a frozen value, with their hash: several pieces of a page are made of it."""

    __slots__ = ("_facts", "_hash")

    def __init__(self, told: tuple[Any, ...]) -> None:
        self._facts = told
        self._hash = hash(told)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Told) and self._facts == other._facts


def _parts(value: Any, _above: tuple[Any, ...]) -> Any:
    """The facts of a dataclass; noted on it if it is frozen, for the next piece."""
    known = vars(value)
    if "_told" in known:
        return known["_told"]
    kind: Any = type(value)
    told = (kind, *[facts(getattr(value, name)) for name in _names(kind)])
    if not value.__dataclass_params__.frozen:
        return told
    known["_told"] = _Told(told)
    return known["_told"]


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
