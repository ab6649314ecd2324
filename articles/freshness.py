"""The state of lists of articles and corrections, in one query. Called by feeds.py and the API."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from newsroom.lib.freshness import Freshness, of_rows, settings_saved_at

from .models import Article, Correction


def of_articles(articles: QuerySet[Article], *salt: object) -> Freshness:
    """Return the state of sliced, ordered articles. One query, without their texts.

    `salt` is what else makes two answers differ. A draft beside the live text moves `edited_at`,
    so that one is no part of the mark; it dates silent changes for clients that know only dates.
    """
    return of_newest(list(columns(articles)), *salt)


def columns(articles: QuerySet[Article]) -> QuerySet[Any, Any]:
    """Return the question for what the state of articles is made of."""
    told = ("pk", "live_id", "published_at", "updated_at", "embargo_until")
    return articles.values_list(*told, settings_saved_at(), "edited_at")


def of_newest(rows: Sequence[Any], *salt: object) -> Freshness:
    """Return the state of articles of which columns() have been read. No query."""
    return of_rows(rows, 6, salt)


def of_corrections(corrections: QuerySet[Correction], *salt: object) -> Freshness:
    """Return the state of sliced, ordered corrections. One query."""
    columns = ("pk", "article__live_id", "corrected_at", "article__published_at")
    rows = corrections.values_list(*columns, "article__embargo_until", settings_saved_at())
    return of_rows(list(rows), 6, salt)
