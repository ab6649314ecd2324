"""The numbers that a database has given out: no number of a deleted row is given again."""

from django.db import connection

from .tables import Table


def last_number(table: Table) -> int:
    """Return the highest number ever given to a row of a table; 0 for none."""
    if not table.has_numbers:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [_name(table)])
        else:
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                _place(table),
            )
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def go_on_after(table: Table, number: int) -> None:
    """Let the table's next row get a number above this one."""
    if not table.has_numbers:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [_name(table)])
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [_name(table), number]
            )
        else:
            # The third value: whether the number itself has been given.
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
                [*_place(table), max(number, 1), number > 0],
            )


def _name(table: Table) -> str:
    return table.model._meta.db_table


def _place(table: Table) -> list[str]:
    pk = table.model._meta.pk
    return [connection.ops.quote_name(_name(table)), pk.column or ""]
