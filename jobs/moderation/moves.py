"""The table of allowed moves, who may make them, and how every verb begins and ends."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsroom.lib.slugs import make_slug
from newsroom.lib.verbs import Conflict, Refused, demand
from newsroom.models import User

from .. import findable, titles
from ..advert import FIELDS, Advert, employer_key
from ..models import Action, Employer, Job, Reason, Status

REVIEW, CHANGE = "jobs.review_job", "jobs.change_job"


@dataclass(frozen=True)
class Move:
    """One line of the table. `target` None: it stays where it is.

    `permission` is what an account needs; `is_employers`: the signed link of the employer will do.
    """

    sources: frozenset[Status]
    target: Status | None
    permission: str = REVIEW
    is_employers: bool = False
    needs_reason: bool = False


def _from(*sources: Status) -> frozenset[Status]:
    return frozenset(sources)


MOVES: dict[str, Move] = {
    "confirm": Move(_from(Status.DRAFT), Status.PENDING, is_employers=True),
    "approve": Move(_from(Status.PENDING), Status.LISTED),
    "reject": Move(_from(Status.PENDING), Status.REJECTED, needs_reason=True),
    # An employer's new text: at once where nobody reads the old one, else for the desk to decide.
    "rewrite": Move(_from(Status.DRAFT, Status.PENDING), None, is_employers=True),
    "try_again": Move(_from(Status.REJECTED), Status.PENDING, is_employers=True),
    "propose": Move(_from(Status.LISTED), None, is_employers=True),
    "approve_change": Move(_from(Status.LISTED), None),
    "reject_change": Move(_from(Status.LISTED), None, needs_reason=True),
    "edit": Move(frozenset(Status), None, CHANGE),
    "drop_overrides": Move(frozenset(Status), None, CHANGE),
    "feature": Move(_from(Status.LISTED), None, CHANGE),
    "renew": Move(_from(Status.LISTED), None, is_employers=True),
    "mark_filled": Move(_from(Status.LISTED), Status.FILLED, is_employers=True),
    "withdraw": Move(
        _from(Status.DRAFT, Status.PENDING, Status.LISTED), Status.WITHDRAWN, is_employers=True
    ),
    "take_down": Move(_from(Status.LISTED), Status.WITHDRAWN, needs_reason=True),
    "reinstate": Move(_from(Status.FILLED, Status.WITHDRAWN), Status.LISTED, needs_reason=True),
    "reconsider": Move(_from(Status.REJECTED), Status.PENDING),
}


# After these a reader sees what he saw before: no reason for anybody to fetch a job again.
UNSEEN = {"propose", "reject_change", "drop_overrides"}


def allowed_moves(job: Job, by: User | None = None) -> list[str]:
    """Return the moves that an account, or the employer, could make now. Verbs check again."""
    return [
        name
        for name, move in MOVES.items()
        if job.status in move.sources
        and (move.is_employers if by is None else by.has_perm(move.permission))
        and (name not in {"approve_change", "reject_change"} or job.proposed_at is not None)
        and (name != "reinstate" or job.published_at is not None)
    ]


def begin(verb: str, job: Job, *, by: User | None, seen: int | None) -> Job:
    """Lock the row and refuse what the table of moves or a newer version forbids.

    `seen` is the version that the decision was made on; None where it does not matter.
    """
    move = MOVES[verb]
    if by is not None:
        demand(by, move.permission)
    elif not move.is_employers:
        raise Refused(_("This is for the job desk to decide."))
    job = lock(job)
    if job.status not in move.sources:
        raise Conflict(_now_is(job))
    if seen is not None and seen != job.version:
        raise Conflict(_now_is(job))
    if verb not in allowed_moves(job, by):
        raise Refused(_("There is nothing to decide."))
    return job


def finish(
    verb: str,
    job: Job,
    *,
    by: User | None,
    reason: str = "",
    note: str = "",
    details: dict[str, Any] | None = None,
) -> Job:
    """Change the status, save, log, and make the job be found as it is now.

    The caller has called begin().
    """
    move = MOVES[verb]
    check_reason(move, reason)
    source = job.status
    job.status = move.target or job.status
    job.version += 1
    now = timezone.now()
    if verb not in UNSEEN:
        job.changed_at = now
    if job.status == Status.PENDING:
        job.waiting_since = job.waiting_since or now
    else:
        job.waiting_since = job.proposed_at
    job.save()
    if job.published_at is not None and verb not in UNSEEN:
        findable.refresh([job])  # and no page is made anew over what no reader ever saw
    log(job, verb, by=by, source=source, reason=reason, note=note, details=details)
    return job


def check_reason(move: Move, reason: str) -> None:
    """Raise Refused for a missing or unknown reason."""
    if move.needs_reason and reason not in Reason:
        raise Refused(_("Give a reason."))


def lock(job: Job) -> Job:
    """Read the row again and hold it until the transaction ends."""
    queryset = Job.objects.select_related("employer", "source").select_for_update(of=("self",))
    try:
        return queryset.get(pk=job.pk)
    except Job.DoesNotExist:
        raise Conflict(_("The job is not there any more.")) from None


def write(job: Job, advert: Advert) -> None:
    """Put an advert's text into a row; the caller saves it. One query for the employer, or two.

    Raises ValidationError for what readers or machines would miss something in.
    """
    advert.check()
    # Held, so that upkeep does not take it for one without jobs at this moment.
    employer, _created = Employer.objects.select_for_update().get_or_create(
        key=employer_key(advert.employer), defaults={"name": advert.employer}
    )
    fill(job, advert, employer)


def fill(job: Job, advert: Advert, employer: Employer) -> None:
    """Put a checked advert into a row."""
    values = advert.to_json() | {"salary_min": advert.salary_min, "salary_max": advert.salary_max}
    for name in FIELDS:
        if name != "employer":
            setattr(job, name, values[name])
    job.employer = employer
    title = titles.normalise(advert.title)
    job.title_key, job.gender_suffix = title.key[:160], title.suffix[:40]
    job.slug = make_slug(title.plain, fallback="job")


def log(
    job: Job,
    verb: str,
    *,
    by: User | None,
    source: str,
    reason: str = "",
    note: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Add the line of the log that belongs to a change."""
    Action.objects.create(
        job=job,
        verb=verb,
        from_status=source,
        to_status=job.status,
        reason=reason,
        note=note.strip()[:500],
        details=details or {},
        version=job.version,
        actor=Action.Actor.DESK if by is not None else Action.Actor.EMPLOYER,
        by=by,
    )


def _now_is(job: Job) -> str:
    """Say what has happened meanwhile."""
    last = job.log.select_related("by").first()
    who = ""
    if last is not None and last.by is not None:
        who = f" ({last.by}, {date_format(timezone.localtime(last.at), 'DATETIME_FORMAT')})"
    status = Status(job.status).label
    return _("The job is now “%(status)s”%(who)s.") % {"status": status, "who": who}
