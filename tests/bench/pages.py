"""How long generated articles take to come in, and pages to be served: one process, no cache."""

import sys
import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from articles.models import Article
from newsroom.models import User

from ._timing import milliseconds, size

_RUNS = 20


def run() -> dict[str, dict[str, float | int | str]]:
    """Build the demo, then ask for the pages that readers and editors ask for most."""
    begun = time.perf_counter()
    with override_settings(DEBUG=True):  # the demo is refused without
        call_command("demo", articles=size(2_000), stdout=sys.stderr)
        reset_queries()
    seconds = time.perf_counter() - begun
    count = Article.objects.count()
    figures: dict[str, dict[str, float | int | str]] = {
        "articles come in": {"articles": count, "per second": count / seconds}
    }
    reader, editor = Client(), Client()
    editor.force_login(User.objects.get(username="editor"))
    article = Article.objects.visible().newest().select_related("section")[0]
    pages = [
        ("front page", reader, "/"),
        ("section", reader, article.section.get_absolute_url()),
        ("article", reader, article.get_absolute_url()),
        ("archive", reader, f"/archive/{article.published_at:%Y/%m}/"),
        ("admin: start page", editor, "/admin/"),
        ("admin: articles", editor, "/admin/articles/article/"),
    ]
    for name, client, path in pages:
        figures[name] = measured(lambda client=client, path=path: client.get(path))
    return figures


def measured(ask: Callable[[], Any]) -> dict[str, float | int | str]:
    """Return the time, the queries and the bytes of one answer."""
    response = ask()
    if response.status_code != 200:
        sys.exit(f"{response} is no page to measure.")
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = len(captured)  # now: the next request empties the log
    _first, median = milliseconds(ask, _RUNS)
    return {"ms": median, "queries": queries, "KB": round(len(response.content) / 1024)}
