"""Titles of jobs: what is shown, and what two of them are compared by."""

import re
from dataclasses import dataclass

_SUFFIX = re.compile(
    r"[\s,|·/*-]*[\[(]?\b(?:(?:[mwfdxgn])(?:\s*[/|*,·]\s*[mwfdxgn]){1,3}|gn|all genders)\b[\])]?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Title:
    """A title as sent, the key that it is matched by, and its gender suffix."""

    shown: str
    key: str
    suffix: str
    has_neutral_form: bool


def normalise(title: str) -> Title:
    """Read a title."""
    shown = " ".join(title.split())
    match = _SUFFIX.search(shown)
    suffix = match[0].strip(" ,|·/*-") if match else ""
    key = " ".join(_SUFFIX.sub(" ", shown).casefold().split())
    return Title(shown, key, suffix, bool(suffix) or bool(re.search(r"[:*_]in\b", shown)))
