"""The live tickers: one that runs, one that has ended. Entries have the times of the story."""

from datetime import timedelta
from itertools import cycle
from typing import Any

from django.db import transaction

from articles import liveticker
from articles.models import Article, LiveEntry, LiveTicker

from . import texts
from .memory import Memory
from .people import Desk

KIND = "live ticker"


def build(language: str, memory: Memory) -> None:
    """Open, fill and close what is not there yet."""
    desk = Desk.gather()
    for key, facts in texts.tickers(language).items():
        if memory.find(KIND, key) is None:
            with transaction.atomic():
                article = Article.objects.get(pk=memory.id_of("article", key))
                memory.remember(KIND, [(key, _tell(article, facts, desk))])


def _tell(article: Article, facts: dict[str, Any], desk: Desk) -> LiveTicker:
    """Write a ticker's entries, those on duty taking turns."""
    start = article.published_at
    if start is None:
        raise LookupError(f"The demo has a ticker in “{article}”, which is not published.")
    ticker = liveticker.open_ticker(article, by=desk.editor, at=start)
    writers = cycle([getattr(desk, name) for name in facts["by"]])
    for values in facts["entries"]:
        at = start + timedelta(minutes=values["after"])
        entry = liveticker.write(ticker, by=next(writers), at=at, **_words(values))
        _afterwards(entry, values, desk)
    if "closed_after" in facts:
        end = start + timedelta(minutes=facts["closed_after"])
        liveticker.close_ticker(ticker, by=desk.editor, at=end)
    return ticker


def _words(values: dict[str, Any]) -> dict[str, Any]:
    names = ("text", "title", "is_key", "is_pinned")
    return {name: values[name] for name in names if name in values}


def _afterwards(entry: LiveEntry, values: dict[str, Any], desk: Desk) -> None:
    """Correct an entry, or take it back, where the story says so."""
    if correction := values.get("correction"):
        liveticker.edit(entry, by=desk.editor, correction=correction, **_words(values))
    if values.get("withdrawn"):
        liveticker.withdraw(entry, by=desk.editor)
