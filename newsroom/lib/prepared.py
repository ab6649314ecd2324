"""Questions of hot pages: written as querysets, compiled once a process, then only filled in.

Django takes longer to write the SQL of a page's larger questions than the database to answer them.
Where the shape of a question never changes, `@prepared` keeps the SQL and puts the values in:

    @prepared
    def _signed(article: int) -> QuerySet[Byline]:
        return Byline.objects.filter(article=article).select_related("author")

    bylines = _signed(7)  # a list, by one query

Positional arguments are values; the function hands them on as they are, to filters and annotations,
not to slices. Keywords, the lengths of tuples, None and bools belong to the shape: each combination
is compiled by itself. Nothing else may decide what the function returns.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import update_wrapper
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, ValuesListIterable

# Of one question; more would mean that its shape changes all the time.
_MOST_SHAPES = 500


class Prepared:
    """What `@prepared` makes of a function: call it and get the rows, by one query."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._written: dict[Any, _Written | None] = {}
        update_wrapper(self, build)

    def __call__(self, *given: Any, **shape: Any) -> list[Any]:
        """Return the rows. Raises TypeError where a value is not handed on as it is."""
        engine = connections[DEFAULT_DB_ALIAS].vendor
        key = (engine, tuple(map(_shape, given)), *shape.items())
        try:
            written = self._written[key]
        except KeyError:
            if len(self._written) >= _MOST_SHAPES:
                self._written.clear()
            written = self._written[key] = self._write(given, shape)
        return [] if written is None else written.ask(given)

    def _write(self, given: Sequence[Any], shape: dict[str, Any]) -> "_Written | None":
        """Compile twice with different values: where the parameters differ, there is a hole."""
        turns = (count(0, 2), count(1, 2))
        samples = [[_sample(value, numbers) for value in given] for numbers in turns]
        queryset, other = (self._build(*values, **shape) for values in samples)
        compiler, second = (made.query.get_compiler(made.db) for made in (queryset, other))
        try:
            (sql, parameters), (same, differing) = compiler.as_sql(), second.as_sql()
        except EmptyResultSet:
            return None
        ops = connections[queryset.db].ops
        stored = [[_stored(value, ops) for value in _flat(values)] for values in samples]
        pairs = list(zip(*stored, strict=True))
        holes = [
            (place, pairs.index(pair))
            for place, pair in enumerate(zip(parameters, differing, strict=True))
            if pair[0] != pair[1] and pair in pairs
        ]
        if sql != same or sum(map(operator.ne, parameters, differing)) > len(holes):
            raise TypeError(f"{self._build.__qualname__} does not hand its values on as they are.")
        converters = compiler.get_converters([row[0] for row in compiler.select])
        return _Written(
            queryset.db,
            sql,
            tuple(parameters),
            tuple(holes),
            [(place, *how) for place, how in converters.items()],
            _reader(queryset, compiler),
        )


prepared = Prepared


def in_tens(ids: Sequence[int]) -> tuple[int, ...]:
    """Return ids filled up with zeros, which no row has: few lengths, and as many questions."""
    return (*ids, *[0] * (-len(ids) % 10))


@dataclass(frozen=True, slots=True)
class _Written:
    """A question's SQL. `holes`: which parameter is which of the values."""

    alias: str
    sql: str
    parameters: tuple[Any, ...]
    holes: tuple[tuple[int, int], ...]
    # Of a column: its place, what turns the database's value into Python's, what it is.
    converters: list[tuple[int, list[Callable[..., Any]], Any]]
    read: Callable[[list[Any]], Any]

    def ask(self, given: Sequence[Any]) -> list[Any]:
        connection = connections[self.alias]
        values = [_stored(value, connection.ops) for value in _flat(given)]
        filled = list(self.parameters)
        for place, number in self.holes:
            filled[place] = values[number]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, filled)
            rows = [list(row) for row in cursor.fetchall()]
        for place, converters, column in self.converters:
            for convert in converters:
                for row in rows:
                    row[place] = convert(row[place], column, connection)
        return list(map(self.read, rows))


def _reader(queryset: Any, compiler: Any) -> Callable[[list[Any]], Any]:
    """Return what makes a tuple or a model of the columns of a row."""
    if queryset._iterable_class is ValuesListIterable:
        width = compiler.col_count  # behind it, what was only sorted by
        return lambda row: tuple(row[:width])
    if queryset._iterable_class is not ModelIterable or queryset._prefetch_related_lookups:
        raise TypeError("A prepared question gives models or tuples, of one query.")
    return _Models(compiler.klass_info, compiler.select, compiler.annotation_col_map, queryset.db)


class _Models:
    """Makes a model of a row's columns, as Django does but for asking each field to take its value.

    That would cost more than the database's answer; what stands in an instance is the same.
    """

    def __init__(
        self, info: Mapping[str, Any], select: Any, annotations: Mapping[str, int], alias: str
    ) -> None:
        self._model, self._alias = info["model"], alias
        places = info["select_fields"]
        self._place = slice(places[0], places[-1] + 1)
        self._names = [select[place][0].target.attname for place in places]
        self._key = places[self._names.index(self._model._meta.pk.attname)]
        self._annotations = list(annotations.items())
        self._related = [
            (_Models(other, select, {}, alias), other["local_setter"], other["remote_setter"])
            for other in info.get("related_klass_infos", [])
        ]

    def __call__(self, row: list[Any]) -> Any:
        if row[self._key] is None:
            return None  # of a row read with another
        made = self._model.__new__(self._model)
        state = made._state = ModelState()
        state.db, state.adding = self._alias, False
        values = vars(made)
        values.update(zip(self._names, row[self._place], strict=True))
        for name, place in self._annotations:
            values[name] = row[place]
        for read, note_here, note_there in self._related:
            other = read(row)
            note_here(made, other)
            if other is not None:
                note_there(other, made)
        return made


def _shape(value: Any) -> object:
    """What of a value decides the SQL."""
    if isinstance(value, tuple):
        return tuple(map(_shape, value))
    return value if value is None or isinstance(value, bool) else type(value)


def _sample(value: Any, numbers: Iterator[int]) -> Any:
    """Return a value of the same kind that stands nowhere else."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return tuple(_sample(one, numbers) for one in value)
    number = next(numbers)
    if isinstance(value, datetime):
        return datetime(1871, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    if isinstance(value, date):
        return date(1871, 1, 1) + timedelta(days=number)
    if isinstance(value, int):
        return 1_987_000_001 + number
    if isinstance(value, str):
        return f"sample {number}"
    raise TypeError(f"{type(value).__name__} is no value of a prepared question.")


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value


def _stored(value: Any, ops: Any) -> Any:
    """Return a value as the database is given it."""
    if isinstance(value, datetime):
        return ops.adapt_datetimefield_value(value)
    return ops.adapt_datefield_value(value) if isinstance(value, date) else value
