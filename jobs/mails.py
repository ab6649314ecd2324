"""Mails to employers: what the outbox sends, and the reminders that tick puts there."""

from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import outbox
from newsroom.lib.addresses import absolute
from newsroom.lib.mail import compose
from newsroom.lib.outbox import Skip
from newsroom.models import Message

from . import facts, links
from .models import Job, Status

# Days before the end on which an employer is reminded.
REMINDERS = (7, 1)
_AT_ONCE = 500


@transaction.atomic
def put_reminders() -> int:
    """Write down the reminders that are due; return how many are new. Called by tick.

    Each once for an end: a renewal makes new ones. Two queries while there is nothing to do.
    """
    now = timezone.now()
    ending = Job.objects.ending(now + timedelta(days=max(REMINDERS)), now)[:_AT_ONCE]
    due: dict[str, tuple[int, dict[str, Any]]] = {}
    for pk, ends, listed, renewals in ending:
        days = min(days for days in REMINDERS if ends <= now + timedelta(days=days))
        # Not for what is listed for less time than that anyway.
        if ends - listed > timedelta(days=days):
            payload = {"days": days, "renewals": renewals}
            due[f"job_reminder:{pk}:{renewals}:{days}"] = (pk, payload)
    written = Message.objects.filter(key__in=due).values_list("key", flat=True)
    new = [key for key in due if key not in set(written)]
    for key in new:
        about, payload = due[key]
        outbox.put("job_reminder", key, about=about, payload=payload)
    return len(new)


def _job(message: Message, *statuses: Status) -> Job:
    """Return the job that a mail is about, as it is now; Skip where nobody is to be told."""
    job = Job.objects.select_related("employer").filter(pk=message.about or 0).first()
    if job is None:
        raise Skip(_("The job is not there any more."))
    if not job.contact_email:
        raise Skip(_("There is no address to write to."))
    if statuses and job.status not in statuses:
        raise Skip(_("The job has moved on since."))
    return job


def _mail(name: str, job: Job, **context: Any) -> EmailMessage:
    values = {
        "job": job,
        "manage_url": absolute(links.manage_path(job)),
        "job_url": facts.url_of(job),
        **context,
    }
    return compose(f"job_{name}", values, to=job.contact_email, language=job.contact_language)


def _confirm(message: Message) -> EmailMessage:
    return _mail("confirm", _job(message, Status.DRAFT))


def _received(message: Message) -> EmailMessage:
    return _mail("received", _job(message, Status.PENDING))


def _listed(message: Message) -> EmailMessage:
    return _mail("listed", _job(message, Status.LISTED))


def _rejected(message: Message) -> EmailMessage:
    """With the reason as it stands in the log; it may have been decided anew since."""
    job = _job(message)
    line = job.log.filter(version=message.payload["version"]).first()
    if line is None:
        raise Skip(_("The job has moved on since."))
    return _mail("rejected", job, line=line)


def _renewed(message: Message) -> EmailMessage:
    return _mail("renewed", _job(message, Status.LISTED))


def _reminder(message: Message) -> EmailMessage:
    job = _job(message, Status.LISTED)
    if job.renewals != message.payload["renewals"] or not job.is_live:
        raise Skip(_("The job has moved on since."))
    return _mail("reminder", job, days=message.payload["days"])


HANDLERS: dict[str, outbox.Handler] = {
    "job_confirm": _confirm,
    "job_received": _received,
    "job_listed": _listed,
    "job_rejected": _rejected,
    "job_renewed": _renewed,
    "job_reminder": _reminder,
}
