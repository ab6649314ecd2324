"""manage.py import_wordpress FILE… [--media DIR] [--dry-run]"""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from newsroom.wordpress.importing import Options, run
from newsroom.wordpress.reader import Unreadable
from newsroom.wordpress.records import Record


class Command(BaseCommand):
    help = (
        "Imports WordPress exports (WXR). Safe to run again: what is unchanged stays, what has "
        "changed there is updated, what has been edited here is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".xml or .xml.gz")
        parser.add_argument(
            "--media", type=Path, metavar="DIR", help="the old site's wp-content/uploads folder"
        )
        parser.add_argument(
            "--redirects",
            type=Path,
            metavar="FILE",
            help="what the plugin Redirection exported",
        )
        parser.add_argument(
            "--country", default="", metavar="DE", help="where jobs are that name no country"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="read, convert and count, but keep nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        media: Path | None = options["media"]
        if media is not None and not media.is_dir():
            raise CommandError(f"{media} is not a folder.")
        try:
            report = run(
                options["files"],
                Options(
                    media=media,
                    is_dry=options["dry_run"],
                    country=options["country"],
                    redirects=options["redirects"],
                ),
                progress=_progress,
            )
        except Unreadable as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        for line in report.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("\nDry run: nothing was kept.")


def _progress(records: Iterable[Record], total: int) -> Iterable[Record]:
    """Show a bar on a terminal only."""
    bar: Iterable[Record] = tqdm(records, total=total, unit="", disable=None)
    return bar
