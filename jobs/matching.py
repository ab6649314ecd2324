"""Which jobs stand beside an article: found when the page is asked for, with one query.

Whoever calls gives the article's tags and words; nothing here knows what an article is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from . import terms
from .models import Job, Label

SHOWN = 5
_MOST_TERMS = 40
# Points for a job that is as new as this; a rare shared tag is worth about 6, a frequent one 2.
_FRESHNESS = ((timedelta(days=2), 1.0), (timedelta(days=7), 0.7), (timedelta(days=21), 0.3))
# What is only in the headline counts less, and nothing without a shared tag: Mr Cook is no cook.
_WORD_WEIGHT = 0.5
_FEATURED = 50

# `live` is the gate. A term counts more the fewer jobs it has (idf); each employer's best job is
# taken, those that share a tag first, then the newest that are put forward.
_QUERY = """
WITH live AS ({gate}),
weight AS (
    SELECT key, LN(1.0 + (SELECT COUNT(*) FROM live) * 1.0 / COUNT(*)) AS idf
    FROM jobs_label WHERE kind = %s AND key IN ({keys}) GROUP BY key
),
shared AS (
    SELECT label.job_id, SUM(weight.idf * CASE WHEN label.key IN ({tags}) THEN 1.0 ELSE %s END)
        AS points
    FROM jobs_label label JOIN weight ON weight.key = label.key
    WHERE label.kind = %s
    GROUP BY label.job_id
    HAVING SUM(CASE WHEN label.key IN ({tags}) THEN 1 ELSE 0 END) > 0
),
found AS (
    SELECT live.id, live.employer_id, live.published_at,
        shared.points + CASE {freshness} ELSE 0.0 END AS points
    FROM shared JOIN live ON live.id = shared.job_id
    UNION ALL
    SELECT * FROM (
        SELECT live.id, live.employer_id, live.published_at, 0.0
        FROM live WHERE live.featured_until > %s
        ORDER BY live.published_at DESC, live.id DESC LIMIT %s
    ) featured
),
best AS (
    SELECT id, points, ROW_NUMBER() OVER (
        PARTITION BY employer_id ORDER BY points DESC, published_at DESC, id DESC
    ) AS place
    FROM found
)
SELECT job.id, job.slug, job.title, job.language, job.places, job.remote, job.is_paid,
    job.published_at, job.valid_through, job.status, employer.name AS employer_name, best.points
FROM best
JOIN jobs_job job ON job.id = best.id
JOIN jobs_employer employer ON employer.id = job.employer_id
WHERE best.place = 1
ORDER BY best.points DESC, job.published_at DESC, job.id DESC
LIMIT %s
"""


def jobs_for(
    tags: Iterable[str], text: str = "", *, limit: int = SHOWN, now: datetime | None = None
) -> list[Job]:
    """Return the live jobs that share the most with some tags, at most one of each employer.

    Those left over are filled with the newest that are put forward. Each has `employer_name` and
    `points`; the rest of the row is not read. One query.
    """
    now = now or timezone.now()
    tag_terms = sorted(terms.of_tags(tags))[:_MOST_TERMS]
    words = sorted(terms.of_text(text).difference(tag_terms))[: _MOST_TERMS - len(tag_terms)]
    if not tag_terms:
        tag_terms, words = [""], []  # no job has this one
    gate, gate_values = _gate(now)
    fresh = [(now - age, points) for age, points in _FRESHNESS]
    query = _QUERY.format(
        gate=gate,
        keys=_places(tag_terms + words),
        tags=_places(tag_terms),
        freshness=" ".join("WHEN live.published_at > %s THEN %s" for _rule in fresh),
    )
    values = [
        *gate_values,
        *[Label.Kind.WORD, *tag_terms, *words],
        *[*tag_terms, _WORD_WEIGHT, Label.Kind.WORD, *tag_terms],
        *[value for since, points in fresh for value in (_stored(since), points)],
        *[_stored(now), _FEATURED, limit],
    ]
    return list(Job.objects.raw(query, values))


def _gate(now: datetime) -> tuple[str, Sequence[object]]:
    """Return the query of what readers may see, as it stands in the tables."""
    live = Job.objects.live(now).values("id", "employer_id", "published_at", "featured_until")
    return live.query.sql_with_params()


def _stored(moment: datetime) -> object:
    """Return a moment as this database compares it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _places(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
