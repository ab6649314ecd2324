"""What employers do, without an account: send in, confirm, change, renew, end.

`by` is None for an employer who holds the signed link; the desk may do the same for them.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import outbox
from newsroom.lib.privacy import normalise_address
from newsroom.lib.verbs import Refused
from newsroom.models import User

from ..advert import Advert
from ..models import Job, Status
from .moves import begin, finish, lock, log, write

DEFAULT_DAYS, MOST_DAYS = 30, 60
MOST_RENEWALS = 3
# So long after its end a job may still be renewed instead of being sent in anew.
RENEWABLE_AFTER_END = timedelta(days=30)
CONFIRM_WITHIN = timedelta(days=7)


@transaction.atomic
def submit(advert: Advert, *, email: str, days: int = DEFAULT_DAYS, language: str) -> Job:
    """Keep a job that somebody has sent in and mail a link that confirms it. Readers see nothing.

    Raises ValidationError for a job in which something is missing.
    """
    job = Job(
        days=max(1, min(days, MOST_DAYS)),
        contact_email=normalise_address(email),
        contact_language=language,
    )
    write(job, advert.tidy())
    job.save()
    log(job, "submit", by=None, source="")
    outbox.put("job_confirm", f"job_confirm:{job.pk}", about=job.pk)
    return job


@transaction.atomic
def confirm(job: Job, *, seen: int | None = None) -> Job:
    """Take a job whose sender has opened the link in the mail to the desk."""
    job = begin("confirm", job, by=None, seen=seen)
    if timezone.now() > job.created_at + CONFIRM_WITHIN:
        raise Refused(_("This link is too old. Please send the job in once more."))
    job = finish("confirm", job, by=None)
    outbox.put("job_received", f"job_received:{job.pk}", about=job.pk)
    return job


@transaction.atomic
def change(job: Job, advert: Advert, *, seen: int | None = None) -> Job:
    """Take an employer's new text. Readers see that of a listed job once the desk has agreed.

    Raises ValidationError for a text in which something is missing.
    """
    job = lock(job)
    verb = {Status.REJECTED: "try_again", Status.LISTED: "propose"}.get(
        Status(job.status), "rewrite"
    )
    job = begin(verb, job, by=None, seen=seen)
    advert = advert.tidy()
    advert.check()
    if verb == "propose":
        job.proposed, job.proposed_at = advert.to_json(), timezone.now()
    else:
        write(job, advert)
    return finish(verb, job, by=None)


@transaction.atomic
def renew(job: Job, *, by: User | None = None, seen: int | None = None) -> Job:
    """Keep a listed job for its days once more, from its end or from now; three times at most."""
    job = begin("renew", job, by=by, seen=seen)
    now = timezone.now()
    if job.valid_through is None or not may_renew(job):
        raise Refused(_("This job cannot be renewed any more. Please send it in anew."))
    end = max(job.valid_through, now) + timedelta(days=job.days)
    job.valid_through = min(end, now + timedelta(days=MOST_DAYS))
    job.renewals += 1
    job = finish("renew", job, by=by, details={"until": job.valid_through.isoformat()})
    outbox.put("job_renewed", f"job_renewed:{job.pk}:{job.renewals}", about=job.pk)
    return job


def may_renew(job: Job) -> bool:
    """Tell whether a listed job may be kept once more."""
    return (
        job.renewals < MOST_RENEWALS
        and job.valid_through is not None
        and timezone.now() < job.valid_through + RENEWABLE_AFTER_END
    )


@transaction.atomic
def mark_filled(job: Job, *, by: User | None = None, seen: int | None = None) -> Job:
    """Take a listed job off because somebody was found; its page says so from now on."""
    job = begin("mark_filled", job, by=by, seen=seen)
    job.proposed = job.proposed_at = None
    return finish("mark_filled", job, by=by)


@transaction.atomic
def withdraw(job: Job, *, seen: int | None = None) -> Job:
    """Take back a job on its employer's word; nothing of it is shown from now on."""
    job = begin("withdraw", job, by=None, seen=seen)
    job.proposed = job.proposed_at = None
    return finish("withdraw", job, by=None)
