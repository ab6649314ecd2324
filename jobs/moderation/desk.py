"""What the job desk does: list, reject, edit, put forward, take down, bring back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from newsroom.lib import outbox
from newsroom.models import User

from ..advert import Advert
from ..models import Job
from .moves import begin, finish, lock, write


@transaction.atomic
def approve(job: Job, *, by: User, seen: int | None = None) -> Job:
    """List a pending job for its days from now; of a listed one, make the employer's new text live.

    Raises ValidationError where something is missing that readers or machines need.
    """
    job = lock(job)
    if job.proposed_at is not None:
        return _approve_change(job, by=by, seen=seen)
    job = begin("approve", job, by=by, seen=seen)
    Advert.of(job).check()
    now = timezone.now()
    job.published_at = job.published_at or now
    if job.valid_through is None or job.valid_through <= now:
        job.valid_through = now + timedelta(days=job.days)
    job = finish("approve", job, by=by)
    outbox.put("job_listed", f"job_listed:{job.pk}:{job.version}", about=job.pk)
    return job


def _approve_change(job: Job, *, by: User, seen: int | None) -> Job:
    job = begin("approve_change", job, by=by, seen=seen)
    before = Advert.of(job).to_json()
    write(job, Advert.from_json(job.proposed).tidy())
    after = Advert.of(job).to_json()
    job.proposed = job.proposed_at = None
    replaced = {name: before[name] for name in before if before[name] != after[name]}
    job = finish("approve_change", job, by=by, details={"replaced": replaced})
    outbox.put("job_listed", f"job_listed:{job.pk}:{job.version}", about=job.pk)
    return job


@transaction.atomic
def reject(job: Job, *, by: User, reason: str, note: str = "", seen: int | None = None) -> Job:
    """Turn a pending job down; of a listed one, turn down the new text only. The employer is told.

    `note` is a sentence of the desk that the mail carries.
    """
    job = lock(job)
    verb = "reject_change" if job.proposed_at is not None else "reject"
    job = begin(verb, job, by=by, seen=seen)
    job.proposed = job.proposed_at = None
    job = finish(verb, job, by=by, reason=reason, note=note)
    _tell_no(job)
    return job


def _tell_no(job: Job) -> None:
    """Mail the employer what was decided and why: the line of the log with this version."""
    key = f"job_rejected:{job.pk}:{job.version}"
    outbox.put("job_rejected", key, about=job.pk, payload={"version": job.version})


@transaction.atomic
def edit(job: Job, advert: Advert, *, by: User, seen: int | None = None) -> Job:
    """Change a job's text at once. What the desk changes in an imported one survives every run.

    Raises ValidationError for a text in which something is missing.
    """
    job = begin("edit", job, by=by, seen=seen)
    before = Advert.of(job).to_json()
    write(job, advert.tidy())
    after = Advert.of(job).to_json()
    changed = {name: after[name] for name in after if after[name] != before[name]}
    if job.source_id is not None:
        job.overrides = {**job.overrides, **changed}
    return finish(
        "edit", job, by=by, details={"replaced": {name: before[name] for name in changed}}
    )


@transaction.atomic
def drop_overrides(job: Job, *, by: User, seen: int | None = None) -> Job:
    """Let the source decide again; its next complete run brings its text back."""
    job = begin("drop_overrides", job, by=by, seen=seen)
    dropped, job.overrides, job.content_hash = job.overrides, {}, ""
    return finish("drop_overrides", job, by=by, details={"replaced": dropped})


@transaction.atomic
def feature(
    job: Job, *, by: User, until: datetime | None, is_paid: bool, seen: int | None = None
) -> Job:
    """Put a job forward until a time (None: not any more) and say whether that is paid for."""
    job = begin("feature", job, by=by, seen=seen)
    job.featured_until, job.is_paid = until, is_paid
    details = {"until": until.isoformat() if until else "", "is_paid": is_paid}
    return finish("feature", job, by=by, details=details)


@transaction.atomic
def take_down(job: Job, *, by: User, reason: str, note: str = "", seen: int | None = None) -> Job:
    """Take a listed job off the site at once. The employer is told."""
    job = begin("take_down", job, by=by, seen=seen)
    job.proposed = job.proposed_at = None
    job = finish("take_down", job, by=by, reason=reason, note=note)
    _tell_no(job)
    return job


@transaction.atomic
def reinstate(job: Job, *, by: User, reason: str, note: str = "", seen: int | None = None) -> Job:
    """List a filled or withdrawn job again, for its days from now if its end is past."""
    job = begin("reinstate", job, by=by, seen=seen)
    now = timezone.now()
    if job.valid_through is None or job.valid_through <= now:
        job.valid_through = now + timedelta(days=job.days)
    job.missed_runs = 0
    return finish("reinstate", job, by=by, reason=reason, note=note)


@transaction.atomic
def reconsider(job: Job, *, by: User, seen: int | None = None) -> Job:
    """Take a rejected job back into the queue."""
    return finish("reconsider", begin("reconsider", job, by=by, seen=seen), by=by)
