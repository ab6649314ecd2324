"""The importer's memory of one source, in newsroom.models.ImportedRecord."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from newsroom.lib import bulk
from newsroom.models import ImportedRecord

_RUN = "run"  # the line of a run itself, while it lasts
_COLUMNS = ["kind", "key", "target", "target_id", "digest", "note"]


@dataclass(slots=True)
class Line:
    """A line of the ledger. `fields`: what of the record has no place in our row."""

    kind: str
    key: str
    target: str = ""
    target_id: int | None = None
    digest: str = ""
    note: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


class Ledger:
    """Which record of the source became which row of ours."""

    def __init__(self, source: str) -> None:
        self.source = source

    def find(
        self, kind: str, keys: Collection[str], *, with_fields: bool = False
    ) -> dict[str, Line]:
        """Return what is known of some records, by key. One query per 500."""
        columns = [*_COLUMNS, "fields"] if with_fields else _COLUMNS
        ordered = sorted(set(keys))
        found: dict[str, Line] = {}
        for start in range(0, len(ordered), 500):
            part = ordered[start : start + 500]
            records = ImportedRecord.objects.filter(source=self.source, kind=kind, key__in=part)
            found |= {values[1]: Line(*values) for values in records.values_list(*columns)}
        return found

    def targets(self, kind: str) -> dict[str, int]:
        """Return our row's id of every record of a kind that has one, by key. One query."""
        records = ImportedRecord.objects.filter(source=self.source, kind=kind).exclude(target="")
        return {key: pk for key, pk in records.values_list("key", "target_id") if pk is not None}

    def begin(self) -> bool:
        """Note that a run has begun; return whether the one before was broken off."""
        was_broken_off = bool(self.find(_RUN, [""]))
        self.write([Line(_RUN, "")])
        return was_broken_off

    def end(self) -> None:
        """Note that the run has come to its end."""
        ImportedRecord.objects.filter(source=self.source, kind=_RUN).delete()

    def digest(self, kinds: Collection[str]) -> str:
        """Return a digest of what has become of all records of some kinds. One query."""
        rows = ImportedRecord.objects.filter(source=self.source, kind__in=kinds)
        columns = rows.order_by("kind", "key").values_list("kind", "key", "target_id", "digest")
        found = hashlib.sha256()
        for row in columns.iterator(chunk_size=2000):
            found.update(repr(row).encode())
        return found.hexdigest()

    def noted(self, kind: str, note: str) -> list[str]:
        """Return the keys of a kind's records with a note, the lowest number first. One query."""
        keys = ImportedRecord.objects.filter(source=self.source, kind=kind, note=note)
        return sorted(keys.values_list("key", flat=True), key=lambda key: (len(key), key))

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines; one that is there already is replaced. One query."""
        once = {(line.kind, line.key): line for line in lines}
        now = timezone.now()
        bulk.insert_values(
            ImportedRecord,
            ["source", *_COLUMNS, "fields", "seen_at"],
            [
                (self.source, line.kind, line.key, line.target, line.target_id, line.digest,
                 line.note[:300], line.fields, now)
                for line in once.values()
            ],
            replaces=["source", "kind", "key"],
        )  # fmt: skip
