"""Where links of our own texts lead: whether anything stands there. Asked by checking.py."""

import re
from collections.abc import Iterable
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db.models import Model, QuerySet
from django.urls import Resolver404, resolve

from articles import redirects
from articles.models import Article, Author, Dossier, Section, Tag
from jobs.models import Job

# richtext.clean writes every attribute in double quotes.
_HREF = re.compile(r'\shref="([^"]+)"')
# WordPress' plain permalinks, which the table of old addresses knows.
_PLAIN = re.compile(r"(?:p|page_id|attachment_id|cat|author)=\d+")
_SLUGS: dict[str, type[Model]] = {
    "articles:section": Section,
    "articles:topic": Tag,
    "articles:author": Author,
    "articles:dossier": Dossier,
}
_REMEMBERED = 50_000


def internal(html: str) -> dict[str, str]:
    """Return the links of a text that stay on this site: as written → their paths."""
    ours = urlsplit(settings.SITE_URL).netloc
    found = {}
    for written in map(unescape, _HREF.findall(html)):
        try:
            parts = urlsplit(written)
        except ValueError:
            continue
        if (parts.scheme or ours) in {ours, "http", "https"} and parts.netloc in {"", ours}:
            path = unquote(parts.path)
            if path in {"", "/"} and (plain := _PLAIN.match(parts.query)):
                path = f"/?{plain[0]}"
            if path.startswith("/") or parts.netloc:
                found[written] = path or "/"
    return found


class Addresses:
    """What answers on this site; remembers the last answers."""

    def __init__(self) -> None:
        self._pages = set(FlatPage.objects.values_list("url", flat=True))
        self._known: dict[str, bool] = {}

    def dead(self, paths: Iterable[str]) -> set[str]:
        """Return the paths at which nothing stands, now or by itself later.

        Some queries for any number of articles, topics and the like, one or two more for each path
        that only the table of old addresses may know.
        """
        wanted = set(paths)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        new = wanted - set(self._known)
        alive = self._alive(new)
        for path in new - alive:
            if path in self._pages or redirects.target(path) is not None:
                alive.add(path)
        self._known |= {path: path in alive for path in new}
        return {path for path in wanted if not self._known[path]}

    def _alive(self, paths: set[str]) -> set[str]:
        """Return the paths that lead to a row that is there, or to a page that needs none."""
        by_view: dict[str, dict[str, dict[str, Any]]] = {}
        for path in paths:
            try:
                match = resolve(path)
            except Resolver404:
                if path.startswith(settings.STATIC_URL):
                    by_view.setdefault("", {})[path] = {}
                continue
            by_view.setdefault(match.view_name, {})[path] = match.kwargs
        alive: set[str] = set()
        for view, given in by_view.items():
            alive |= self._of_view(view, given)
        return alive

    def _of_view(self, view: str, given: dict[str, dict[str, Any]]) -> set[str]:
        if view == "articles:article":
            return _articles(given)
        if model := _SLUGS.get(view):
            return _having(model._default_manager.all(), "slug", given)
        if view == "jobs:job":
            return _having(Job.objects.all(), "pk", given)
        return set(given)


def _articles(given: dict[str, dict[str, Any]]) -> set[str]:
    slugs = {values["slug"] for values in given.values()}
    rows = Article.objects.visible() | Article.objects.scheduled()
    there = set(rows.filter(slug__in=slugs).values_list("month", "slug"))
    return {
        path
        for path, values in given.items()
        if (date(values["year"], values["month"], 1), values["slug"]) in there
    }


def _having(rows: QuerySet[Any], column: str, given: dict[str, dict[str, Any]]) -> set[str]:
    wanted = {path: values[column] for path, values in given.items()}
    there = set(rows.filter(**{f"{column}__in": wanted.values()}).values_list(column, flat=True))
    return {path for path, value in wanted.items() if value in there}
