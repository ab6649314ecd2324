"""What tests of comments share: an open article, comments through the verbs, decisions."""

from itertools import count

import pytest

from articles.models import Article
from comments import moderation
from comments.models import Comment, CommentRules, Thread
from tests.factories import make_article

_numbers = count(1)


@pytest.fixture
def article(db) -> Article:
    return make_article()


@pytest.fixture
def rules(db) -> CommentRules:
    return CommentRules.objects.create(pk=1)


def write(article: Article, body: str = "", **values) -> Comment:
    """A comment as a reader sends it, everybody with a name and an address of his or her own."""
    number = next(_numbers)
    values.setdefault("name", f"Reader {number}")
    values.setdefault("address", f"reader{number}@example.org")
    parent = values.pop("parent", None)
    entry = moderation.Entry(
        article=article,
        body=body or f"A word on this, number {number}.",
        parent=parent.pk if parent else None,
        **values,
    )
    return moderation.submit(entry).comment


def approved(article: Article, by, body: str = "", **values) -> Comment:
    """A comment that readers see."""
    return decided(write(article, body, **values), "approved", by)


def decided(comment: Comment, to: str, by, **values) -> Comment:
    """Decide on a comment as it is now; a rejection is for an insult unless said otherwise."""
    comment.refresh_from_db()
    if to == "rejected":
        values.setdefault("reason", "insult")
    outcome = moderation.decide({comment.pk: comment.version}, to=to, by=by, **values)
    assert outcome.conflicts == []
    comment.refresh_from_db()
    return comment


def visible(article: Article) -> set[int]:
    """What readers see, counted the slow way; the fast count must say the same."""
    rows = {row.pk: row for row in Comment.objects.filter(article=article)}

    def shows(row: Comment) -> bool:
        above = rows.get(row.parent_id or 0)
        return row.status in {"approved", "removed"} and (above is None or shows(above))

    seen = {pk for pk, row in rows.items() if row.status == "approved" and shows(row)}
    assert (
        set(Comment.objects.visible().filter(article=article).values_list("pk", flat=True)) == seen
    )
    thread = Thread.objects.filter(article=article).first()
    assert (thread.visible if thread else 0) == len(seen)
    return seen
