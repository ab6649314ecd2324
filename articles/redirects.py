"""Old addresses answer with one permanent redirect to where the thing is now, for ever."""

import re
from collections.abc import Callable, Mapping
from itertools import batched
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from .models import Article, Author, Dossier, Redirect, Section, Status, Tag

# WordPress' plain permalinks live below the front page, which is no 404 of ours.
_PLAIN_KEYS = ("p", "page_id", "attachment_id", "cat", "author")
_DOSSIER = re.compile(r"/dossiers/([-\w]+)/")
_MAX_LENGTH = 400  # of Redirect.old_path


def remember(old_path: str, row: Article | Section | Tag | Author | Dossier) -> None:
    """Let an old path lead to a row; a path that the row has again is forgotten.

    Dossiers have no column of their own in the table: their redirects hold the path.
    """
    has_none = isinstance(row, Article) and row.month is None
    path = "" if has_none else row.get_absolute_url()
    Redirect.objects.filter(old_path=path).delete()
    if path == old_path:
        return
    target: dict[str, Any] = dict.fromkeys(("article", "section", "tag", "author"))
    if isinstance(row, Dossier):
        target["new_path"] = path
        Redirect.objects.filter(new_path=old_path).update(new_path=path)
    else:
        target |= {str(row._meta.model_name): row, "new_path": ""}
    Redirect.objects.update_or_create(old_path=old_path, defaults=target)


def remember_all(addresses: Mapping[str, Article | Section | Tag | Author | str]) -> None:
    """Let many old paths lead to rows, or to paths of ours; called by the importer.

    A path that is known already stays as it is; one that the row itself has is left out, as is one
    too long for the column. Two queries per 200 paths.
    """
    wanted = {}
    for old_path, to in addresses.items():
        if isinstance(to, Article):
            own = to.get_absolute_url() if to.month else ""
        else:
            own = to if isinstance(to, str) else to.get_absolute_url()
        if old_path.rstrip("/") != own.rstrip("/") and len(old_path) <= _MAX_LENGTH:
            wanted[old_path] = to
    for part in batched(wanted.items(), 200):
        paths = [old_path for old_path, _to in part]
        known = set(Redirect.objects.filter(old_path__in=paths).values_list("old_path", flat=True))
        Redirect.objects.bulk_create(
            Redirect(old_path=old_path, new_path=to)
            if isinstance(to, str)
            else Redirect(old_path=old_path, **{str(to._meta.model_name): to})
            for old_path, to in part
            if old_path not in known
        )


def target(old_path: str) -> str | None:
    """Return where an old path (with its query, if that belongs to it) leads; None if nowhere.

    One query, for topics and dossiers two. An article that readers may not see is nowhere, except
    a withdrawn one, whose address tells why it is gone.
    """
    if "\x00" in old_path:
        return None  # PostgreSQL refuses even to look for it
    redirect = (
        Redirect.objects.select_related("article", "section", "tag", "author")
        .filter(old_path__in={old_path, old_path.rstrip("/"), old_path.rstrip("/") + "/"})
        .first()
    )
    if redirect is None:
        return None
    if (article := redirect.article) is not None:
        was_seen = article.status == Status.WITHDRAWN and not article.is_embargoed
        return article.get_absolute_url() if article.is_live or was_seen else None
    if row := redirect.section or redirect.author:
        return row.get_absolute_url()
    return _shelf_address(redirect)


def _shelf_address(redirect: Redirect) -> str | None:
    """Return the address of a topic, dossier or path; None for a shelf with nothing to read.

    The name of such a shelf may be news in itself.
    """
    visible = Article.objects.visible()
    if redirect.tag is not None:
        has_any = visible.filter(tagged_items__tag=redirect.tag).exists()
        return redirect.tag.get_absolute_url() if has_any else None
    if match := _DOSSIER.fullmatch(redirect.new_path):
        return redirect.new_path if visible.filter(dossiers__slug=match[1]).exists() else None
    return redirect.new_path


class RedirectMiddleware:
    """Answer what nothing else knows from the table of old addresses. One query, on 404s only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        plain = next((f"?{k}={request.GET[k]}" for k in _PLAIN_KEYS if k in request.GET), "")
        if request.path == "/" and plain and (path := target(f"/{plain}")):
            return HttpResponsePermanentRedirect(path)
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        # An old site in a folder had its plain permalinks there: /blog/?p=12.
        path = (plain and target(f"{request.path}{plain}")) or target(request.path)
        return HttpResponsePermanentRedirect(path) if path else response
