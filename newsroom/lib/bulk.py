"""Many rows at once: ids known before the rows are there, COPY where the database has it."""

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

from django.db import connection, models

type _Column = tuple[str, Callable[[Any], Any] | None]


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Return ids that no other row of the model gets. One query; belongs in a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(sequence) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass "
                "AS sequence) AS of_table, generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # One writes at a time, and AUTOINCREMENT goes on behind the highest id given.
        cursor.execute(
            f"SELECT max(coalesce((SELECT max(id) FROM {table}), 0), "  # noqa: S608 - the model's table
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))",
            [table],
        )
        last = cursor.fetchone()[0]
    return list(range(last + 1, last + 1 + count))


def add(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model as they stand: nothing is cleaned, no row may be there already.

    Ids are those of the rows or, where the first has none, given by the database and not known
    here afterwards.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(rows, batch_size=500)
        return
    columns = _columns(model, has_ids=rows[0].pk is not None)
    names = ", ".join(f'"{model._meta.get_field(name).column}"' for name, _as in columns)  # type: ignore[union-attr]
    copy_rows(
        f'"{model._meta.db_table}" ({names})',
        (
            [write(row.__dict__[name]) if write else row.__dict__[name] for name, write in columns]
            for row in rows
        ),
    )


def copy_rows(into: str, rows: Any) -> None:
    """Send rows of plain values to a table with its columns, a constant. PostgreSQL only."""
    with connection.cursor() as cursor, cast("Any", cursor).copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _columns(model: type[models.Model], *, has_ids: bool) -> list[_Column]:
    """Return attributes and how their values are written; None: as they are."""
    columns: list[_Column] = []
    for field in model._meta.concrete_fields:
        if field.primary_key and not has_ids:
            continue
        if isinstance(field, models.JSONField):
            columns.append((field.attname, _as_json))
        elif isinstance(field, models.CharField | models.TextField):
            # The members of an enumeration would go by their names.
            columns.append((field.attname, _as_text))
        else:
            columns.append((field.attname, None))
    return columns


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
