"""manage.py erase_person: forget a person, in every app."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from newsroom import persons


class Command(BaseCommand):
    """Parse, call, print."""

    help = "Erases name, address and texts of the person with an e-mail address (GDPR art. 17)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the e-mail address, in any case")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        for app, count in persons.erase(address).items():
            self.stdout.write(f"{app}: {count}")
