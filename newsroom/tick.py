"""The background work: what is due is worked off. Called by `manage.py tick`, from cron or a loop.

Several ticks at a time do no harm: each job takes its rows under a lock and does them once.
"""

import logging
from collections.abc import Callable
from threading import Event
from time import monotonic

from django.db import close_old_connections
from django.utils import timezone

from articles import agencies, alerts, frontpage, mostread, newsletter, related, tallies, workflow
from comments import housekeeping as comments
from jobs import feedimport, upkeep
from jobs import mails as jobmails

from . import delivery
from .lib import limits, outboxledger, privacy
from .models import TickRun

JOBS: dict[str, Callable[[], int]] = {
    "scheduled updates": workflow.publish_due,
    "related articles": related.refresh_due,
    "ended pins": frontpage.drop_ended_pins,
    "most read": mostread.rank,
    "counts of articles": tallies.fold,
    "agency feeds": agencies.fetch_due,
    "partner feeds": feedimport.read_due,
    "job reminders": jobmails.put_reminders,
    "unconfirmed jobs": upkeep.drop_unconfirmed,
    "ended jobs": upkeep.forget_ended,
    "new comments": comments.tell_followers,
    "old spam": comments.purge_spam,
    "networks of comments": comments.forget_networks,
    "addresses of comments": comments.forget_addresses,
    "alerts": alerts.tell_due,
    "newsletter": newsletter.send_due,
    "outbox": delivery.deliver,
    "mails of the newsletter": newsletter.count_mails,
    "unconfirmed alerts": alerts.forget_unconfirmed,
    "told alerts": alerts.drop_told,
    "old messages": outboxledger.drop_old,
    "old attempts": limits.forget,
    "old network keys": privacy.drop_old_keys,
}
PAUSE = 10  # seconds between two runs of the loop
GLANCE = 1  # seconds between two looks into the outbox in that pause

logger = logging.getLogger(__name__)


def run_once() -> bool:
    """Do every job once and note the run; tell whether all went well.

    A job that fails is logged and keeps none of the others from running.
    """
    failed = [name for name in JOBS if not _do(name)]
    TickRun.objects.update_or_create(
        pk=1, defaults={"finished_at": timezone.now(), "failed_jobs": "\n".join(failed)}
    )
    return not failed


def run_until(stop: Event, pause: float = PAUSE) -> None:
    """Run again and again, `pause` seconds apart, until `stop` is set; a run is never cut off.

    The outbox is worked off in the pauses too: a mail leaves within a second or two.
    """
    while not stop.is_set():
        close_old_connections()
        try:
            run_once()
            _deliver_for(pause, stop)
        except Exception:
            # The database is away: the next run may find it again.
            logger.exception("tick failed")
            stop.wait(pause)


def _deliver_for(seconds: float, stop: Event) -> None:
    ends = monotonic() + seconds
    while (left := ends - monotonic()) > 0 and not stop.is_set():
        delivery.deliver(left, stop.is_set)
        stop.wait(min(GLANCE, max(0, ends - monotonic())))


def _do(name: str) -> bool:
    try:
        done = JOBS[name]()
    except Exception:
        logger.exception("tick: %s failed", name)
        return False
    if done:
        logger.info("tick: %s: %d", name, done)
    return True
