"""When pages that show jobs next change by themselves. The page cache asks, as settings.py says."""

from datetime import datetime

from .models import Job


def next_end(after: datetime, keys: set[str]) -> datetime | None:
    """Return when the first of the jobs ends that readers can see; None for pages without jobs.

    One query. A job that begins is written by a verb, and that purges.
    """
    if "jobs" not in keys:
        return None
    return (
        Job.objects.live(after)
        .order_by("valid_through")
        .values_list("valid_through", flat=True)
        .first()
    )
