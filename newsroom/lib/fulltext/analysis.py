"""From words to stems, and from what a reader typed to a query. The same for both databases."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import Stemmer

from .stopwords import STOP_WORDS, WEAK_WORDS

WORD = re.compile(r"[^\W_]+")
# Optional minus, then a phrase (whose end may be missing) or a run without blank.
_QUERY_PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_MOST_REMEMBERED = 30_000  # words of a language, some 8 MB
_MAX_LENGTH, _MAX_TERMS, _MAX_STEM = 200, 12, 40
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Without their own cache, which threads must not share.
_stemmers = {"de": Stemmer.Stemmer("german", 0), "en": Stemmer.Stemmer("english", 0)}


class _Memo(dict[str, str]):
    """The stems of a language's words, those that were asked for lately.

    A plain look-up for what is there, several times as fast as a call. When it is full, the words
    that have been asked for since it was half full are kept.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._older: dict[str, str] = {}

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_REMEMBERED // 2:
            self._older = dict(self)
            self.clear()
        found = self._older.get(word)
        found = self[word] = _stem(word, self._language) if found is None else found
        return found


_memos: dict[str, _Memo] = {}


def stem(word: str, language: str) -> str:
    """Return a word's stem without case and accents; empty if nothing is left of the word.

    Snowball's German stemmer reads ae, oe, ue as umlauts and ß as ss, so that Muenchen, München
    and Munchen meet (snowballstem.org/algorithms/german/stemmer.html). Words of languages without
    a stemmer stay whole.
    """
    return _memo(language)[word]


def _memo(language: str) -> _Memo:
    return _memos.get(language) or _memos.setdefault(language, _Memo(language))


def _stem(word: str, language: str) -> str:
    stemmer = _stemmers.get(language)
    word = word.casefold()
    return plain(stemmer.stemWord(word) if stemmer else word)[:_MAX_STEM]


def stems(text: str, language: str) -> list[str]:
    """Return the stems of a text's words, in their order."""
    return [found for _word, found in words(text, language)]


def meaningful_stems(text: str, language: str) -> list[str]:
    """Return the stems without stop words, short words and numbers: what a text is about."""
    empty = _empty_words(language)
    return [
        found
        for word, found in words(text, language)
        if len(found) > 2 and not found.isdecimal() and word.casefold() not in empty
    ]


@lru_cache(maxsize=10)
def _empty_words(language: str) -> frozenset[str]:
    none = frozenset[str]()
    return STOP_WORDS.get(language, none) | WEAK_WORDS.get(language, none)


def words(text: str, language: str) -> list[tuple[str, str]]:
    """Return each word of a text with its stem."""
    memo = _memo(language)
    found = WORD.findall(unicodedata.normalize("NFC", text))
    return [(word, part) for word in found if (part := memo[word])]


@dataclass(frozen=True)
class Analysed:
    """What an index keeps of a text: its stems in their order, and other spellings of its words."""

    stems: tuple[str, ...]
    others: tuple[str, ...] = ()


def analyse(text: str, language: str) -> Analysed:
    """Read a text for an index; worth keeping where the same text is indexed many times."""
    found = list(words(text, language))
    others = (spelled_out(word, language) for word, _stem in found)
    return Analysed(tuple(part for _word, part in found), tuple(filter(None, others)))


def plain(word: str) -> str:
    """Return a word without case and accents, compatibility characters written plainly."""
    if word.isascii() and word.isalnum():
        return word.casefold()
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in decomposed if char.isalnum())


@dataclass(frozen=True)
class Term:
    """A word or phrase of a query. `others` are stems that may stand for a single word."""

    stems: tuple[str, ...]
    text: str
    others: tuple[str, ...] = ()

    @property
    def is_word(self) -> bool:
        return len(self.stems) == 1

    @property
    def choices(self) -> list[tuple[str, ...]]:
        """The phrases of which a hit has one."""
        return [self.stems, *((other,) for other in self.others)]


@dataclass(frozen=True)
class Query:
    """What was asked: all of `wanted`, none of `excluded`. False if nothing was."""

    wanted: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    # Single words that may also mean longer ones, by stem; filled by Index.widen.
    compounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @property
    def stems(self) -> frozenset[str]:
        """All stems that a hit may contain, for highlighting."""
        asked = {part for term in self.wanted for choice in self.choices(term) for part in choice}
        return frozenset(asked)

    def choices(self, term: Term) -> list[tuple[str, ...]]:
        """The phrases of which a hit has one, compounds included."""
        longer = self.compounds.get(term.stems[0], ()) if term.is_word else ()
        return [*term.choices, *((other,) for other in longer)]


def parse(text: str, language: str) -> Query:
    """Read what a reader typed: words, "phrases", -without. Never raises.

    The first 200 characters and 12 terms count. Stop words outside phrases count only where
    nothing else was asked.
    """
    wanted: list[Term] = []
    common: list[Term] = []
    excluded: list[Term] = []
    for part in _QUERY_PART.finditer(unicodedata.normalize("NFC", text[:_MAX_LENGTH])):
        typed = part["phrase"] if part["phrase"] is not None else part["word"]
        if not (phrase := tuple(stems(typed, language))):
            continue
        term = Term(phrase, typed.strip(), _other_spellings(typed, phrase, language))
        if part["minus"]:
            excluded.append(term)
        elif part["word"] and typed.casefold() in STOP_WORDS.get(language, ()):
            common.append(term)
        else:
            wanted.append(term)
    return Query(tuple((wanted or common)[:_MAX_TERMS]), tuple(excluded[:_MAX_TERMS]))


def spelled_out(word: str, language: str) -> str:
    """Return the stem of a word with ae for ä; empty where that is no other word.

    German needs none of it: its stemmer equates both.
    """
    if language == "de" or word.isascii():
        return ""
    long = word.casefold().translate(_SPELLED_OUT)
    return stem(long, language) if long != word.casefold() else ""


def _other_spellings(typed: str, phrase: Sequence[str], language: str) -> tuple[str, ...]:
    other = spelled_out(typed, language) if len(phrase) == 1 else ""
    return (other,) if other else ()
