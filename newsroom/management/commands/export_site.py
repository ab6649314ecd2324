"""manage.py export_site DIR"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.archive.exporting import export
from newsroom.archive.refusal import ArchiveRefused


class Command(BaseCommand):
    help = (
        "Writes the whole site into a new folder: JSON Lines for each table, media, and a "
        "manifest of hashes. With password hashes and second-factor keys; without sessions."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="new or empty")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            done = export(folder)
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error
        for name in done.missing:
            self.stderr.write(f"Missing in the media folder: {name}")
        self.stdout.write(f"{done.rows} rows and {done.files} files are in {folder}.")
        self.stdout.write(done.notice)
