"""Where the hits are in a text that readers see: pieces for a template, never HTML."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from .analysis import WORD, plain, stem

_SCANNED = 20_000  # characters of a text that are looked through for its best passage
_BEFORE = 6  # words of context in front of the first hit


@dataclass(frozen=True)
class Piece:
    """A part of a text: one hit, or what stands between two."""

    text: str
    is_hit: bool = False


def mark(text: str, wanted: AbstractSet[str], language: str) -> list[Piece]:
    """Cut a text into pieces at the words whose stems are wanted."""
    text = unicodedata.normalize("NFC", text)
    pieces, end = [], 0
    for match, found in _words(text, wanted, language):
        if found in wanted:
            if between := text[end : match.start()]:
                pieces.append(Piece(between))
            pieces.append(Piece(match[0], is_hit=True))
            end = match.end()
    if rest := text[end:]:
        pieces.append(Piece(rest))
    return pieces


def snippet(text: str, wanted: AbstractSet[str], language: str, *, length: int = 34) -> list[Piece]:
    """Return the passage of `length` words with the most different hits; empty if there is none."""
    text = unicodedata.normalize("NFC", text[:_SCANNED])
    spans, hits = [], []
    for number, (match, found) in enumerate(_words(text, wanted, language)):
        spans.append(match)
        if found in wanted:
            hits.append((number, found))
    if not hits:
        return []
    start = max(0, min(_best_start(hits, length) - _BEFORE, len(spans) - length))
    end = min(len(spans), start + length)
    passage = " ".join(text[spans[start].start() : spans[end - 1].end()].split())
    before = "… " if start else ""
    after = " …" if end < len(spans) else text[spans[end - 1].end() :].strip()
    return mark(f"{before}{passage}{after}", wanted, language)


def _best_start(hits: list[tuple[int, str]], length: int) -> int:
    """Return the number of the word where the best window starts: variety first, then the first."""
    window: Counter[str] = Counter()
    best, best_start, last = 0, hits[0][0], 0
    for number, found in hits:
        while last < len(hits) and hits[last][0] < number + length - _BEFORE:
            window[hits[last][1]] += 1
            last += 1
        if len(window) > best:
            best, best_start = len(window), number
        window[found] -= 1
        if not window[found]:
            del window[found]
    return best_start


def find_word(text: str, wanted: str, language: str) -> str:
    """Return the first word of a text that has this stem; empty if none has."""
    for match, found in _words(unicodedata.normalize("NFC", text), {wanted}, language):
        if found == wanted:
            return match[0]
    return ""


def _words(
    text: str, wanted: AbstractSet[str], language: str
) -> Iterator[tuple[re.Match[str], str]]:
    """Yield the words of a text, with their stems where these may be wanted.

    Stemming costs most: a stem begins as its word does, so nine words of ten are not stemmed.
    """
    initials = {word[:1] for word in wanted}
    for match in WORD.finditer(text):
        word = match[0]
        initial = _initial(word[0])
        yield match, stem(word, language) if not initial or initial in initials else ""


@lru_cache(maxsize=2_000)
def _initial(letter: str) -> str:
    return plain(letter)[:1]
