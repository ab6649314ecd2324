"""manage.py demo: build the demo newsroom; safe to run twice."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.demo import house
from newsroom.demo.build import DemoRefused, build


class Command(BaseCommand):
    """Parse, build, print."""

    help = "Builds the demo newsroom in LANGUAGE_CODE. A second run adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--articles",
            type=int,
            default=0,
            metavar="N",
            help="beyond the hand-written ones, N generated articles of fifteen years; "
            "from the 20,001st on they are short",
        )

        parser.add_argument(
            "--comments",
            type=int,
            default=0,
            metavar="N",
            help="beyond the hand-written ones, N generated comments, half of them at one article",
        )
        parser.add_argument(
            "--jobs",
            type=int,
            default=0,
            metavar="N",
            help="beyond the hand-written ones, N generated jobs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = {name: options[name] for name in ("articles", "comments", "jobs")}
        for name, number in numbers.items():
            if number < 0:
                raise CommandError(f"--{name} takes a number from 0 on.")
        try:
            added = build(**numbers)
        except DemoRefused as refused:
            raise CommandError(str(refused)) from refused
        if added:
            counts = ", ".join(f"{number} × {kind}" for kind, number in added.items())
            self.stdout.write(self.style.SUCCESS(f"The demo newsroom is built. New: {counts}."))
        else:
            self.stdout.write("The demo newsroom is there already: nothing added.")
        self.stdout.write(f"Sign in at /admin/ as {', '.join(house.ACCOUNTS)}.")
        self.stdout.write(f"Password of all of them: {house.PASSWORD}")
