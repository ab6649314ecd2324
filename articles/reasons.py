"""Why an article stands beside another, in sentences for editors. Called by the admin."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.lib.fulltext import find_word
from newsroom.lib.richtext import plain_text

from .models import Article, RelatedScore
from .search import language

_WORTH_SAYING = 0.3  # points of common words; fewer are chance


@dataclass(frozen=True)
class Part:
    """One thing that two articles have in common, and how many points it brings."""

    sentence: str
    points: float


@dataclass(frozen=True)
class Reason:
    """One line of a list: the weightiest part first; the points count in full only while new."""

    other: Article
    score: float
    parts: list[Part]
    age: str


def explain(article: Article) -> list[Reason]:
    """Return an article's list as it was found, hidden and banned ones too. One query."""
    rows = RelatedScore.objects.filter(article=article.pk).select_related("other__section")
    return [
        Reason(row.other, row.score, _parts(row.other, row.reasons), _age(row.reasons))
        for row in rows.defer("other__body_html").order_by("position")
    ]


def _parts(other: Article, reasons: dict[str, Any]) -> list[Part]:
    points = reasons.get("points", {})
    text = "\n".join([other.headline, other.standfirst, plain_text(other.body)])
    words = [find_word(text, word, language()) or word for word in reasons.get("words", [])]
    said = {
        "words": _("Words in common: %(words)s.") % {"words": ", ".join(words)},
        "meaning": _("Headline and standfirst mean something similar."),
        "topics": _("Topics in common: %(topics)s.")
        % {"topics": ", ".join(reasons.get("topics", []))},
        "dossier": _("In the same dossier: %(dossiers)s.")
        % {"dossiers": ", ".join(reasons.get("dossiers", []))},
        "section": _("In the same section."),
    }
    if not words or points.get("words", 0) < _WORTH_SAYING:
        del said["words"]
    names = sorted(points, key=lambda name: -points[name])
    return [Part(said[name], points[name]) for name in names if name in said]


def _age(reasons: dict[str, Any]) -> str:
    if reasons.get("is_evergreen"):
        return _("Evergreen: its age does not count.")
    days = reasons.get("days", 0)
    if days < 1:
        return _("It is new.")
    age = ngettext("It is %(days)s day old", "It is %(days)s days old", days) % {"days": days}
    counts = _("and counts %(percent)s %%.") % {"percent": round(100 * reasons.get("freshness", 1))}
    return f"{age} {counts}"
