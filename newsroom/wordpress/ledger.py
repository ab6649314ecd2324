"""The importer's memory of one source, in newsroom.models.ImportedRecord."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils import timezone

from newsroom.models import ImportedRecord


def digest_of(values: Any) -> str:
    """Return a SHA-256 of plain values: equal values, equal digests."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class Ledger:
    """Which record of the source became which row of ours."""

    def __init__(self, source: str) -> None:
        self.source = source

    def find(
        self, kind: str, keys: Collection[str], *, with_fields: bool = False
    ) -> dict[str, ImportedRecord]:
        """Return what is known of some records, by key. One query per 500."""
        ordered = sorted(set(keys))
        found: dict[str, ImportedRecord] = {}
        for start in range(0, len(ordered), 500):
            part = ordered[start : start + 500]
            records = ImportedRecord.objects.filter(source=self.source, kind=kind, key__in=part)
            if not with_fields:
                records = records.defer("fields")
            found |= {record.key: record for record in records}
        return found

    def targets(self, kind: str) -> dict[str, int]:
        """Return our row's id of every record of a kind that has one, by key. One query."""
        records = ImportedRecord.objects.filter(source=self.source, kind=kind).exclude(target="")
        return {key: pk for key, pk in records.values_list("key", "target_id") if pk is not None}

    def noted(self, kind: str, note: str) -> list[str]:
        """Return the keys of a kind's records with a note, the lowest number first. One query."""
        keys = ImportedRecord.objects.filter(source=self.source, kind=kind, note=note)
        return sorted(keys.values_list("key", flat=True), key=lambda key: (len(key), key))

    def entry(
        self, kind: str, key: str, *, target: str = "", pk: int | None = None,
        digest: str = "", note: str = "", fields: Mapping[str, Any] | None = None,
    ) -> ImportedRecord:  # fmt: skip
        """Return a line to write. `fields`: what of the record has no place in our row."""
        return ImportedRecord(
            source=self.source, kind=kind, key=key, target=target, target_id=pk,
            digest=digest, note=note[:300], fields=dict(fields or {}), seen_at=timezone.now(),
        )  # fmt: skip

    def write(self, entries: Iterable[ImportedRecord]) -> None:
        """Write lines; one that is there already is replaced. One query per 200."""
        once = {(entry.kind, entry.key): entry for entry in entries}
        ImportedRecord.objects.bulk_create(
            once.values(),
            batch_size=200,
            update_conflicts=True,
            unique_fields=["source", "kind", "key"],
            update_fields=["target", "target_id", "digest", "note", "fields", "seen_at"],
        )
