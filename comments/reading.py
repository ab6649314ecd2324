"""The comments of an article's page: three queries, however many there are.

Called by the block's template tag. Roots come in pages of 50; a long thread shows its beginning,
the rest is a page of its own (branch()).
"""

from dataclasses import dataclass, field

from django.db.models import F, Subquery
from django.db.models.functions import JSONObject

from articles.models import Article

from .models import SEGMENT, Comment, CommentRules, SectionRules, is_open_under

ROOTS = 50
REPLIES = 100  # below one root
# The word lists stay where they are: they may be long.
_READ_BY_PAGES = (
    "policy", "answer_goal", "closes_after_days", "duty_from", "duty_until", "closed_off_duty",
)  # fmt: skip


@dataclass
class Node:
    """A comment or tombstone with what stands below it; `more` answers are left out."""

    comment: Comment
    replies: list["Node"] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Block:
    """What the page shows. `next` is the start of the next page, None at the end."""

    article: Article
    rules: CommentRules
    is_open: bool
    count: int
    roots: list[Node]
    next: int | None
    is_newest_first: bool
    is_first: bool


def read_block(article: Article, *, newest_first: bool = False, start: int | None = None) -> Block:
    """Return a page of an article's comments; `start` is `next` of the page before."""
    rules, section, count = _facts(article)
    roots = Comment.objects.page_roots(article).select_related("author").defer("signals")
    if start is not None:
        edge = f"{start:0{SEGMENT}d}"
        roots = roots.filter(path__lte=edge) if newest_first else roots.filter(path__gte=edge)
    rows = list(roots.order_by("-path" if newest_first else "path")[: ROOTS + 1])
    shown = rows[:ROOTS]
    return Block(
        article=article,
        rules=rules,
        is_open=is_open_under(article, rules, section),
        count=count,
        roots=_nest(shown, _replies(article, shown)),
        next=int(rows[ROOTS].path) if len(rows) > ROOTS else None,
        is_newest_first=newest_first,
        is_first=start is None,
    )


def branch(root: Comment, *, start: int = 1) -> tuple[Node, int | None]:
    """Return a root with some of its answers, from a place on, and the next place. One query."""
    end = start + REPLIES
    rows = Comment.objects.page_replies(root.article, [root], start=start, end=end)
    shown = list(rows.select_related("author").defer("signals"))
    is_last = not shown or _places(shown[0]) < end
    return _nest([root], shown)[0], None if is_last else end


def _facts(article: Article) -> tuple[CommentRules, SectionRules | None, int]:
    """Return rules, what the section does differently, and how many comments are visible."""
    row = (
        Article.objects.filter(pk=article.pk)
        .values(
            count=F("thread__visible"),
            is_closed=F("section__comment_rules__is_closed"),
            days=F("section__comment_rules__closes_after_days"),
            rules=Subquery(
                CommentRules.objects.filter(pk=1).values(
                    found=JSONObject(**{name: name for name in _READ_BY_PAGES})
                )
            ),
        )
        .get()
    )
    fields = {field.name: field for field in CommentRules._meta.concrete_fields}
    found = (row["rules"] or {}).items()  # times come as text
    rules = CommentRules(pk=1, **{name: fields[name].to_python(value) for name, value in found})
    section = None
    if row["is_closed"] is not None:
        section = SectionRules(
            section_id=article.section_id,
            is_closed=row["is_closed"],
            closes_after_days=row["days"],
        )
    return rules, section, row["count"] or 0


def _replies(article: Article, roots: list[Comment]) -> list[Comment]:
    if not roots:
        return []
    rows = Comment.objects.page_replies(article, roots, start=1, end=REPLIES + 1)
    return list(rows.select_related("author").defer("signals"))


def _places(comment: Comment) -> int:
    """How many answers stand below the root of one."""
    return int(getattr(comment, "places", 0))


def _nest(roots: list[Comment], replies: list[Comment]) -> list[Node]:
    """Hang answers below what they answer; an answer whose parent is left out hangs on the root.

    Tombstones without an answer hold nothing together and are left out.
    """
    nodes = {root.pk: Node(root) for root in roots}
    by_root = {root.path: nodes[root.pk] for root in roots}
    for comment in replies:
        node = nodes[comment.pk] = Node(comment)
        above = nodes.get(comment.parent_id or 0) or by_root[comment.path[:SEGMENT]]
        above.replies.append(node)
    for node in nodes.values():
        node.replies = [below for below in node.replies if _holds(below)]
    for comment in replies:
        by_root[comment.path[:SEGMENT]].more = max(0, _places(comment) - REPLIES)
    return [nodes[root.pk] for root in roots]


def _holds(node: Node) -> bool:
    return not node.comment.is_removed or any(_holds(below) for below in node.replies)
