"""manage.py restore DIR"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.archive.backup import restore
from newsroom.archive.refusal import ArchiveRefused
from newsroom.lib import pagecache


class Command(BaseCommand):
    help = "Brings a backup into a new, empty database (not migrated) and the media folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            files = restore(folder)
        except ArchiveRefused as error:
            raise CommandError(f"{error} Nothing was restored.") from error
        pagecache.forget()
        self.stdout.write(f"The database and {files} files are back.")
