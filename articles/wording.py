"""The words of a body as search and related articles need them, read once for both.

Pure: made without models, also in another process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.lib.fulltext import Analysed, analyse, meaningful_stems
from newsroom.lib.richtext import plain_text

_FIRST_WORDS = 120  # tell what a text is about


@dataclass(frozen=True, slots=True)
class Wording:
    """`indexed` are the stems of all words, `first_stems` the meaningful ones of the beginning."""

    indexed: Analysed
    first_stems: Sequence[str]


def wording_of(body: str, language: str) -> Wording:
    """Read the words of a clean source body. Needs neither models nor a database."""
    text = plain_text(body)
    first = " ".join(text.split()[:_FIRST_WORDS])
    return Wording(analyse(text, language), meaningful_stems(first, language))
