"""Working the outbox off: the only writer of a message's state. Called by newsroom/delivery.py.

Any number of workers may run at a time, and each may be killed at any moment. A worker takes rows
under a lease; what a dead one held is free again when its lease runs out. At worst the one mail
that was under way when a worker was killed goes out a second time, with the same Message-ID.
"""

import logging
import re
import smtplib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.models.outbox import Message

from .outbox import Handler, Skip, Undeliverable
from .verbs import Conflict, demand

LEASE = timedelta(seconds=120)
BATCH = 25
# Growing pauses after each attempt that failed; after the last there is none.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
MOST_ATTEMPTS = len(PAUSES) + 1
_SERVER_AWAY = timedelta(minutes=1)
_MAILS_A_CONNECTION = 100
_ADDRESS = re.compile(r"[^\s<>(),:;]+@[^\s<>(),:;]+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Budget:
    """How many messages may leave within an hour and within a day; 0: any number.

    `free` are kinds that the budget does not hold back, and that take nothing of it.
    """

    hour: int = 0
    day: int = 0
    free: tuple[str, ...] = ()


def work_off(
    handlers: Mapping[str, Handler],
    *,
    seconds: float = 20,
    is_stopped: Callable[[], bool] = lambda: False,
    budget: Budget = Budget(),
    lease: timedelta = LEASE,
) -> int:
    """Send what is due until nothing is left or the time is over; return how many rows ended.

    Mails of one run share a connection. A mail server that cannot be reached ends the run and
    costs no attempt; a row that fails is tried again later and keeps none of the others back.
    """
    ends, done = monotonic() + seconds, 0
    with closing(_MailLine()) as line:
        while monotonic() < ends and not is_stopped():
            rows = claim(BATCH, budget=budget, lease=lease)
            if not rows:
                break
            for place, row in enumerate(rows):
                if monotonic() >= ends or is_stopped() or _is_running_out(row, lease):
                    _give_back(rows[place:])
                    break
                try:
                    done += _deliver(row, handlers, line)
                except _ServerAwayError as error:
                    logger.warning("The mail server cannot be reached: %s", error)
                    _give_back(rows[place:], timezone.now() + _SERVER_AWAY)
                    return done
    return done


def claim(most: int, *, budget: Budget = Budget(), lease: timedelta = LEASE) -> list[Message]:
    """Take up to `most` rows that are due for this worker alone; bulk only if nothing else is.

    One statement; with a budget three more, under a lock, so that workers share it exactly.
    """
    if not (budget.hour or budget.day):
        return _claim(most, lease, is_bulk=False) or _claim(most, lease, is_bulk=True)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('outbox', 0))")
        if free := _claim(most, lease, is_bulk=False, kinds=budget.free):
            return free
        hour = _room(budget.hour, timedelta(hours=1), budget.free)
        room = min(most, hour, _room(budget.day, timedelta(1), budget.free))
        if room <= 0:
            return []
        return _claim(room, lease, is_bulk=False) or _claim(room, lease, is_bulk=True)


@transaction.atomic
def retry(message: Message, *, by: Any) -> None:
    """Put a failed message back into the queue, with all its attempts. Raises Refused."""
    demand(by, "newsroom.retry_message")
    put_back = Message.objects.filter(pk=message.pk, state=Message.State.FAILED).update(
        state=Message.State.QUEUED, attempts=0, due_at=timezone.now(), ended_at=None, note=""
    )
    if not put_back:
        raise Conflict(_("Only what has failed can be tried again."))


def _claim(
    most: int, lease: timedelta, *, is_bulk: bool, kinds: tuple[str, ...] | None = None
) -> list[Message]:
    if kinds == ():
        return []
    now = timezone.now()
    of_kinds = f"AND kind IN ({', '.join(['%s'] * len(kinds))}) " if kinds else ""
    pick = (
        "SELECT id FROM newsroom_message WHERE state IN ('queued', 'claimed') "  # noqa: S608 - only our own words are put together
        f"AND is_bulk = %s AND due_at <= %s {of_kinds}ORDER BY due_at, id LIMIT %s"
    )
    if connection.vendor == "postgresql":
        which = f"= ANY(ARRAY({pick} FOR UPDATE SKIP LOCKED))"
    else:
        which = f"IN ({pick})"
    until = connection.ops.adapt_datetimefield_value(now + lease)
    due = connection.ops.adapt_datetimefield_value(now)
    taken = Message.objects.raw(
        "UPDATE newsroom_message SET state = 'claimed', lease = %s, due_at = %s, "  # noqa: S608 - only our own words are put together
        f"attempts = attempts + 1 WHERE id {which} RETURNING *",
        [uuid4().hex, until, is_bulk, due, *(kinds or ()), most],
    )
    return sorted(taken, key=lambda row: row.pk)


def _room(most: int, window: timedelta, free: tuple[str, ...]) -> int:
    """How many may still go within the window, those in work counted as gone."""
    if not most:
        return BATCH
    now, counted = timezone.now(), Message.objects.exclude(kind__in=free)
    gone = counted.filter(state=Message.State.SENT, ended_at__gt=now - window).count()
    return most - gone - counted.filter(state=Message.State.CLAIMED, due_at__gt=now).count()


def _is_running_out(row: Message, lease: timedelta) -> bool:
    """Whether another worker might take the row before this one is through with it."""
    return row.due_at - timezone.now() < lease / 2


def _deliver(row: Message, handlers: Mapping[str, Handler], line: "_MailLine") -> int:
    """Do one message; return 1 if that was the end of it, 0 if it is to be tried again."""
    if row.attempts > MOST_ATTEMPTS:
        return _end(row, Message.State.FAILED, _("Every worker that took it died."))
    try:
        mail = handlers[row.kind](row)
        if mail is not None:
            line.send(mail, row)
    except Skip as reason:
        return _end(row, Message.State.SKIPPED, str(reason))
    except Undeliverable as reason:
        return _end(row, Message.State.FAILED, str(reason))
    except _ServerAwayError:
        raise
    except Exception as error:
        logger.exception("outbox: message %s (%s) failed", row.pk, row.kind)
        return _try_later(row, f"{type(error).__name__}: {error}")
    return _end(row, Message.State.SENT)


def _end(row: Message, state: Message.State, note: str = "") -> int:
    now = timezone.now()
    return _write(row, state=state, due_at=now, ended_at=now, note=_without_addresses(note))


def _try_later(row: Message, note: str) -> int:
    if row.attempts >= MOST_ATTEMPTS:
        return _end(row, Message.State.FAILED, note)
    due_at = timezone.now() + PAUSES[row.attempts - 1]
    _write(row, state=Message.State.QUEUED, due_at=due_at, note=_without_addresses(note))
    return 0


def _give_back(rows: Sequence[Message], due_at: datetime | None = None) -> None:
    """Free rows that were not tried."""
    for row in rows:
        _write(
            row,
            state=Message.State.QUEUED,
            attempts=max(0, row.attempts - 1),
            due_at=due_at or timezone.now(),
        )


def _write(row: Message, **values: Any) -> int:
    """Write the row if it is still this worker's; return whether it was, as a number."""
    mine = Message.objects.filter(pk=row.pk, state=Message.State.CLAIMED, lease=row.lease)
    return mine.update(lease="", **values)


def _without_addresses(note: str) -> str:
    """Servers name the address that they refuse; the outbox keeps none."""
    return _ADDRESS.sub("…", " ".join(note.split()))[:300]


class _ServerAwayError(Exception):
    """The mail server does not let us in: nothing to do with the mail at hand."""


class _MailLine:
    """The connection to the mail server, opened for the first mail and kept for the others."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._sent = 0

    def send(self, mail: EmailMessage, row: Message) -> None:
        """Send a mail under the row's Message-ID.

        Raises Undeliverable for a final refusal, anything else for one that may pass.
        """
        mail.extra_headers["Message-ID"] = f"<{row.message_id}>"
        mail.extra_headers.setdefault("Auto-Submitted", "auto-generated")
        if settings.BOUNCE_ADDRESS:
            mail.extra_headers.setdefault("From", mail.from_email)
            mail.from_email = settings.BOUNCE_ADDRESS
        if self._sent >= _MAILS_A_CONNECTION:
            self.close()
        if self._backend is None:
            self._open()
        try:
            self._backend.send_messages([mail])
        except Exception as error:
            self.close()
            if _is_final(error):
                raise Undeliverable(f"{type(error).__name__}: {error}") from error
            raise
        self._sent += 1

    def _open(self) -> None:
        backend = mailers["default"]
        try:
            backend.open()
        except OSError as error:  # SMTP's own errors are among them
            raise _ServerAwayError(str(error)) from error
        self._backend, self._sent = backend, 0

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            backend.close()
        except OSError:
            logger.info("The mail server closed the connection first.")


def _is_final(error: Exception) -> bool:
    """Whether a server has refused a mail for good: 5xx of SMTP, 4xx of a provider's API."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    if isinstance(error, ValueError):
        return True  # an address that is none
    status = getattr(error, "status_code", None)  # anymail's errors
    return isinstance(status, int) and 400 <= status < 500 and status not in {408, 429}
