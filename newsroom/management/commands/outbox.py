"""manage.py outbox: the outbox's books."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.lib import outboxledger

_COLUMNS = ["matched", "queued", "claimed", "sent", "failed", "skipped"]


class Command(BaseCommand):
    help = (
        "Tells what became of all messages, and fails unless for every kind "
        "matched = queued + claimed + sent + failed + skipped."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = outboxledger.accounts()
        self.stdout.write(f"{'kind':24}" + "".join(f"{name:>10}" for name in _COLUMNS))
        for account in accounts:
            numbers = "".join(f"{getattr(account, name):>10}" for name in _COLUMNS)
            self.stdout.write(f"{account.kind:24}{numbers}")
        if wrong := [account.kind for account in accounts if not account.is_right]:
            raise CommandError(f"The books do not balance: {', '.join(wrong)}.")
