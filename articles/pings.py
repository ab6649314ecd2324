"""Telling the world that something is new: WebSub hubs for feeds, IndexNow for search engines.

`note` stands in the verbs that change what readers see. However much changes within two minutes,
each receiver gets one ping about it. Both are off until the site's settings name them.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import fetching, outbox
from newsroom.lib.addresses import absolute, host
from newsroom.models import Message, SiteSettings

from .models import Article, Author, Section, Tag

WINDOW = timedelta(minutes=2)
_MOST_URLS = 10_000  # IndexNow's own limit
_MOST_FEEDS = 100
_ANSWER = 100_000  # bytes


def note(article: Article) -> None:
    """Write down that readers see something else, now or when the article's time comes.

    Belongs into the transaction that changes it. One query, with both receivers three more each.
    """
    site = SiteSettings.load()
    moments = [timezone.now(), article.published_at, article.embargo_until]
    seconds = max(moment for moment in moments if moment).timestamp()
    number = int(seconds // WINDOW.total_seconds()) + 1
    due_at = datetime.fromtimestamp(number * WINDOW.total_seconds(), UTC)
    for kind, is_on in (("websub", site.websub_hub), ("indexnow", site.indexnow_key)):
        if is_on:
            since = {"since": (due_at - WINDOW).isoformat()}
            outbox.put(kind, f"{kind}:{number}", payload=since, due_at=due_at)


def tell_hub(message: Message) -> None:
    """Tell the hub which feeds have changed (WebSub; the publisher's ping of its predecessor)."""
    hub = SiteSettings.load().websub_hub
    articles = _changed(message)
    if not hub or not articles:
        raise outbox.Skip(_("Nothing to tell, or nobody to tell it to."))
    fields = [("hub.mode", "publish"), *(("hub.url", absolute(path)) for path in _feeds(articles))]
    _post(hub, urlencode(fields).encode(), "application/x-www-form-urlencoded")


def tell_search_engines(message: Message) -> None:
    """Tell search engines which addresses are new, changed or gone (indexnow.org)."""
    key = SiteSettings.load().indexnow_key
    articles = _changed(message)
    if not key or not articles:
        raise outbox.Skip(_("Nothing to tell, or nobody to tell it to."))
    told = {
        "host": host(),
        "key": key,
        "keyLocation": absolute(f"/{key}.txt"),
        "urlList": [absolute(row.get_absolute_url()) for row in articles[:_MOST_URLS]],
    }
    body = json.dumps(told).encode()
    _post(settings.INDEXNOW_URL, body, "application/json; charset=utf-8")


def _changed(message: Message) -> list[Article]:
    """The articles that readers see otherwise than before the time of the message."""
    since = datetime.fromisoformat(message.payload["since"])
    is_new = Q(published_at__gte=since) | Q(edited_at__gte=since) | Q(updated_at__gte=since)
    seen = Article.objects.visible() | Article.objects.withdrawn()
    return list(seen.filter(is_new).defer("body", "body_html").newest()[:_MOST_URLS])


def _feeds(articles: list[Article]) -> list[str]:
    """The feeds that these articles stand in, the whole site's first."""
    ids = [article.pk for article in articles]
    sections = {article.section_id for article in articles}
    found = [reverse(f"articles:{name}") for name in ("feed", "feed-atom", "feed-json")]
    lists: list[tuple[str, Any]] = [
        ("section-feed", Section.objects.filter(Q(pk__in=sections) | Q(children__in=sections))),
        ("topic-feed", Tag.objects.filter(tagged_articles__content_object__in=ids)),
        ("author-feed", Author.objects.filter(bylines__article__in=ids)),
    ]
    for name, rows in lists:
        slugs = rows.order_by("slug").values_list("slug", flat=True).distinct()
        found += [reverse(f"articles:{name}", args=[slug]) for slug in slugs]
    return found[:_MOST_FEEDS]


def _post(url: str, body: bytes, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    with fetching.fetch(url, max_bytes=_ANSWER, headers=headers, body=body) as answer:
        status = answer.status
    if 400 <= status < 500 and status not in {408, 429}:
        raise outbox.Undeliverable(_("The receiver answers %(status)s.") % {"status": status})
    if status >= 300:
        raise fetching.FetchError(_("The receiver answers %(status)s.") % {"status": status})


HANDLERS: dict[str, outbox.Handler] = {
    "indexnow": tell_search_engines,
    "websub": tell_hub,
}
