"""What the demo has already built, so that a second run adds nothing."""

from collections import Counter
from collections.abc import Iterable

from django.db import models

from newsroom.models import ImportedRecord

from . import bulkwork

_PREFIX = "demo:"


class Memory:
    """The records of one language's newsroom, and a count of what this run has added."""

    def __init__(self, language: str) -> None:
        self.source = _PREFIX + language
        self.added: Counter[str] = Counter()
        self._known = {
            (kind, key): pk
            for kind, key, pk in ImportedRecord.objects.filter(source=self.source).values_list(
                "kind", "key", "target_id"
            )
        }

    @staticmethod
    def languages() -> set[str]:
        """Return the languages in which this database holds a demo newsroom."""
        sources = ImportedRecord.objects.filter(source__startswith=_PREFIX)
        return {source.removeprefix(_PREFIX) for source in sources.values_list("source", flat=True)}

    def find(self, kind: str, key: str) -> int | None:
        """Return the id of the row that was built from a key, None if there is none yet."""
        return self._known.get((kind, key))

    def keys_of(self, kind: str) -> list[str]:
        """Return the keys of all rows of a kind."""
        return [key for known, key in self._known if known == kind]

    def missing(self, kind: str, wanted: int) -> list[int]:
        """Return the numbers from 1 to `wanted` that no block of a kind has brought in."""
        done = {n for key in self.keys_of(kind) for n in bulkwork.numbers_of(key)}
        return [number for number in range(1, wanted + 1) if number not in done]

    def id_of(self, kind: str, key: str) -> int:
        """Return the id of a row that must have been built; LookupError tells of a misprint."""
        if (pk := self.find(kind, key)) is None:
            raise LookupError(f"The demo has no {kind} “{key}”.")
        return pk

    def remember(self, kind: str, built: Iterable[tuple[str, models.Model]]) -> None:
        """Note rows that were just built; the caller holds the transaction that made them."""
        records = self.store(self.source, kind, built)
        self._known |= {(kind, record.key): record.target_id for record in records}
        self.note(kind, len(records))

    def note(self, kind: str, count: int) -> None:
        """Count what was added."""
        self.added[kind] += count

    @staticmethod
    def store(
        source: str, kind: str, built: Iterable[tuple[str, models.Model]]
    ) -> list[ImportedRecord]:
        """Write records only; for processes that have no memory of their own."""
        records = [
            ImportedRecord(
                source=source,
                kind=kind,
                key=key,
                target=row._meta.label_lower,
                target_id=row.pk,
            )
            for key, row in built
        ]
        return ImportedRecord.objects.bulk_create(records, batch_size=500)
