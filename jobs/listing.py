"""Which jobs a reader asks for, and how many more each filter would leave. Called by views.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.db.models import Case, Count, Min, Q, QuerySet, Sum, When
from django.http import QueryDict

from newsroom.lib.fulltext import among, parse
from newsroom.lib.pagination import Page, paginate
from newsroom.lib.richtext import drop_control_characters

from .findable import INDEX, labels_of, language
from .models import Job, JobQuerySet, Label, Remote, Type

KINDS = (Label.Kind.PLACE, Label.Kind.REMOTE, Label.Kind.TYPE, Label.Kind.TAG)
MOST_OFFERED = 12
# The newest that contain the words; more than that nobody reads to the end.
_MOST_HITS = 5_000
_LONGEST = 100
# What a shared label is worth beside others.
_LIKENESS = {Label.Kind.TAG: 3, Label.Kind.PLACE: 1}


@dataclass(frozen=True)
class Choice:
    """One value of a filter, the jobs it leaves, and the query of the list with or without it."""

    key: str
    name: str
    count: int
    is_chosen: bool
    query: str


@dataclass(frozen=True)
class Filter:
    """One filter with its values, the most frequent first."""

    kind: str
    label: str
    choices: list[Choice]
    chosen: str

    @property
    def options(self) -> list[Choice]:
        """For a list to choose from, by name."""
        return sorted(self.choices, key=lambda choice: choice.name.casefold())


@dataclass(frozen=True)
class Asked:
    """What stands in the address. `labels`: kind → key, without the empty ones."""

    text: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read an address; nothing that can stand there is an error."""
        values = {
            name: " ".join(drop_control_characters(query.get(name, "")).split())[:_LONGEST]
            for name in ("q", *KINDS)
        }
        return cls(values["q"], {kind: values[kind] for kind in KINDS if values[kind]})

    def __bool__(self) -> bool:
        return bool(self.text or self.labels)

    def without(self, kind: str) -> Self:
        return replace(self, labels={k: key for k, key in self.labels.items() if k != kind})

    def query(self, **changes: str) -> str:
        """Return the address's query with some labels changed, beginning with "?"."""
        values = {"q": self.text, **self.labels, **changes}
        made = QueryDict(mutable=True)
        made.update({name: value for name, value in values.items() if value})
        return f"?{made.urlencode()}" if made else ""


@dataclass(frozen=True)
class Listing:
    """A page of jobs, how many there are in all, and the filters."""

    asked: Asked
    page: Page[Job]
    total: int
    filters: list[Filter]

    @property
    def chosen(self) -> list[Choice]:
        """The filters that are set, each with the query that takes it off."""
        return [choice for each in self.filters for choice in each.choices if choice.is_chosen]


def find(query: Mapping[str, str]) -> Listing:
    """Return what an address asks for. Two queries, two more for words, one at a list's end."""
    asked = Asked.read(query)
    found = _with_words(asked.text)
    counts = _counts(found, asked)
    jobs = Job.objects.live()
    if found is not None:
        jobs = among(jobs, found)  # type: ignore[assignment]
    page = paginate(_labelled(jobs, asked).for_card(), query)
    filters = [_filter(kind, counts[kind], asked) for kind in KINDS]
    # Every job has one label of this kind.
    remote = counts[Label.Kind.REMOTE]
    chosen = asked.labels.get(Label.Kind.REMOTE)
    total = sum(count for key, (_name, count) in remote.items() if chosen in (None, key))
    return Listing(asked, page, total, filters)


def similar(job: Job, most: int = 5) -> list[Job]:
    """Return live jobs like one that is gone; a shared place counts least. One query."""
    shared = Q()
    for label in labels_of(job):
        if label.kind in _LIKENESS:
            shared |= Q(labels__kind=label.kind, labels__key=label.key)
    if not shared:
        return []
    worth = Case(
        *(When(labels__kind=kind, then=points) for kind, points in _LIKENESS.items()), default=0
    )
    jobs = Job.objects.live().filter(shared).annotate(likeness=Sum(worth))
    return list(jobs.order_by("-likeness", "-published_at", "-pk").for_card()[:most])


def _with_words(text: str) -> list[int] | None:
    """Return the ids of the jobs that contain all words; None for no words. Two queries."""
    wanted = parse(text, language())
    if not wanted:
        return None
    wanted = INDEX.widen(wanted, language())
    hits = INDEX.hits(
        {"all": (INDEX.anywhere(wanted), _MOST_HITS)}, excluded=INDEX.unwanted(wanted)
    )
    return [hit.id for hit in hits]


def _labelled(jobs: JobQuerySet, asked: Asked) -> JobQuerySet:
    for kind, key in asked.labels.items():
        jobs = jobs.filter(pk__in=Label.objects.filter(kind=kind, key=key).values("job"))
    return jobs


def _counts(found: list[int] | None, asked: Asked) -> dict[str, dict[str, tuple[str, int]]]:
    """Count the jobs of every value, each kind under the other kinds' filters. One query.

    `found` are those with the words that were asked for; None if none were.
    """
    free = [kind for kind in KINDS if kind not in asked.labels]
    parts = [_count(free, found, asked)]
    parts += [_count([kind], found, asked.without(kind)) for kind in asked.labels]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    counts: dict[str, dict[str, tuple[str, int]]] = {kind: {} for kind in KINDS}
    for kind, key, name, count in rows:
        counts[kind][key] = (name, count)
    return counts


def _count(kinds: list[Any], found: list[int] | None, asked: Asked) -> QuerySet[Label, Any]:
    labels = Label.objects.live().filter(kind__in=kinds)
    if found is not None:
        labels = among(labels, found, "job")  # type: ignore[assignment]
    for kind, key in asked.labels.items():
        labels = labels.filter(job__in=Label.objects.filter(kind=kind, key=key).values("job"))
    return (
        labels.values_list("kind", "key").annotate(shown=Min("name"), count=Count("*")).order_by()
    )


def _filter(kind: str, counts: dict[str, tuple[str, int]], asked: Asked) -> Filter:
    chosen = asked.labels.get(kind, "")
    ranked = sorted(counts.items(), key=lambda item: (-item[1][1], item[1][0]))
    kept = [(key, name, count) for key, (name, count) in ranked[:MOST_OFFERED]]
    if chosen and chosen not in {key for key, _name, _count in kept}:
        # Also what leaves nothing must be seen, to be taken off.
        name, count = counts.get(chosen, (chosen, 0))
        kept.append((chosen, name, count))
    choices = [
        Choice(
            key,
            _name_of(kind, key, name),
            count,
            key == chosen,
            asked.query(**{kind: "" if key == chosen else key}),
        )
        for key, name, count in kept
    ]
    return Filter(kind, str(Label.Kind(kind).label), choices, chosen)


def _name_of(kind: str, key: str, name: str) -> str:
    """Words of ours are translated when they are shown, those of employers stay as they are."""
    if kind == Label.Kind.REMOTE and key in Remote:
        return str(Remote(key).label)
    if kind == Label.Kind.TYPE and key.upper() in Type:
        return str(Type(key.upper()).label)
    return name
