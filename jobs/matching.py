"""Which jobs stand beside an article: found when the page is asked for, with one query.

Whoever calls gives the article's tags and words; nothing here knows what an article is.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from . import terms
from .models import Job, Mention

SHOWN = 5
# The term of all jobs that are put forward; no word of a tag stands for it.
FEATURED = "*"
_MOST_TERMS = 20
# Of a term that many jobs have, its newest stand for all; older ones come in by their other terms.
_NEWEST = 150
# Points for a job that is as new as this; a rare shared tag is worth about 6, a frequent one 2.
_FRESHNESS = ((timedelta(days=2), 1.0), (timedelta(days=7), 0.7), (timedelta(days=21), 0.3))
# What is only in the headline counts less, and nothing without a shared tag: Mr Cook is no cook.
_WORD_WEIGHT = 0.5

# A term counts more the fewer jobs it has (idf). The candidates pass the gate; of each employer the
# best is taken: those that share a tag first, then the newest that are put forward.
_QUERY = """
WITH candidate AS (
    {newest}
),
weight AS (
    SELECT term, LN(1.0 + %s / COUNT(*)) * CASE WHEN term IN ({tags}) THEN 1.0 ELSE %s END AS idf
    FROM jobs_mention WHERE term IN ({terms}) GROUP BY term
),
shared AS (
    SELECT mention.job_id, SUM(weight.idf) AS points,
        MAX(CASE WHEN mention.term IN ({tags}) THEN 1 ELSE 0 END) AS has_tag
    FROM candidate
    JOIN jobs_mention mention ON mention.job_id = candidate.job_id
    JOIN weight ON weight.term = mention.term
    GROUP BY mention.job_id
),
found AS (
    SELECT live.id, live.employer_id, live.published_at, COALESCE(shared.has_tag, 0) AS has_tag,
        CASE WHEN shared.has_tag = 1 THEN shared.points + CASE {freshness} ELSE 0.0 END ELSE 0.0 END
            AS points
    FROM candidate
    JOIN ({gate}) live ON live.id = candidate.job_id
    LEFT JOIN shared ON shared.job_id = candidate.job_id
    WHERE shared.has_tag = 1 OR live.featured_until > %s
),
best AS (
    SELECT id, has_tag, points, ROW_NUMBER() OVER (
        PARTITION BY employer_id ORDER BY has_tag DESC, points DESC, published_at DESC, id DESC
    ) AS place
    FROM found
)
SELECT job.id, job.slug, job.title, job.language, job.places, job.remote, job.is_paid,
    job.published_at, job.valid_through, job.status, employer.name AS employer_name, best.points
FROM best
JOIN jobs_job job ON job.id = best.id
JOIN jobs_employer employer ON employer.id = job.employer_id
WHERE best.place = 1
ORDER BY best.has_tag DESC, best.points DESC, job.published_at DESC, job.id DESC
LIMIT %s
"""
# UNION, not UNION ALL: a job of two terms is one candidate.
_NEWEST_OF_TERM = """SELECT job_id FROM (
        SELECT job_id FROM jobs_mention WHERE term = %s AND valid_through > %s
        ORDER BY published_at DESC LIMIT %s
    ) newest"""
# How many jobs there are altogether makes no difference between terms; only how few a term has.
_ALL = 10_000.0


def jobs_for(
    tags: Iterable[str], text: str = "", *, limit: int = SHOWN, now: datetime | None = None
) -> list[Job]:
    """Return the live jobs that share the most with some tags, at most one of each employer.

    What is left over is filled with the newest that are put forward. Each has `employer_name` and
    `points`; the rest of the row is not read. One query.
    """
    now = now or timezone.now()
    of_tags = sorted(terms.of_tags(tags))[:_MOST_TERMS] or [""]  # which no job has
    of_text = sorted(terms.of_text(text).difference(of_tags))[:_MOST_TERMS]
    wanted = [*of_tags, FEATURED]
    gate, gate_values = _gate(now)
    query = _QUERY.format(
        newest="\n    UNION ".join(_NEWEST_OF_TERM for _term in wanted),
        tags=_places(of_tags),
        terms=_places([*of_tags, *of_text]),
        freshness=" ".join("WHEN live.published_at > %s THEN %s" for _rule in _FRESHNESS),
        gate=gate,
    )
    values = [
        *(value for term in wanted for value in (term, _stored(now), _NEWEST)),
        *(_ALL, *of_tags, _WORD_WEIGHT, *of_tags, *of_text),
        *of_tags,
        *(value for age, points in _FRESHNESS for value in (_stored(now - age), points)),
        *(*gate_values, _stored(now), limit),
    ]
    return list(Job.objects.raw(query, values))


def mentions_of(job: Job) -> Iterator[Mention]:
    """Yield what a listed job is matched by."""
    found = terms.of_tags(job.tags) | terms.of_text(job.title_key)
    if job.featured_until is not None:
        found.add(FEATURED)
    if job.published_at is None or job.valid_through is None:
        return
    for term in sorted(found):
        yield Mention(
            job=job, term=term, published_at=job.published_at, valid_through=job.valid_through
        )


def _gate(now: datetime) -> tuple[str, Sequence[object]]:
    """Return the query of what readers may see, as it stands in the tables."""
    live = Job.objects.live(now).values("id", "employer_id", "published_at", "featured_until")
    return live.query.sql_with_params()


def _stored(moment: datetime) -> object:
    """Return a moment as this database compares it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _places(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
