"""Which articles stand beside an article: found at publication, read with one query.

`workflow` calls refresh, `tick` refresh_due, the page read_on, the admin explain, `manage.py
reindex` the two in bulk.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.lib.fulltext import find_word
from newsroom.lib.richtext import plain_text

from .likeness import Facts, WordScorer, meaning_scorer, vector_key, weigh
from .models import (
    Article,
    DossierEntry,
    RelatedArticle,
    RelatedProfile,
    RelatedScore,
    Status,
    TaggedArticle,
)
from .search import INDEX, language

SHOWN = 4
_KEPT = 10
_WORTH_SAYING = 0.3  # points of common words; fewer are chance
_SAMPLE = 2_000  # newest articles that say how rare a word is, and that are compared by meaning
_STRONGEST, _BY_WORDS, _BY_MEANING, _BY_TAG, _BY_SECTION = 8, 150, 30, 60, 20
_MAX_FACTS = 20_000
# Points, at most: words 6, meaning 6, topics 2.5.
_WORDS, _MEANING, _TOPIC, _TOPICS_MOST, _DOSSIER, _SECTION = 6.0, 6.0, 1.2, 2.5, 1.5, 0.3
# What is new counts whole; with age it falls to four tenths, by half every thirty days.
_HALF_LIFE, _AGED = timedelta(days=30), 0.4


# --- Finding --------------------------------------------------------------------------------------


@transaction.atomic
def refresh(article: Article, *, now: datetime | None = None) -> None:
    """Describe a published article, make its list, and have its neighbours' lists made again."""
    profile([article])
    Finder(now=now).refresh([article.pk], is_spreading=True)


def refresh_due(limit: int = 50) -> int:
    """Make the lists that are due, a few at a time; return how many. Called by tick."""
    due = list(RelatedProfile.objects.filter(is_due=True).values_list("pk", flat=True)[:limit])
    if due:
        Finder().refresh(due)
    return len(due)


def reindex(batch_size: int = 200) -> Iterator[int]:
    """Describe every published article and make every list anew; yield how many after each batch.

    Safe to run twice. Where it is broken off, the lists that are missing are due and tick makes
    them. Each article counts twice: once described, once listed.
    """
    ids = list(Article.objects.published().newest().values_list("pk", flat=True))
    RelatedProfile.objects.exclude(article__in=Article.objects.published()).delete()
    for batch in batched(ids, batch_size):
        profile(Article.objects.filter(pk__in=batch).defer("body_html"))
        yield len(batch)
    finder = Finder()
    for batch in batched(ids, batch_size):
        finder.refresh(batch, is_spreading=False)
        yield len(batch)


def profile(articles: Collection[Article]) -> None:
    """Write down what published articles are about, and that their lists are due."""
    published = [article for article in articles if article.status == Status.PUBLISHED]
    texts = {a.pk: f"{a.headline}. {a.standfirst}" for a in published}
    keys = {pk: vector_key(text) for pk, text in texts.items()}
    known = {
        pk: (key, bytes(vector))
        for pk, key, vector in RelatedProfile.objects.filter(pk__in=texts).values_list(
            "pk", "vector_key", "vector"
        )
    }
    vectors = {pk: known[pk][1] for pk in texts if known.get(pk, ("",))[0] == keys[pk]}
    if scorer := meaning_scorer():
        missing = [pk for pk in texts if not vectors.get(pk)]
        made = scorer.encode([texts[pk] for pk in missing])
        vectors |= dict(zip(missing, made, strict=True))
    RelatedProfile.objects.bulk_create(
        [
            RelatedProfile(
                article=article,
                stems=weigh(
                    article.headline, article.standfirst, plain_text(article.body), language()
                ),
                vector=vectors.get(article.pk, b""),
                vector_key=keys[article.pk] if vectors.get(article.pk) else "",
            )
            for article in published
        ],
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["stems", "vector", "vector_key", "is_due"],
        batch_size=500,
    )


class Finder:
    """Makes lists; what it has read of articles it keeps, so that many lists cost less each."""

    def __init__(self, *, now: datetime | None = None, by_meaning: bool = True) -> None:
        self.now = now or timezone.now()
        self._facts: dict[int, Facts] = {}
        self._tag_counts: dict[int, int] = {}
        newest = RelatedProfile.objects.order_by("-article__published_at", "-pk")
        self._sample = list(newest.values_list("pk", flat=True)[:_SAMPLE])
        self._read(self._sample)
        self._words = WordScorer(self._facts[pk].stems for pk in self._sample if pk in self._facts)
        self._meaning = meaning_scorer() if by_meaning else None

    @transaction.atomic
    def refresh(self, ids: Sequence[int], *, is_spreading: bool | None = None) -> None:
        """Store the lists of articles and have the lists of their neighbours made again.

        Without `is_spreading`, only articles whose list is the first one concern their neighbours:
        so a change goes one step far and not on and on.
        """
        self._read(ids)
        ids = [pk for pk in ids if pk in self._facts]
        spreading = set(ids) if is_spreading else set[int]()
        if is_spreading is None:
            first = RelatedProfile.objects.filter(pk__in=ids, refreshed_at=None)
            spreading = set(first.values_list("pk", flat=True))
        rows = [row for pk in ids for row in self.rank(pk)]
        listed_by = RelatedScore.objects.filter(other__in=spreading)
        neighbours = {row.other_id for row in rows if row.article_id in spreading}
        neighbours |= set(listed_by.values_list("article", flat=True))
        RelatedScore.objects.filter(article__in=ids).delete()
        # Two ticks may make the same list at once: the one that comes second keeps the first's.
        RelatedScore.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        RelatedProfile.objects.filter(pk__in=neighbours - set(ids)).update(is_due=True)
        RelatedProfile.objects.filter(pk__in=ids).update(is_due=False, refreshed_at=self.now)

    def rank(self, pk: int) -> list[RelatedScore]:
        """Return an article's list, best first, without storing it."""
        one = self._facts[pk]
        candidates = self._candidates(one)
        words = self._words.compare(one, candidates)
        meanings = self._meaning.compare(one, candidates) if self._meaning else [0.0] * len(words)
        scored = sorted(
            (
                (-self._score(one, other, word, meaning), -other.pk, word, meaning)
                for other, word, meaning in zip(candidates, words, meanings, strict=True)
            )
        )
        return [
            RelatedScore(
                article_id=one.pk,
                other_id=-other,
                position=position,
                score=round(-score, 4),
                reasons=self._reasons(one, self._facts[-other], word, meaning),
            )
            for position, (score, other, word, meaning) in enumerate(scored[:_KEPT])
        ]

    def _score(self, one: Facts, other: Facts, words: float, meaning: float) -> float:
        points = self._points(one, other, words, meaning)
        return sum(points.values()) * self._freshness(other)

    def _points(self, one: Facts, other: Facts, words: float, meaning: float) -> dict[str, float]:
        # A topic of two articles brings them together, one of a thousand hardly.
        topics = sum(
            _TOPIC / (1 + self._tag_counts.get(pk, 1)).bit_length()
            for pk in one.tags.keys() & other.tags.keys()
        )
        return {
            "words": _WORDS * words,
            "meaning": _MEANING * meaning,
            "topics": min(_TOPICS_MOST, topics),
            "dossier": _DOSSIER * bool(one.dossiers.keys() & other.dossiers.keys()),
            "section": _SECTION * (one.section == other.section),
        }

    def _freshness(self, other: Facts) -> float:
        if other.is_evergreen:
            return 1.0
        age = max(timedelta(0), self.now - other.published_at)
        return _AGED + (1 - _AGED) * math.exp2(-(age / _HALF_LIFE))

    def _reasons(self, one: Facts, other: Facts, words: float, meaning: float) -> dict[str, Any]:
        """Return what `explain` puts in sentences."""
        points = self._points(one, other, words, meaning)
        return {
            "points": {name: round(value, 3) for name, value in points.items() if value},
            "words": self._words.shared(one, other),
            "topics": sorted(name for pk, name in one.tags.items() if pk in other.tags),
            "dossiers": sorted(n for pk, n in one.dossiers.items() if pk in other.dossiers),
            "days": max(0, (self.now - other.published_at).days),
            "freshness": round(self._freshness(other), 3),
            "is_evergreen": other.is_evergreen,
        }

    def _candidates(self, one: Facts) -> list[Facts]:
        """Return what may stand beside an article: by words, topics, dossiers, section, meaning."""
        strongest = self._words.strongest(one.stems, _STRONGEST)
        ids = {
            hit.id
            for hit in INDEX.hits(
                {
                    "near": (INDEX.some_of(strongest, "headline", "standfirst"), _BY_WORDS),
                    "far": (INDEX.some_of(strongest, ""), _BY_WORDS // 3),
                },
                excluded=[INDEX.label("draft")],
            )
        } if strongest else set()  # fmt: skip
        newest = Article.objects.published().newest().values_list("pk", flat=True)
        if one.tags:
            tagged = TaggedArticle.objects.filter(tag__in=one.tags).values("content_object")
            ids.update(newest.filter(pk__in=tagged)[:_BY_TAG])
        if one.dossiers:
            entries = DossierEntry.objects.filter(dossier__in=one.dossiers).values("article")
            ids.update(newest.filter(pk__in=entries)[:_BY_TAG])
        ids.update(newest.filter(section=one.section)[:_BY_SECTION])
        if self._meaning and one.vector:
            sample = [self._facts[pk] for pk in self._sample if pk in self._facts]
            alike = zip(self._meaning.compare(one, sample), sample, strict=True)
            best = sorted(alike, key=lambda pair: (-pair[0], pair[1].pk))[:_BY_MEANING]
            ids.update(other.pk for score, other in best if score > 0)
        ids.discard(one.pk)
        self._read(ids)
        return [self._facts[pk] for pk in sorted(ids) if pk in self._facts]

    def _read(self, ids: Iterable[int]) -> None:
        """Read the facts of articles that are not known yet. Four queries, none for none."""
        missing = [pk for pk in ids if pk not in self._facts]
        if not missing:
            return
        if len(self._facts) > _MAX_FACTS:
            kept = {*self._sample, *ids}
            self._facts = {pk: facts for pk, facts in self._facts.items() if pk in kept}
        tags, dossiers = dict[int, dict[int, str]](), dict[int, dict[int, str]]()
        tagged = TaggedArticle.objects.filter(content_object__in=missing)
        for pk, tag, name in tagged.values_list("content_object", "tag", "tag__name"):
            tags.setdefault(pk, {})[tag] = name
        entries = DossierEntry.objects.filter(article__in=missing)
        for pk, dossier, title in entries.values_list("article", "dossier", "dossier__title"):
            dossiers.setdefault(pk, {})[dossier] = title
        rows = RelatedProfile.objects.filter(
            pk__in=missing, article__in=Article.objects.published()
        ).values_list(
            "pk", "article__section", "article__published_at", "article__is_evergreen",
            "stems", "vector",
        )  # fmt: skip
        for pk, section, at, is_evergreen, stems, vector in rows:
            if at is None:
                continue
            self._facts[pk] = Facts(
                pk, section, at, is_evergreen, stems, bytes(vector),
                tags.get(pk, {}), dossiers.get(pk, {}),
            )  # fmt: skip
        self._count_tags({tag for found in tags.values() for tag in found})

    def _count_tags(self, tags: set[int]) -> None:
        unknown = TaggedArticle.objects.filter(tag__in=tags - self._tag_counts.keys())
        counted = unknown.order_by().values_list("tag").annotate(Count("pk"))
        self._tag_counts.update(dict(counted))


# --- Reading --------------------------------------------------------------------------------------


def found(article: Article) -> QuerySet[RelatedScore]:
    """Return what was found for an article and is not banned; nothing beside a sensitive one."""
    if article.is_sensitive:
        return RelatedScore.objects.none()
    banned = RelatedArticle.objects.filter(article=article.pk, kind=RelatedArticle.Kind.BANNED)
    return RelatedScore.objects.filter(article=article.pk).exclude(other__in=banned.values("other"))


def read_on(article: Article, *, shown: Collection[int] = (), limit: int = SHOWN) -> list[Article]:
    """Return the visible articles to stand beside one: pinned first, banned never. One query.

    `shown` are those that the page has already. Beside a sensitive text only pinned ones stand.
    """
    choices = RelatedArticle.objects.filter(article=article.pk)
    pinned = choices.filter(kind=RelatedArticle.Kind.PINNED)
    found = RelatedScore.objects.filter(article=article.pk)
    wanted = pinned.values("other")
    if not article.is_sensitive:
        wanted = wanted.union(found.values("other"))
    banned = choices.filter(kind=RelatedArticle.Kind.BANNED)
    place = Coalesce(
        Subquery(pinned.filter(other=OuterRef("pk")).values("position")[:1]) - 1_000,
        Subquery(found.filter(other=OuterRef("pk")).values("position")[:1]),
        output_field=IntegerField(),
    )
    rows = Article.objects.visible().for_card().filter(pk__in=wanted)
    rows = rows.exclude(Q(pk__in=[*shown, article.pk]) | Q(pk__in=banned.values("other")))
    return list(rows.annotate(place=place).order_by(F("place"), "pk")[:limit])


# --- Explaining -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    """One line of a list, and why it stands there, in sentences for editors."""

    other: Article
    score: float
    sentences: list[str]


def explain(article: Article) -> list[Reason]:
    """Return an article's list as it was found, hidden ones too, with the reasons. One query."""
    rows = RelatedScore.objects.filter(article=article.pk).select_related("other__section")
    return [
        Reason(row.other, row.score, _sentences(row.other, row.reasons))
        for row in rows.defer("other__body_html").order_by("position")
    ]


def _sentences(other: Article, reasons: dict[str, Any]) -> list[str]:
    """Put the parts in words, the weightiest first, then its age."""
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
    sentences = [said[name] for name in sorted(points, key=lambda n: -points[n]) if name in said]
    if reasons.get("is_evergreen"):
        return [*sentences, _("Evergreen: its age does not count.")]
    days = reasons.get("days", 0)
    if days < 1:
        return [*sentences, _("It is new.")]
    age = ngettext("It is %(days)s day old", "It is %(days)s days old", days) % {"days": days}
    counts = _("and counts %(percent)s %%.") % {"percent": round(100 * reasons.get("freshness", 1))}
    return [*sentences, f"{age} {counts}"]
