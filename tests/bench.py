"""Figures for `make bench`: how long generated articles take to come in, and pages to be served.

On a database of its own in a temporary folder, or on DATABASE_URL's server. One process, no cache;
the median of some runs. The figures are for comparison on one machine, not for a test.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ARTICLES = int(os.environ.get("ARTICLES", "2000"))
ROUNDS = 20

folder = tempfile.TemporaryDirectory(prefix="newsroom-bench-")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder.name)}/bench.sqlite3")
os.environ["MEDIA_ROOT"] = f"{folder.name}/media"
os.environ["DEBUG"] = "1"  # the demo is refused without; switched off again below
os.environ["ALLOWED_HOSTS"] = "testserver"
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from articles.models import Article  # noqa: E402
from newsroom.models import User  # noqa: E402


def main() -> None:
    """Fill a database, then ask for the pages that readers and editors ask for most."""
    call_command("migrate", verbosity=0)
    before = time.perf_counter()
    call_command("demo", articles=ARTICLES, stdout=sys.stderr)
    seconds = time.perf_counter() - before
    count = Article.objects.count()
    print(f"{connection.vendor}: {count} articles in {seconds:.1f} s, {count / seconds:.0f}/s")
    settings.DEBUG = False
    reader, editor = Client(), Client()
    editor.force_login(User.objects.get(username="editor"))
    article = Article.objects.visible().newest().select_related("section").first()
    if article is None:
        sys.exit("The demo has no article.")
    pages = [
        ("front page", reader, "/"),
        ("section", reader, article.section.get_absolute_url()),
        ("article", reader, article.get_absolute_url()),
        ("archive", reader, f"/archive/{article.published_at:%Y/%m}/"),
        ("admin: start page", editor, "/admin/"),
        ("admin: articles", editor, "/admin/articles/article/"),
    ]
    print(f"{'page':20}{'ms':>8}{'queries':>9}{'KB':>7}")
    for name, client, path in pages:
        milliseconds, queries, size = measure(lambda client=client, path=path: client.get(path))
        print(f"{name:20}{milliseconds:8.1f}{queries:9}{size / 1024:7.0f}")


def measure(ask: Callable[[], object]) -> tuple[float, int, int]:
    """Return the median time in milliseconds, the queries and the bytes of one answer."""
    response = ask()
    if getattr(response, "status_code", 0) != 200:
        sys.exit(f"{response} is no page to measure.")
    reset_queries()  # the log is full of what the demo did, and holds no more
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = len(captured)  # now: the next request empties the log
    times = []
    for _round in range(ROUNDS):
        before = time.perf_counter()
        ask()
        times.append(time.perf_counter() - before)
    return statistics.median(times) * 1000, queries, len(response.content)


if __name__ == "__main__":
    main()
