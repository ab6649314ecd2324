"""manage.py export_person: all that is kept of a person, as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from newsroom import persons


class Command(BaseCommand):
    """Parse, call, print."""

    help = "Prints all that this site keeps of the person with an e-mail address (GDPR art. 15)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the e-mail address, in any case")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        found = persons.export(address)
        self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
