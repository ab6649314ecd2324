"""Finds an article's neighbours and says how near each is. Called by related.py, and to measure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db.models import IntegerField, OuterRef, Subquery
from django.utils import timezone

from .likeness import Facts, WordScorer, meaning_scorer
from .models import (
    Article,
    DossierEntry,
    RelatedProfile,
    RelatedScore,
    Status,
    Tag,
    TaggedArticle,
)
from .search import DRAFTS, INDEX

_KEPT = 10
_FEW = 8  # of what is known to be about one thing
_SAMPLE = 2_000  # newest articles that say how rare a word is, and that are compared by meaning
_STRONGEST, _BY_WORDS, _BY_MEANING, _BY_TAG, _BY_SECTION = 8, 150, 30, 60, 20
_MAX_FACTS = 20_000
_FREQUENT = 4_000  # a topic of more brings nobody together: nobody counts on
_TOGETHER = 20  # lists whose candidates are read with one query
# Points, at most: words 6, meaning 6, topics 2.5.
_WORDS, _MEANING, _TOPIC, _TOPICS_MOST, _DOSSIER, _SECTION = 6.0, 6.0, 1.2, 2.5, 1.5, 0.3
# What is new counts whole; with age it falls to four tenths, by half every thirty days.
_HALF_LIFE, _AGED = timedelta(days=30), 0.4


class Finder:
    """Makes lists; what it has read of articles it keeps, so that many lists cost less each."""

    def __init__(
        self, *, now: datetime | None = None, by_meaning: bool = True, sample: int = _SAMPLE
    ) -> None:
        """Read the sample: 2,000 articles take a sixth of a second, every list then little."""
        self.now = now or timezone.now()
        self._facts: dict[int, Facts] = {}
        self._tag_counts: dict[int, int] = {}
        self._newest_of: dict[int, list[int]] = {}
        # With the status the database walks the index of front pages instead of sorting all.
        published = RelatedProfile.objects.filter(article__status=Status.PUBLISHED)
        newest = published.order_by("-article__published_at", "-pk")
        self._sample = list(newest.values_list("pk", flat=True)[:sample])
        self._read(self._sample)
        self._words = WordScorer(self._facts[pk].stems for pk in self._sample if pk in self._facts)
        self._meaning = meaning_scorer() if by_meaning else None

    @classmethod
    def among(cls, facts: Sequence[Facts], *, now: datetime | None = None) -> "Finder":
        """Return one that knows these articles only and asks for no others. No query."""
        finder = cls.__new__(cls)
        finder.now = now or timezone.now()
        finder._facts = {one.pk: one for one in facts}
        finder._tag_counts = Counter(tag for one in facts for tag in one.tags)
        finder._newest_of, finder._sample, finder._meaning = {}, [], None
        finder._words = WordScorer(one.stems for one in facts)
        return finder

    def beside_each_other(self, ids: Sequence[int], shown: int) -> list[RelatedScore]:
        """Return lists of articles known to be about one thing, each from the next few in turn."""
        known = [self._facts[pk] for pk in ids if pk in self._facts]
        rows: list[RelatedScore] = []
        for number, one in enumerate(known):
            others = (known[number + 1 :] + known[:number])[:_FEW]
            rows += self._list(one, others, shown)
        return rows

    def lists(self, ids: Iterable[int]) -> list[RelatedScore]:
        """Return the lists of articles, best first, by what these say now; store nothing."""
        rows: list[RelatedScore] = []
        for batch in batched(ids, _TOGETHER):
            for pk in batch:
                self._facts.pop(pk, None)
            self._words.forget(batch)
            self._read(batch)
            near = {pk: self._near(self._facts[pk]) for pk in batch if pk in self._facts}
            self._read({*batch}.union(*near.values()))
            for pk, others in near.items():
                known = [self._facts[other] for other in sorted(others) if other in self._facts]
                rows += self._list(self._facts[pk], known)
        return rows

    def _list(self, one: Facts, candidates: list[Facts], kept: int = _KEPT) -> list[RelatedScore]:
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
            for position, (score, other, word, meaning) in enumerate(scored[:kept])
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

    def _near(self, one: Facts) -> set[int]:
        """Return what may stand beside an article: by words, topics, dossiers, section, meaning."""
        strongest = self._words.strongest(one.stems, _STRONGEST)
        ids = {
            hit.id
            for hit in INDEX.hits(
                {
                    "near": (INDEX.some_of(strongest, "headline", "standfirst"), _BY_WORDS),
                    "far": (INDEX.some_of(strongest, ""), _BY_WORDS // 3),
                },
                excluded=[DRAFTS],
            )
        } if strongest else set()  # fmt: skip
        newest = Article.objects.published().newest().values_list("pk", flat=True)
        if one.tags:
            tagged = TaggedArticle.objects.filter(tag__in=one.tags).values("content_object")
            ids.update(newest.filter(pk__in=tagged)[:_BY_TAG])
        if one.dossiers:
            entries = DossierEntry.objects.filter(dossier__in=one.dossiers).values("article")
            ids.update(newest.filter(pk__in=entries)[:_BY_TAG])
        if one.section not in self._newest_of:
            found = newest.filter(section=one.section)[: _BY_SECTION + 1]
            self._newest_of[one.section] = list(found)
        ids.update(self._newest_of[one.section])
        if self._meaning and one.vector:
            sample = [self._facts[pk] for pk in self._sample if pk in self._facts]
            alike = zip(self._meaning.compare(one, sample), sample, strict=True)
            best = sorted(alike, key=lambda pair: (-pair[0], pair[1].pk))[:_BY_MEANING]
            ids.update(other.pk for score, other in best if score > 0)
        return ids - {one.pk}

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
        tagged = TaggedArticle.objects.filter(tag=OuterRef("pk")).order_by().values("pk")
        unknown = Tag.objects.filter(pk__in=tags - self._tag_counts.keys())
        counted = unknown.annotate(count=_Number(tagged[:_FREQUENT])).values_list("pk", "count")
        self._tag_counts.update(dict(counted))


class _Number(Subquery):
    """How many rows a query has."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
