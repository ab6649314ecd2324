"""Opening, writing and closing live tickers: the only writer of their rows. The admin calls these.

Entries are published at once by those who may publish; whether readers see them is the article's
gate. What is edited or taken back is kept. What is brought in from elsewhere names its own time, a
past one (`at`).
"""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import pagecache, richtext
from newsroom.lib.verbs import Refused, demand
from newsroom.models import User

from . import body
from .models import WORDS_LENGTH, Article, Author, Image, LiveEntry, LiveEntryVersion, LiveTicker
from .workflow.moves import log

PERMISSION = "articles.publish_article"


@transaction.atomic
def open_ticker(article: Article, *, by: User, at: datetime | None = None) -> LiveTicker:
    """Make an article a live ticker, or open its ticker again."""
    demand(by, PERMISSION)
    ticker, is_new = LiveTicker.objects.get_or_create(
        article=article, defaults={"opened_by": by, "opened_at": _past(at)}
    )
    if not is_new:
        ticker = _lock(ticker)
        if ticker.is_open:
            raise Refused(_("The ticker is open already."))
        ticker.closed_at = None
        ticker.save(update_fields=["closed_at"])
    log(article, "open_ticker", by=by)
    _purge(ticker)
    return ticker


@transaction.atomic
def close_ticker(ticker: LiveTicker, *, by: User, at: datetime | None = None) -> LiveTicker:
    """Say that nothing more is to come: open pages stop asking."""
    demand(by, PERMISSION)
    ticker = _lock(ticker)
    if not ticker.is_open:
        raise Refused(_("The ticker is closed already."))
    ticker.closed_at = _past(at)
    ticker.save(update_fields=["closed_at"])
    log(ticker.article, "close_ticker", by=by)
    _purge(ticker)
    return ticker


@transaction.atomic
def write(
    ticker: LiveTicker,
    *,
    by: User,
    text: str,
    title: str = "",
    is_key: bool = False,
    is_pinned: bool = False,
    at: datetime | None = None,
) -> LiveEntry:
    """Publish an entry now, under the author who belongs to the account, if there is one.

    One entry at a time stays on top. Raises Refused: permission, closed ticker, no text, a time
    to come.
    """
    demand(by, PERMISSION)
    ticker = _lock(ticker)
    if not ticker.is_open:
        raise Refused(_("The ticker is closed. Open it again to write on."))
    then = _past(at)
    entry = LiveEntry(
        ticker=ticker, at=then, changed_at=then, author=Author.objects.filter(user=by).first()
    )
    entry.is_key, entry.is_pinned = is_key, is_pinned
    _save(entry, title, text)
    _after(entry, by)
    return entry


@transaction.atomic
def edit(
    entry: LiveEntry,
    *,
    by: User,
    text: str,
    title: str = "",
    is_key: bool = False,
    is_pinned: bool = False,
    correction: str = "",
) -> LiveEntry:
    """Change an entry; with a word on what was wrong, readers see it marked as corrected."""
    demand(by, PERMISSION)
    _lock(entry.ticker)
    entry.is_key, entry.is_pinned = is_key, is_pinned
    entry.correction = correction.strip()[:300]
    entry.changed_at = timezone.now()
    _save(entry, title, text)
    _after(entry, by)
    return entry


@transaction.atomic
def withdraw(entry: LiveEntry, *, by: User) -> LiveEntry:
    """Take an entry back: readers see it no more, the row stays."""
    demand(by, PERMISSION)
    _lock(entry.ticker)
    if entry.withdrawn_at is not None:
        raise Refused(_("It is taken back already."))
    entry.withdrawn_at = entry.changed_at = timezone.now()
    entry.save(update_fields=["withdrawn_at", "changed_at"])
    _keep(entry, by)
    return entry


@transaction.atomic
def put_back(entry: LiveEntry, *, by: User) -> LiveEntry:
    """Show an entry again that was taken back."""
    demand(by, PERMISSION)
    _lock(entry.ticker)
    if entry.withdrawn_at is None:
        raise Refused(_("Readers see it already."))
    entry.withdrawn_at, entry.changed_at = None, timezone.now()
    entry.save(update_fields=["withdrawn_at", "changed_at"])
    _keep(entry, by)
    return entry


@transaction.atomic
def render_again(image: Image) -> None:
    """Rebuild the readers' HTML of all entries that show a picture whose words or crop changed.

    The caller purges their pages.
    """
    for ticker in LiveTicker.objects.filter(entries__images=image).order_by("pk").distinct():
        _lock(ticker)
        for entry in image.live_entries.filter(ticker=ticker):
            entry.text_html = body.render(entry.text).html
            entry.save(update_fields=["text_html"])


def _past(at: datetime | None) -> datetime:
    """Return a moment that is no time to come, the present one for None. Raises Refused."""
    now = timezone.now()
    if at is not None and at > now:
        raise Refused(_("This time is still to come."))
    return at or now


def _lock(ticker: LiveTicker) -> LiveTicker:
    queryset = LiveTicker.objects.select_related("article")
    if connection.features.has_select_for_update:
        queryset = queryset.select_for_update(of=("self",))
    return queryset.get(pk=ticker.pk)


def _save(entry: LiveEntry, title: str, text: str) -> None:
    """Write an entry with its text, rendered, and which pictures it shows."""
    entry.title = " ".join(richtext.drop_control_characters(title).split())[:140]
    entry.text = richtext.clean(text)
    if not entry.text:
        raise Refused(_("Write something."))
    rendered = body.render(entry.text)
    entry.text_html = rendered.html
    words = entry.title or richtext.plain_text(entry.text)
    entry.words = richtext.shorten(words or _("Picture"), WORDS_LENGTH)
    entry.save()
    entry.images.set(rendered.images)


def _after(entry: LiveEntry, by: User) -> None:
    """Keep what the entry now says; let no other stay on top beside it."""
    if entry.is_pinned:
        others = LiveEntry.objects.filter(ticker=entry.ticker, is_pinned=True).exclude(pk=entry.pk)
        others.update(is_pinned=False, changed_at=entry.changed_at)
    _keep(entry, by)


def _keep(entry: LiveEntry, by: User) -> None:
    LiveEntryVersion.objects.create(
        entry=entry,
        title=entry.title,
        text=entry.text,
        is_withdrawn=entry.withdrawn_at is not None,
        correction=entry.correction,
        saved_by=by,
    )
    _purge(entry.ticker)


def _purge(ticker: LiveTicker) -> None:
    """The newest entries stand on fronts, too."""
    pagecache.purge(f"article:{ticker.article_id}", "front")
