"""Which jobs stand beside an article: found when the page is asked for, with one query.

Whoever calls gives the article's tags and words; nothing here knows what an article is.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from newsroom.lib.addresses import path_to

from . import terms
from .models import Job, Mention

SHOWN = 5
# The term of all jobs that are put forward; no word of a tag stands for it.
FEATURED = "*"
_MOST_TERMS = 20
# Of a term that many jobs have, its newest stand for all; older ones come in by their other terms.
_NEWEST = 100
# Points for a job that is as new as this; a rare shared tag is worth about 8, a frequent one 2.
_FRESHNESS = ((timedelta(days=2), 1.0), (timedelta(days=7), 0.7), (timedelta(days=21), 0.3))
# What is only in the headline counts less, and nothing without a shared tag: Mr Cook is no cook.
_WORD_WEIGHT = 0.5
# So rare is a term (idf): counted up to `_OFTEN`, so that the cost does not grow with the jobs. How
# many jobs there are makes no difference between two terms, so that is a fixed number.
_ALL, _OFTEN = 10_000.0, 1_000

# All but the last step reads mentions only, by their two indexes. Of each employer the best is
# taken: those that share a tag first, then the newest that are put forward. A few pass the gate.
_QUERY = """
WITH candidate AS (
    {candidates}
),
weight (term, has_tag, idf) AS (
    {weights}
),
shared AS (
    SELECT mention.job_id, mention.employer_id, mention.published_at,
        SUM(COALESCE(weight.idf, 0.0)) AS idf, MAX(COALESCE(weight.has_tag, 0)) AS has_tag
    FROM candidate
    JOIN jobs_mention mention ON mention.job_id = candidate.job_id
    LEFT JOIN weight ON weight.term = mention.term
    GROUP BY mention.job_id, mention.employer_id, mention.published_at
),
scored AS (
    SELECT job_id, employer_id, published_at, has_tag,
        CASE WHEN has_tag = 1 THEN idf + CASE {freshness} ELSE 0.0 END ELSE 0.0 END AS points
    FROM shared
),
best AS (
    SELECT job_id, published_at, has_tag, points, ROW_NUMBER() OVER (
        PARTITION BY employer_id ORDER BY has_tag DESC, points DESC, published_at DESC, job_id DESC
    ) AS place
    FROM scored
),
few AS (
    SELECT job_id, has_tag, points FROM best WHERE place = 1
    ORDER BY has_tag DESC, points DESC, published_at DESC, job_id DESC LIMIT %s
)
SELECT job.id, job.slug, job.title, job.language, job.places, job.remote, job.is_paid,
    employer.name, few.points
FROM few
JOIN ({gate}) job ON job.id = few.job_id
JOIN jobs_employer employer ON employer.id = job.employer_id
ORDER BY few.has_tag DESC, few.points DESC, job.published_at DESC, job.id DESC
LIMIT %s
"""
# UNION, not UNION ALL: a job of two terms is one candidate.
_CANDIDATES = """SELECT job_id FROM (
        SELECT job_id FROM jobs_mention WHERE term = %s AND valid_through > %s
        ORDER BY published_at DESC LIMIT %s
    ) newest"""
_WEIGHT = """SELECT %s, %s, %s * LN(CAST(1.0 + %s / (1 + (
        SELECT COUNT(*) FROM (SELECT 1 FROM jobs_mention WHERE term = %s LIMIT %s) counted
    )) AS DOUBLE PRECISION))"""


class Beside(NamedTuple):
    """What is shown of a job beside something else, with the points that it has there."""

    pk: int
    slug: str
    title: str
    language: str
    places: list[dict[str, str]]
    remote: str
    is_paid: bool
    employer_name: str
    points: float

    def get_absolute_url(self) -> str:
        return path_to("jobs:job", self.pk, self.slug)


def jobs_for(
    tags: Iterable[str], text: str = "", *, limit: int = SHOWN, now: datetime | None = None
) -> list[Beside]:
    """Return the live jobs that share the most with some tags, at most one of each employer.

    What is left over is filled with the newest that are put forward. One query.
    """
    now = now or timezone.now()
    of_tags = sorted(terms.of_tags(tags))[:_MOST_TERMS]
    of_text = sorted(terms.of_text(text).difference(of_tags))[:_MOST_TERMS] if of_tags else []
    lists = [*of_tags, FEATURED]
    weights = [(term, 1, 1.0) for term in of_tags] + [(term, 0, _WORD_WEIGHT) for term in of_text]
    weights = weights or [("", 0, 0.0)]
    gate, gate_values = _gate(now)
    values: list[Any] = [
        *(value for term in lists for value in (term, _stored(now), _NEWEST)),
        *(value for weight in weights for value in (*weight, _ALL, weight[0], _OFTEN)),
        *(value for age, points in _FRESHNESS for value in (_stored(now - age), points)),
        *(4 * limit, *gate_values, limit),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_question(len(lists), len(weights), gate), values)
        return [
            # To a plain cursor every database gives JSON as text.
            Beside(pk, slug, title, language, json.loads(places), remote, bool(is_paid), *rest)
            for pk, slug, title, language, places, remote, is_paid, *rest in cursor.fetchall()
        ]


@cache
def _question(lists: int, weights: int, gate: str) -> str:
    """Return the query for so many terms."""
    return _QUERY.format(
        candidates="\n    UNION ".join([_CANDIDATES] * lists),
        weights="\n    UNION ALL ".join([_WEIGHT] * weights),
        freshness=" ".join("WHEN published_at > %s THEN %s" for _rule in _FRESHNESS),
        gate=gate,
    )


def mentions_of(job: Job) -> Iterator[Mention]:
    """Yield what a listed job is matched by."""
    if job.published_at is None or job.valid_through is None:
        return
    ends = dict.fromkeys(terms.of_tags(job.tags) | terms.of_text(job.title_key), job.valid_through)
    if job.featured_until is not None:
        ends[FEATURED] = min(job.featured_until, job.valid_through)
    for term, end in sorted(ends.items()):
        yield Mention(
            job=job,
            term=term,
            employer_id=job.employer_id,
            published_at=job.published_at,
            valid_through=end,
        )


def _gate(now: datetime) -> tuple[str, Sequence[object]]:
    """Return the query of what readers may see, with what a card shows."""
    query, values, is_now = _gate_written(connection.vendor)
    return query, [
        _stored(now) if here else value for value, here in zip(values, is_now, strict=True)
    ]


@cache
def _gate_written(_vendor: str) -> tuple[str, Sequence[object], list[bool]]:
    """Return the query with the values for some moment, and which of these are the moment."""
    sample = datetime(1871, 1, 1, tzinfo=UTC)
    live = Job.objects.live(sample).values(
        *("id", "slug", "title", "language", "places", "remote", "is_paid"),
        *("published_at", "valid_through", "status", "employer_id"),
    )
    query, values = live.query.sql_with_params()
    return query, values, [value == _stored(sample) for value in values]


def _stored(moment: datetime) -> object:
    """Return a moment as this database compares it."""
    return connection.ops.adapt_datetimefield_value(moment)
