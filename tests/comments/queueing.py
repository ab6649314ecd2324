"""Comments for the tests of the queue, sent in as readers send them."""

from itertools import count
from typing import Any

from django.utils import timezone

from articles.models import Article
from comments import moderation
from comments.models import Comment, CommentRules
from tests.factories import make_article

_numbers = count(1)


def make_comment(article: Article | None = None, **values: Any) -> Comment:
    """A comment of a reader of its own; `queued_at` may be given."""
    number = next(_numbers)
    queued_at = values.pop("queued_at", None)
    entry = moderation.Entry(
        article=article or make_article(),
        body=values.pop("body", f"I have seen it myself, number {number}."),
        name=values.pop("name", f"Reader {number}"),
        address=values.pop("address", f"reader{number}@example.org"),
        seconds=60,
        **values,
    )
    comment = moderation.submit(entry).comment
    if queued_at is not None:
        Comment.objects.filter(pk=comment.pk).update(queued_at=queued_at)
    return Comment.objects.get(pk=comment.pk)


def make_spam(article: Article | None = None, **values: Any) -> Comment:
    """A comment that a banned word holds back."""
    rules = CommentRules.load()
    rules.banned_words = "casino"
    rules.save()
    return make_comment(article, body="Casino bonus for everybody!", **values)


def make_reported(article: Article | None = None, *, by: Any, reason: str = "insult") -> Comment:
    """An approved comment that a reader objects to."""
    comment = make_comment(article)
    moderation.decide({comment.pk: comment.version}, to="approved", by=by)
    moderation.report(
        comment, reason=reason, text="Look at this", address=f"{timezone.now().timestamp()}@b.org"
    )
    return Comment.objects.get(pk=comment.pk)
