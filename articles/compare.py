"""Two contents side by side, word by word, in all fields. Called by the admin's history and by the
page that shows two editors what the other one wrote.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.functional import Promise

from .readable import LABELS, readable

# Beyond this many pairs of words two passages are shown whole: comparing them would take seconds.
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True)
class Part:
    """A run of text that is in both, only in the old or only in the new one."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True)
class Difference:
    """One field with its parts in reading order."""

    name: str
    label: str | Promise
    parts: list[Part]

    @property
    def old(self) -> list[Part]:
        return [part for part in self.parts if part.kind != "added"]

    @property
    def new(self) -> list[Part]:
        return [part for part in self.parts if part.kind != "removed"]


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[Difference]:
    """Return the fields in which two contents differ. At most six queries, for names of rows."""
    changed = [name for name in LABELS if old.get(name) != new.get(name)]
    old_texts, new_texts = readable(old, new, only=changed)
    return [
        Difference(name, LABELS[name], words(old_texts[name], new_texts[name])) for name in changed
    ]


def words(old: str, new: str) -> list[Part]:
    """Compare two texts: line by line, and word by word inside of lines that changed."""
    parts: list[Part] = []
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, a, b, c, d in _runs(old_lines, new_lines):
        before, after = "".join(old_lines[a:b]), "".join(new_lines[c:d])
        if tag == "replace":
            parts += _word_parts(before, after)
        else:
            parts += _as_parts(tag, before, after)
    return _joined(parts)


def _word_parts(old: str, new: str) -> list[Part]:
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    if len(before) * len(after) > _MOST_PAIRS:
        return _as_parts("replace", old, new)
    return [
        part
        for tag, a, b, c, d in _runs(before, after)
        for part in _as_parts(tag, "".join(before[a:b]), "".join(after[c:d]))
    ]


def _runs(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _as_parts(tag: str, old: str, new: str) -> list[Part]:
    if tag == "equal":
        return [Part("same", old)]
    pair = [Part("removed", old), Part("added", new)]
    return [part for part in pair if part.text]


def _joined(parts: Iterable[Part]) -> list[Part]:
    """Join neighbours of one kind."""
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind:
            joined[-1] = Part(part.kind, joined[-1].text + part.text)
        else:
            joined.append(part)
    return joined
