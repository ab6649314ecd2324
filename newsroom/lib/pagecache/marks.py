"""What views say of their answers: that they may be kept, what they read, which rows they show."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.module_loading import import_string

type View = Callable[..., HttpResponseBase]

# Set by the door when it asks for a page to keep.
TO_KEEP = "newsroom.pagecache"


@dataclass(frozen=True)
class Rule:
    """What an answer depends on beside its path: parameters of the query, one word in Accept."""

    reads: frozenset[str]
    accept: str = ""


@dataclass
class Mark:
    """What a page shows, and the next moment at which it would be another one."""

    keys: set[str] = field(default_factory=set)
    seconds: int | None = None
    until: datetime | None = None


def cached(*reads: str, accept: str = "") -> Callable[[View], View]:
    """Let a view's answers be kept. The view calls tag(); what it does not tag is not kept.

    `reads` names the parameters of the query that it reads; others never reach it. `accept` is the
    one word of the Accept header that makes a difference. It stands above all other decorators.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            begun = timezone.now()
            response = view(request, *args, **kwargs)
            if TO_KEEP in request.META and (mark := mark_of(response)) is not None:
                mark.until = min(_ends(mark, begun), default=None)
            return response

        shown.pagecache_rule = Rule(frozenset(reads), accept)  # type: ignore[attr-defined]
        return shown

    return decorate


def tag[R: HttpResponseBase](response: R, *keys: str, seconds: int | None = None) -> R:
    """Say which rows a page shows, as keys such as "article:7"; "site" is on every page.

    A key stands for everything the page tells of the row. `seconds` is how long it may stand at
    most; else settings say. Called again, it adds.
    """
    mark = mark_of(response) or Mark()
    mark.keys.update(keys)
    mark.seconds = seconds if seconds is not None else mark.seconds
    response._pagecache_mark = mark  # type: ignore[attr-defined]
    return response


def mark_of(response: object) -> Mark | None:
    """Return what a view has said of its answer; None for one that is not to be kept."""
    return getattr(response, "_pagecache_mark", None)


def rule_of(path: str) -> Rule | None:
    """Return the rule of the view behind a path; None where nothing may be kept."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return getattr(view, "pagecache_rule", None)


def _ends(mark: Mark, begun: datetime) -> Iterator[datetime]:
    """Yield the moments at which something that is planned changes the page."""
    for name in settings.PAGE_CACHE_CALENDARS:
        calendar: Callable[[datetime, set[str]], datetime | None] = import_string(name)
        if (moment := calendar(begun, mark.keys)) is not None:
            yield moment.astimezone(UTC)
