"""manage.py export_wordpress FILE"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from newsroom.archive.wxr import export


class Command(BaseCommand):
    help = (
        "Writes articles, pages, authors, sections, topics, pictures and approved comments as a "
        "WordPress export (WXR 1.2). Addresses of readers are left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="such as site.xml")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        counts = export(file)
        for kind, count in counts.items():
            self.stdout.write(f"{count:7} {kind}")
