"""A live ticker as readers get it: on the article's page, as fragments, as structured data.

The views and articles.story call this; the caller has asked the gate about the article.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from newsroom.lib import richtext
from newsroom.lib.pagination import Order, Page, paginate

from . import facts
from .models import Article, LiveEntry, LiveTicker

PAGE_SIZE = 100
BUCKET = 10  # seconds that share one address
# What a fragment tells of; a page that has slept longer is read anew.
MEMORY = timedelta(minutes=15)
_KEY_EVENTS = 50
_NEWEST = Order(("at", "pk"), is_descending=True)


@dataclass(frozen=True)
class Live:
    """A ticker on its article's page."""

    ticker: LiveTicker
    page: Page[LiveEntry]
    pinned: LiveEntry | None
    keys: list[LiveEntry]
    bucket: int

    @property
    def is_current(self) -> bool:
        """Whether this page is the one that grows: the first of an open ticker."""
        return self.ticker.is_open and self.page.is_first

    @property
    def entries(self) -> list[LiveEntry]:
        """The page's entries without the one that stays on top of the first page."""
        if not self.page.is_first or self.pinned is None:
            return list(self.page.items)
        return [entry for entry in self.page.items if entry.pk != self.pinned.pk]

    @property
    def updates(self) -> str:
        """The address to ask, its bucket to be counted up by the script."""
        return address(self.ticker.article, self.bucket)


def of_article(article: Article, query: Mapping[str, str]) -> Live | None:
    """Return the ticker of an article read by for_page(), if it is one. One query."""
    ticker: LiveTicker | None = getattr(article, "live_ticker", None)
    if ticker is None:
        return None
    shown = LiveEntry.objects.shown().filter(ticker=ticker)
    is_marked = Q(pk__in=_marked(ticker).values("pk"))
    marked: list[LiveEntry] = []

    def read(part: QuerySet[LiveEntry]) -> list[LiveEntry]:
        """Read the marked entries along with a page."""
        is_on_page = Q(pk__in=part.values("pk"))
        found = shown.filter(is_on_page | is_marked).annotate(
            is_on_page=is_on_page, is_marked=is_marked
        )
        rows = list(found.order_by(*part.query.order_by))
        marked[:] = sorted((row for row in rows if vars(row)["is_marked"]), key=_rank, reverse=True)
        return [row for row in rows if vars(row)["is_on_page"]]

    times = frozenset({"at"})
    page = paginate(shown, query, order=_NEWEST, times=times, size=PAGE_SIZE, read=read)
    return Live(
        ticker,
        page=page,
        pinned=next((entry for entry in marked if entry.is_pinned), None),
        keys=[entry for entry in marked if entry.is_key],
        bucket=bucket_of(timezone.now()),
    )


def changes(ticker: LiveTicker, article: Article, now: datetime) -> dict[str, Any]:
    """Return what has changed lately, as HTML made here. Two queries."""
    lately = LiveEntry.objects.filter(ticker=ticker, changed_at__gt=now - MEMORY)
    rows = list(lately.select_related("author").order_by("-at", "-pk")[:PAGE_SIZE])
    keys = [entry for entry in _marked(ticker) if entry.is_key]
    return {
        "open": ticker.is_open,
        "entries": [
            {
                "id": row.pk,
                "html": render_to_string(
                    "articles/_live_entry.html", {"entry": row, "article": article}
                ),
            }
            for row in rows
            if row.withdrawn_at is None
        ],
        "gone": [row.pk for row in rows if row.withdrawn_at is not None],
        "keys": render_to_string("articles/_live_keys.html", {"keys": keys}),
    }


def bucket_of(moment: datetime) -> int:
    """The number of the ten seconds that a moment lies in."""
    return int(moment.timestamp() // BUCKET)


def address(article: Article, bucket: int) -> str:
    """Where a bucket's changes stand."""
    if article.month is None:
        return ""
    month = f"{article.month.month:02d}"
    return reverse("articles:live", args=[article.month.year, month, article.slug, bucket])


def structured(live: Live, url: str) -> dict[str, Any]:
    """Return what makes an article a schema.org/LiveBlogPosting. No query."""
    ticker = live.ticker
    newest = max((entry.changed_at for entry in live.page.items), default=ticker.opened_at)
    data: dict[str, Any] = {
        "@type": "LiveBlogPosting",
        "coverageStartTime": _iso(ticker.opened_at),
        "dateModified": _iso(max(newest, ticker.closed_at or newest)),
        "liveBlogUpdate": [
            {
                "@type": "BlogPosting",
                "url": f"{url}#entry-{entry.pk}",
                "headline": entry.words[:110],
                "articleBody": richtext.plain_text(entry.text),
                "datePublished": _iso(entry.at),
                "dateModified": _iso(max(entry.at, entry.changed_at)),
                **({"author": facts.signature(entry.author)} if entry.author else {}),
            }
            for entry in live.page.items
        ],
    }
    if ticker.closed_at is not None:
        data["coverageEndTime"] = _iso(ticker.closed_at)
    return data


def _marked(ticker: LiveTicker) -> QuerySet[LiveEntry]:
    """The entry that stays on top and the key events, in the order of _rank."""
    shown = LiveEntry.objects.shown().filter(Q(is_key=True) | Q(is_pinned=True), ticker=ticker)
    return shown.order_by("-is_pinned", "-at", "-pk")[: _KEY_EVENTS + 1]


def _rank(entry: LiveEntry) -> tuple[bool, datetime, int]:
    return entry.is_pinned, entry.at, entry.pk


def _iso(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
