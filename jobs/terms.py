"""What tags and titles are about, in terms that German and English words share (synonyms.toml)."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from newsroom.lib.slugs import make_slug

_TABLE = Path(__file__).with_name("synonyms.toml")
_LONGEST = 300
_SHORTEST_PART = 2


class _Words(NamedTuple):
    """Word → terms: for whole words (also several with dashes), their beginnings, their ends."""

    whole: dict[str, set[str]]
    begins: dict[str, set[str]]
    ends: dict[str, set[str]]


@lru_cache(maxsize=10_000)
def of_text(text: str) -> frozenset[str]:
    """Return the terms that the words of a title or headline stand for."""
    words = make_slug(text, max_length=_LONGEST).split("-")
    table = _table()
    found: set[str] = set()
    for number, word in enumerate(words):
        for count in (1, 2, 3):
            found |= table.whole.get("-".join(words[number : number + count]), set())
        for cut in range(_SHORTEST_PART, len(word) + 1):
            found |= table.begins.get(word[:cut], set())
            found |= table.ends.get(word[-cut:], set())
    return frozenset(found)


def of_tags(names: Iterable[str]) -> set[str]:
    """Return what tags stand for: their terms, or where a tag has none, its own name."""
    found: set[str] = set()
    for name in names:
        found.update(of_text(name) or [make_slug(name)])
    return found - {""}


@cache
def _table() -> _Words:
    words = _Words(defaultdict(set), defaultdict(set), defaultdict(set))
    for term, spellings in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items():
        for spelling in spellings:
            key = make_slug(spelling.strip("*"))
            if spelling.endswith("*"):
                words.begins[key].add(term)
            elif spelling.startswith("*"):
                words.ends[key].add(term)
            else:
                words.whole[key].add(term)
    # Plain ones, that a look does not add to.
    return _Words(dict(words.whole), dict(words.begins), dict(words.ends))
