"""What hangs on articles in small rows, read for a page or a feed in one query: who signs them,
topics, corrections, dossiers, choices of promos.

Each table gives its rows as one column of JSON; here they become rows of their models again, with
the columns that pages show. Called by story.py and feeds.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from newsroom.lib.prepared import in_tens, prepared

from .models import (
    Article,
    Author,
    Byline,
    Correction,
    DossierEntry,
    PromoChoice,
    Tag,
    TaggedArticle,
)


@dataclass
class Attached:
    """The rows by kind, in the order of the page. `picks`: promo → (kind, position)."""

    bylines: list[Byline] = field(default_factory=list)
    topics: list[Tag] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    dossiers: list[int] = field(default_factory=list)
    picks: dict[int, tuple[str, int]] = field(default_factory=dict)


def to(article: Article) -> Attached:
    """Read what hangs on an article. One query."""
    return to_each([article])[article.pk]


def to_each(articles: Sequence[Article]) -> dict[int, Attached]:
    """Read what hangs on each of some articles. One query."""
    each = {article.pk: Attached() for article in articles}
    ids = in_tens([*each]) if len(each) > 1 else tuple(each)
    # Who signs or is written about more than once is one row.
    known: dict[tuple[type[Any], int], Any] = {}
    for pk, kind, place, facts in sorted(_rows(ids), key=lambda row: row[:3]):
        _note(each[pk], pk, kind, place, facts, known)
    for found in each.values():
        found.corrections.sort(key=lambda one: (one.corrected_at, one.pk), reverse=True)
    return each


def _note(
    found: Attached,
    article: int,
    kind: str,
    place: int,
    facts: dict[str, Any],
    known: dict[tuple[type[Any], int], Any],
) -> None:
    def row(model: Any, prefix: str = "") -> Any:
        key = (model, facts[f"{prefix}id"])
        if key not in known:
            known[key] = _row(model, facts, prefix)
        return known[key]

    if kind == "byline":
        author = row(Author, "author_")
        found.bylines.append(Byline(article_id=article, author=author, role=facts["role"]))
    elif kind == "topic":
        found.topics.append(row(Tag))
    elif kind == "correction":
        facts["corrected_at"] = _moment(facts["corrected_at"])
        found.corrections.append(_row(Correction, facts))
    elif kind == "dossier":
        found.dossiers.append(facts["id"])
    else:
        found.picks[facts["id"]] = (facts["kind"], place)


@prepared
def _rows(articles: tuple[int, ...]) -> QuerySet[Any, Any]:
    first, *others = (
        _columns(
            Byline.objects.filter(article__in=articles),
            "article",
            "byline",
            F("position"),
            {"role": "role"}
            | {f"author_{name}": f"author__{name}" for name in ("id", "name", "slug", "is_agency")},
        ),
        _columns(
            TaggedArticle.objects.filter(content_object__in=articles),
            "content_object",
            "topic",
            F("pk"),
            {name: f"tag__{name}" for name in ("id", "name", "slug", "key")},
        ),
        _columns(
            Correction.objects.filter(article__in=articles, is_public=True),
            "article",
            "correction",
            F("pk"),
            {name: name for name in ("id", "kind", "text", "corrected_at", "article_id")},
        ),
        _columns(
            DossierEntry.objects.filter(article__in=articles),
            "article",
            "dossier",
            F("pk"),
            {"id": "dossier_id"},
        ),
        _columns(
            PromoChoice.objects.filter(article__in=articles),
            "article",
            "pick",
            F("position"),
            {"id": "promo_id", "kind": "kind"},
        ),
    )
    return first.union(*others, all=True).order_by()


def _columns(
    rows: QuerySet[Any], of: str, kind: str, place: F, facts: Mapping[str, str]
) -> QuerySet[Any, Any]:
    """Bring the rows of any table into the columns of the one question."""
    made: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(a=Value(kind, TextField()), b=place, c=JSONObject(**facts))
        .values_list(f"{of}_id", "a", "b", "c")
    )
    return made


def _row(model: Any, facts: Mapping[str, Any], prefix: str = "") -> Any:
    """Return a row of which the other columns are read only if somebody asks for them."""
    # In the model's order, as from_db() takes them.
    names = [field.attname for field in model._meta.concrete_fields]
    known = [name for name in names if f"{prefix}{name}" in facts]
    return model.from_db("default", known, [facts[f"{prefix}{name}"] for name in known])


def _moment(text: str) -> datetime:
    """Read a time of a JSON column; SQLite writes it in UTC without a zone."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(f"{text!r} is no time.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
