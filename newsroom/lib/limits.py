"""How often somebody may send something: counted in the database, for all processes together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db import connection, transaction
from django.utils import timezone

from newsroom.models.readers import Attempt

_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` within any `seconds`; a day at the longest."""

    most: int
    seconds: int


@transaction.atomic
def take(scope: str, who: Iterable[str], limits: Iterable[Limit]) -> int:
    """Count one attempt for each of `who`, or return the seconds to wait and count none.

    `who` are hashes; empty ones are left out. Two at a time wait for each other, so that no limit
    is passed by many requests at once. Belongs into the transaction of what is sent.
    """
    keys = sorted({f"{scope}:{name}" for name in who if name})
    rules = list(limits)
    if not keys or not rules:
        return 0
    _wait_for(keys)
    now = timezone.now()
    longest = timedelta(seconds=max(rule.seconds for rule in rules))
    recent = Attempt.objects.filter(key__in=keys, at__gt=now - longest).order_by("-at")
    times: dict[str, list[float]] = {key: [] for key in keys}
    for key, at in recent.values_list("key", "at"):
        times[key].append((now - at).total_seconds())
    wait = max(_seconds_to_wait(ages, rule) for ages in times.values() for rule in rules)
    if wait == 0:
        Attempt.objects.bulk_create(Attempt(key=key, at=now) for key in keys)
    return wait


def forget() -> int:
    """Delete what no limit looks back to; return how much. Called by tick."""
    return Attempt.objects.filter(at__lt=timezone.now() - _KEPT).delete()[0]


def _seconds_to_wait(ages: list[float], rule: Limit) -> int:
    """The time until the attempt that fills the limit is old enough; `ages` newest first."""
    if len(ages) < rule.most:
        return 0
    return max(0, ceil(rule.seconds - ages[rule.most - 1]))


def _wait_for(keys: list[str]) -> None:
    """Hold the keys until the transaction ends. SQLite has one writer at a time anyway."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
