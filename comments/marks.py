"""A comment's text in pieces, with what a moderator should look at marked. Never HTML."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_LINK = r"(?:https?://|www\.)[^\s<>]+"


@dataclass(frozen=True)
class Piece:
    """A part of a text. `kind`: "word" that a rule found, "link", or nothing."""

    text: str
    kind: str = ""


def mark(text: str, entries: Iterable[str]) -> list[Piece]:
    """Cut a text at its links and at the entries of word lists ("spam*") that were found in it."""
    text = unicodedata.normalize("NFC", text)
    words = "|".join(sorted(map(_pattern, set(entries)), key=len, reverse=True))
    parts = [f"(?P<link>{_LINK})"]
    if words:
        parts.append(rf"(?P<word>(?<!\w)(?:{words})(?!\w))")
    pieces, end = [], 0
    for match in re.finditer("|".join(parts), text, re.IGNORECASE):
        if match.start() > end:
            pieces.append(Piece(text[end : match.start()]))
        pieces.append(Piece(match[0], match.lastgroup or ""))
        end = match.end()
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return pieces


def _pattern(entry: str) -> str:
    """An entry of a word list as a regular expression: a * is any letters."""
    return r"\w*".join(map(re.escape, entry.split("*")))
