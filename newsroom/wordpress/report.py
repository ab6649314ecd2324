"""What a run did, record by record: the numbers of the table at its end, which must add up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _


class Outcome(StrEnum):
    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


# What became of a record, and why.
type End = tuple[Outcome, str]


@dataclass
class Tally:
    """The numbers of one type of record. `reasons` says why some were skipped or failed."""

    in_file: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[tuple[Outcome, str]] = field(default_factory=Counter)

    @property
    def adds_up(self) -> bool:
        """Whether every record of the file met exactly one end."""
        return self.in_file == self.outcomes.total()


class Report:
    """Counts while the importer runs."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        # Shortcodes, blocks and elements that could not be carried over.
        self.leftovers: Counter[str] = Counter()
        self.missing_files: Counter[str] = Counter()
        # Files that are no pictures, with the links to them in texts: they stay where they are.
        self.other_files: Counter[str] = Counter()
        # Logins that sign texts, by how the map of authors names their profiles.
        self.authors: dict[str, str] = {}
        self.slug_clashes: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        # An earlier run had been broken off, and this one went on where it had stopped.
        self.is_resumed = False

    def expect(self, kind: str, number: int = 1) -> None:
        """Count records that the files hold."""
        self.tallies.setdefault(kind, Tally()).in_file += number

    def count(self, kind: str, outcome: Outcome, reason: str = "") -> None:
        """Count what became of one record."""
        tally = self.tallies.setdefault(kind, Tally())
        tally.outcomes[outcome] += 1
        if reason:
            tally.reasons[outcome, reason] += 1

    def fit(self, text: str, length: int, name: str) -> str:
        """Return a text as long as its column; one that has to be cut is told of, by its name."""
        if len(text) <= length:
            return text
        note = _("%(name)s cut after %(length)s characters; the record keeps it whole")
        self.notes[note % {"name": name, "length": length}] += 1
        return text[:length].strip()

    def numbers(self) -> dict[str, dict[str, int]]:
        """Return every type's numbers by name, for comparison."""
        return {
            kind: {"in_file": tally.in_file}
            | {outcome.value: tally.outcomes[outcome] for outcome in Outcome}
            for kind, tally in self.tallies.items()
        }

    def check(self) -> None:
        """Raise AssertionError where records got lost: then the importer is wrong."""
        wrong = [kind for kind, tally in self.tallies.items() if not tally.adds_up]
        if wrong:
            raise AssertionError(f"The sums do not agree: {', '.join(wrong)}")

    def as_json(self) -> dict[str, Any]:
        """Return everything that the report says, for machines; the sums are checked before."""
        return {
            "records": {
                kind: numbers | {"reasons": self._reasons(kind)}
                for kind, numbers in self.numbers().items()
            },
            "not_carried_over": dict(self.leftovers),
            "missing_files": dict(self.missing_files),
            "other_files": dict(self.other_files),
            "slug_clashes": dict(self.slug_clashes),
            "authors": dict(sorted(self.authors.items())),
            "notes": dict(self.notes),
            "resumed": self.is_resumed,
        }

    def _reasons(self, kind: str) -> list[dict[str, str | int]]:
        return [
            {"outcome": outcome.value, "reason": reason, "number": number}
            for (outcome, reason), number in self.tallies[kind].reasons.items()
        ]

    def lines(self) -> list[str]:
        """Return the report as lines of text: the table, the reasons, what was left behind."""
        heads = [_("Type"), _("In the file"), _("Imported"), _("Updated"), _("Unchanged")]
        heads += [_("Skipped"), _("Failed")]
        rows = [
            [kind, str(tally.in_file), *(str(tally.outcomes[outcome]) for outcome in Outcome)]
            for kind, tally in self.tallies.items()
        ]
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        lines = [_row(heads, widths), "  ".join("-" * width for width in widths)]
        lines += [_row(row, widths) for row in rows]
        for outcome, title in ((Outcome.SKIPPED, _("Skipped")), (Outcome.FAILED, _("Failed"))):
            lines += _listed(
                title,
                {
                    f"{kind}: {reason}": number
                    for kind, tally in self.tallies.items()
                    for (found, reason), number in tally.reasons.items()
                    if found == outcome
                },
            )
        lines += _listed(_("Not carried over from texts"), self.leftovers)
        lines += _listed(_("Pictures without a file"), self.missing_files)
        lines += _listed(_("Links to files that stay at their old address"), self.other_files)
        lines += _listed(_("Addresses that several texts want"), self.slug_clashes)
        lines += _listed(_("Notes"), self.notes)
        if self.is_resumed:
            lines += ["", _("An earlier run had been broken off; this one has finished it.")]
        return lines


def _row(cells: list[str], widths: list[int]) -> str:
    name, *numbers = (cell for cell in cells)
    padded = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
    return "  ".join([name.ljust(widths[0]), *padded])


def _listed(title: str, entries: dict[str, int] | Iterable[tuple[str, int]]) -> list[str]:
    counted = dict(entries)
    if not counted:
        return []
    ordered = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    return ["", f"{title}:", *(f"{number:>7} × {name}" for name, number in ordered)]
