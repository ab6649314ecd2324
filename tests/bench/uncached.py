"""What a page costs that no cache has: processor time in this process, as a server would spend it.

Every page is asked of Django's WSGI handler behind all middleware, a few at a time in turn, so that
what else the machine does meets all alike. `×` is against a view through no middleware that reads
one row and renders as many bytes as the article's page, `× Django` against the same view as a
project of Django's own has it: through the middleware and context processors that `startproject`
writes, with a template that extends another. "article" is one and the same, as after a
purge; of "articles" none is asked for twice, so that nothing of one can be remembered. Topics,
authors and jobs are asked for one after the other.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import cycle
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse

from articles import related, workflow
from articles.models import Article, Author, Tag
from comments.models import CommentAuthor, Status
from jobs.models import Job
from newsroom.models import User
from tests.factories import make_draft

from . import comments
from ._timing import size

type Figures = dict[str, dict[str, float | int | str]]

_ROUNDS, _AT_ONCE = 12, 10
_ARTICLES, _COMMENTS = _ROUNDS * _AT_ONCE + 4, 20
_SEARCHES = ("library", "Harbour bridge", "council budget", "school", "storm warning")


@dataclass
class Page:
    """A kind of page: where its rows stand, who asks, what it took. Times are milliseconds."""

    paths: list[str]
    cookie: str = ""
    door: str = "ours"
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    queries: int = 0
    size: int = 0


def run() -> Figures:
    """Fill the demo up to many articles, then ask for everything in turn."""
    articles = filled(size(10_000))
    pages = kinds(articles)
    ask = asking()
    prepare_bare(len(ask(pages["article"], articles[0].get_absolute_url())))
    for page in pages.values():
        # Once for what is made once a process, once to be counted.
        page.size = max(len(ask(page, address)) for address in page.paths[-3:])
        with CaptureQueriesContext(connection) as captured:
            ask(page, page.paths[-1])
        page.queries = len(captured)
    for _page in measured(pages, ask):
        print(".", end="", file=sys.stderr, flush=True)  # noqa: T201
    bare, usual = (statistics.median(pages[name].cpu) for name in ("bare page", "Django page"))
    figures: Figures = {
        name: {
            "CPU ms": statistics.median(page.cpu),
            "ms": statistics.median(page.wall),
            "×": statistics.median(page.cpu) / bare,
            "× Django": statistics.median(page.cpu) / usual,
            "queries": page.queries,
            "KB": round(page.size / 1024),
        }
        for name, page in pages.items()
    }
    figures["publish"] = published()
    return figures


def filled(count: int) -> list[Article]:
    """Build the demo with generated articles and jobs; return some, with comments and related."""
    with override_settings(DEBUG=True):  # the demo is refused without
        call_command("demo", articles=count, jobs=count // 20, stdout=sys.stderr)
    # Newer ones than these are written by hand; much older ones take no comments.
    articles = list(Article.objects.visible().newest()[100 : 100 + _ARTICLES])
    for article in articles:
        related.refresh(article)
    authors: list[CommentAuthor] = comments.fill_authors(50)
    by = User.objects.get(username="moderator")
    number = _COMMENTS * len(articles)
    comments.fill(number, authors, articles, by=by, replies=0.4)
    comments.fill(100, authors, articles, by=by, status=Status.PENDING)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return articles


def kinds(articles: list[Article]) -> dict[str, Page]:
    """Return the pages by name."""
    tags = Tag.objects.filter(tagged_articles__content_object__in=articles).distinct()[:20]
    signing = Author.objects.filter(articles__in=articles).distinct()
    jobs = Job.objects.live()[:20]
    editor, moderator = signed_in("editor"), signed_in("moderator")
    first = articles[0]
    return {
        "bare page": Page([f"/bare/{article.pk}/" for article in articles], door="bare"),
        "Django page": Page([f"/django/{article.pk}/" for article in articles], door="Django"),
        "article": Page([first.get_absolute_url()]),
        "articles, each once": Page([article.get_absolute_url() for article in articles[1:]]),
        "front": Page(["/"]),
        "section": Page(list({article.section.get_absolute_url() for article in articles})),
        "topic": Page([tag.get_absolute_url() for tag in tags]),
        "author": Page([author.get_absolute_url() for author in signing]),
        "archive month": Page([f"/archive/{first.month:%Y/%m}/"]),
        "jobs": Page([reverse("jobs:list")]),
        "job": Page([job.get_absolute_url() for job in jobs]),
        "search": Page([f"/search/?q={words.replace(' ', '+')}" for words in _SEARCHES]),
        "feed": Page(["/feed/"]),
        "sitemap part": Page([_sitemap_part()]),
        "queue": Page(["/admin/queue/comments/"], moderator),
        "admin: articles": Page(["/admin/articles/article/"], editor),
        "admin: edit form": Page(
            [f"/admin/articles/article/{article.pk}/change/" for article in articles], editor
        ),
    }


def _sitemap_part() -> str:
    """Return the address of the sitemap with the newest articles."""
    index = Client().get("/sitemap.xml").content.decode()
    places = [place.partition("</loc>")[0] for place in index.split("<loc>")[1:]]
    dated = [place for place in places if place[-5:-4].isdigit()]
    return max(dated).removeprefix(settings.SITE_URL)


def signed_in(username: str) -> str:
    """Return the cookie of a session of somebody."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def measured(pages: dict[str, Page], ask: Callable[[Page, str], bytes]) -> Iterator[Page]:
    """Ask for some of each page in turn, again and again; note what one has taken."""
    turns = {name: cycle(page.paths) for name, page in pages.items()}
    for _round in range(_ROUNDS):
        for name, page in pages.items():
            cpu, wall = time.process_time(), time.perf_counter()
            for _number in range(_AT_ONCE):
                ask(page, next(turns[name]))
            page.cpu.append((time.process_time() - cpu) * 1000 / _AT_ONCE)
            page.wall.append((time.perf_counter() - wall) * 1000 / _AT_ONCE)
            yield page


# --- Asking ---------------------------------------------------------------------------------------

_bare: dict[str, Any] = {}


def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one row, render as many bytes as the article's page."""
    article = Article.objects.get(pk=pk)
    return HttpResponse(_bare["template"].render({"article": article}, request))


def usual(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the same by a template that extends another, with what context processors add."""
    article = Article.objects.get(pk=pk)
    context = {"article": article, "base": _bare["base"]}
    return HttpResponse(_bare["extending"].render(context, request))


urlpatterns = [
    path("bare/<int:pk>/", bare),
    path("django/<int:pk>/", usual),
    path("", include("newsroom.urls")),
]

# What `startproject` writes.
_DJANGOS_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
_DJANGOS_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]


def prepare_bare(length: int) -> None:
    """Write the templates of the two pages, about `length` bytes with an article in it."""
    text = "<!DOCTYPE html><title>{{ article.headline }}</title>{{ article.body_html|safe }}"
    words = Article.objects.visible().newest()[100].body_html
    filling = "<p>What else stands on the page.</p>\n" * ((length - len(words)) // 37)
    _bare["template"] = engines["django"].from_string(text + filling)
    options = {"context_processors": _DJANGOS_PROCESSORS}
    params = {"NAME": "usual", "DIRS": [], "APP_DIRS": False, "OPTIONS": options}
    engine = DjangoTemplates(params)
    half = len(filling) // 2
    _bare["base"] = engine.from_string(
        "<!DOCTYPE html><title>{% block title %}{% endblock %}</title>"
        f"{filling[:half]}{{% block content %}}{{% endblock %}}"
        "{% if user.is_authenticated %}{{ user }}{% endif %}"
        f"{{% for message in messages %}}{{{{ message }}}}{{% endfor %}}{filling[half:]}"
    ).template
    _bare["extending"] = engine.from_string(
        "{% extends base %}{% block title %}{{ article.headline }}{% endblock %}"
        "{% block content %}{{ article.body_html|safe }}{% endblock %}"
    )


def asking() -> Callable[[Page, str], bytes]:
    """Return what asks for a page as a server does, and returns its bytes."""
    settings.ROOT_URLCONF = __name__
    doors = {"ours": WSGIHandler()}
    for name, middleware in {"bare": [], "Django": _DJANGOS_MIDDLEWARE}.items():
        with override_settings(MIDDLEWARE=middleware):
            doors[name] = WSGIHandler()

    def ask(page: Page, address: str) -> bytes:
        where, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": where,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": page.cookie,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
        }
        statuses: list[str] = []
        response = doors[page.door](environ, lambda status, _head: statuses.append(status))
        body = b"".join(response)
        response.close()
        if statuses != ["200 OK"]:
            sys.exit(f"{address}: {statuses} is no page to measure.")
        return body

    return ask


def published() -> dict[str, float | int | str]:
    """Publish drafts of 500 words: the verb with all that it does before it returns."""
    editor = User.objects.get(username="chief")
    body = Article.objects.visible().newest()[100].body
    drafts = [
        make_draft(headline=f"Published for measuring {n}", body=body, tags=["Bridges", "Council"])
        for n in range(21)
    ]
    cpu, wall = [], []
    with CaptureQueriesContext(connection) as captured:
        workflow.publish(drafts.pop(), by=editor)
    for draft in drafts:
        begun, started = time.process_time(), time.perf_counter()
        workflow.publish(draft, by=editor)
        cpu.append((time.process_time() - begun) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return {
        "CPU ms": statistics.median(cpu),
        "ms": statistics.median(wall),
        "queries": len(captured),
    }
