"""What jobs are found by: labels, terms and the index of their texts, in step with their rows."""

from collections.abc import Collection, Iterator

from django.conf import settings
from django.db import transaction

from newsroom.lib import bulk, pagecache
from newsroom.lib.fulltext import Entry, Index
from newsroom.lib.slugs import make_slug

from . import description, matching
from .models import Job, Label, Mention, Status, Type

INDEX = Index("jobs_search", ["title", "employer", "places", "labels"])


def refresh(jobs: Collection[Job]) -> None:
    """Make jobs be found as they are now: listed ones by all they say, the others by nothing.

    A fixed number of queries for any number of jobs. Belongs into the transaction of the change.
    """
    forget(jobs)
    let_find(jobs)


def let_find(jobs: Collection[Job]) -> None:
    """Make jobs be found that never were; else as `refresh`."""
    listed = [job for job in jobs if job.status == Status.LISTED]
    bulk.add([label for job in listed for label in labels_of(job)])
    bulk.add([mention for job in listed for mention in matching.mentions_of(job)])
    INDEX.put(map(_entry, listed), language(), are_new=True)
    # What stands beside articles, and the sitemap.
    pagecache.purge("jobs")


def forget(jobs: Collection[Job]) -> None:
    """Let jobs be found by nothing."""
    ids = [job.pk for job in jobs]
    Label.objects.filter(job__in=ids).delete()
    Mention.objects.filter(job__in=ids).delete()
    INDEX.remove(ids)


def reindex(batch_size: int = 500) -> Iterator[int]:
    """Index the text of every listed job anew, yield how many after each batch; forget the others.

    Labels and terms are rows and stay as they are. Safe to run twice.
    """
    INDEX.remove(INDEX.ids() - set(Job.objects.listed().values_list("pk", flat=True)))
    last = 0
    while True:
        with transaction.atomic():
            rows = Job.objects.listed().select_for_update(of=("self",)).select_related("employer")
            jobs = list(rows.filter(pk__gt=last).order_by("pk")[:batch_size])
            INDEX.put(map(_entry, jobs), language())
        if not jobs:
            return
        last = jobs[-1].pk
        yield len(jobs)


def language() -> str:
    """Return the language whose stems are indexed: the site's."""
    return settings.LANGUAGE_CODE[:2]


def labels_of(job: Job) -> list[Label]:
    """Return what a job is filtered by, each once."""
    found = [
        *((Label.Kind.PLACE, make_slug(p["locality"]), p["locality"]) for p in job.places),
        (Label.Kind.REMOTE, job.remote, ""),
        *((Label.Kind.TYPE, kind.lower(), "") for kind in job.employment_types),
        *((Label.Kind.TAG, make_slug(tag), tag) for tag in job.tags),
    ]
    unique: dict[tuple[str, str], str] = {}
    for kind, key, name in found:
        if key:
            unique.setdefault((kind, key), name)
    end = job.valid_through or job.created_at
    return [
        Label(job=job, kind=kind, key=key, name=name, valid_through=end)
        for (kind, key), name in unique.items()
    ]


def _entry(job: Job) -> Entry:
    types = [str(Type(kind).label) for kind in job.employment_types]
    return Entry(
        job.pk,
        job.published_at or job.created_at,
        {
            "title": [job.title],
            "employer": [job.employer.name],
            "places": [f"{place['locality']} {place['region']}" for place in job.places],
            "labels": [*job.tags, *types],
        },
        description.to_text(job.description),
    )
