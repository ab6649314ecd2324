"""manage.py backup DIR"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.archive.backup import back_up
from newsroom.archive.refusal import ArchiveRefused


class Command(BaseCommand):
    help = (
        "Copies the database, while the site runs, and the media into a folder; again into the "
        "same folder only what is new. Holds all that the database holds: keep it safe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="new, or of an older backup")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            database, media = back_up(folder)
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error
        for name in media.missing:
            self.stderr.write(f"Missing in the media folder: {name}")
        self.stdout.write(
            f"{database.bytes} bytes of database and {media.files} files are in {folder} "
            f"({media.kept} were there). SECRET_KEY is not among them."
        )
