"""Addresses that are keys: whoever has one may do what it is for, without an account or a cookie.

What a link still allows, the verbs say when it is used. Called by views, templates and mails.
"""

from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse

from newsroom.lib import tokens

from .models import Comment

OWN, CONFIRM, STOP = "comment.own", "comment.confirm", "comment.stop"
# An address is confirmed while the mail that asks for it is new.
CONFIRM_TIME = timedelta(days=14)


def own(comment: Comment) -> str:
    """Return the path of the page where an author sees, changes or takes back a comment."""
    return reverse("comments:own", args=[tokens.make(OWN, comment.pk)])


def confirm(comment: Comment) -> str:
    """Return the path that proves the address of a comment's author."""
    return reverse("comments:confirm", args=[tokens.make(CONFIRM, comment.pk)])


def stop_replies(comment: Comment) -> str:
    """Return the path that ends the mails about replies to a comment's author."""
    return reverse("comments:stop-replies", args=[tokens.make(STOP, comment.pk)])


def comment_of(purpose: str, token: str, *, max_age: timedelta | None = None) -> Comment | None:
    """Return the comment that a link is the key to; None for no key and for one that is gone.

    Raises tokens.Expired for a key that is too old.
    """
    values = tokens.read(purpose, token, max_age=max_age)
    return _whole().filter(pk=values[0]).first() if values else None


def place(comment: Comment) -> str:
    """Return the path of a visible comment among the others, however many there are."""
    return f"{thread(comment)}?comment={comment.pk}#comment-{comment.pk}"


def thread(comment: Comment) -> str:
    """Return the path of all comments on a comment's article."""
    return f"{comment.article.get_absolute_url()}comments/"


def _whole() -> QuerySet[Comment]:
    return Comment.objects.select_related("article__section", "author").defer(
        "article__body", "article__body_html"
    )
