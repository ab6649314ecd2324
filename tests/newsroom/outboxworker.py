"""A worker of the outbox as a process of its own; test_outbox_killed.py starts and kills it."""

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMessage  # noqa: E402
from django.db import connection  # noqa: E402

from newsroom.lib.outboxwork import work_off  # noqa: E402
from newsroom.models import Message  # noqa: E402

LEASE = timedelta(seconds=3)


def write(message: Message) -> EmailMessage:
    return EmailMessage("Number", str(message.about), to=[f"reader{message.about}@example.org"])


def work(database: str, mailers: dict) -> None:
    """Work the outbox of a test's database off until nothing is left."""
    connection.settings_dict["NAME"] = database
    settings.MAILERS = mailers
    while Message.objects.open().exists():
        work_off({"number": write}, seconds=5, lease=LEASE)
