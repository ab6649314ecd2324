"""manage.py purge: readers get no page that was kept so far. After a backup was restored, say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from newsroom.lib import pagecache


class Command(BaseCommand):
    help = "Let kept pages go: all of them, or those that show what is named."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", nargs="*", help="such as article:7 or front; all if none")

    def handle(self, *args: Any, **options: Any) -> None:
        pagecache.purge(*(options["key"] or ["site"]))
