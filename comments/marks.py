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


def mark(text: str, found: Iterable[str]) -> list[Piece]:
    """Cut a text at its links and at the words that rules have found in it."""
    text = unicodedata.normalize("NFC", text)
    words = sorted({word for word in found if word}, key=len, reverse=True)
    parts = [f"(?P<link>{_LINK})"]
    if words:
        parts.append("(?P<word>" + "|".join(map(re.escape, words)) + ")")
    pieces, end = [], 0
    for match in re.finditer("|".join(parts), text, re.IGNORECASE):
        if match.start() > end:
            pieces.append(Piece(text[end : match.start()]))
        pieces.append(Piece(match[0], match.lastgroup or ""))
        end = match.end()
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return pieces
