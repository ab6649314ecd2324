"""The outbox's books: what was written must equal what is there plus what has been deleted.

A message and its tally are two entries of one transaction, so that a lost row shows.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import CharField, Count, Sum, Value
from django.utils import timezone

from newsroom.models.outbox import Message, MessageTally

# Ended rows are kept for the desk, and so that their keys keep a second message from being made.
KEPT = timedelta(days=90)
BULK_KEPT = timedelta(days=14)
_STEP = 5000


@dataclass(frozen=True)
class Account:
    """What became of all messages of a kind. `matched` is what was ever written of it."""

    kind: str
    matched: int = 0
    queued: int = 0
    claimed: int = 0
    sent: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def is_right(self) -> bool:
        return self.matched == self.queued + self.claimed + self.sent + self.failed + self.skipped


def accounts() -> list[Account]:
    """Return the account of every kind, by one statement and so of one moment."""
    kinds = MessageTally.objects.order_by().values("kind")
    parts = [
        kinds.annotate(what=Value(column, CharField()), number=Sum(source))
        for column, source in [
            ("matched", "written"), ("sent", "sent"), ("failed", "failed"), ("skipped", "skipped"),
        ]
    ]  # fmt: skip
    there = Message.objects.order_by().values("kind", "state").annotate(number=Count("pk"))
    rows = there.values_list("kind", "state", "number").union(
        *(part.values_list("kind", "what", "number") for part in parts), all=True
    )
    found: dict[str, dict[str, int]] = {}
    for kind, what, number in rows:
        account = found.setdefault(kind, {})
        account[what] = account.get(what, 0) + number
    return [Account(kind, **numbers) for kind, numbers in sorted(found.items())]


def drop_old() -> int:
    """Delete messages that ended long ago and enter them into the books. Called by tick."""
    now, dropped = timezone.now(), 0
    for is_bulk, kept in ((True, BULK_KEPT), (False, KEPT)):
        while step := _drop(now - kept, is_bulk=is_bulk):
            dropped += step
    draw_together(timezone.localdate(now))
    return dropped


@transaction.atomic
def _drop(limit: datetime, *, is_bulk: bool) -> int:
    old = Message.objects.ended_before(limit).filter(is_bulk=is_bulk).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        old = old.select_for_update(skip_locked=True)
    ids: list[int] = []
    tallies: dict[str, MessageTally] = {}
    for pk, kind, state in old.values_list("pk", "kind", "state")[:_STEP]:
        ids.append(pk)
        tally = tallies.setdefault(kind, MessageTally(kind=kind))
        setattr(tally, state, getattr(tally, state) + 1)
    MessageTally.objects.bulk_create(tallies.values())
    Message.objects.filter(pk__in=ids).delete()
    return len(ids)


@transaction.atomic
def draw_together(before: date) -> None:
    """Make one line of a day's and kind's many, for the days before one."""
    lines = MessageTally.objects.filter(day__lt=before)
    crowded = lines.order_by().values("day", "kind").annotate(lines=Count("pk")).filter(lines__gt=1)
    for group in crowded:
        rows = lines.filter(day=group["day"], kind=group["kind"])
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        sums: dict[str, int] = dict.fromkeys(["written", "sent", "failed", "skipped"], 0)
        ids = []
        for row in rows:
            ids.append(row.pk)
            for name in sums:
                sums[name] += getattr(row, name)
        MessageTally.objects.filter(pk__in=ids).delete()
        MessageTally.objects.create(day=group["day"], kind=group["kind"], **sums)
