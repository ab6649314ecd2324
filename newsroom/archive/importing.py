"""Makes an empty, migrated site the one of an archive. `manage.py import_site` calls it.

Files first, under their final names; then all rows in one transaction: after a kill the site is
empty still, and the same command does it again.
"""

import json
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from articles import search
from jobs import findable

from . import manifest, media
from .exporting import FORMAT, KIND, part_of
from .numbering import go_on_after
from .refusal import ArchiveRefused
from .tables import FILLED_BY_MIGRATE, Names, Table, carried, migrations
from .values import to_column

_BATCH = 200
_DIFFERENT = (
    "The archive is of another state of the tables ({names}). Import it with the version of "
    "Newsroom that made it, then update."
)


def load(folder: Path) -> tuple[int, int]:
    """Check the archive, then bring files and rows in; return how many rows and files.

    Refuses an archive that is damaged or of another version, and a site that is not empty.
    """
    archive = manifest.read(folder, KIND, FORMAT)
    tables = _check(folder, archive)
    _demand_empty()
    files = media.put(folder, media.listed(folder))
    with transaction.atomic():
        # Again: somebody may have begun to work here meanwhile.
        _demand_empty()
        for name in reversed(FILLED_BY_MIGRATE):
            _empty(tables[name])
        names = Names()
        rows = sum(_fill(folder, table, names) for table in tables.values())
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise ArchiveRefused(f"A row names another one that is missing: {error}") from error
        for entry in archive["tables"]:
            go_on_after(tables[entry["name"]], entry["last_number"])
        _index()
    return rows, files


def _check(folder: Path, archive: dict[str, Any]) -> dict[str, Table]:
    """Hold everything against the manifest before anything is written; return the tables."""
    if different := set(archive["migrations"]) ^ set(migrations()):
        raise ArchiveRefused(_DIFFERENT.format(names=", ".join(sorted(different)[:5])))
    tables = {table.name: table for table in carried()}
    if {entry["name"] for entry in archive["tables"]} != set(tables):
        raise ArchiveRefused("The archive has other tables than this site.")
    parts = [part_of(entry) for entry in archive["tables"]]
    if [part.path for part in parts] != [tables[e["name"]].path for e in archive["tables"]]:
        raise ArchiveRefused("The manifest names other files than those of the tables.")
    manifest.verify(folder, [*parts, manifest.Part(**archive["media"])])
    manifest.verify(folder, media.listed(folder))
    return tables


def _demand_empty() -> None:
    for table in carried():
        if table.name not in FILLED_BY_MIGRATE and table.rows().exists():
            raise ArchiveRefused(
                f"This site is not empty ({table.name} has rows). "
                "An archive comes into a new, migrated database only."
            )


def _empty(table: Table) -> None:
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(table.model._meta.db_table)
        cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - our own table


def _fill(folder: Path, table: Table, names: Names) -> int:
    """Bring one table's rows in as they are: no default, no cleaning, no time of now."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or "") for field in table.fields)
    places = ", ".join(["%s"] * len(table.fields))
    sql = f"INSERT INTO {quote(table.model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - our own table
    count = 0
    for batch in batched(_lines(folder / table.path), _BATCH):
        rows = [
            [to_column(field, names.number(field, row[field.attname])) for field in table.fields]
            for row in batch
        ]
        try:
            with connection.cursor() as cursor:
                cursor.executemany(sql, rows)
        except (DataError, IntegrityError, ValueError) as error:
            # SQLite keeps what PostgreSQL refuses, such as texts longer than their column.
            raise ArchiveRefused(f"The database refuses rows of {table.name}: {error}") from error
        count += len(rows)
    return count


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _index() -> None:
    """Fill the full-text indexes, which are no tables of rows; all else derived was carried."""
    for reindex in (search.reindex, findable.reindex):
        for _done in reindex():
            pass
