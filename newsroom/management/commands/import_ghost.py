"""manage.py import_ghost FILE [--media DIR] [--site URL] [--download] [--dry-run]"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.ghost.importing import Options, run
from newsroom.lib.richtext import is_web_address
from newsroom.wordpress.reader import Unreadable

from .import_wordpress import write_report


class Command(BaseCommand):
    help = (
        "Imports an export of Ghost (JSON). Safe to run again: what is unchanged stays, what has "
        "changed there is updated, what has been edited here is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the exported .json")
        parser.add_argument(
            "--media", type=Path, metavar="DIR", help="the old site's content/images folder"
        )
        parser.add_argument("--site", default="", metavar="URL", help="the old site's address")
        parser.add_argument(
            "--download", action="store_true", help="fetch missing pictures from --site"
        )
        parser.add_argument(
            "--sections",
            metavar="SLUG,SLUG",
            help="tags that become sections; otherwise those that stand first in three texts",
        )
        parser.add_argument(
            "--permalink",
            default="/{slug}/",
            metavar="PATTERN",
            help="how routes.yaml made addresses of posts, such as /{year}/{month}/{slug}/",
        )
        parser.add_argument(
            "--members",
            action="store_true",
            help="members who prove that they subscribed become readers of the newsletter",
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write the report as JSON as well"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="read, convert and count, but keep nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        media: Path | None = options["media"]
        if media is not None and not media.is_dir():
            raise CommandError(f"{media} is not a folder.")
        if (options["site"] or options["download"]) and not is_web_address(options["site"]):
            raise CommandError("Give the old site's address: --site https://…")
        named: str | None = options["sections"]
        wanted = Options(
            media=media,
            is_dry=options["dry_run"],
            site=options["site"],
            # A dry run only counts: what is missing without the old site's help.
            downloads=options["download"] and not options["dry_run"],
            sections=None if named is None else frozenset(filter(None, named.split(","))),
            permalink=options["permalink"],
            members=options["members"],
        )
        try:
            report = run(options["file"], wanted)
        except Unreadable as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        if options["report"]:
            write_report(report, options["report"])
        for line in report.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("\nDry run: nothing was kept.")
