"""Old addresses answer with one permanent redirect to where the thing is now, for ever."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import batched
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve, reverse

from newsroom.lib import bulk

from .models import Article, Author, Dossier, Redirect, Section, Status, Tag

# WordPress' plain permalinks live below the front page, which is no 404 of ours.
PLAIN_KEYS = ("p", "page_id", "attachment_id", "cat", "author")
_DOSSIER = re.compile(r"/dossiers/([-\w]+)/")
_ROWS = ("article", "section", "tag", "author")  # what a redirect may point at
_MAX_LENGTH = 400  # of Redirect.old_path
# What WordPress hangs behind the address of a text or a list: its further pages, other forms of it.
_TAIL = re.compile(r"(?:/page/\d+|/comment-page-\d+|/amp|/embed|/trackback|/\d{1,3})$")
_DATES = re.compile(r"/((?:19|20|21)\d\d)(?:/(\d\d?)(?:/\d\d?)?)?(?:/page/\d+)?", re.ASCII)
_FEEDS = {"/feed": "feed/", "/feed.atom": "feed.atom", "/feed.json": "feed.json"}


def remember(old_path: str, row: Article | Section | Tag | Author | Dossier) -> None:
    """Let an old path lead to a row; a path that the row has again is forgotten.

    Dossiers have no column of their own in the table: their redirects hold the path.
    """
    has_none = isinstance(row, Article) and row.month is None
    path = "" if has_none else row.get_absolute_url()
    Redirect.objects.filter(old_path=path).delete()
    if path == old_path:
        return
    target: dict[str, Any] = dict.fromkeys(_ROWS)
    if isinstance(row, Dossier):
        target["new_path"] = path
        Redirect.objects.filter(new_path=old_path).update(new_path=path)
    else:
        target |= {str(row._meta.model_name): row, "new_path": ""}
    Redirect.objects.update_or_create(old_path=old_path, defaults=target)


def remember_all(addresses: Mapping[str, Article | Section | Tag | Author | str]) -> None:
    """Let many old paths lead to rows, or to paths of ours; called by the importer.

    A path that is known already stays as it is; one that the row itself has is left out, as is one
    too long for the column. Two queries per 500 paths.
    """
    wanted = {}
    addressed: dict[int, str] = {}
    for old_path, to in addresses.items():
        if (own := addressed.get(id(to))) is None:
            own = addressed[id(to)] = _own_path(to)
        if old_path.rstrip("/") != own.rstrip("/") and len(old_path) <= _MAX_LENGTH:
            wanted[old_path] = to
    for part in batched(wanted.items(), 500):
        paths = [old_path for old_path, _to in part]
        known = set(Redirect.objects.filter(old_path__in=paths).values_list("old_path", flat=True))
        bulk.insert_values(
            Redirect,
            ["old_path", "new_path", *(f"{name}_id" for name in _ROWS)],
            [
                (old_path, to, *(None for _name in _ROWS))
                if isinstance(to, str)
                else (old_path, "", *(to.pk if to._meta.model_name == n else None for n in _ROWS))
                for old_path, to in part
                if old_path not in known
            ],
        )


def _own_path(to: Article | Section | Tag | Author | str) -> str:
    if isinstance(to, Article) and not to.month:
        return ""
    return to if isinstance(to, str) else to.get_absolute_url()


def target(old_path: str) -> str | None:
    """Return where an old path (with its query, if that belongs to it) leads; None if nowhere.

    One query, one more for a path that leads to a path, which may be an old one itself: readers are
    sent on once. The feed of a list moves with the list. An article that readers may not see is
    nowhere, except a withdrawn one, whose address tells why it is gone; nor is a topic or dossier
    with nothing to read.
    """
    if "\x00" in old_path:
        return None  # PostgreSQL refuses even to look for it
    path, seen = old_path, {_bare(old_path)}
    while (found := _lookup(path)) is not None:
        redirect, suffix = found
        if not redirect.new_path:
            return _address(redirect, suffix)
        path = redirect.new_path + suffix
        if _bare(path) in seen:
            return None  # a circle leads nowhere
        seen.add(_bare(path))
    return path if path != old_path and _is_open(path) else None


def targets(old_paths: Iterable[str]) -> dict[str, str]:
    """Return where each of many old paths leads, as `target` would; what leads nowhere is left out.

    One query for those that lead to rows; up to three for each that leads to a path. No further
    pages and feeds.
    """
    asked = {path: (path, path.rstrip("/"), f"{path.rstrip('/')}/") for path in old_paths}
    forms = {form for forms in asked.values() for form in forms if "\x00" not in form}
    rows = Redirect.objects.select_related("article", "section", "tag", "author")
    known = {row.old_path: row for row in rows.filter(old_path__in=forms)}
    addresses: dict[int, str | None] = {}
    found: dict[str, str] = {}
    for path, forms_of_it in asked.items():
        row = next((known[form] for form in forms_of_it if form in known), None)
        if row is None:
            continue
        if row.pk not in addresses:
            addresses[row.pk] = target(path) if row.new_path else _address(row, "")
        if address := addresses[row.pk]:
            found[path] = address
    return found


def row_at(address: str) -> Article | Section | Tag | Author | Dossier | None:
    """Return what stands at an address of this site; None for nothing or another kind of page.

    One query. Of articles only those that readers may see.
    """
    try:
        parts = urlsplit(address.strip())
        match = resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        return None
    if parts.netloc not in {"", urlsplit(settings.SITE_URL).netloc}:
        return None
    given = match.kwargs
    rows: dict[str, Callable[[], QuerySet[Any]]] = {
        "articles:article": lambda: Article.objects.visible().filter(
            month=date(given["year"], given["month"], 1), slug=given["slug"]
        ),
        "articles:section": lambda: Section.objects.filter(slug=given["slug"]),
        "articles:topic": lambda: Tag.objects.filter(slug=given["slug"]),
        "articles:author": lambda: Author.objects.filter(slug=given["slug"]),
        "articles:dossier": lambda: Dossier.objects.filter(slug=given["slug"]),
    }
    return rows[match.view_name]().first() if match.view_name in rows else None


def _lookup(path: str) -> tuple[Redirect, str] | None:
    """Return the redirect of a path, or of what it is the feed or a further page of; the rest."""
    wanted = dict.fromkeys([path, path.rstrip("/"), path.rstrip("/") + "/"], "")
    base, slash, last = _bare(path).rpartition("/")
    if suffix := _FEEDS.get(slash + last):
        wanted = dict.fromkeys([base, f"{base}/"], suffix) | wanted
    elif (base := _TAIL.sub("", _bare(path))) != _bare(path):
        wanted |= dict.fromkeys([base, f"{base}/"], "")
    rows = Redirect.objects.select_related("article", "section", "tag", "author")
    found = [(row, wanted[row.old_path]) for row in rows.filter(old_path__in=wanted)]
    # The path's own redirect goes before that of the list.
    found = [(row, suffix) for row, suffix in found if not suffix or _has_feed(row, suffix)]
    return min(found, key=lambda pair: (pair[1], -len(pair[0].old_path)), default=None)


def _has_feed(redirect: Redirect, suffix: str) -> bool:
    """Tell whether what a redirect leads to has such a feed: of an article, its comments as RSS."""
    if redirect.article_id is not None:
        return suffix == _FEEDS["/feed"]
    return not redirect.new_path or redirect.new_path.startswith("/dossiers/")


def _address(redirect: Redirect, suffix: str) -> str | None:
    if (article := redirect.article) is not None:
        if suffix:
            return f"{article.get_absolute_url()}comments/{suffix}" if article.is_live else None
        was_seen = article.status == Status.WITHDRAWN and not article.is_embargoed
        return article.get_absolute_url() if article.is_live or was_seen else None
    if (tag := redirect.tag) is not None:
        has_any = Article.objects.visible().filter(tagged_items__tag=tag).exists()
        return tag.get_absolute_url() + suffix if has_any else None
    row = redirect.section or redirect.author
    return row.get_absolute_url() + suffix if row else None


def _is_open(path: str) -> bool:
    """Tell whether a path may be named: that of a dossier with nothing to read may be news.

    A plain permalink at the end of the way is one that leads nowhere.
    """
    if path.startswith("/?"):
        return False
    match = _DOSSIER.match(path)
    return match is None or Article.objects.visible().filter(dossiers__slug=match[1]).exists()


def _archive_of(path: str) -> str | None:
    """Return the list of the months that WordPress' lists of a day, month or year are in."""
    match = _DATES.fullmatch(_bare(path))
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 1)
    months = Article.objects.visible()
    if match[2] is None:
        is_there = months.filter(month__year=year).exists()
        return reverse("articles:archive") if is_there else None
    is_there = 1 <= month <= 12 and months.filter(month=date(year, month, 1)).exists()
    return reverse("articles:archive-month", args=[year, f"{month:02d}"]) if is_there else None


def _bare(path: str) -> str:
    return path.rstrip("/")


class RedirectMiddleware:
    """Answer what nothing else knows from the table of old addresses. One query, on 404s only,
    and one for addresses that say a date.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        plain = next((f"?{k}={request.GET[k]}" for k in PLAIN_KEYS if k in request.GET), "")
        if request.path == "/" and plain and (path := target(f"/{plain}")):
            return HttpResponsePermanentRedirect(path)
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        # An old site in a folder had its plain permalinks there: /blog/?p=12.
        path = (plain and target(f"{request.path}{plain}")) or target(request.path)
        path = path or _archive_of(request.path)
        return HttpResponsePermanentRedirect(path) if path else response
