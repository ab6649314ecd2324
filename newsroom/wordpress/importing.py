"""The run: reads the files three times, in constant memory, and writes in batches.

First everything is read and counted, so that a broken file stops the run before the first row is
written. Then people, terms and pictures, at last the texts that name them. Every batch is one
transaction with its lines in the ledger: a run that was killed is finished by running it again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from articles import redirects, search, tallies
from articles.models import Article, Revision, TaggedArticle
from comments.models import Comment
from newsroom.lib import bulk, lateindexes, pagecache

from . import ahead, links
from .addresses import SITE_PATHS, hosts_of
from .comments import Comments
from .digests import digest_of
from .downloads import Downloads
from .jobs import Jobs
from .ledger import Ledger, Line
from .media import Folder, Library
from .metafields import custom_fields
from .options import Options as Options
from .pages import Pages
from .posts import Posts, Prepared
from .reader import Export, Seen
from .records import (
    ATTACHMENT,
    AUTHOR,
    BLOCK,
    CATEGORY,
    COMMENT,
    GUEST_AUTHOR,
    JOB,
    PINGBACK,
    RULE,
    TAG,
    TERM,
    TRACKBACK,
    AuthorRecord,
    CommentRecord,
    Item,
    Record,
    TermRecord,
    flatten,
    whole_threads,
)
from .report import End, Outcome, Report
from .rules import read_rules, take_rule, take_rules
from .terms import Terms, fill_menu

_BATCH = 400
_MANY = 1000  # posts for which it pays to start a process
# It pays to make indexes at the end for that many posts, if they are that many times what is here.
_LARGE, _TIMES = 5000, 10
_LATE = (Article, Revision, TaggedArticle, Comment)
_SMALL_BATCH = 50  # pictures: what a killed batch had stored is stored again
_FIRST = {AUTHOR, CATEGORY, TAG, TERM, ATTACHMENT, BLOCK, GUEST_AUTHOR}
# Changed whenever texts are converted in another way: then none counts as done.
_CONVERSION = 1
type Progress = Callable[[Iterable[Record], int, str], Iterable[Record]]


@dataclass
class _File:
    """One export, what it holds, and which records a later file of the same site has again."""

    export: Export
    counts: Counter[str] = field(default_factory=Counter)
    seen: Seen = field(default_factory=Seen)
    later: list["_File"] = field(default_factory=list)

    def stale(self, record: Record) -> str:
        """Say why a record is not this file's to bring; empty if it is."""
        if record.is_repeat:
            return _("repeated in the file")
        if any((record.kind, record.key) in file.seen for file in self.later):
            return _("a later file has it again")
        return ""

    def brings_later(self, comment: CommentRecord) -> bool:
        """Whether the text that a comment is about comes from a later file only."""
        about = (comment.post_kind, comment.post)
        return comment.kind == COMMENT and any(about in file.seen for file in self.later)


@bulk.rarely_collecting()
def run(
    paths: Sequence[Path],
    options: Options | None = None,
    *,
    progress: Progress = lambda records, _total, _name: records,
    tell: Callable[[str], None] = lambda _text: None,
) -> Report:
    """Import exports of WordPress; return what became of every record.

    `progress` wraps the records of a pass, given how many there are (0: not known yet) and what is
    done with them; `tell` is given a line for whoever watches. A dry run does everything in one
    transaction and undoes it; it stores no file. Raises reader.Unreadable before anything is
    written.
    """
    options = options or Options()
    report = Report()
    bulk.spare_memory()
    rules = read_rules(options.redirects) if options.redirects else []
    files = [_survey(path, report, progress, is_alone=len(paths) == 1) for path in paths]
    indexes = lateindexes.late(_LATE, pays=_moves_in(files)) if not options.is_dry else None
    with indexes or transaction.atomic():
        for source in dict.fromkeys(file.export.source for file in files):
            own = [file for file in files if file.export.source == source]
            for number, file in enumerate(own, start=1):
                file.later = own[number:]
            _Source(own, report, options).run(progress, tell)
        with transaction.atomic():
            take_rules(rules, hosts_of(files[0].export.site), report)
        if options.is_dry:
            transaction.set_rollback(True)
    report.check()
    return report


def _moves_in(files: list["_File"]) -> bool:
    """Whether a site comes in to which what is here is little."""
    posts = sum(file.counts["post"] for file in files)
    return posts >= _LARGE and posts >= _TIMES * Article.objects.count()


def _survey(path: Path, report: Report, progress: Progress, *, is_alone: bool) -> _File:
    """Read a file from end to end and count what it holds. Raises Unreadable."""
    file = _File(Export(path))
    for record in progress(flatten(iter(file.export)), 0, _("Reading")):
        file.counts[record.kind] += 1
    if not is_alone:
        file.seen = file.export.seen
    for kind, number in file.counts.items():
        report.expect(kind, number)
    return file


class _Source:
    """The files of one site, on their way in."""

    def __init__(self, files: list[_File], report: Report, options: Options) -> None:
        self._files = files
        self._report = report
        self._options = options
        self._ledger = Ledger(files[0].export.source)
        hosts = self._hosts = hosts_of(files[0].export.site)
        self._terms = Terms(self._ledger, report, options.authors)
        self._library = Library(
            self._ledger,
            Folder(options.media),
            report,
            hosts,
            keeps_files=not options.is_dry,
            downloads=Downloads(hosts, report) if options.downloads else None,
        )
        self._pages = Pages(self._ledger, report, self._library)
        self._posts = Posts(self._ledger, report, self._terms, self._library, hosts)
        self._jobs = Jobs(self._ledger, self._library, options.country)
        self._comments = Comments(self._ledger)
        # Of texts that a later file brings again.
        self._waiting: list[CommentRecord] = []
        self._categories: list[TermRecord] = []

    def run(self, progress: Progress, tell: Callable[[str], None]) -> None:
        """Import everything: first what texts name, then the texts."""
        if self._ledger.begin():
            self._report.is_resumed = True
            tell(_("An earlier run was broken off. What it had finished is passed over."))
        counts = sum((file.counts for file in self._files), Counter[str]())
        for is_first, size in ((True, _SMALL_BATCH), (False, _BATCH)):
            total = sum(number for kind, number in counts.items() if (kind in _FIRST) == is_first)
            name = _("People, terms, pictures") if is_first else _("Texts, comments, jobs")
            records = progress(self._records(is_first), total, name)
            for batch in whole_threads(records, size):
                with transaction.atomic():
                    (self._take_first if is_first else self._take_rest)(batch)
                bulk.give_back_memory()
            if is_first:
                with transaction.atomic():
                    self._take_categories()
                    self._terms.hang_portraits()
                self._posts.world = self._world()
        links.follow(self._ledger, self._report)
        with transaction.atomic():
            self._take_comments(self._waiting)
            redirects.remember_all(SITE_PATHS)
            fill_menu(self._ledger)
            tallies.fold()
            pagecache.purge("site")
            self._ledger.end()

    def _world(self) -> str:
        """Return a digest of all that texts depend on beside what they say themselves."""
        options = self._options
        blocks = sorted(self._library.reusable.items())
        given = [_CONVERSION, str(options.media or ""), options.downloads]
        return digest_of([given, self._terms.world(), self._ledger.digest([ATTACHMENT]), blocks])

    def _records(self, is_first: bool) -> Iterator[Record]:
        """Yield the records of one pass; count those that another file or place brings."""
        for file in self._files:
            for record in self._first(file) if is_first else self._rest(file):
                if reason := file.stale(record):
                    self._report.count(record.kind, Outcome.SKIPPED, reason)
                elif isinstance(record, CommentRecord) and file.brings_later(record):
                    self._waiting.append(record)
                else:
                    yield record

    def _first(self, file: _File) -> Iterator[Record]:
        """Yield what texts name; where only texts follow, nothing more is read."""
        number = sum(number for kind, number in file.counts.items() if kind in _FIRST)
        wanted = (record for record in flatten(iter(file.export)) if record.kind in _FIRST)
        return islice(wanted, number)

    def _rest(self, file: _File) -> Iterator[Record]:
        """Yield the texts; many are read by a process of their own while this one writes."""
        is_alone = self._options.jobs < 2 or file.counts["post"] < _MANY
        world = self._posts.read_world(search.language())
        records = iter(file.export) if is_alone else ahead.read(file.export, world)
        return (record for record in flatten(records) if record.kind not in _FIRST)

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
            return self._first_item(record)
        taxonomy = record.taxonomy if isinstance(record, TermRecord) else ""
        if isinstance(record, TermRecord) and taxonomy in {TAG, "post_tag"}:
            return self._terms.take_tag(record)
        reason = _("taxonomy %(name)s") % {"name": taxonomy}
        self._leave([record], reason)
        return Outcome.SKIPPED, reason

    def _first_item(self, item: Item) -> End:
        if item.kind == GUEST_AUTHOR:
            return self._terms.take_guest(item)
        if item.kind == ATTACHMENT:
            return self._library.take(item)
        if item.status == "publish" and not item.has_password:
            self._library.reusable[item.post_id] = item.body
        reason = _("part of the texts that refer to it")
        self._leave([item], reason)
        return Outcome.SKIPPED, reason

    def _take_categories(self) -> None:
        ends = self._terms.take_categories(self._categories)
        for record, end in zip(self._categories, ends, strict=True):
            self._count(record, end)

    # --- Texts -----------------------------------------------------------------------------------

    def _take_rest(self, batch: Sequence[Record]) -> None:
        posts: list[Item] = []
        comments: list[CommentRecord] = []
        for record in batch:
            if isinstance(record, CommentRecord) and record.kind == COMMENT:
                comments.append(record)
            elif record.kind == "post" and isinstance(record, Item):
                posts.append(record)
            elif record.kind == "page" and isinstance(record, Item):
                self._count(record, self._safely(self._pages.take, record))
            elif record.kind in {JOB, RULE} and isinstance(record, Item):
                self._take_other(record)
            else:
                is_mention = record.kind in {PINGBACK, TRACKBACK}
                reason = _("machines' mentions") if is_mention else _("type of no use here")
                self._leave([record], reason)
                self._count(record, (Outcome.SKIPPED, reason))
        self._take_posts(posts)
        self._take_comments(comments)

    def _take_posts(self, items: list[Item]) -> None:
        """Prepare posts one by one and place them together; one by one where that fails."""
        prepared: list[Prepared] = []
        unchanged = self._posts.find_unchanged(items)
        for item in items:
            if item.key in unchanged:
                self._terms.meet(item)
                self._count(item, (Outcome.UNCHANGED, ""))
                continue
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
        """Prepare a post. What is written for it along the way is a savepoint of its own."""
        try:
            return self._posts.prepare(item)
        except (DatabaseError, ValueError) as error:
            self._terms.reload()  # what the transaction took back
            return Outcome.FAILED, _short(error)

    def _take_other(self, item: Item) -> None:
        take = self._jobs.take if item.kind == JOB else self._take_rule
        end = self._safely(take, item)
        if end[0] == Outcome.SKIPPED:
            self._leave([item], end[1])
        self._count(item, end)

    def _take_rule(self, item: Item) -> End:
        return take_rule(item, self._hosts)

    def _take_comments(self, records: list[CommentRecord]) -> None:
        """Place the comments of texts together; text by text where that fails."""
        try:
            with transaction.atomic():
                ends = self._comments.place(records)
        except (DatabaseError, ValueError):
            ends = [end for own in _threads(records) for end in self._place_thread(own)]
        for record, end in zip(records, ends, strict=True):
            if end[0] == Outcome.SKIPPED:
                self._leave([record], end[1])
            self._count(record, end)

    def _place_thread(self, records: list[CommentRecord]) -> list[End]:
        try:
            with transaction.atomic():
                return self._comments.place(records)
        except (DatabaseError, ValueError) as error:
            return [(Outcome.FAILED, _short(error))] * len(records)

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

    def _leave(self, records: Sequence[Record], reason: str) -> None:
        """Keep what records say that are not imported; those imported once keep their line."""
        for kind in {record.kind for record in records}:
            own = {record.key: record for record in records if record.kind == kind}
            for key in self._ledger.find(kind, own):
                del own[key]
            self._ledger.write(
                Line(kind, key, note=reason, fields=_fields(record)) for key, record in own.items()
            )


def _fields(record: Record) -> dict[str, list[str]]:
    return custom_fields(record) if isinstance(record, Item) else {}


def _threads(records: list[CommentRecord]) -> list[list[CommentRecord]]:
    """Return neighbouring comments of the same text together."""
    return [list(own) for _post, own in groupby(records, key=lambda record: record.post)]


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
