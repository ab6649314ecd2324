"""A second site for tests: a database and a media folder of its own, reached by manage.py."""

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


class OtherSite:
    """A new place; its database is on a server of ours (PostgreSQL) or in the folder (SQLite)."""

    def __init__(self, folder: Path, vendor: str) -> None:
        self.vendor = vendor
        self.media = folder / "media"
        self.media.mkdir(parents=True)
        if vendor == "sqlite":
            self.name = str(folder / "site.sqlite3")
            self.url = f"sqlite:///{self.name}"
        else:
            self.name = f"newsroom_other_{uuid.uuid4().hex[:12]}"
            values = connection.settings_dict
            user = quote(values["USER"]) + f":{quote(values['PASSWORD'])}" * bool(
                values["PASSWORD"]
            )
            port = f":{values['PORT']}" * bool(values["PORT"])
            host = quote(values["HOST"], safe="")
            self.url = f"postgres://{user}@{host}{port}/{self.name}"
            self._execute(f"CREATE DATABASE {self.name}")

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

    def clear(self) -> None:
        """Empty the media folder."""
        shutil.rmtree(self.media)
        self.media.mkdir()

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
        values = connection.settings_dict
        with psycopg.connect(
            host=values["HOST"], port=values["PORT"] or None, user=values["USER"],
            password=values["PASSWORD"] or None, dbname="postgres", autocommit=True,
        ) as server:  # fmt: skip
            server.execute(sql)
