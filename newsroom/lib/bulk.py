"""Thousands of new rows at once, for a fraction of what the ORM takes to write each of them down.

For those who place what comes from elsewhere. Rows are written as bulk_create writes them; no model
here has signals. Called inside a transaction.
"""

import ctypes
import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any, cast

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    TextField,
)

type _AnyField = Field[Any, Any]
type _CopiedColumns = list[tuple[_AnyField, Callable[[Any], Any] | None]]

# Fields whose values SQLite takes as they are.
_PLAIN = (BooleanField, CharField, ForeignKey, IntegerField, TextField)


def spare_memory() -> None:
    """Let SQLite read pages instead of mapping its file, which counts as memory of the process.

    It keeps fewer of them, too: the system has them anyway.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size = 0")
            cursor.execute("PRAGMA cache_size = -8000")
            # Batches are larger than the log of the usual length: pages would be written twice.
            cursor.execute("PRAGMA wal_autocheckpoint = 10000")
            if not connection.in_atomic_block:  # within, SQLite does not change its mind
                cursor.execute("PRAGMA temp_store = FILE")  # savepoints keep whole pages


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Let the collector of circular garbage pass over what is here already, and come seldom.

    Rows are no such garbage. With its usual zeal it takes a tenth of an import's time.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def give_back_memory() -> None:
    """Give what has been freed back to the system, where the C library can: it keeps it otherwise.

    Between one batch of large texts and the next; without it a process grows with what it reads.
    """
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def maker[M: Model](model: type[M], names: Sequence[str]) -> Callable[..., M]:
    """Return what makes objects of values for these attributes, in this order.

    All other fields get their defaults. Django asks of every keyword what it may be, which takes
    several times as long; values in the order of the columns, as they come from the database, it
    takes as they are.
    """
    fields = model._meta.concrete_fields
    attnames = [field.attname for field in fields]
    places = [attnames.index(name) for name in names]
    blank = [
        None if name in names else field.get_default()
        for name, field in zip(attnames, fields, strict=True)
    ]
    anew = [
        (place, field.get_default)
        for place, field in enumerate(fields)
        if callable(field.default) and field.attname not in names
    ]

    def make(*values: Any) -> M:
        row = blank.copy()
        for place, default in anew:
            row[place] = default()
        for place, value in zip(places, values, strict=True):
            row[place] = value
        return model(*row)

    return make


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model; those without an id get one."""
    if not rows:
        return
    model = type(rows[0])
    nameless = [row for row in rows if row.pk is None]
    for row, pk in zip(nameless, new_ids(model, len(nameless)), strict=True):
        row.pk = pk
    if connection.vendor != "sqlite":  # PostgreSQL takes whole columns, and Django knows it
        model._base_manager.bulk_create(rows, batch_size=1000)
        return
    fields = model._meta.concrete_fields
    columns = [_column(field, rows) for field in fields]
    _write(model, fields, columns)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def add(rows: Sequence[Model]) -> None:
    """Insert rows of one model as they stand: nothing is cleaned, no row may be there already.

    By COPY where the database has it; there, rows without an id get one that is not known here.
    """
    if not rows or connection.vendor == "sqlite":
        insert(rows)
        return
    model = type(rows[0])
    columns = _copied_columns(model, has_ids=rows[0].pk is not None)
    copy_rows(
        _into(model, columns),
        (
            [
                write(row.__dict__[field.attname]) if write else row.__dict__[field.attname]
                for field, write in columns
            ]
            for row in rows
        ),
    )


def add_values(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of which only values are known, as they stand; all other fields get defaults.

    By COPY where the database has it, which knows no rows that are there already.
    """
    if not rows or connection.vendor == "sqlite":
        insert_values(model, names, rows)
        return
    blank = model()
    given = dict(zip(names, zip(*rows, strict=True), strict=True))
    columns = _copied_columns(model, has_ids=model._meta.pk.attname in given)
    values = []
    for field, write in columns:
        found = given.get(field.attname)
        if found is None:
            found = (field.pre_save(blank, add=True),) * len(rows)
        values.append(map(write, found) if write else found)
    copy_rows(_into(model, columns), zip(*values, strict=True))


def copy_rows(into: str, rows: Iterable[Sequence[Any]]) -> None:
    """Send rows of plain values to a table with its columns, a constant. PostgreSQL only.

    Raises Django's database errors, as a query does.
    """
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cast("Any", cursor).copy(f"COPY {into} FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write columns of rows that are locked, by the names of their attributes.

    bulk_update spells out a CASE for each row and column, and takes several times as long.
    """
    if not rows:
        return
    model = type(rows[0])
    key = model._meta.pk
    fields = [field for field in model._meta.concrete_fields if field.attname in names]
    if connection.vendor != "sqlite":
        model._base_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=[key.name], update_fields=names
        )
        return
    columns = [_column(field, rows) for field in (*fields, key)]
    changes = ", ".join(f"{_name(field)} = %s" for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    _execute(f"UPDATE {table} SET {changes} WHERE {_name(key)} = %s", columns)  # noqa: S608 - names from the model


def new_ids(model: type[Model], count: int) -> Sequence[int]:
    """Return ids that no row has had, for rows that are inserted before the next are asked for."""
    table = model._meta.db_table
    if not count:
        return []
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [f'"{table}"', count],
            )
            return [row[0] for row in cursor.fetchall()]
        # Nobody else writes before our transaction ends.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def insert_values(
    model: type[Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignores_known: bool = False,
    replaces: Sequence[str] = (),
) -> None:
    """Insert rows of which only values are known, by the names of their attributes.

    All other fields get their defaults. `replaces`: where these columns, which are unique together,
    have the values already, the row there takes the new ones.
    """
    rows = list(rows)
    if not rows:
        return
    if connection.vendor != "sqlite":
        _insert_objects(model, names, rows, ignores_known, replaces)
        return
    given = dict(zip(names, zip(*rows, strict=True), strict=True))
    fields = [f for f in model._meta.concrete_fields if f.attname in given or f.attname != "id"]
    blank = model()
    columns = [
        _converted(field, given[field.attname])
        if field.attname in given
        # A moment is the same for all of them.
        else [*_converted(field, [field.pre_save(blank, add=True)])] * len(rows)
        for field in fields
    ]
    conflict = "OR IGNORE " if ignores_known else ""
    _write(model, fields, columns, conflict, replaces, names)


def _insert_objects(
    model: type[Model],
    names: Sequence[str],
    rows: list[Sequence[Any]],
    ignores_known: bool,
    replaces: Sequence[str],
) -> None:
    others = [name for name in names if name not in replaces]
    model._base_manager.bulk_create(
        [model(**dict(zip(names, row, strict=True))) for row in rows],
        batch_size=1000,
        ignore_conflicts=ignores_known,
        update_conflicts=bool(replaces),
        unique_fields=replaces or None,
        update_fields=others if replaces else None,
    )


def _copied_columns(model: type[Model], *, has_ids: bool) -> _CopiedColumns:
    """Return columns and how COPY wants their values; None: as they are."""
    columns: _CopiedColumns = []
    for field in model._meta.concrete_fields:
        if field.primary_key and not has_ids:
            continue
        if isinstance(field, JSONField):
            columns.append((field, partial(json.dumps, ensure_ascii=False)))
        elif isinstance(field, CharField | TextField):
            # The members of an enumeration would go by their names.
            columns.append((field, lambda value: None if value is None else str(value)))
        else:
            columns.append((field, None))
    return columns


def _into(model: type[Model], columns: _CopiedColumns) -> str:
    names = ", ".join(_name(field) for field, _write in columns)
    return f"{connection.ops.quote_name(model._meta.db_table)} ({names})"


def _column(field: _AnyField, rows: Sequence[Model]) -> Sequence[Any]:
    changes = type(field).pre_save is not Field.pre_save and not (
        isinstance(field, DateTimeField) and not field.auto_now and not field.auto_now_add
    )
    if changes:
        return _converted(field, [field.pre_save(row, add=True) for row in rows])
    return _converted(field, list(map(attrgetter(field.attname), rows)))


def _converted(field: _AnyField, values: Sequence[Any]) -> Sequence[Any]:
    convert = _converter(field)
    return [None if value is None else convert(value) for value in values] if convert else values


@lru_cache(maxsize=500)
def _converter(field: _AnyField) -> Callable[[Any], Any] | None:
    if isinstance(field, DateTimeField):
        # Of the times of a row most are the same.
        return lru_cache(maxsize=500)(connection.ops.adapt_datetimefield_value)
    if isinstance(field, _PLAIN):
        return None
    prepare = partial(field.get_db_prep_save, connection=connection)
    if not isinstance(field, JSONField):
        return prepare
    nothing = prepare({})  # most of them
    return lambda value: nothing if value == {} else prepare(value)


def _write(
    model: type[Model],
    fields: Sequence[_AnyField],
    values: Sequence[Sequence[Any]],
    conflict: str = "",
    replaces: Sequence[str] = (),
    names: Sequence[str] = (),
) -> None:
    columns = ", ".join(map(_name, fields))
    table = connection.ops.quote_name(model._meta.db_table)
    signs = ", ".join(["%s"] * len(fields))
    sql = f"INSERT {conflict}INTO {table} ({columns}) VALUES ({signs})"  # noqa: S608 - names from the model
    if replaces:
        keys = ", ".join(_name(field) for field in fields if field.attname in replaces)
        kept = [_name(f) for f in fields if f.attname in names and f.attname not in replaces]
        changes = ", ".join(f"{name} = excluded.{name}" for name in kept)
        sql += f" ON CONFLICT ({keys}) DO UPDATE SET {changes}"
    _execute(sql, values)


def _execute(sql: str, columns: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(zip(*columns, strict=True)))


def _name(field: _AnyField) -> str:
    return connection.ops.quote_name(str(field.column))
