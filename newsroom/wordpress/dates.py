"""Moments as WordPress writes them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.utils import timezone

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


def moment_of(gmt: str, local: str, of_feed: str = "") -> datetime | None:
    """Return a moment: in GMT, else by the old site's clock, else as its feed says it."""
    if found := utc(gmt):
        return found
    if naive := _naive(local):
        return timezone.make_aware(naive)
    try:
        found = parsedate_to_datetime(of_feed)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo and found.year > 1970 else None


def utc(text: str) -> datetime | None:
    """Return the moment that a text names in GMT; None for no date."""
    naive = _naive(text)
    return naive.replace(tzinfo=UTC) if naive else None


def _naive(text: str) -> datetime | None:
    """Read WordPress' date; None for its zero date and for nonsense."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
