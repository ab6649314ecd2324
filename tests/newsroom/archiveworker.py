"""Moving and backing up as a process of its own; test_archive_killed.py starts and kills it."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from newsroom.archive.backup import back_up  # noqa: E402
from newsroom.archive.exporting import export  # noqa: E402
from newsroom.archive.importing import load  # noqa: E402

VERBS = {"export": export, "import": load, "backup": back_up}


def work(verb: str, database: str, media: Path, folder: Path) -> None:
    """Do one of them with a database of the tests' server or folder."""
    connection.settings_dict["NAME"] = database
    settings.MEDIA_ROOT = media
    VERBS[verb](folder)
