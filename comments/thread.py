"""An article's comments as readers read them: which ones, in what order, how deep, what follows.

Two queries a page, however many comments there are: the roots, then the replies of each as far as
they are shown, each a range of one index.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet, Subquery

from articles.models import Article

from .models import SEGMENT, Comment, SectionRules, after_subtree

ROOTS = 50
# Of each root where many stand together; of the one whose page it is.
REPLIES, REPLIES_ALONE = 10, 100
DEEPEST_SHOWN = 4
OLDEST, NEWEST = "oldest", "newest"

_PATH = re.compile(rf"(?:[0-9]{{{SEGMENT}}}){{1,6}}", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """A comment in its place. `is_parent_here`: what it answers is on the same page.

    `more` is the query of the address where the replies are that no longer fit below its root.
    """

    comment: Comment
    depth: int
    is_parent_here: bool = False
    more: str = ""

    @property
    def parent_name(self) -> str:
        """Who is answered; empty if that person was erased."""
        return vars(self.comment)["parent_name"] or ""

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
    root: Comment | None = None


def of_article(article: Article, query: Mapping[str, str]) -> Page:
    """Return a page of the article's roots with their first replies: two queries.

    `query` says `order` and `after` which root; what is unreadable shows the first page.
    """
    order = NEWEST if query.get("order") == NEWEST else OLDEST
    sign, beyond = ("-", "lt") if order == NEWEST else ("", "gt")
    rest = Comment.objects.in_thread().below_outer().order_by("path").values("path")
    roots = (
        _for_page(Comment.objects.in_thread().roots().filter(article=article))
        .annotate(cut=Subquery(rest[REPLIES : REPLIES + 1]))
        .order_by(f"{sign}path")
    )
    after = _path_in(query)[:SEGMENT]
    rows = list((roots.filter(**{f"path__{beyond}": after}) if after else roots)[: ROOTS + 1])
    if after and not rows:
        after, rows = "", list(roots[: ROOTS + 1])
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
    thread = _for_page(Comment.objects.in_thread().filter(article=article))
    root_path, after = here.path[:SEGMENT], _path_in(query)
    whole = thread.filter(path__gte=root_path, path__lt=after_subtree(root_path)).order_by("path")
    rows = list(whole.filter(Q(depth=1) | Q(path__gt=after))[: REPLIES_ALONE + 2])
    if not after and here.pk not in {row.pk for row in rows[: REPLIES_ALONE + 1]}:
        rows = list(whole.filter(Q(depth=1) | Q(path__gte=here.path))[: REPLIES_ALONE + 2])
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


def _for_page(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Read what a page shows, and with each row what it needs to know besides."""
    return (
        comments.select_related("author")
        .defer("body", "signals", "appeal", "author__record")
        .annotate(
            parent_name=F("parent__name"),
            count_of_all=F("article__thread__visible"),
            section_closed=F("article__section__comment_rules__is_closed"),
            section_days=F("article__section__comment_rules__closes_after_days"),
        )
    )


def _about(article: Article, rows: Sequence[Comment]) -> tuple[int, SectionRules | None]:
    """Return how many comments there are, and the section's exceptions. A query if no row tells."""
    if not rows:
        return 0, SectionRules.objects.filter(section=article.section_id).first()
    told: Mapping[str, Any] = vars(rows[0])
    count: int = told["count_of_all"] or 0
    if told["section_closed"] is None:
        return count, None
    exceptions = SectionRules(
        section_id=article.section_id,
        is_closed=told["section_closed"],
        closes_after_days=told["section_days"],
    )
    return count, exceptions


def _replies(article: Article, roots: Sequence[Comment]) -> list[Comment]:
    """Read the first replies of some roots, in the order of their paths. One query, or none."""
    if not roots:
        return []
    ranges = Q(pk__in=[])
    for root in roots:
        ranges |= Q(path__gt=root.path, path__lt=vars(root)["cut"] or after_subtree(root.path))
    replies = Comment.objects.in_thread().filter(ranges, article=article)
    return list(_for_page(replies).order_by("path"))


def _place(roots: Iterable[Comment], replies: Iterable[Comment]) -> list[Entry]:
    """Put the replies below their roots, and at the end of a thread the way to its rest."""
    threads: dict[str, list[Comment]] = {root.path: [root] for root in roots}
    for reply in replies:
        threads[reply.path[:SEGMENT]].append(reply)
    entries: list[Entry] = []
    for thread in threads.values():
        root, last = thread[0], thread[-1]
        more = {"comment": root.pk, "after": last.path} if vars(root)["cut"] else {}
        entries += _entries(thread, more=_query(more))
    return entries


def _entries(thread: Sequence[Comment], more: str = "") -> list[Entry]:
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


def _path_in(query: Mapping[str, str]) -> str:
    after = query.get("after", "")
    return after if _PATH.fullmatch(after) else ""


def _query(values: Mapping[str, Any]) -> str:
    return f"?{urlencode(values)}" if values else ""
