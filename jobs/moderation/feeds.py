"""What a partner's feed does, many jobs at a time. The caller (jobs.feedimport) holds the source.

The caller has proved the feed whole before it calls any of them, and may call them batch by batch,
each in a transaction of its own. Every function takes any number of jobs in a fixed number of
queries a thousand.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from newsroom.lib import bulk

from .. import findable
from ..advert import Advert, employer_key
from ..models import Action, Employer, Job, JobQuerySet, JobSource, Status
from .employers import DEFAULT_DAYS, MOST_DAYS
from .moves import fill

MISSED_RUNS = 2
PROLONG_WITHIN = timedelta(days=7)
_BATCH = 1000


@dataclass(frozen=True)
class Item:
    """A job of a feed. `advert` is tidy and checked; `valid_through` None: the feed has no end."""

    external_id: str
    content_hash: str
    advert: Advert
    published_at: datetime | None = None
    valid_through: datetime | None = None


@transaction.atomic
def add(source: JobSource, items: Sequence[Item]) -> int:
    """Add new jobs: listed where the source is trusted, else for the desk. Return how many."""
    for batch in batched(items, _BATCH, strict=False):
        employers = _employers(batch)
        ids = bulk.new_ids(Job, len(batch))
        jobs = [_new(source, item, employers, pk) for item, pk in zip(batch, ids, strict=True)]
        bulk.add(jobs)
        findable.let_find(jobs)
        _log("import", jobs, [""] * len(jobs))
    return len(items)


@transaction.atomic
def update(source: JobSource, items: Sequence[Item]) -> int:
    """Bring changed texts in, except what the desk has overridden; return how many were changed.

    A listed job of a source that is not trusted keeps its text until the desk has agreed.
    """
    count = 0
    for batch in batched(items, _BATCH, strict=False):
        known = {job.external_id: job for job in _jobs_of(source, [i.external_id for i in batch])}
        found = [item for item in batch if item.external_id in known]
        adverts = {
            item.external_id: _overridden(item.advert, known[item.external_id]) for item in found
        }
        employers = _employers(found, adverts.values())
        for item in found:
            job, advert = known[item.external_id], adverts[item.external_id]
            _renew_text(job, item, advert, employers, source.is_trusted)
        _save("import", list(known.values()))
        count += len(known)
    return count


@transaction.atomic
def note_seen(source: JobSource, external_ids: Collection[str]) -> int:
    """Forget that jobs were missed before; list again what only missing from the feed had ended.

    Return how many were changed.
    """
    changed = 0
    for batch in batched(external_ids, _BATCH, strict=False):
        missed = list(_jobs_of(source, batch).filter(missed_runs__gt=0))
        for job in missed:
            if job.status == Status.WITHDRAWN and job.missed_runs >= MISSED_RUNS:
                job.status = Status.LISTED if job.published_at else Status.PENDING
            job.missed_runs = 0
        _save("reappear", missed)
        changed += len(missed)
    return changed


@transaction.atomic
def note_missed(source: JobSource, external_ids: Collection[str]) -> tuple[int, int]:
    """Count one more complete run without these jobs; return how many were missed and withdrawn.

    The second run in a row withdraws a job that was listed or waiting.
    """
    missed = withdrawn = 0
    for batch in batched(external_ids, _BATCH, strict=False):
        jobs = list(_jobs_of(source, batch).in_play())
        gone = []
        for job in jobs:
            job.missed_runs += 1
            if job.missed_runs >= MISSED_RUNS:
                job.proposed = job.proposed_at = None
                gone.append(job)
        Job.objects.bulk_update([job for job in jobs if job not in gone], ["missed_runs"])
        statuses = [job.status for job in gone]
        for job in gone:
            job.status = Status.WITHDRAWN
        _save("withdraw", gone, statuses)
        missed, withdrawn = missed + len(jobs), withdrawn + len(gone)
    return missed, withdrawn


@transaction.atomic
def prolong(source: JobSource, external_ids: Collection[str]) -> int:
    """Keep jobs whose feed names no end for their days once more if they end within a week.

    Return how many were prolonged.
    """
    now = timezone.now()
    count = 0
    for batch in batched(external_ids, _BATCH, strict=False):
        ending = _jobs_of(source, batch).listed().filter(valid_through__lt=now + PROLONG_WITHIN)
        jobs = list(ending)
        for job in jobs:
            job.valid_through = now + timedelta(days=job.days)
        _save("renew", jobs)
        count += len(jobs)
    return count


def _jobs_of(source: JobSource, external_ids: Sequence[str]) -> JobQuerySet:
    return (
        Job.objects.filter(source=source, external_id__in=external_ids)
        .select_related("employer")
        .select_for_update(of=("self",))
    )


def _employers(items: Sequence[Item], adverts: Collection[Advert] = ()) -> dict[str, Employer]:
    """Return the employers of all items by their keys; the new ones are made. Three queries."""
    names = {employer_key(a.employer): a.employer for a in adverts or [i.advert for i in items]}
    known = set(Employer.objects.filter(key__in=names).values_list("key", flat=True))
    Employer.objects.bulk_create(
        # In one order, so that no two feeds wait for each other.
        [Employer(key=key, name=names[key]) for key in sorted(names.keys() - known)],
        ignore_conflicts=True,
    )
    return {employer.key: employer for employer in Employer.objects.filter(key__in=names)}


def _new(source: JobSource, item: Item, employers: dict[str, Employer], pk: int) -> Job:
    now = timezone.now()
    job = Job(
        pk=pk,
        source=source,
        external_id=item.external_id,
        content_hash=item.content_hash,
        is_paid=source.is_paid,
        status=Status.LISTED if source.is_trusted else Status.PENDING,
        published_at=min(item.published_at or now, now),
        valid_through=_end(item, now),
    )
    fill(job, item.advert, employers[employer_key(item.advert.employer)])
    if job.status == Status.PENDING:
        job.waiting_since = now
    return job


def _end(item: Item, now: datetime) -> datetime:
    """The feed's end, but not later than any job may stand; without one, our usual days."""
    latest = now + timedelta(days=MOST_DAYS)
    return min(item.valid_through or now + timedelta(days=DEFAULT_DAYS), latest)


def _overridden(advert: Advert, job: Job) -> Advert:
    """The feed's text under what the desk has set; if these clash, the text as it is."""
    if not job.overrides:
        return advert
    merged = Advert.from_json(advert.to_json() | job.overrides)
    try:
        merged.check()
    except ValidationError:
        return Advert.of(job)
    return merged


def _renew_text(
    job: Job, item: Item, advert: Advert, employers: dict[str, Employer], is_trusted: bool
) -> None:
    now = timezone.now()
    job.content_hash = item.content_hash
    if item.valid_through is not None:
        job.valid_through = _end(item, now)
    if job.status == Status.LISTED and not is_trusted:
        if advert != Advert.of(job):
            job.proposed, job.proposed_at = advert.to_json(), now
        return
    fill(job, advert, employers[employer_key(advert.employer)])


def _save(verb: str, jobs: Sequence[Job], statuses: Sequence[str] | None = None) -> None:
    """Save jobs that the feed has changed, find them as they are, log it."""
    now = timezone.now()
    for job in jobs:
        job.version += 1
        job.changed_at = now
        if job.status == Status.PENDING:
            job.waiting_since = job.waiting_since or now
        else:
            job.waiting_since = job.proposed_at
    Job.objects.bulk_update(jobs, _WRITTEN, batch_size=200)
    findable.refresh(jobs)
    _log(verb, jobs, statuses or [job.status for job in jobs])


_WRITTEN = [
    field.name
    for field in Job._meta.concrete_fields
    if field.name not in {"id", "created_at", "source", "external_id", "overrides"}
]


def _log(verb: str, jobs: Sequence[Job], statuses: Sequence[str]) -> None:
    bulk.add(list(_lines(verb, jobs, statuses)))


def _lines(verb: str, jobs: Sequence[Job], statuses: Sequence[str]) -> Iterator[Action]:
    for job, status in zip(jobs, statuses, strict=True):
        yield Action(
            job=job,
            verb=verb,
            from_status=status,
            to_status=job.status,
            version=job.version,
            actor=Action.Actor.SOURCE,
        )
