"""Indexes made once all rows are there, which takes a fraction of keeping them in order meanwhile.

Those that models name in Meta.indexes. Unique ones and those of foreign keys stay: what comes in
asks them. Whoever is killed leaves slow lists behind until the next run of the same work or until
`migrate`; `check_content` names what is missing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Index, Model


@contextmanager
def late(models: Sequence[type[Model]], *, pays: bool = True) -> Iterator[None]:
    """Take indexes away where it pays; at the end make what is missing. Not in a transaction."""
    here = _names() if pays else set()
    for model in models:
        for index in model._meta.indexes:
            if index.name in here:
                _execute(f"DROP INDEX {connection.ops.quote_name(index.name)}")
    try:
        yield
    finally:
        make(models)


def missing(models: Iterable[type[Model]]) -> list[tuple[type[Model], Index]]:
    """Return what is not there. One query."""
    here = _names()
    return [
        (model, index)
        for model in models
        for index in model._meta.indexes
        if index.name not in here
    ]


def make(models: Iterable[type[Model]]) -> None:
    """Make what is not there, each in a transaction of its own: seconds for a million rows."""
    for model, index in missing(models):
        with transaction.atomic():
            # Spells the statement out; it is not entered, so it neither runs nor checks anything.
            editor = connection.SchemaEditorClass(connection)
            _execute(str(index.create_sql(model, editor)))


def make_before_migrate(*, apps: Any, **_kwargs: Any) -> None:
    """Make what is missing of the state that the migrations start from: they expect it."""
    make(apps.get_models())


def _names() -> set[str]:
    """Return the names of all indexes of the database."""
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'index'"
        if connection.vendor == "sqlite"
        else "SELECT indexname FROM pg_indexes WHERE schemaname = ANY (current_schemas(false))"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
