"""The database as a copy of its own kind, and the media: for this site again, on the same database.

`manage.py backup` and `restore` call it. Between databases an archive moves (exporting.py).
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from . import manifest, media
from .manifest import Part
from .refusal import ArchiveRefused
from .tables import carried

KIND = "newsroom-backup"
FORMAT = 1
# Stands in a folder before its first backup is whole.
_BEGUN = "begun"


def back_up(folder: Path) -> tuple[Part, media.Taken]:
    """Write a backup into a new folder, or bring an older one there up to date; say what it holds.

    Only new files are copied. The older backup is whole until the manifest changes, in one step.
    """
    old = _older(folder)
    known = {part.path: part for part in media.listed(folder, old["media"]["path"])} if old else {}
    stamp = f"{timezone.now():%Y%m%dT%H%M%S%f}"
    database = _dump(folder, f"database-{stamp}")
    taken = media.take(folder, _file_names(), known, f"media-{stamp}.jsonl")
    manifest.write(
        folder,
        {
            "kind": KIND,
            "format": FORMAT,
            "made_at": timezone.now().isoformat(),
            "site": settings.SITE_URL,
            "vendor": connection.vendor,
            "database": database,
            "media": taken.listing,
        },
    )
    _clear(folder, database.path, taken.listing.path)
    return database, taken


def restore(folder: Path) -> int:
    """Check a backup and bring it into an empty database; return how many files came with it.

    The database comes in one transaction after the files: after a kill it can be done again.
    """
    backup = manifest.read(folder, KIND, FORMAT)
    database, listing = Part(**backup["database"]), backup["media"]["path"]
    if backup["vendor"] != connection.vendor:
        raise ArchiveRefused(
            f"This backup is of {backup['vendor']}, DATABASE_URL names {connection.vendor}: "
            "move the site with export_site and import_site."
        )
    manifest.verify(folder, [database, Part(**backup["media"])])
    manifest.verify(folder, media.listed(folder, listing))
    if connection.introspection.table_names():
        raise ArchiveRefused(
            "The database is not empty. A backup comes into a new database only, unmigrated."
        )
    files = media.put(folder, media.listed(folder, listing))
    if connection.vendor == "sqlite":
        _copy(folder / database.path, _place())
    else:
        _end_earlier_restore()
        _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
             "--no-privileges", "--dbname", connection.settings_dict["NAME"],
             str(folder / database.path))  # fmt: skip
    return files


def _older(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of the backup that is there; None for none. Refuses foreign folders."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / manifest.NAME).exists():
        return manifest.read(folder, KIND, FORMAT)
    if any(folder.iterdir()) and not (folder / _BEGUN).exists():
        raise ArchiveRefused(f"{folder} is neither empty nor a backup. Name a new folder.")
    (folder / _BEGUN).touch()
    return None


def _file_names() -> Iterator[str]:
    for table in carried():
        for column in table.file_fields:
            names = table.rows().exclude(**{column: ""}).values_list(column, flat=True)
            yield from names.iterator()


def _clear(folder: Path, database: str, listing: str) -> None:
    """Remove what only older backups named, and what killed ones left; nothing of anybody else."""
    for pattern in ("database-*", "media-*.jsonl", _BEGUN):
        for path in folder.glob(pattern):
            if path.name not in {database, listing}:
                path.unlink()
    copies = {part.path for part in media.listed(folder, listing)}
    for path in sorted((folder / media.FOLDER).rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder).as_posix() not in copies:
            path.unlink()
        elif path.is_dir():
            with suppress(OSError):  # not empty
                path.rmdir()


# --- The database ---------------------------------------------------------------------------------


def _dump(folder: Path, name: str) -> Part:
    if connection.vendor == "sqlite":
        path = folder / f"{name}.sqlite3"
        _copy(_place(), path)
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
            (answer,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            raise ArchiveRefused(f"The database is damaged: {answer}")
    else:
        path = folder / f"{name}.dump"
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
             f"--file={path}", connection.settings_dict["NAME"])  # fmt: skip
    with path.open("rb") as file:
        return Part(path.name, *manifest.digest_of(file))


def _place() -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use, in one transaction of the target."""
    connection.close()
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _end_earlier_restore() -> None:
    """Stop a pg_restore that outlived its killed command: all that it has done is undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'pg_restore'"
        )
    connection.close()


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on our database. Refuses where it is missing or fails."""
    if shutil.which(program) is None:
        raise ArchiveRefused(f"{program} is not installed (Debian: postgresql-client).")
    values = connection.settings_dict
    options = {"--host": values["HOST"], "--port": values["PORT"], "--username": values["USER"]}
    where = [word for name, value in options.items() if value for word in (name, str(value))]
    _psql, variables = connection.client.settings_to_cmd_args_env(values, [])
    done = subprocess.run(  # noqa: S603 - our own words
        [program, *where, "--no-password", *arguments],
        env={**os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ArchiveRefused(f"{program} failed: {done.stderr.strip()[-1000:]}")
