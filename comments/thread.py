"""An article's comments as readers read them: which ones, in what order, how deep, what follows.

A discussion of no more than ROOTS is one query. Of a longer one the roots are read, then the
replies of each as far as they are shown, each a range of one index. Rows are tuples: a page needs
few of the columns.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import CharField, Q, QuerySet, Subquery, Value

from articles.models import Article
from newsroom.lib.prepared import prepared

from .models import SEGMENT, Comment, SectionRules, Status, Thread, after_subtree

ROOTS = 50
# Of each root where many stand together; of the one whose page it is.
REPLIES, REPLIES_ALONE = 10, 100
DEEPEST_SHOWN = 4
OLDEST, NEWEST = "oldest", "newest"

_PATH = re.compile(rf"(?:[0-9]{{{SEGMENT}}}){{1,6}}", re.ASCII)


class Row(NamedTuple):
    """A comment as the database tells it for a page. The last three are the same in all rows."""

    pk: int
    path: str
    depth: int
    parent_id: int | None
    status: str
    name: str
    user_id: int | None
    created_at: datetime
    edited_at: datetime | None
    body_html: str
    parent_name: str | None
    # Where its replies are cut off; told of roots only.
    cut: str | None
    count_of_all: int | None
    section_closed: bool | None
    section_days: int | None

    @property
    def is_staff(self) -> bool:
        return self.user_id is not None

    @property
    def is_removed(self) -> bool:
        return self.status == Status.REMOVED


# What of a comment the first columns of a Row are.
_COLUMNS = (
    *("pk", "path", "depth", "parent_id", "status", "name", "author__user_id"),
    *("created_at", "edited_at", "body_html", "parent__name"),
)


class Entry(NamedTuple):
    """A comment in its place. `is_parent_here`: what it answers is on the same page.

    `more` is the query of the address where the replies are that no longer fit below its root.
    """

    comment: Row
    depth: int
    is_parent_here: bool = False
    more: str = ""

    @property
    def is_flattened(self) -> bool:
        """Whether it stands beside what it answers: only words can say so."""
        return self.comment.depth > DEEPEST_SHOWN


@dataclass(frozen=True)
class Page:
    """Some of an article's comments. `first` and `next` are queries of addresses, or empty.

    `root` is the one whose thread stands alone; `section` the exceptions of the article's section.
    """

    entries: Sequence[Entry]
    count: int
    section: SectionRules | None
    order: str = OLDEST
    first: str = ""
    next: str = ""
    root: Row | None = None


def of_article(article: Article, query: Mapping[str, str]) -> Page:
    """Return a page of the article's roots with their first replies: one query, or three.

    `query` says `order` and `after` which root; what is unreadable shows the first page.
    """
    order = NEWEST if query.get("order") == NEWEST else OLDEST
    after = _path_in(query)[:SEGMENT]
    rows = [] if after else _rows(_whole(article.pk, article.section_id))
    if after or len(rows) > ROOTS:
        return _some_of(article, order, after)
    roots = sorted((row for row in rows if row.depth == 1), key=_path_of, reverse=order == NEWEST)
    count, section = _about(article, rows)
    replies = (row for row in rows if row.depth > 1)
    return Page(_place(roots, replies), count=count, section=section, order=order)


def _some_of(article: Article, order: str, after: str) -> Page:
    """Return a page of a long discussion."""
    rows = _rows(_roots(article.pk, article.section_id, after or None, order=order))
    if after and not rows:
        after = ""
        rows = _rows(_roots(article.pk, article.section_id, None, order=order))
    shown, count, section = rows[:ROOTS], *_about(article, rows)
    kept = {"order": order} if order == NEWEST else {}
    return Page(
        _place(shown, _replies(article, shown)),
        count=count,
        section=section,
        order=order,
        first=_query(kept) if after else "",
        next=_query({**kept, "after": shown[-1].path}) if len(rows) > ROOTS else "",
    )


def of_comment(article: Article, pk: int, query: Mapping[str, str]) -> Page | None:
    """Return the thread that a comment stands in, so that it is on the page; None for a hidden one.

    Three queries at the most; `query` says `after` which reply.
    """
    here = Comment.objects.in_thread().filter(article=article, pk=pk).first()
    if here is None:
        return None
    thread = _for_page(Comment.objects.in_thread(), article.pk, article.section_id)
    root_path, after = here.path[:SEGMENT], _path_in(query)
    whole = thread.filter(path__gte=root_path, path__lt=after_subtree(root_path)).order_by("path")
    rows = _rows(whole.filter(Q(depth=1) | Q(path__gt=after))[: REPLIES_ALONE + 2])
    if not after and here.pk not in {row.pk for row in rows[: REPLIES_ALONE + 1]}:
        rows = _rows(whole.filter(Q(depth=1) | Q(path__gte=here.path))[: REPLIES_ALONE + 2])
        after = here.path
    shown = rows[: REPLIES_ALONE + 1]
    count, section = _about(article, rows)
    root = shown[0]
    return Page(
        _entries(shown),
        count=count,
        section=section,
        first=_query({"comment": root.pk}) if after else "",
        next=_query({"comment": root.pk, "after": shown[-1].path}) if rows[len(shown) :] else "",
        root=root,
    )


@prepared
def _whole(article: int, section: int) -> QuerySet[Any, Any]:
    """All comments and replies of a short discussion; of a long one, one too many."""
    return _for_page(Comment.objects.in_thread(), article, section).order_by("path")[: ROOTS + 1]


@prepared
def _roots(article: int, section: int, after: str | None, *, order: str) -> QuerySet[Any, Any]:
    """The roots of a page and one more, each with the path at which its replies are cut off."""
    sign, beyond = ("-", "lt") if order == NEWEST else ("", "gt")
    rest = Comment.objects.in_thread().below_outer().order_by("path").values("path")
    cut = Subquery(rest[REPLIES : REPLIES + 1])
    roots = _for_page(Comment.objects.in_thread().roots(), article, section, cut=cut)
    if after is not None:
        roots = roots.filter(**{f"path__{beyond}": after})
    return roots.order_by(f"{sign}path")[: ROOTS + 1]


def _for_page(
    comments: QuerySet[Comment], article: int, section: int, *, cut: Any = None
) -> QuerySet[Any, Any]:
    """Read what a page shows, and with each row what the page needs to know besides.

    That comes by subqueries: with joins SQLite would begin at the article and read every comment.
    """
    exceptions = SectionRules.objects.filter(section=section)
    return (
        comments.filter(article=article)
        .annotate(
            cut=cut or Value(None, CharField()),
            count_of_all=Subquery(Thread.objects.filter(pk=article).values("visible")),
            section_closed=Subquery(exceptions.values("is_closed")),
            section_days=Subquery(exceptions.values("closes_after_days")),
        )
        .values_list(*_COLUMNS, *Row._fields[len(_COLUMNS) :])
    )


def _rows(found: Iterable[Any]) -> list[Row]:
    return list(map(Row._make, found))


def _about(article: Article, rows: Sequence[Row]) -> tuple[int, SectionRules | None]:
    """Return how many comments there are, and the section's exceptions. A query if no row tells."""
    if not rows:
        return 0, SectionRules.objects.filter(section=article.section_id).first()
    told = rows[0]
    count = told.count_of_all or 0
    if told.section_closed is None:
        return count, None
    exceptions = SectionRules(
        section_id=article.section_id,
        is_closed=told.section_closed,
        closes_after_days=told.section_days,
    )
    return count, exceptions


def _replies(article: Article, roots: Sequence[Row]) -> list[Row]:
    """Read the first replies of some roots, in the order of their paths. One query, or none."""
    if not roots:
        return []
    ranges = _ranges(sorted(roots, key=_path_of))
    # Filled up with empty ones, so that there are few numbers of them and as many questions.
    number = next(size for size in (1, 4, 16, ROOTS) if size >= len(ranges))
    ranges += [("", "")] * (number - len(ranges))
    return _rows(_below(article.pk, article.section_id, tuple(ranges)))


@prepared
def _below(article: int, section: int, ranges: tuple[tuple[str, str], ...]) -> QuerySet[Any, Any]:
    """The replies within ranges of paths."""
    shown = Q(pk__in=[])
    for start, end in ranges:
        shown |= Q(path__gt=start, path__lt=end)
    replies = Comment.objects.in_thread().filter(shown, depth__gt=1)
    return _for_page(replies, article, section).order_by("path")


def _ranges(roots: Iterable[Row]) -> list[tuple[str, str]]:
    """Return where the replies of roots begin and end; what lies side by side is one range."""
    ranges: list[tuple[str, str]] = []
    for root in roots:
        start, end = root.path, root.cut or after_subtree(root.path)
        if ranges and ranges[-1][1] == start:
            start = ranges.pop()[0]
        ranges.append((start, end))
    return ranges


def _place(roots: Iterable[Row], replies: Iterable[Row]) -> list[Entry]:
    """Put the replies below their roots, and at the end of a thread the way to its rest."""
    threads: dict[str, list[Row]] = {root.path: [root] for root in roots}
    for reply in replies:
        threads[reply.path[:SEGMENT]].append(reply)
    entries: list[Entry] = []
    for thread in threads.values():
        root, shown = thread[0], thread[: REPLIES + 1]
        is_cut = root.cut or len(shown) < len(thread)
        more = {"comment": root.pk, "after": shown[-1].path} if is_cut else {}
        entries += _entries(shown, more=_query(more))
    return entries


def _entries(thread: Sequence[Row], more: str = "") -> list[Entry]:
    here = {comment.pk for comment in thread}
    return [
        Entry(
            comment,
            depth=min(comment.depth, DEEPEST_SHOWN),
            is_parent_here=comment.parent_id in here,
            more=more if comment is thread[-1] else "",
        )
        for comment in thread
    ]


def _path_of(comment: Row) -> str:
    return comment.path


def _path_in(query: Mapping[str, str]) -> str:
    after = query.get("after", "")
    return after if _PATH.fullmatch(after) else ""


def _query(values: Mapping[str, Any]) -> str:
    return f"?{urlencode(values)}" if values else ""
