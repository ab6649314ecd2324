"""manage.py tick: do the background work once, or over and over."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom import tick


class Command(BaseCommand):
    help = "Does what is due in the background (scheduled updates). From cron, or with --loop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loop",
            action="store_true",
            help=f"Go on, with {tick.PAUSE} seconds between two runs, until SIGTERM or SIGINT.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            if not tick.run_once():
                raise CommandError("Not everything could be done; the log tells what.")
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        tick.run_until(stop)
