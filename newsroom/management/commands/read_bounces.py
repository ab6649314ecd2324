"""manage.py read_bounces: end the alerts of addresses whose mails came back."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsroom import mailreports


class Command(BaseCommand):
    help = "Reads the mailbox BOUNCE_MAILBOX, to which undeliverable mails go. For cron."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BOUNCE_MAILBOX:
            raise CommandError("BOUNCE_MAILBOX is not set.")
        ended = mailreports.read_mailbox(settings.BOUNCE_MAILBOX)
        self.stdout.write(f"{ended} alerts ended.")
