"""The run: reads the files three times, in constant memory, and writes in batches.

First everything is read and counted, so that a broken file stops the run before the first row is
written. Then people, terms and pictures, at last the texts that name them. Every batch is one
transaction with its lines in the ledger: a run that was killed is finished by running it again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from newsroom.lib import pagecache

from .addresses import hosts_of
from .ledger import Ledger
from .media import Folder, Library
from .pages import Pages
from .posts import Posts, Prepared
from .reader import Export
from .records import (
    AUTHOR,
    CATEGORY,
    COMMENT,
    TAG,
    TERM,
    AuthorRecord,
    Item,
    Record,
    TermRecord,
    flatten,
)
from .report import Outcome, Report
from .terms import Terms, fill_menu

_BATCH = 200
_SMALL_BATCH = 50  # pictures: what a killed batch had stored is stored again
_FIRST = {AUTHOR, CATEGORY, TAG, TERM, "attachment"}
type Progress = Callable[[Iterable[Record], int], Iterable[Record]]
_LATER = "comes later"
type End = tuple[Outcome, str]


@dataclass
class _File:
    """One export, what it holds, and which records a later file of the same site has again."""

    export: Export
    counts: Counter[str] = field(default_factory=Counter)
    identities: set[tuple[str, str]] = field(default_factory=set)
    later: list["_File"] = field(default_factory=list)

    def stale(self, record: Record) -> str:
        """Say why a record is not this file's to bring; empty if it is."""
        if record.is_repeat:
            return _("repeated in the file")
        if any((record.kind, record.key) in file.identities for file in self.later):
            return _("a later file has it again")
        return ""


def run(
    paths: Sequence[Path],
    *,
    media: Path | None = None,
    is_dry: bool = False,
    progress: Progress = lambda records, _total: records,
) -> Report:
    """Import exports of WordPress; return what became of every record.

    `progress` wraps the records of a pass. A dry run does everything in one transaction and undoes
    it; it stores no file. Raises reader.Unreadable before anything is written.
    """
    report = Report()
    files = [_survey(path, report, is_alone=len(paths) == 1) for path in paths]
    with transaction.atomic() if is_dry else nullcontext():
        for source in dict.fromkeys(file.export.source for file in files):
            own = [file for file in files if file.export.source == source]
            for number, file in enumerate(own, start=1):
                file.later = own[number:]
            _Source(own, report, Folder(media), is_dry=is_dry).run(progress)
        if is_dry:
            transaction.set_rollback(True)
    report.check()
    return report


def _survey(path: Path, report: Report, *, is_alone: bool) -> _File:
    """Read a file from end to end and count what it holds. Raises Unreadable."""
    file = _File(Export(path))
    for record in flatten(iter(file.export)):
        file.counts[record.kind] += 1
        if not is_alone:
            file.identities.add((record.kind, record.key))
    for kind, number in file.counts.items():
        report.expect(kind, number)
    return file


class _Source:
    """The files of one site, on their way in."""

    def __init__(self, files: list[_File], report: Report, folder: Folder, *, is_dry: bool) -> None:
        self._files = files
        self._report = report
        self._ledger = Ledger(files[0].export.source)
        hosts = hosts_of(files[0].export.site)
        self._terms = Terms(self._ledger, report)
        self._library = Library(self._ledger, folder, report, keeps_files=not is_dry)
        self._pages = Pages(self._ledger, report, self._library, hosts)
        self._posts = Posts(self._ledger, report, self._terms, self._library, hosts)
        self._categories: list[TermRecord] = []

    def run(self, progress: Progress) -> None:
        """Import everything: first what texts name, then the texts."""
        total = sum(file.counts.total() for file in self._files)
        for is_first, size in ((True, _SMALL_BATCH), (False, _BATCH)):
            records = progress(self._records(is_first), total)
            for batch in batched(records, size):
                with transaction.atomic():
                    (self._take_first if is_first else self._take_rest)(batch)
            if is_first:
                with transaction.atomic():
                    self._take_categories()
        with transaction.atomic():
            fill_menu(self._ledger)
            pagecache.purge("site")

    def _records(self, is_first: bool) -> Iterator[Record]:
        """Yield the records of one pass; count those that another file or place brings."""
        for file in self._files:
            for record in flatten(iter(file.export)):
                if (record.kind in _FIRST) != is_first:
                    continue
                if reason := file.stale(record):
                    self._report.count(record.kind, Outcome.SKIPPED, reason)
                else:
                    yield record

    # --- What texts name -------------------------------------------------------------------------

    def _take_first(self, batch: Sequence[Record]) -> None:
        for record in batch:
            if isinstance(record, TermRecord) and record.taxonomy == CATEGORY:
                self._categories.append(record)  # parents may come later in the file
            else:
                self._count(record, self._safely(self._first_end, record))

    def _first_end(self, record: Record) -> End:
        if isinstance(record, AuthorRecord):
            return self._terms.take_author(record)
        if isinstance(record, Item):
            return self._library.take(record)
        taxonomy = record.taxonomy if isinstance(record, TermRecord) else ""
        if isinstance(record, TermRecord) and taxonomy in {TAG, "post_tag"}:
            return self._terms.take_tag(record)
        reason = _("taxonomy %(name)s") % {"name": taxonomy}
        self._leave([record], reason)
        return Outcome.SKIPPED, reason

    def _take_categories(self) -> None:
        ends = self._terms.take_categories(self._categories)
        for record, end in zip(self._categories, ends, strict=True):
            self._count(record, end)

    # --- Texts -----------------------------------------------------------------------------------

    def _take_rest(self, batch: Sequence[Record]) -> None:
        posts, comments = [], []
        for record in batch:
            if record.kind == COMMENT:
                comments.append(record)
                self._count(record, (Outcome.SKIPPED, _LATER))
            elif record.kind == "post" and isinstance(record, Item):
                posts.append(record)
            elif record.kind == "page" and isinstance(record, Item):
                self._count(record, self._safely(self._pages.take, record))
            else:
                reason = _("type of no use here")
                self._leave([record], reason)
                self._count(record, (Outcome.SKIPPED, reason))
        self._leave(comments, _LATER)
        self._take_posts(posts)

    def _take_posts(self, items: list[Item]) -> None:
        """Prepare posts one by one and place them together; one by one where that fails."""
        prepared: list[Prepared] = []
        for item in items:
            result = self._prepare(item)
            if isinstance(result, Prepared):
                prepared.append(result)
            else:
                self._leave([item], result[1])
                self._count(item, result)
        try:
            with transaction.atomic():
                ends = self._posts.place(prepared)
        except (DatabaseError, ValueError):
            ends = [self._safely(lambda one: self._posts.place([one])[0], one) for one in prepared]
        for one, end in zip(prepared, ends, strict=True):
            self._count(one.item, end)

    def _prepare(self, item: Item) -> Prepared | End:
        try:
            with transaction.atomic():
                return self._posts.prepare(item)
        except (DatabaseError, ValueError) as error:
            self._terms.reload()  # what the transaction took back
            return Outcome.FAILED, _short(error)

    # --- All of them -----------------------------------------------------------------------------

    def _safely[R](self, take: Callable[[R], End], record: R) -> End:
        """Take one record; what the database refuses fails alone."""
        try:
            with transaction.atomic():
                return take(record)
        except (DatabaseError, ValueError) as error:
            self._terms.reload()
            return Outcome.FAILED, _short(error)

    def _count(self, record: Record, end: End) -> None:
        outcome, reason = end
        if outcome == Outcome.FAILED:
            reason = f"{record.key}: {reason}"
        self._report.count(record.kind, outcome, reason)

    def _leave(self, records: list[Record] | list[Item], reason: str) -> None:
        """Keep the keys of records that are not imported; those imported once keep their line."""
        for kind in {record.kind for record in records}:
            keys = [record.key for record in records if record.kind == kind]
            known = self._ledger.find(kind, keys)
            self._ledger.write(
                [self._ledger.entry(kind, key, note=reason) for key in keys if key not in known]
            )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
