"""What hangs on an article in small rows, read for its page in one query: who signs it, topics,
corrections, dossiers, choices of promos.

Each table gives its rows as one column of JSON; here they become rows of their models again, with
the columns that pages show. Called by story.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from newsroom.lib.prepared import prepared

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
    found = Attached()
    for kind, place, facts in sorted(_rows(article.pk), key=lambda row: row[:2]):
        if kind == "byline":
            author = _row(Author, facts, "author_")
            found.bylines.append(Byline(article=article, author=author, role=facts["role"]))
        elif kind == "topic":
            found.topics.append(_row(Tag, facts))
        elif kind == "correction":
            facts["corrected_at"] = _moment(facts["corrected_at"])
            found.corrections.append(_row(Correction, facts))
        elif kind == "dossier":
            found.dossiers.append(facts["id"])
        else:
            found.picks[facts["id"]] = (facts["kind"], place)
    found.corrections.sort(key=lambda one: (one.corrected_at, one.pk), reverse=True)
    return found


@prepared
def _rows(article: int) -> QuerySet[Any, Any]:
    first, *others = (
        _columns(
            Byline.objects.filter(article=article),
            "byline",
            F("position"),
            {"role": "role"}
            | {f"author_{name}": f"author__{name}" for name in ("id", "name", "slug", "is_agency")},
        ),
        _columns(
            TaggedArticle.objects.filter(content_object=article),
            "topic",
            F("pk"),
            {name: f"tag__{name}" for name in ("id", "name", "slug", "key")},
        ),
        _columns(
            Correction.objects.filter(article=article, is_public=True),
            "correction",
            F("pk"),
            {name: name for name in ("id", "kind", "text", "corrected_at", "article_id")},
        ),
        _columns(
            DossierEntry.objects.filter(article=article), "dossier", F("pk"), {"id": "dossier_id"}
        ),
        _columns(
            PromoChoice.objects.filter(article=article),
            "pick",
            F("position"),
            {"id": "promo_id", "kind": "kind"},
        ),
    )
    return first.union(*others, all=True).order_by()


def _columns(
    rows: QuerySet[Any], kind: str, place: F, facts: Mapping[str, str]
) -> QuerySet[Any, Any]:
    """Bring the rows of any table into the columns of the one question."""
    made: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(a=Value(kind, TextField()), b=place, c=JSONObject(**facts))
        .values_list("a", "b", "c")
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
