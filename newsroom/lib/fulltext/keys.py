"""The key of a row: its time, then its id, so that keys sort as the newest do."""

from datetime import UTC, datetime

START = datetime(1900, 1, 1, tzinfo=UTC)
START_SECONDS = int(START.timestamp())
ID_BITS, _SECOND_BITS = 27, 36
ID_MASK = (1 << ID_BITS) - 1


def key_of(pk: int, at: datetime | None) -> int:
    """Return the key of a row; of id 0, the border between what is older and not. None: no time."""
    if at is None:
        return 0
    seconds = int((at - START).total_seconds())
    seconds = min(max(seconds, 0), (1 << _SECOND_BITS) - 1)
    return (seconds << ID_BITS) + pk
