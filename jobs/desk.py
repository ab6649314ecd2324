"""The job desk's queue: what employers and partners have sent in, to be listed or turned down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.counting import count_together
from newsroom.lib.pagination import Order
from newsroom.lib.queue import Action, Card, Choice, Command, Outcome, Queue, Tab
from newsroom.lib.verbs import Conflict, Refused
from newsroom.models import User

from . import moderation, titles
from .advert import Advert
from .models import Action as LogLine
from .models import Job, Reason

ANSWER_GOAL = timedelta(days=1)
NEUTRAL = "(m/w/d)"

_WAITING = Order(("waiting_since", "pk"))
_NEWEST = Order(("changed_at", "pk"), is_descending=True)
_REASONS = tuple(
    Choice(
        reason.value,
        reason.label,
        "0" if reason == Reason.OTHER else str(number),
        needs_note=reason == Reason.OTHER,
    )
    for number, reason in enumerate(Reason, start=1)
)


@dataclass(frozen=True)
class Change:
    """A field that an employer wants to change: as readers see it, and as it would be."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Record:
    """How many of an employer's jobs have been listed and rejected."""

    listed: int = 0
    rejected: int = 0


@dataclass
class Facts:
    """What a card tells beside the job itself."""

    lacks_neutral_form: bool
    record: Record
    twins: list[Job] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    decision: LogLine | None = None


class JobQueue(Queue[Job]):
    """The page; newsroom.adminsite registers it."""

    title = _("Jobs to review")
    permission = "jobs.review_job"
    url_name = "jobs_queue"
    card_template = "admin/jobs/job/_card.html"
    tabs = (
        Tab("new", _("New"), _("No job waits for you."), _WAITING, frozenset({"waiting_since"})),
        Tab(
            "changes",
            _("Changes"),
            _("No employer waits for an answer."),
            _WAITING,
            frozenset({"waiting_since"}),
        ),
        Tab(
            "decided",
            _("Decided"),
            _("Nothing has been decided yet."),
            _NEWEST,
            frozenset({"changed_at"}),
            stays=True,
            is_counted=False,
        ),
    )
    actions = (
        Action("approve", _("List it"), _("Listed"), "a", "jobs.review_job", look="good"),
        Action(
            "reject",
            _("Reject"),
            _("Rejected"),
            "r",
            "jobs.review_job",
            choices=_REASONS,
            note_label=_("A sentence for the employer"),
            note_length=500,
            look="bad",
        ),
        Action(
            "neutral",
            _("Add (m/w/d)"),
            _("(m/w/d) added"),
            "g",
            "jobs.change_job",
            for_many=False,
            stays=True,
        ),
        Action("reconsider", _("Review again"), _("Back in the queue"), "v", "jobs.review_job"),
        Action(
            "take_down",
            _("Take it down"),
            _("Taken down"),
            "d",
            "jobs.review_job",
            choices=_REASONS,
            note_label=_("A sentence for the employer"),
            note_length=500,
            look="bad",
        ),
    )

    def rows(self, tab: Tab) -> QuerySet[Job]:
        return _rows(tab.name).select_related("employer", "source")

    def counts(self) -> Mapping[str, int]:
        return count_together({tab.name: _rows(tab.name) for tab in self.tabs if tab.is_counted})

    def oldest(self) -> tuple[datetime | None, timedelta]:
        first = Job.objects.pending().order_by("waiting_since", "pk")
        return first.values_list("waiting_since", flat=True).first(), ANSWER_GOAL

    def cards(self, tab: Tab, rows: Sequence[Job]) -> list[Card]:
        """Make the cards in three queries: the employer's record, the same job, the log."""
        records = _records(rows)
        twins = _twins(rows)
        decisions = _decisions(rows) if tab.name == "decided" else {}
        late = timezone.now() - ANSWER_GOAL
        cards = []
        for job in rows:
            facts = Facts(_lacks_neutral_form(job), records.get(job.employer_id, Record()))
            key = (job.employer_id, job.title_key)
            facts.twins = [twin for twin in twins.get(key, []) if twin.pk != job.pk]
            facts.changes = _changes(job)
            facts.decision = decisions.get(job.pk)
            cards.append(
                Card(
                    job,
                    job.version,
                    f"{job.title}, {job.employer}",
                    _offered(tab, job, facts),
                    facts,
                    since=job.waiting_since,
                    is_late=job.waiting_since is not None and job.waiting_since < late,
                    is_flagged=bool(facts.twins),
                )
            )
        return cards

    def carry_out(self, command: Command, by: User) -> Outcome:
        """Call the verb for each job; the others do not wait for one that is refused."""
        seen = {pick.pk: pick.version for pick in command.picks}
        done: list[int] = []
        conflicts: dict[int, str] = {}
        for job in Job.objects.filter(pk__in=seen).order_by("waiting_since", "pk"):
            try:
                _VERBS[command.action.name](job, command, by, seen[job.pk])
                done.append(job.pk)
            except (Refused, ValidationError) as error:
                why = " ".join(
                    error.messages if isinstance(error, ValidationError) else [str(error)]
                )
                if command.is_single and not isinstance(error, Conflict):
                    raise Refused(why) from error
                conflicts[job.pk] = gettext("“%(title)s”: %(why)s") % {
                    "title": job.title,
                    "why": why,
                }
        return Outcome(done, conflicts)


def _approve(job: Job, command: Command, by: User, seen: int) -> None:
    moderation.approve(job, by=by, seen=seen)


def _reject(job: Job, command: Command, by: User, seen: int) -> None:
    moderation.reject(job, by=by, reason=command.choice, note=command.note, seen=seen)


def _take_down(job: Job, command: Command, by: User, seen: int) -> None:
    moderation.take_down(job, by=by, reason=command.choice, note=command.note, seen=seen)


def _reconsider(job: Job, command: Command, by: User, seen: int) -> None:
    moderation.reconsider(job, by=by, seen=seen)


def _add_neutral_form(job: Job, command: Command, by: User, seen: int) -> None:
    advert = Advert.of(job)
    if not _lacks_neutral_form(job):
        raise Refused(gettext("The title has a neutral form."))
    moderation.edit(job, replace(advert, title=f"{advert.title} {NEUTRAL}"), by=by, seen=seen)


_VERBS: dict[str, Callable[[Job, Command, User, int], None]] = {
    "approve": _approve,
    "reject": _reject,
    "neutral": _add_neutral_form,
    "reconsider": _reconsider,
    "take_down": _take_down,
}


def _rows(name: str) -> QuerySet[Job]:
    if name == "new":
        return Job.objects.pending()
    if name == "changes":
        return Job.objects.proposals()
    by_desk = LogLine.objects.filter(job=OuterRef("pk"), actor=LogLine.Actor.DESK)
    return Job.objects.filter(Exists(by_desk), waiting_since=None)


def _offered(tab: Tab, job: Job, facts: Facts) -> tuple[str, ...]:
    if tab.name == "decided":
        return tuple(
            name
            for name in ("reconsider", "take_down")
            if job.status in moderation.MOVES[name].sources
        )
    neutral = ("neutral",) if facts.lacks_neutral_form and tab.name == "new" else ()
    return ("approve", "reject", *neutral)


def _lacks_neutral_form(job: Job) -> bool:
    """Whether a German title speaks to one sex only (AGG § 11 with § 7)."""
    return job.language == "de" and not titles.normalise(job.title).has_neutral_form


def _records(rows: Sequence[Job]) -> dict[int, Record]:
    jobs = Job.objects.filter(employer__in={job.employer_id for job in rows})
    counted = jobs.values("employer").annotate(
        listed=Count("pk", filter=Q(published_at__isnull=False)),
        rejected=Count("pk", filter=Q(pk__in=Job.objects.rejected())),
    )
    return {
        line["employer"]: Record(line["listed"], line["rejected"]) for line in counted.order_by()
    }


def _twins(rows: Sequence[Job]) -> dict[tuple[int, str], list[Job]]:
    """Live jobs of the same house under the same title."""
    found: dict[tuple[int, str], list[Job]] = {}
    same = Job.objects.live().filter(
        employer__in={job.employer_id for job in rows},
        title_key__in={job.title_key for job in rows},
    )
    for job in same.only("title", "slug", "employer_id", "title_key"):
        found.setdefault((job.employer_id, job.title_key), []).append(job)
    return found


def _decisions(rows: Sequence[Job]) -> dict[int, LogLine]:
    """The desk's last word on each job."""
    lines = LogLine.objects.filter(job__in=rows, actor=LogLine.Actor.DESK).order_by("pk")
    return {line.job_id: line for line in lines.select_related("by")}


def _changes(job: Job) -> list[Change]:
    """What an employer's new text changes of what readers see."""
    if job.proposed is None:
        return []
    before, after = Advert.of(job).to_json(), Advert.from_json(job.proposed).tidy().to_json()
    labels = {
        one.name: str(getattr(one, "verbose_name", one.name)) for one in Job._meta.get_fields()
    }
    return [
        Change(labels.get(name, name), _shown(before[name]), _shown(after[name]))
        for name in before
        if before[name] != after[name]
    ]


def _shown(value: Any) -> str:
    """A value of an advert as text."""
    if isinstance(value, list):
        parts = [
            ", ".join(filter(None, one.values())) if isinstance(one, dict) else one for one in value
        ]
        return "; ".join(parts)
    return "" if value is None else str(value)
