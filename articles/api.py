"""The read-only JSON API: what readers may see, for programs. openapi.py describes it.

Every answer stands behind the same gate as the pages, allows every origin (no cookie counts here),
and is checked for freshness by one query before a text is read. Errors are problem documents
(RFC 9457).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from newsroom.lib.addresses import absolute
from newsroom.lib.pagination import NEWEST, cursor_of, read_cursor
from newsroom.models.site import settings_for

from . import freshness, openapi
from .api_fields import FIELDS, LIST_FIELDS, represent
from .models import Article, Correction, Status
from .models.article import LISTED
from .shelves import Shelves

MOST, USUAL = 100, 20
_PARAMETERS = {"cursor", "limit", "fields", "section", "tag", "author", "since"}
_LAST_ID = 2**63 - 1
_LONGEST = 200  # characters of a filter; no slug is longer
type View = Callable[..., HttpResponse]


class Problem(Exception):
    """A request that gets no answer; `status` and what is wrong, for the one who asks."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def endpoint(view: View) -> View:
    """Answer GET and HEAD by the view, problems as documents, all of it to every origin."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        try:
            if request.method == "OPTIONS":
                response = HttpResponse(status=204)
            elif request.method in {"GET", "HEAD"}:
                response = view(request, **arguments)
            else:
                raise Problem(405, _("This API is for reading: GET, HEAD, OPTIONS."))
        except Problem as problem:
            response = _problem(problem)
        if response.status_code in {204, 405}:
            response["Allow"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        response["Access-Control-Max-Age"] = "86400"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


@endpoint
def articles(request: HttpRequest) -> HttpResponse:
    """List articles, newest first, a page at a time."""
    query = Query.read(request.GET)
    found = query.rows()[: query.limit + 1]
    fresh = freshness.of_articles(found, "api", query.fields)
    if unchanged := fresh.not_modified(request):
        return unchanged
    settings_for(request)
    rows = {article.pk: article for article in _whole(fresh.ids[: query.limit], query.fields)}
    shown = [rows[pk] for pk in fresh.ids[: query.limit] if pk in rows]
    following = ""
    if len(fresh.ids) > query.limit and shown:
        kept = {name: value for name, value in request.GET.items() if name != "cursor"}
        following = f"{absolute(request.path)}?" + urlencode(
            {**kept, "cursor": cursor_of(shown[-1], NEWEST)}
        )
    data = {
        "items": [represent(article, query.fields) for article in shown],
        "next": following or None,
    }
    response = fresh.stamp(_json(data))
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


@endpoint
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one article with its text."""
    _refuse_unknown(request.GET, {"fields"})
    fields = _fields(request.GET.get("fields", ""), tuple(FIELDS))
    if pk > _LAST_ID:
        raise Problem(404, _("There is no such article."))
    fresh = freshness.of_articles(Article.objects.visible().filter(pk=pk)[:1], "api", fields)
    if not fresh.ids:
        raise _gone(pk)
    if unchanged := fresh.not_modified(request):
        return unchanged
    settings_for(request)
    found = next(iter(_whole([pk], fields)), None)
    if found is None:
        raise _gone(pk)
    return fresh.stamp(_json(represent(found, fields)))


@endpoint
def description(request: HttpRequest) -> HttpResponse:
    """Describe the API as OpenAPI 3.1."""
    return _json(openapi.document(settings_for(request).name))


@dataclass(frozen=True)
class Query:
    """What a list is asked for."""

    fields: tuple[str, ...]
    limit: int
    place: tuple[Any, ...]
    section: str
    tag: str
    author: str
    since: datetime | None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Query":
        """Read an address's query; raises Problem with what is wrong with it."""
        _refuse_unknown(given, _PARAMETERS)
        cursor = given.get("cursor", "")
        place = read_cursor(cursor, NEWEST, frozenset({"published_at"})) if cursor else []
        if place is None:
            raise Problem(400, _("“cursor” is none that this API has given out."))
        return cls(
            fields=_fields(given.get("fields", ""), LIST_FIELDS),
            limit=_limit(given.get("limit", str(USUAL))),
            place=tuple(place),
            section=_slug(given, "section"),
            tag=_slug(given, "tag"),
            author=_slug(given, "author"),
            since=_moment(given["since"]) if given.get("since") else None,
        )

    def rows(self) -> QuerySet[Article]:
        """Return the articles in their order. A section stands for all below it: one query more."""
        found, order = Article.objects.visible(), NEWEST
        if self.section:
            shelves = Shelves.load()
            shown = shelves.find(self.section)
            found = found.filter(section__in=shelves.family(shown) if shown else [])
        if self.author:
            found, order = found.signed_by(slug=self.author), LISTED
        if self.tag and self.author:
            found = found.filter(tagged_items__tag__slug=self.tag)
        elif self.tag:
            found, order = found.on_topic(slug=self.tag), LISTED
        if self.since:
            found = found.filter(Q(published_at__gte=self.since) | Q(updated_at__gte=self.since))
        return order.apply(found.filter(order.beyond(self.place)) if self.place else found)


def _whole(ids: list[int], fields: tuple[str, ...]) -> QuerySet[Article]:
    """Read articles with all that may be told of them, in four queries; the gate is asked again."""
    found = (
        Article.objects.visible()
        .filter(pk__in=ids)
        .for_page()
        .prefetch_related(Prefetch("corrections", Correction.objects.public()))
    )
    return found if "body_html" in fields else found.defer("body", "body_html")


def _gone(pk: int) -> Problem:
    withdrawn = Article.objects.only("status").filter(pk=pk).first()
    if withdrawn is not None and withdrawn.status == Status.WITHDRAWN:
        return Problem(410, _("This article has been withdrawn."))
    return Problem(404, _("There is no such article."))


def _refuse_unknown(given: Mapping[str, str], known: set[str]) -> None:
    if unknown := sorted(set(given) - known):
        names = ", ".join(name[:40] for name in unknown[:5])
        raise Problem(400, _("Unknown parameters: %(names)s.") % {"names": names})


def _fields(wanted: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    if not wanted:
        return usual
    names = [name.strip() for name in wanted.split(",")]
    if unknown := [name for name in names if name not in FIELDS]:
        text = _("“fields” names what is not there: %(names)s.")
        raise Problem(400, text % {"names": ", ".join(name[:40] for name in unknown[:5])})
    return tuple(name for name in FIELDS if name in names)


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST:
        return int(text)
    raise Problem(400, _("“limit” is a number from 1 to %(most)d.") % {"most": MOST})


def _slug(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if len(value) > _LONGEST or "\x00" in value:
        raise Problem(400, _("“%(name)s” is no slug.") % {"name": name})
    return value


def _moment(text: str) -> datetime:
    """Read a date or a time; a plus sign that became a space on the way is one again."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))
        if moment is None and (day := parse_date(text)):
            moment = datetime.combine(day, time())
        if moment is not None:
            aware = moment if moment.tzinfo else timezone.make_aware(moment)
            return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Problem(400, _("“since” is a date or time of ISO 8601, such as 2026-03-01T12:00:00Z."))


def _json(data: Any, status: int = 200, content_type: str = "application/json") -> HttpResponse:
    body = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
    return HttpResponse(body, status=status, content_type=content_type)


_TITLES = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 410: "Gone"}


def _problem(problem: Problem) -> HttpResponse:
    data = {
        "type": "about:blank",
        "title": _TITLES[problem.status],
        "status": problem.status,
        "detail": problem.detail,
    }
    return _json(data, problem.status, "application/problem+json")
