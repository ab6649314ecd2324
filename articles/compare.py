"""Two contents side by side, word by word, in all fields. Called by the admin's history and by the
page that shows two editors what the other one wrote.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.functional import Promise

from .readable import LABELS, readable

# What may be compared in all, in pairs of lines and of words; what goes beyond is shown whole.
_MOST_PAIRS = 2_000_000
# What stands more often in a text than this does not show where two texts meet; matching each of
# them with each would take minutes.
_OFTEN = 12


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
    def is_text(self) -> bool:
        """Long enough to be read by paragraphs; the rest is a line of a table."""
        return self.name == "body"

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
    runs = _Runs()
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, a, b, c, d in runs.of(old_lines, new_lines):
        before, after = "".join(old_lines[a:b]), "".join(new_lines[c:d])
        if tag == "replace":
            parts += _word_parts(runs, before, after)
        else:
            parts += _as_parts(tag, before, after)
    return _joined(parts)


def line_runs(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return what became of each run of lines, as difflib's opcodes."""
    return _Runs().of(old, new)


class _Runs:
    """Finds the runs that two sequences share, as long as the work allowed for one text lasts."""

    def __init__(self) -> None:
        self._left = _MOST_PAIRS

    def of(
        self, old: Sequence[str], new: Sequence[str]
    ) -> Sequence[tuple[str, int, int, int, int]]:
        """Return what became of each run, as difflib's opcodes."""
        self._left -= len(old) * len(new)
        if self._left < 0:
            return [("replace", 0, len(old), 0, len(new))]
        times = Counter(new)
        return SequenceMatcher(
            lambda item: times[item] > _OFTEN, old, new, autojunk=False
        ).get_opcodes()


def _word_parts(runs: _Runs, old: str, new: str) -> list[Part]:
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    return [
        part
        for tag, a, b, c, d in runs.of(before, after)
        for part in _as_parts(tag, "".join(before[a:b]), "".join(after[c:d]))
    ]


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
