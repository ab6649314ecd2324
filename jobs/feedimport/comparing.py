"""The first reading of a feed: is it whole, and what is new in it? Nothing is changed here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.xmltext import allowed

from ..models import Job, JobSource
from ..moderation import PROLONG_WITHIN
from .documents import Entry
from .fields import Reading, Rejected

MOST_PROBLEMS = 100


class Known(NamedTuple):
    """What is compared of a job that this source has sent before."""

    content_hash: bytes
    was_missed: bool
    ends_soon: bool


@dataclass
class Comparison:
    """What a feed says against what is known. Ids stand in the order of the feed.

    `fresh` has the new and changed jobs with their hashes; `expected` and `missing` are the jobs
    that readers see or the desk has before it.
    """

    fresh: dict[str, str] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    reappeared: list[str] = field(default_factory=list)
    endless: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    expected: int = 0
    seen: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[dict[str, str | int]] = field(default_factory=list)

    def reject(self, entry: Entry, external_id: str, reason: str) -> None:
        """Note an entry that is not taken."""
        self.rejected += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(
                {"line": entry.line, "id": external_id[:100], "reason": allowed(reason)[:300]}
            )


def compare(source: JobSource, entries: Iterable[Entry], reading: Reading) -> Comparison:
    """Read a feed to its end against what is known of its source. Raises Unreadable."""
    known = _known(source)
    found = Comparison()
    # Id → line of all that were there: what is there twice is told with both lines.
    lines: dict[str, int] = {}
    for entry in entries:
        found.seen += 1
        try:
            external_id = reading.identify(entry)
        except Rejected as rejected:
            found.reject(entry, "", str(rejected))
            continue
        content_hash = reading.hash(entry)
        if external_id in lines:
            _repeat(found, entry, external_id, content_hash, lines, known.get(external_id))
            continue
        lines[external_id] = entry.line
        old = known.get(external_id)
        _note(found, external_id, content_hash, old)
        if old is not None and old.ends_soon and not reading.names_an_end(entry):
            found.endless.append(external_id)
    expected = Job.objects.filter(source=source).in_play().not_ended()
    for external_id in expected.order_by("pk").values_list("external_id", flat=True).iterator():
        found.expected += 1
        if external_id not in lines:
            found.missing.append(external_id)
    return found


def _known(source: JobSource) -> dict[str, Known]:
    """Return all jobs of a source in one query; 100,000 of them take some 30 MB."""
    soon = timezone.now() + PROLONG_WITHIN
    rows = Job.objects.filter(source=source).values_list(
        "external_id", "content_hash", "missed_runs", "valid_through"
    )
    return {
        external_id: Known(bytes.fromhex(content_hash), missed > 0, _is_before(ends, soon))
        for external_id, content_hash, missed, ends in rows.iterator(chunk_size=2000)
    }


def _is_before(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment < other


def _note(found: Comparison, external_id: str, content_hash: str, known: Known | None) -> None:
    if known is None:
        found.new.add(external_id)
        found.fresh[external_id] = content_hash
        return
    if known.was_missed:
        found.reappeared.append(external_id)
    if known.content_hash.hex() == content_hash:
        found.unchanged += 1
    else:
        found.fresh[external_id] = content_hash


def _repeat(
    found: Comparison,
    entry: Entry,
    external_id: str,
    content_hash: str,
    lines: dict[str, int],
    known: Known | None,
) -> None:
    """An id for the second time: the same text does no harm, another one leaves the job as it is.

    Which of two texts is meant nobody can know, and taking either would change it with every run.
    """
    first = found.fresh.get(external_id) or (known.content_hash.hex() if known else "")
    if first != content_hash:
        found.fresh.pop(external_id, None)
        found.new.discard(external_id)
    found.reject(
        entry,
        external_id,
        _("The id stands in the feed twice (first in line %(line)d).")
        % {"line": lines[external_id]},
    )
