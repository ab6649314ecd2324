"""Who delivers what: the handlers of all apps, and the outbox worked off with them.

Called by tick. A kind of message without a handler is tried again later and fails in the end.
"""

from collections.abc import Callable

from django.conf import settings

from articles import pings
from articles.alerts import mails as alertmails
from articles.newsletter import mails as newslettermails
from comments import mails as commentmails
from jobs import mails as jobmails

from .lib import outbox, pagecache
from .lib.outboxwork import Budget, work_off

HANDLERS: dict[str, outbox.Handler] = {
    **alertmails.HANDLERS,
    **commentmails.HANDLERS,
    **jobmails.HANDLERS,
    **newslettermails.HANDLERS,
    **pagecache.HANDLERS,
    **pings.HANDLERS,
}


def deliver(seconds: float = 10, is_stopped: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, for some seconds at most; return how many messages ended."""
    budget = Budget(
        hour=settings.MESSAGES_PER_HOUR,
        day=settings.MESSAGES_PER_DAY,
        # No mail waits longer for a purge, and no purge for the mails.
        free=tuple(pagecache.HANDLERS),
    )
    return work_off(HANDLERS, seconds=seconds, is_stopped=is_stopped, budget=budget)
