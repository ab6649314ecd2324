"""Readers' comments, in whole threads, as placements for comments.moderation.

Brought in once and never again: from then on they are decided, erased and forgotten here. Of the
address a keyed hash is kept, nothing of the network.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from comments.models import DEEPEST, CommentAuthor, Reason, Status
from comments.moderation.placing import Placement, authors_of, place, standing
from newsroom.lib import bulk
from newsroom.lib.privacy import normalise_address

from .ahead import ready_comment
from .commenttexts import digest
from .dates import moment_of
from .ledger import Ledger, Line
from .records import COMMENT, CommentRecord, ReadyComment
from .report import End, Outcome

_STATES = {
    "1": Status.APPROVED,
    "approve": Status.APPROVED,
    "approved": Status.APPROVED,
    "0": Status.PENDING,
    "hold": Status.PENDING,
    "": Status.PENDING,
    "spam": Status.SPAM,
    "trash": Status.REJECTED,
}
_BATCH = 500


@dataclass(frozen=True, slots=True)
class _New:
    """A comment that comes in, with what is kept of it here."""

    record: CommentRecord
    ready: ReadyComment

    @property
    def name(self) -> str:
        return self.ready.name or _("Anonymous")


class _Text(NamedTuple):
    """An article here that comments hang on."""

    pk: int
    published_at: datetime | None
    edited_at: datetime


class Comments:
    """The comments of one source. Each call is made inside a transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def place(self, records: list[CommentRecord]) -> list[End]:
        """Bring in what is new of these; say what became of each.

        A thread must be given as a whole; texts must be placed before.
        """
        known = self._ledger.find(COMMENT, [key for r in records for key in (r.key, r.parent)])
        articles = self._articles(records)
        ends: dict[str, End] = {}
        new: list[_New] = []
        for record in records:
            found = record.ready.digest if record.ready else digest(record)
            end = _end(record, found, known.get(record.key), articles.get(record.post))
            if end[0] == Outcome.IMPORTED:
                ready = record.ready or ready_comment(record)
                if ready.body:
                    new.append(_New(record, ready))
                else:
                    end = Outcome.SKIPPED, _("no text")
            ends[record.key] = end
        here = {key: entry.target_id for key, entry in known.items() if entry.target_id}
        self._write(new, {record.key: record for record in records}, articles, here)
        return [ends[record.key] for record in records]

    def _articles(self, records: list[CommentRecord]) -> dict[str, _Text]:
        """Return the articles that comments hang on, by the key of the post."""
        posts = self._ledger.find("post", [r.post for r in records if r.post_kind == "post"])
        wanted = [entry.target_id for entry in posts.values() if entry.target_id]
        texts = {}
        for part in batched(wanted, _BATCH):
            rows = Article.objects.filter(pk__in=part)
            for row in rows.values_list("pk", "published_at", "edited_at"):
                texts[row[0]] = _Text(*row)
        return {key: texts[e.target_id] for key, e in posts.items() if e.target_id in texts}

    def _write(
        self,
        new: list[_New],
        given: dict[str, CommentRecord],
        articles: dict[str, _Text],
        here: dict[str, int],
    ) -> None:
        """Place new comments, each behind what it answers."""
        threads = _Threads(list(given.values()), here)
        stubs = standing({here[key] for one in new if (key := threads.above(one.record)) in here})
        authors = _authors(new)
        wanted = {one.record.key: one for one in new}
        made: dict[str, Placement] = {}
        for record in threads.in_order([one.record for one in new]):
            above = threads.above(record)
            parent = _not_too_deep(made.get(above) or stubs.get(here.get(above, 0)))
            one = _placement(wanted[record.key], articles[record.post], authors[record.key])
            one.parent = parent if parent and parent.article == one.article else None
            made[record.key] = one
        placed = list(made.items())
        for part in batched(placed, _BATCH):
            place([placement for _key, placement in part])
        self._ledger.write([
            Line(
                COMMENT, key, target="comments.comment", target_id=p.comment.pk,
                digest=wanted[key].ready.digest,
            )
            for key, p in placed if p.comment
        ])  # fmt: skip


class _Threads:
    """Who answers whom among some comments; what is missing or runs in a circle is passed over."""

    def __init__(self, records: list[CommentRecord], here: dict[str, int]) -> None:
        self._here = here
        self._records = {record.key: record for record in records}
        self._keys = {(record.post, record.number): record.key for record in records}

    def above(self, record: CommentRecord) -> str:
        """Return the key of what a comment answers, in this export or one before; empty if none."""
        key = self._keys.get((record.post, record.parent), record.parent)
        return key if key != record.key and (key in self._records or key in self._here) else ""

    def in_order(self, new: list[CommentRecord]) -> list[CommentRecord]:
        """Return comments by time, but none before what it answers."""
        ordered: dict[str, CommentRecord] = {}
        wanted = {record.key for record in new}
        for record in sorted(
            new, key=lambda one: (one.date_gmt or one.date, len(one.key), one.key)
        ):
            line: list[CommentRecord] = []
            step: CommentRecord | None = record
            while step and step.key in wanted and step.key not in ordered and step not in line:
                line.append(step)
                step = self._records.get(self.above(step))
            ordered |= {one.key: one for one in reversed(line)}
        return list(ordered.values())


def _end(record: CommentRecord, found: str, entry: Line | None, article: _Text | None) -> End:
    """Say what is to become of a comment; IMPORTED: it is new."""
    if entry is not None and entry.target_id:
        if entry.digest == found:
            return Outcome.UNCHANGED, ""
        return Outcome.SKIPPED, _("changed there since; comments are decided here")
    if record.approved not in _STATES:
        return Outcome.SKIPPED, _("its state there: %(state)s") % {"state": record.approved[:40]}
    if article is None:
        return Outcome.SKIPPED, _("what it is about is no article here")
    return Outcome.IMPORTED, ""


def _authors(records: list[_New]) -> dict[str, int]:
    """Return the authors of comments by the comments' keys; who gave no address is a new one."""
    names = {one.record.key: one.name for one in records}
    addresses = {one.record.key: _address(one.record.address) for one in records}
    known = authors_of((names[key], address) for key, address in addresses.items())
    nameless = [key for key, address in addresses.items() if not address]
    new = [CommentAuthor(name=names[key]) for key in nameless]
    bulk.insert(new)
    return {key: author.pk for key, author in zip(nameless, new, strict=True)} | {
        key: known[address] for key, address in addresses.items() if address
    }


def _placement(new: _New, article: _Text, author: int) -> Placement:
    record = new.record
    status = _STATES[record.approved]
    at = _moment(record) or article.published_at or article.edited_at
    at = min(at, timezone.now())
    return Placement(
        article=article.pk,
        author=author,
        name=new.name,
        body=new.ready.body,
        html=new.ready.html,
        text_hash=new.ready.text_hash,
        at=at,
        status=status,
        reason=Reason.OTHER if status == Status.REJECTED else "",
        rule="" if status == Status.PENDING else "import",
        decided_at=None if status == Status.PENDING else at,
    )


def _moment(record: CommentRecord) -> datetime | None:
    return moment_of(record.date_gmt, record.date)


def _not_too_deep(parent: Placement | None) -> Placement | None:
    """Return the nearest comment of a branch that still takes answers."""
    while parent is not None and parent.depth >= DEEPEST:
        parent = parent.parent
    return parent


def _address(text: str) -> str:
    address = normalise_address(text)
    return address if "@" in address else ""
