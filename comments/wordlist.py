"""Lists of words to look out for: whole words by Unicode letters, thousands of entries at once.

An entry is a word or some words; a * at its beginning or end stands for any letters. Entry and text
are compared without case, compatibility forms, accents that Unicode cannot join and marks that
nobody sees.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Letters and digits, and what may hide between them: soft hyphens, joiners, direction marks,
# combining and variation marks.
_UNSEEN = (
    "\u00ad\u034f\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_UNSEEN}])*")
_HIDDEN = re.compile(f"[{_UNSEEN}]")
_KEY = 3  # how many letters decide where a list is looked into


@dataclass(frozen=True)
class Found:
    """An entry in a text, and where it stands there."""

    entry: str
    start: int
    end: int


class WordList:
    """Entries, ready to be looked for. Use compile_list()."""

    def __init__(self, text: str) -> None:
        # What is looked for, in words with a blank on either side: " press ", " press", "press".
        self._entries: dict[str, str] = {}
        for line in text.splitlines():
            entry = line.strip()
            if sought := _sought(entry):
                self._entries.setdefault(sought, entry)
        self._lengths: dict[str, list[int]] = {}
        for sought in self._entries:
            lengths = self._lengths.setdefault(sought[:_KEY], [])
            if len(sought) not in lengths:
                lengths.append(len(sought))
        self._short = [sought for sought in self._entries if len(sought) < _KEY]

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str) -> list[Found]:
        """Return each entry once, where it stands first, in the order of the text."""
        if not self._entries:
            return []
        words = list(_WORD.finditer(text))
        folded = [fold(word[0]) for word in words]
        line = f" {' '.join(folded)} "
        hits: dict[str, int] = {}
        for place, sought in self._hits(line):
            hits.setdefault(sought, place)
        if not hits:
            return []
        word_at = [number for number, word in enumerate(folded) for _letter in f" {word}"]
        found = []
        for sought, place in hits.items():
            first, last = place, place + len(sought) - 1
            first += line[first] == " "
            last -= line[last] == " "
            start, end = words[word_at[first]].start(), words[word_at[last]].end()
            found.append(Found(self._entries[sought], start, end))
        return sorted(found, key=lambda one: (one.start, one.end))

    def _hits(self, line: str) -> Iterator[tuple[int, str]]:
        lengths, entries = self._lengths, self._entries
        for place in range(len(line) - _KEY + 1):
            for length in lengths.get(line[place : place + _KEY], ()):
                sought = line[place : place + length]
                if sought in entries:
                    yield place, sought
        for sought in self._short:
            if (place := line.find(sought)) >= 0:
                yield place, sought


@lru_cache(maxsize=8)
def compile_list(text: str) -> WordList:
    """Return the list of a text with an entry a line; kept while the text stays the same."""
    return WordList(text)


def fold(word: str) -> str:
    """Return a word as words are compared."""
    return _HIDDEN.sub("", unicodedata.normalize("NFKC", word)).casefold()


def _sought(entry: str) -> str:
    """Return the entry's words with a blank at each end that has no star; "" for no words."""
    words = " ".join(fold(word[0]) for word in _WORD.finditer(entry))
    if not words:
        return ""
    return f"{'' if entry.startswith('*') else ' '}{words}{'' if entry.endswith('*') else ' '}"
