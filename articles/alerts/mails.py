"""The mails of alerts, made when they are sent: whoever has left meanwhile gets none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsroom.lib import outbox
from newsroom.lib.addresses import absolute
from newsroom.lib.images import rendition_widths
from newsroom.lib.mail import compose
from newsroom.models import Message

from .. import promos
from ..models import Article, Subscriber, Subscription
from . import links
from .scopes import concerned, described

_LIST_ID = "alerts"
_PICTURE_WIDTH = 1280  # twice as many pixels as the mail is wide


def confirmation(message: Message) -> EmailMessage:
    """Ask whether a request is meant; tell an address with nothing open where its alerts stand.

    No advertising: the question alone.
    """
    subscriber = _subscriber(message)
    with override(subscriber.language or None):
        asked = [label for _row, label in described(list(subscriber.subscriptions.requested()))]
        active = [label for _row, label in described(list(subscriber.subscriptions.active()))]
    if not asked and not active:
        raise outbox.Skip(_("The request is gone."))
    context = {
        "asked": asked,
        "active": active,
        "confirm_url": absolute(links.confirm_path(subscriber)),
        "preferences_url": absolute(links.preferences_path(subscriber.pk)),
    }
    name = "alert_confirm" if asked else "alert_known"
    return compose(name, context, to=subscriber.address, language=subscriber.language)


def alert(message: Message) -> EmailMessage:
    """Tell of one new article, if it is still there and still wanted."""
    article = _visible([message.payload["article"]])
    if not article:
        raise outbox.Skip(_("Readers cannot see the article any more."))
    subscriptions = Subscription.objects.active().filter(subscriber=message.about)
    causes = list(subscriptions.of(concerned(article[0])).select_related("subscriber"))
    if not causes:
        raise outbox.Skip(_("Not wanted any more."))
    return _compose("alert", causes[0].subscriber, article, causes)


def digest(message: Message) -> EmailMessage:
    """Tell of what was put aside for this time, as far as it is still there and wanted."""
    subscriber = _subscriber(message)
    due_at = datetime.fromisoformat(message.payload["due"])
    stories = subscriber.stories.filter(due_at=due_at).values_list("article", flat=True)
    active = list(subscriber.subscriptions.active())
    articles, causes = [], set()
    for article in _visible(list(stories)):
        wanted = {(scope, target) for scope, ids in concerned(article) for target in ids}
        if found := {row for row in active if (row.scope, row.target) in wanted}:
            articles.append(article)
            causes |= found
    if not articles:
        raise outbox.Skip(_("Nothing new, or not wanted any more."))
    return _compose("alert_digest", subscriber, articles, sorted(causes, key=lambda row: row.pk))


def comments(message: Message) -> EmailMessage:
    """Tell that an article has new comments."""
    article = _visible([message.payload["article"]])
    if not article:
        raise outbox.Skip(_("Readers cannot see the article any more."))
    subscriptions = Subscription.objects.active().filter(subscriber=message.about)
    wanted = [(Subscription.Scope.COMMENTS, [article[0].pk])]
    causes = list(subscriptions.of(wanted).select_related("subscriber"))
    if not causes:
        raise outbox.Skip(_("Not wanted any more."))
    return _compose("alert_comments", causes[0].subscriber, article, causes)


@dataclass(frozen=True)
class Told:
    """An article as a mail shows it: whole addresses, a picture of our own site or none."""

    article: Article
    url: str
    picture: str = ""


def told(article: Article, *, has_picture: bool) -> Told:
    """Return an article for a mail."""
    url, image = absolute(article.get_absolute_url()), article.lead_image
    if not has_picture or image is None:
        return Told(article, url)
    widths = rendition_widths(image.width, image.height, "16x9")
    fitting = [width for width in widths if width <= _PICTURE_WIDTH] or widths[:1]
    return Told(article, url, absolute(image.rendition_url("16x9", fitting[-1], "jpg")))


def _compose(
    name: str, subscriber: Subscriber, articles: Sequence[Article], causes: Sequence[Subscription]
) -> EmailMessage:
    with override(subscriber.language or None):
        labels = [label for _row, label in described(causes)]
        offer = promos.mail_context(articles)
    context = {
        **offer,
        # One picture a mail, above the first story.
        "stories": [told(one, has_picture=one is articles[0]) for one in articles],
        "article": articles[0],
        "labels": labels,
        "preferences_url": absolute(links.preferences_path(subscriber.pk)),
    }
    return compose(
        name,
        context,
        to=subscriber.address,
        language=subscriber.language,
        unsubscribe=links.off_path(subscriber.pk, [row.pk for row in causes]),
        list_id=_LIST_ID,
    )


def _visible(ids: list[int]) -> list[Article]:
    return list(Article.objects.visible().filter(pk__in=ids).for_card().newest())


def _subscriber(message: Message) -> Subscriber:
    subscriber = Subscriber.objects.filter(pk=message.about or 0).first()
    if subscriber is None:
        raise outbox.Skip(_("The address has been deleted."))
    return subscriber


HANDLERS: dict[str, outbox.Handler] = {
    "alert": alert,
    "alert-comments": comments,
    "alert-confirm": confirmation,
    "alert-digest": digest,
}
