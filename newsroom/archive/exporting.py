"""Writes the whole site into a folder: a file of JSON Lines for each table, and the media.

Read as of one moment, row by row. `manage.py export_site` calls it.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from . import manifest, media
from .manifest import HashedFile, Part
from .numbering import last_number
from .refusal import ArchiveRefused
from .tables import LEFT_OUT, Names, Table, carried, migrations, snapshot
from .values import to_line

KIND = "newsroom-archive"
FORMAT = 1
# Stands in a folder whose archive is not finished; a later run may throw that away.
_UNFINISHED = "unfinished"
_SECRETS = (
    "This archive holds the password hashes and second-factor keys of staff, addresses of "
    "readers and unpublished texts: keep it as you keep the database. SECRET_KEY is not in it; "
    "without the same key links in mails already sent no longer work."
)


@dataclass
class Exported:
    """What was written; `missing` are files that rows name and the storage does not have."""

    rows: int
    files: int
    missing: list[str]
    notice: str = _SECRETS


def export(folder: Path) -> Exported:
    """Write an archive into a new or empty folder. An unfinished one there is written anew.

    The manifest comes last: a folder without it is no archive.
    """
    _prepare(folder)
    tables = carried()
    with snapshot():
        state = migrations()
        names = Names()
        entries = [_write(folder, table, names) for table in tables]
    taken = media.take(folder, _file_names(folder, tables))
    manifest.write(
        folder,
        {
            "kind": KIND,
            "format": FORMAT,
            "notice": _SECRETS,
            "made_at": timezone.now().isoformat(),
            "site": settings.SITE_URL,
            "migrations": state,
            "tables": entries,
            "media": taken.listing,
            "left_out": LEFT_OUT,
        },
    )
    (folder / _UNFINISHED).unlink()
    return Exported(sum(entry["rows"] for entry in entries), taken.files, taken.missing)


def part_of(entry: dict[str, Any]) -> Part:
    """Return the file of a table's line in the manifest."""
    return Part(**entry["part"])


def _prepare(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / _UNFINISHED).exists() and any(folder.iterdir()):
        raise ArchiveRefused(f"{folder} is not empty. Name a new folder.")
    (folder / _UNFINISHED).touch()
    for name in (manifest.NAME, media.LIST):
        (folder / name).unlink(missing_ok=True)
    for name in ("tables", media.FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)


def _write(folder: Path, table: Table, names: Names) -> dict[str, Any]:
    """Write one table; return its line for the manifest."""
    file, count = HashedFile(folder, table.path), 0
    fields = table.fields
    columns = [field.attname for field in fields]
    for values in table.rows().values_list(*columns).iterator(chunk_size=500):
        row = {
            field.attname: names.name(field, value)
            for field, value in zip(fields, values, strict=True)
        }
        file.write(to_line(row).encode())
        count += 1
    return {
        "name": table.name,
        "rows": count,
        "last_number": last_number(table),
        "part": file.part(),
    }


def _file_names(folder: Path, tables: list[Table]) -> Iterator[str]:
    """Yield the files that the rows just written name."""
    for table in tables:
        if not table.file_fields:
            continue
        with (folder / table.path).open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield from (row[column] for column in table.file_fields if row[column])
