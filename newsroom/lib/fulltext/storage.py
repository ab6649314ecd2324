"""Where the tokens lie: FTS5 on SQLite, tsvector with GIN on PostgreSQL. Used by index.py only."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL

from ..bulk import copy_rows
from .conditions import GAP, Condition, has_phrase, pair, write_without
from .windows import function_of, windows_of, windows_with

type Row = tuple[int, int, list[str]]  # id, key, tokens


class Storage(Protocol):
    """What the index asks of a database."""

    def ddl(self) -> list[str]: ...
    def functions(self) -> list[str]: ...
    def renewal(self) -> list[str]: ...
    def drop(self) -> list[str]: ...
    def put(self, rows: Sequence[Row]) -> None: ...
    def add(self, rows: Sequence[Row]) -> None: ...
    def without_index(self) -> list[str]: ...
    def with_index(self) -> list[str]: ...
    def remove(self, ids: Sequence[int]) -> None: ...
    def clear(self) -> None: ...
    def ids(self) -> set[int]: ...
    def newest(
        self,
        wanted: Mapping[str, tuple[Condition, int]],
        excluded: Sequence[Condition],
        first: int,
        end: int,
    ) -> list[tuple[str, int]]: ...


def storage_for(vendor: str, table: str) -> Storage:
    """Return the storage of a database's kind; `table` is a constant of ours, never typed in."""
    return SQLiteStorage(table) if vendor == "sqlite" else PostgreSQLStorage(table)


class SQLiteStorage:
    """An FTS5 table whose rowid is the key, and a table from id to key."""

    def __init__(self, table: str) -> None:
        self.table = table

    def ddl(self) -> list[str]:
        # The ascii tokenizer leaves letters beyond ASCII as they are, in every Unicode version.
        return [
            f"CREATE VIRTUAL TABLE {self.table} USING fts5(tokens, columnsize = 0, "
            "tokenize = \"ascii tokenchars '_'\")",
            f"CREATE TABLE {self.table}_keys (id integer PRIMARY KEY, key integer NOT NULL)",
        ]

    def functions(self) -> list[str]:
        return []

    def renewal(self) -> list[str]:
        return []

    def drop(self) -> list[str]:
        return [f"DROP TABLE IF EXISTS {name}" for name in (self.table, f"{self.table}_keys")]

    def put(self, rows: Sequence[Row]) -> None:
        self.remove([pk for pk, _key, _tokens in rows])
        self.add(rows)

    def add(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self.table} (rowid, tokens) VALUES (%s, %s)",  # noqa: S608 - our own table
                [(key, " ".join(tokens)) for _pk, key, tokens in rows],
            )
            cursor.executemany(
                f"INSERT INTO {self.table}_keys (id, key) VALUES (%s, %s)",  # noqa: S608 - our own table
                [(pk, key) for pk, key, _tokens in rows],
            )

    def without_index(self) -> list[str]:
        return []  # the table is the index

    def with_index(self) -> list[str]:
        return []

    def remove(self, ids: Sequence[int]) -> None:
        chosen = "SELECT value FROM json_each(%s)"
        keys = f"SELECT key FROM {self.table}_keys WHERE id IN ({chosen})"  # noqa: S608 - our own table
        for sql in (
            f"DELETE FROM {self.table} WHERE rowid IN ({keys})",  # noqa: S608 - our own table
            f"DELETE FROM {self.table}_keys WHERE id IN ({chosen})",  # noqa: S608 - our own table
        ):
            _execute(sql, [json.dumps(list(ids))])

    def clear(self) -> None:
        for table in (self.table, f"{self.table}_keys"):
            _execute(f"DELETE FROM {table}", [])  # noqa: S608 - our own table

    def ids(self) -> set[int]:
        return {row[0] for row in _execute(f"SELECT id FROM {self.table}_keys", [])}  # noqa: S608 - our own table

    def newest(
        self,
        wanted: Mapping[str, tuple[Condition, int]],
        excluded: Sequence[Condition],
        first: int,
        end: int,
    ) -> list[tuple[str, int]]:
        one = (
            f"SELECT * FROM (SELECT %s, rowid FROM {self.table} WHERE {self.table} MATCH %s "  # noqa: S608 - our own table
            "AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s)"
        )
        params: list[Any] = []
        for name, (condition, limit) in wanted.items():
            text = write_without(condition, excluded, "sqlite")
            params += [name, text, first, end or 2**63 - 1, limit]
        return _execute(" UNION ALL ".join([one] * len(wanted)), params)


class PostgreSQLStorage:
    """A narrow table: the tsvectors lie beside it, so that the rows of many hits are few pages."""

    def __init__(self, table: str) -> None:
        self.table = table

    def ddl(self) -> list[str]:
        # No fastupdate: readers would pay for the list of pending entries.
        return [
            f"CREATE TABLE {self.table} (id bigint PRIMARY KEY, key bigint NOT NULL, "
            "tokens tsvector NOT NULL) WITH (toast_tuple_target = 128)",
            self._gin(),
            *self.functions(),
        ]

    def _gin(self) -> str:
        name = f"{self.table}_gin"
        return (
            f"CREATE INDEX IF NOT EXISTS {name} ON {self.table} USING gin (tokens) "
            "WITH (fastupdate = off)"
        )

    def without_index(self) -> list[str]:
        return [f"DROP INDEX IF EXISTS {self.table}_gin"]

    def with_index(self) -> list[str]:
        return ["SET LOCAL maintenance_work_mem = '512MB'", self._gin()]

    def functions(self) -> list[str]:
        """Return what makes the function that finds the newest rows."""
        return [function_of(self.table)]

    def renewal(self) -> list[str]:
        """Return what rows and functions of an earlier version need."""
        return [*self.drop_functions(), *self.functions(), windows_of(self.table)]

    def drop_functions(self) -> list[str]:
        arguments = "tsquery, bigint, bigint, integer"
        return [
            f"DROP FUNCTION IF EXISTS {self.table}_newest({arguments}{more})"
            for more in ("", ", tsquery")
        ]

    def drop(self) -> list[str]:
        return [*self.drop_functions(), f"DROP TABLE IF EXISTS {self.table}"]

    def put(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self.table} (id, key, tokens) VALUES (%s, %s, %s::tsvector) "  # noqa: S608 - our own table
                "ON CONFLICT (id) DO UPDATE SET key = excluded.key, tokens = excluded.tokens",
                [(pk, key, _tsvector(tokens, key)) for pk, key, tokens in rows],
            )

    def add(self, rows: Sequence[Row]) -> None:
        copy_rows(
            f"{self.table} (id, key, tokens)",
            ((pk, key, _tsvector(tokens, key)) for pk, key, tokens in rows),
        )

    def remove(self, ids: Sequence[int]) -> None:
        _execute(f"DELETE FROM {self.table} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608 - our own table

    def clear(self) -> None:
        _execute(f"DELETE FROM {self.table}", [])  # noqa: S608 - our own table

    def ids(self) -> set[int]:
        return {row[0] for row in _execute(f"SELECT id FROM {self.table}", [])}  # noqa: S608 - our own table

    def newest(
        self,
        wanted: Mapping[str, tuple[Condition, int]],
        excluded: Sequence[Condition],
        first: int,
        end: int,
    ) -> list[tuple[str, int]]:
        parts: list[str] = []
        params: list[Any] = []
        for name, (condition, limit) in wanted.items():
            text = write_without(condition, excluded, "postgresql")
            phrases = [part for part in excluded if not has_phrase(part)]
            words = write_without(condition, phrases, "postgresql", by_pairs=True)
            params += [name, words, first, end or 2**63 - 1, limit]
            if words != text:
                params.append(text)
            phrase = "%s::tsquery" if words != text else "NULL"
            parts.append(f"SELECT %s, {self.table}_newest(%s::tsquery, %s, %s, %s, {phrase})")
        return _execute(" UNION ALL ".join(parts), params)


def _execute(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def _tsvector(tokens: Sequence[str], key: int) -> str:
    """Write tokens as a tsvector literal: each with its positions. Gaps take a position only.

    Pairs of neighbours are tokens too, without positions: by them the index finds phrases. So are
    the stretches of time in which the row lies: by them it finds the newest without the others.
    """
    places: dict[str, list[str]] = {}
    for position, token in enumerate(tokens, start=1):
        if token in places:
            places[token].append(str(min(position, 16_383)))
        else:
            places[token] = [str(min(position, 16_383))]
    places.pop(GAP, None)
    words = [f"'{token}':{','.join(found)}" for token, found in places.items()]
    pairs = {pair(one, other) for one, other in pairwise(tokens) if one != GAP and other != GAP}
    return " ".join([*words, *(f"'{token}'" for token in (*pairs, *windows_with(key)))])


def among[M: Model](rows: QuerySet[M], ids: Sequence[int], field: str = "id") -> QuerySet[M]:
    """Return the rows with these ids, or that point at them by a field.

    The ids are one parameter: a thousand single ones take longer to pass on than to look up.
    """
    if connection.vendor == "sqlite":
        return rows.filter(
            **{f"{field}__in": RawSQL("SELECT value FROM json_each(%s)", [json.dumps(ids)])}
        )
    meta: Any = rows.model._meta
    key = f'"{meta.db_table}"."{meta.get_field(field).column}"'
    # Not IN (SELECT unnest …): PostgreSQL then joins what it had better look up.
    return rows.filter(RawSQL(f"{key} = ANY(%s)", [list(ids)], BooleanField()))  # noqa: S611 - names from the model
