"""manage.py import_site DIR"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.archive.importing import load
from newsroom.archive.refusal import ArchiveRefused
from newsroom.lib import pagecache


class Command(BaseCommand):
    help = (
        "Brings the archive that export_site wrote into an empty, migrated site. All of it or "
        "nothing: after an interruption it can be run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            rows, files = load(folder)
        except ArchiveRefused as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        pagecache.forget()
        self.stdout.write(f"{rows} rows and {files} files are here.")
