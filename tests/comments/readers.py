"""What readers do, for tests: write through the form or the verb, and moderators' answers."""

from selectolax.lexbor import LexborHTMLParser

from articles.models import Article
from comments import moderation
from comments.models import Comment
from newsroom.models import Attempt
from tests.factories import UserFactory

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def write(
    article: Article,
    body: str = "Well said.",
    *,
    name: str = "Ann",
    address: str = "",
    parent: Comment | None = None,
    wants_replies: bool = False,
    is_confirmed: bool = False,
    user=None,
) -> Comment:
    """A comment that waits, from a network of its own."""
    entry = moderation.Entry(
        article=article,
        body=body,
        name=name,
        address=address,
        parent=parent.pk if parent else None,
        wants_replies=wants_replies,
        is_confirmed=is_confirmed,
        user=user,
    )
    Attempt.objects.all().delete()  # as if time had passed
    comment = moderation.submit(entry).comment
    return Comment.objects.get(pk=comment.pk)


def decide(comment: Comment, to: str = "approved", reason: str = "", note: str = "") -> Comment:
    """A moderator's decision."""
    comment.refresh_from_db()
    by = UserFactory(role="Moderator")
    outcome = moderation.decide(
        {comment.pk: comment.version}, to=to, by=by, reason=reason, note=note
    )
    assert outcome.done == [comment.pk]
    return Comment.objects.get(pk=comment.pk)


def published(article: Article, body: str = "Well said.", **values) -> Comment:
    return decide(write(article, body, **values))


def thread_url(article: Article) -> str:
    return f"{article.get_absolute_url()}comments/"


def tree(response) -> LexborHTMLParser:
    return LexborHTMLParser(response.content.decode())


def shown(response) -> list[str]:
    """The texts of the comments on a page, in its order."""
    texts = tree(response).css(".comments-list .comment-text")
    return [node.text(strip=True) for node in texts]


def hidden_fields(response) -> dict[str, str]:
    """What a page's form carries without the reader's doing."""
    fields = tree(response).css('.comment-form input[type="hidden"]')
    return {field.attributes["name"] or "": field.attributes.get("value") or "" for field in fields}


def send(client, article: Article, *, page: str = "", headers=SAME_ORIGIN, **values):
    """Open a page with the form, fill it in and send it."""
    opened = client.get(page or article.get_absolute_url())
    data = {**hidden_fields(opened), "name": "Ann", "body": "Well said.", **values}
    return client.post(thread_url(article), data, headers=headers)
