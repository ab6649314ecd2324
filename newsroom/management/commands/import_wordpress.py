"""manage.py import_wordpress FILE… [--media DIR] [--authors CSV] [--report JSON] [--dry-run]"""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from newsroom.wordpress.importing import Options, run
from newsroom.wordpress.reader import Unreadable
from newsroom.wordpress.records import Record
from newsroom.wordpress.report import Report
from newsroom.wordpress.terms import read_names


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
            "--download", action="store_true", help="fetch missing pictures from the old site"
        )
        parser.add_argument(
            "--authors", type=Path, metavar="CSV", help="lines “login,name”: who signs under what"
        )
        parser.add_argument(
            "--redirects", type=Path, metavar="FILE", help="what the plugin Redirection exported"
        )
        parser.add_argument(
            "--country", default="", metavar="DE", help="where jobs are that name no country"
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write the report as JSON as well"
        )
        parser.add_argument(
            "--jobs",
            type=int,
            choices=[1, 2],
            default=2,
            help="processes for large files: 2 (the default) uses two cores, 1 takes less memory",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="read, convert and count, but keep nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        media: Path | None = options["media"]
        if media is not None and not media.is_dir():
            raise CommandError(f"{media} is not a folder.")
        try:
            wanted = Options(
                media=media,
                is_dry=options["dry_run"],
                country=options["country"],
                authors=read_names(options["authors"]) if options["authors"] else {},
                redirects=options["redirects"],
                jobs=options["jobs"],
                # A dry run only counts: what is missing without the old site's help.
                downloads=options["download"] and not options["dry_run"],
            )
            report = run(options["files"], wanted, progress=_progress, tell=self.stderr.write)
        except Unreadable as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        if options["report"]:
            write_report(report, options["report"])
        for line in report.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("\nDry run: nothing was kept.")
            self._print_authors(report)

    def _print_authors(self, report: Report) -> None:
        """Print who signs, in the form that --authors takes."""
        if report.authors:
            self.stdout.write("\nAuthors, as --authors takes them:\nlogin,name")
        for login, name in sorted(report.authors.items()):
            self.stdout.write(f"{_cell(login)},{_cell(name)}")


def write_report(report: Report, path: Path) -> None:
    """Write a report as JSON. Raises CommandError."""
    text = json.dumps(report.as_json(), indent=2, ensure_ascii=False)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"The report could not be written: {error}") from error


def _cell(text: str) -> str:
    """Return a cell of CSV."""
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if quoted != text or "," in text else text


def _progress(records: Iterable[Record], total: int, name: str) -> Iterable[Record]:
    """Show a bar with rate and time left, on a terminal only."""
    bar: Iterable[Record] = tqdm(
        records, total=total or None, desc=name, unit=" records", disable=None
    )
    return bar
