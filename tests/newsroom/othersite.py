"""A second site for tests: a database and a media folder of its own, reached by manage.py."""

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


class OtherSite:
    """A new place; its database is on a server of ours (PostgreSQL) or in the folder (SQLite)."""

    def __init__(self, folder: Path, vendor: str, copied_from: str = "") -> None:
        self.vendor = vendor
        self.media = folder / "media"
        self.media.mkdir(parents=True)
        if vendor == "sqlite":
            self.name = str(folder / "site.sqlite3")
            self.url = f"sqlite:///{self.name}"
            if copied_from:
                shutil.copy(copied_from, self.name)
        else:
            self.name = f"newsroom_other_{uuid.uuid4().hex[:12]}"
            values = connection.settings_dict
            user = quote(values["USER"]) + f":{quote(values['PASSWORD'])}" * bool(
                values["PASSWORD"]
            )
            port = f":{values['PORT']}" * bool(values["PORT"])
            host = quote(values["HOST"], safe="")
            self.url = f"postgres://{user}@{host}{port}/{self.name}"
            self._execute(f"CREATE DATABASE {self.name} TEMPLATE {copied_from or 'template0'}")

    def run(self, *arguments: str | Path) -> str:
        """Run a command of manage.py that has to succeed; return what it printed."""
        done = self._done([sys.executable, "manage.py", *map(str, arguments)])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuse(self, *arguments: str | Path) -> str:
        """Run a command of manage.py that has to fail; return why it did."""
        done = self._done([sys.executable, "manage.py", *map(str, arguments)])
        assert done.returncode == 1
        return done.stderr

    def dump(self) -> list[str]:
        """Return all that the site holds, as sitedump.py tells it."""
        done = self._done([sys.executable, "-m", "tests.newsroom.sitedump"])
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def copy(self, folder: Path) -> "OtherSite":
        """Return another site with the same database, which nobody must be using."""
        return OtherSite(folder, self.vendor, copied_from=self.name)

    def count(self, table: str) -> int:
        """Return how many rows a table has; of SQLite the whole file is looked through, too."""
        sql = f"SELECT count(*) FROM {table}"
        if self.vendor == "sqlite":
            with closing(sqlite3.connect(self.name)) as file:
                assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert file.execute("PRAGMA foreign_key_check").fetchall() == []
                return file.execute(sql).fetchone()[0]
        with self._connect(self.name) as server:
            return server.execute(sql).fetchone()[0]

    def tables(self) -> set[str]:
        """Return the names of the tables."""
        if self.vendor == "sqlite":
            sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
            with closing(sqlite3.connect(self.name)) as file:
                return {name for (name,) in file.execute(sql)}
        with self._connect(self.name) as server:
            found = server.execute("SELECT tablename FROM pg_tables").fetchall()
            return {name for (name,) in found}

    def drop(self) -> None:
        if self.vendor != "sqlite":
            self._execute(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _done(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "LANGUAGE_CODE": settings.LANGUAGE_CODE,
            "MEDIA_ROOT": str(self.media),
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        }
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    def _execute(self, sql: str) -> None:
        with self._connect("postgres") as server:
            server.execute(sql)

    def _connect(self, name: str) -> psycopg.Connection:
        values = connection.settings_dict
        return psycopg.connect(
            host=values["HOST"],
            port=values["PORT"] or None,
            user=values["USER"],
            password=values["PASSWORD"] or None,
            dbname=name,
            autocommit=True,
        )
