"""When pages that show jobs next change by themselves. The page cache asks, as settings.py says."""

from datetime import datetime

from .models import Job


def next_end(after: datetime, keys: set[str]) -> datetime | None:
    """Return when the first of the jobs that readers see ends, or is put forward no more.

    Two queries; None for pages without jobs. A job that begins is written by a verb, and that
    purges.
    """
    if "jobs" not in keys:
        return None
    live = Job.objects.live(after)
    ends = live.order_by("valid_through").values_list("valid_through", flat=True)
    put_forward = live.filter(featured_until__gt=after).order_by("featured_until")
    moments = [ends.first(), put_forward.values_list("featured_until", flat=True).first()]
    return min((moment for moment in moments if moment), default=None)
