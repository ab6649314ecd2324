"""Two versions of a text by paragraphs, with what moved. For the page that compares them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .compare import Part, line_runs, words

# So short a line may stand twice by chance.
_MOVED_LENGTH = 25
# Unchanged lines that are shown around a change; the rest is folded.
_AROUND = 1
# Above so many lines in a run no partner is looked for: they are paired in their order.
_MOST_LINES = 60
_ALIKE = 0.35

type Kind = Literal["same", "changed", "removed", "added", "moved-from", "moved-to"]


@dataclass(frozen=True)
class Row:
    """A paragraph in both versions, its words in reading order."""

    kind: Kind
    parts: list[Part]
    # 2 or 3 of a heading, which is shown as one instead of with its mark.
    level: int = 0

    @property
    def old(self) -> list[Part]:
        return [part for part in self.parts if part.kind != "added"]

    @property
    def new(self) -> list[Part]:
        return [part for part in self.parts if part.kind != "removed"]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Run:
    """Rows that belong together; unchanged ones far from any change are folded."""

    rows: list[Row]
    is_folded: bool


def _row(kind: Kind, parts: list[Part]) -> Row:
    """Return a row; the mark of a heading that both versions have becomes its level."""
    first = parts[0] if parts else Part("same", "")
    for level in (2, 3):
        mark = "#" * level + " "
        if first.text.startswith(mark) and (kind != "changed" or first.kind == "same"):
            bare = Part(first.kind, first.text.removeprefix(mark))
            return Row(kind, [part for part in [bare, *parts[1:]] if part.text], level)
    return Row(kind, parts)


def runs(old: str, new: str) -> list[Run]:
    """Compare two texts by paragraphs. What left one place and stands word for word at another is
    called moved, not removed and added.
    """
    rows = _moved(list(_rows(old.splitlines(), new.splitlines())))
    return list(_folded(rows))


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for tag, a, b, c, d in line_runs(old, new):
        if tag == "equal":
            yield from (_row("same", [Part("same", line)]) for line in old[a:b])
            continue
        for before, after in _pairs(old[a:b], new[c:d]):
            if before is None:
                yield _row("added", [Part("added", after or "")])
            elif after is None:
                yield _row("removed", [Part("removed", before)])
            else:
                yield _row("changed", words(before, after))


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Put each line beside the one that it became, in order; what has no partner stands alone."""
    if len(old) * len(new) > _MOST_LINES**2:
        yield from zip(old, new, strict=False)
        yield from ((line, None) for line in old[len(new) :])
        yield from ((None, line) for line in new[len(old) :])
        return
    place = 0
    for line in old:
        partner = next((i for i in range(place, len(new)) if _are_alike(line, new[i])), None)
        if partner is None:
            yield line, None
            continue
        yield from ((None, one) for one in new[place:partner])
        yield line, new[partner]
        place = partner + 1
    yield from ((None, one) for one in new[place:])


def _are_alike(one: str, other: str) -> bool:
    """Whether two lines share enough of their words to be versions of each other."""
    left, right = set(re.findall(r"\w+", one)), set(re.findall(r"\w+", other))
    shared = len(left & right)
    return shared > 0 and shared / min(len(left), len(right)) >= _ALIKE


def _moved(rows: list[Row]) -> list[Row]:
    removed = {row.text for row in rows if row.kind == "removed"}
    added = {row.text for row in rows if row.kind == "added"}
    both = {text for text in removed & added if len(text) >= _MOVED_LENGTH}
    kinds: dict[str, Kind] = {"removed": "moved-from", "added": "moved-to"}
    return [
        replace(row, kind=kinds[row.kind]) if row.kind in kinds and row.text in both else row
        for row in rows
    ]


def _folded(rows: list[Row]) -> Iterator[Run]:
    near = [
        any(one.kind != "same" for one in rows[max(0, i - _AROUND) : i + _AROUND + 1])
        for i in range(len(rows))
    ]
    start = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or near[i] != near[start]:
            yield Run(rows[start:i], is_folded=not near[start])
            start = i
