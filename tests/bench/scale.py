"""Pages of a small and a large newsroom, asked in turn: uncached, one process, the test client.

SMALL_URL and LARGE_URL name databases with the demo in them; without these two are made, of
SMALL= (10,000) and LARGE= (100,000) articles with twice the comments and a twentieth of jobs.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import dj_database_url
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import override_settings

from articles.models import Article, Author, Tag
from comments.models import Thread
from newsroom.lib.pagination import NEWEST, cursor_of
from newsroom.models import User

_RUNS = int(os.environ.get("RUNS", "40"))
_VARIANTS = 10
_MOST = 1.5
# Short texts: those of a number beyond 20,000 are all short.
_WORDS = (80, 160)
_SEARCHES = ("plan", "report costs", "river", "council", "museum school", "energy", "library")

type Paths = Iterator[str]


@dataclass
class Site:
    """A newsroom: its connection and the addresses that are asked for, by the page's name."""

    connection: Any
    paths: dict[str, Paths]
    clients: dict[str, Client]

    def ask(self, name: str) -> None:
        """Get a page whole."""
        client = self.clients["editor" if name.startswith("admin") else "reader"]
        response = client.get(next(self.paths[name]))
        if response.status_code != 200:
            sys.exit(f"{name}: {response} is no page to measure.")
        if response.streaming:
            b"".join(response.streaming_content)


def run() -> dict[str, dict[str, float | int | str]]:
    """Return each page's time in both, and how many times longer the large one takes."""
    small, large = _sites()
    for site in (small, large):
        with _using(site.connection):
            sys.stderr.write(f"{Article.objects.count():,} articles\n")
    names = [name for name in small.paths if name in large.paths]
    wanted = os.environ.get("PAGES")
    figures = {}
    for name in names:
        if not wanted or name.startswith(tuple(wanted.split(","))):
            figures[name] = _compared(name, small, large)
            sys.stderr.write(f"{name}: {figures[name]}\n")
    return figures


def _compared(name: str, small: Site, large: Site) -> dict[str, float | int | str]:
    times: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(_RUNS + 5):
        for number, site in enumerate((small, large)):
            with _using(site.connection):
                begun = time.perf_counter()
                site.ask(name)
                if turn >= 5:  # the first ones fill caches
                    times[number].append((time.perf_counter() - begun) * 1000)
    few, many = (statistics.median(found) for found in times.values())
    return {
        "small p50": few,
        "p99": _p99(times[0]),
        "large p50": many,
        "p99 ": _p99(times[1]),
        "ratio": many / few,
        "": "ok" if many / few <= _MOST else "grows",
    }


def _p99(times: list[float]) -> float:
    return sorted(times)[max(0, int(len(times) * 0.99) - 1)]


def _sites() -> tuple[Site, Site]:
    urls = [os.environ.get(name) for name in ("SMALL_URL", "LARGE_URL")]
    made = [
        _opened(name, url) if url else _filled(name, int(os.environ.get(name.upper(), default)))
        for url, name, default in zip(urls, ("small", "large"), ("10000", "100000"), strict=True)
    ]
    return _site(made[0]), _site(made[1])


def _opened(name: str, url: str) -> Any:
    parsed = {**connection.settings_dict, **dj_database_url.parse(url)}
    # A name of its own: the pool of connections goes by it.
    connections.settings[name] = {**parsed, "OPTIONS": connection.settings_dict["OPTIONS"]}
    return connections.create_connection(name)


def _filled(name: str, articles: int) -> Any:
    """Return a connection to a new database with so much in it, dropped with the test's own."""
    if name == "small":
        made = connections["default"]
    else:
        connection.creation.clone_test_db(suffix=name)
        connections.settings[name] = connection.creation.get_test_db_clone_settings(name)
        made = connections.create_connection(name)
    with _using(made), override_settings(DEBUG=True):  # the demo is refused without
        numbers = {"articles": articles, "comments": 2 * articles, "jobs": articles // 20}
        call_command("demo", **numbers, stdout=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return made


@contextmanager
def _using(other: Any) -> Iterator[None]:
    """Let everything of this process ask another database."""
    before = connections["default"]
    connections["default"] = other
    try:
        yield
    finally:
        connections["default"] = before


def _site(made: Any) -> Site:
    with _using(made):
        clients = {"reader": Client(), "editor": Client()}
        clients["editor"].force_login(
            User.objects.get(username="chief"), backend="django.contrib.auth.backends.ModelBackend"
        )
        paths = {name: cycle(found) for name, found in _paths().items() if found}
    return Site(made, paths, clients)


def _paths() -> dict[str, list[str]]:
    """Return the addresses of every kind of page in the database in use."""
    visible = Article.objects.visible()
    newest = list(visible.filter(word_count__range=_WORDS).newest()[:400:40])
    long_ago = visible.filter(pk__lt=visible.newest()[500].pk, word_count__range=_WORDS)
    old = [*newest, *long_ago.order_by("pk")[:_VARIANTS]]
    section = visible.newest().select_related("section")[0].section.slug
    topics = _topics()
    author = Author.objects.filter(bylines__isnull=False).distinct()[:_VARIANTS]
    month = newest[-1].published_at
    busy = Thread.objects.order_by("-visible").select_related("article")[0].article
    return {
        "article": [one.get_absolute_url() for one in old],
        "front": ["/"],
        "section": [f"/{section}/"],
        "section, deep": [_deep(f"/{section}/", visible.filter(section__slug=section))],
        "topic, frequent": [f"/topics/{slug}/" for slug in topics[:3]],
        "topic, others": [f"/topics/{slug}/" for slug in topics[20:200:20]],
        "author": [one.get_absolute_url() for one in author],
        "archive month, deep": [
            _deep(f"/archive/{month:%Y/%m}/", visible.filter(month=newest[-1].month))
        ],
        "search": [f"/search/?q={words}" for words in _SEARCHES],
        "feed": ["/feed/"],
        "feed of a section": [f"/{section}/feed/"],
        "feed of a topic": [f"/topics/{slug}/feed/" for slug in topics[:10]],
        "news sitemap": ["/news-sitemap.xml"],
        "sitemap index": ["/sitemap.xml"],
        "archive": ["/archive/"],
        "topics": ["/topics/"],
        "corrections": ["/corrections/"],
        "comments of an article": [f"{busy.get_absolute_url()}comments/"],
        "jobs": ["/jobs/", "/jobs/?page=1"],
        "admin list": ["/admin/articles/article/"],
        "admin list, status": ["/admin/articles/article/?status=published"],
        "admin list, drafts": ["/admin/articles/article/?status=draft"],
        "admin list, changed": ["/admin/articles/article/?status=changed"],
        "admin list, section": [
            f"/admin/articles/article/?section__id__exact={newest[0].section_id}"
        ],
        "admin start": ["/admin/"],
        "admin queue": ["/admin/queue/comments/"],
    }


def _deep(path: str, articles: Any) -> str:
    """Return the address of the thousandth page of a list, or of the last one."""
    rows = articles.newest()
    place = min(20_000, rows.count() - 21)
    row = rows.only("published_at")[max(0, place)]
    return f"{path}?before={cursor_of(row, NEWEST)}"


def _topics() -> list[str]:
    rows = Tag.objects.raw(
        "SELECT tag.id, tag.slug FROM articles_tag tag JOIN articles_taggedarticle tagged "
        "ON tagged.tag_id = tag.id GROUP BY tag.id, tag.slug ORDER BY count(*) DESC, tag.id"
    )
    return [row.slug for row in rows]
