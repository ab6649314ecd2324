"""Four processes of readers at a site that changes, and whose changes are killed half way."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from articles import workflow
from articles.models import Article
from newsroom.lib import pagecache
from newsroom.lib.metering import Meter
from newsroom.lib.pagecache import purging
from newsroom.lib.pagecache.stores import LEASE_SECONDS
from tests.factories import UserFactory, make_article, make_content
from tests.wsgi import ask

from .conftest import KINDS

ROOT = Path(__file__).resolve().parents[2]

READER = """
import json, sys, time
from pathlib import Path
import django
django.setup()
from newsroom.wsgi import application
from tests.wsgi import ask

address, ready, over = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
last, ways, newest, backwards = {}, {}, 0, 0
ask(application, address)
ready.touch()
patience = time.monotonic() + 120
is_over = False
while not is_over:
    # Once more after the end: whoever was kept waiting has seen the last one, too.
    is_over = over.exists() or time.monotonic() > patience
    asked = time.time()
    answer = ask(application, address)
    number = int(answer.text.partition("Number ")[2][:4])
    backwards += number < newest
    newest = max(newest, number)
    last[number] = asked
    ways[answer.way] = ways.get(answer.way, 0) + 1
json.dump({"last": sorted(last.items()), "ways": ways, "backwards": backwards}, sys.stdout)
"""

# Publishes one number after the other as they come in; "commit" and "purge" are killed before that.
WRITER = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from articles import workflow
from articles.models import Article
from newsroom.models import User
from tests.factories import make_content

chief, pk = User.objects.get(), int(sys.argv[1])
number, kill_before = sys.argv[2:]
end = lambda: os.kill(os.getpid(), signal.SIGKILL)
article = Article.objects.get(pk=pk)
with transaction.atomic():
    if kill_before == "purge":
        transaction.on_commit(end)
    values = {**article.head.content, "headline": f"Number {number}"}
    head = workflow.save_draft(article, make_content(**values), by=chief, base=article.head)
    workflow.publish(article, by=chief, seen=head)
    if kill_before == "commit":
        end()
"""


class Newsroom:
    """An article whose headline is a number, readers in processes of their own, publications."""

    def __init__(self, folder: Path, settings) -> None:
        self._folder = folder
        self.chief = UserFactory(role="Chief editor")
        self.article = make_article(headline="Number 1000")
        self.address = self.article.get_absolute_url()
        self.committed = [(0.0, 1000)]
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.readersettings",
            "READER_DATABASE": str(connection.settings_dict["NAME"]),
            "READER_PAGES": str(settings.PAGE_CACHE_DIR),
            "REDIS_URL": settings.REDIS_URL,
        }
        self._readers: list[subprocess.Popen[str]] = []

    def open(self, readers: int) -> None:
        over = str(self._folder / "over")
        for number in range(readers):
            arguments = [self.address, str(self._folder / f"{number}"), over]
            self._readers.append(self._run(READER, *arguments))
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            if all((self._folder / f"{number}").exists() for number in range(readers)):
                return
            time.sleep(0.01)
        pytest.fail("the readers did not start")

    def publish(self, number: int) -> None:
        self.article.refresh_from_db()
        values = {**self.article.head.content, "headline": f"Number {number}"}
        head = workflow.save_draft(
            self.article, make_content(**values), by=self.chief, base=self.article.head
        )
        workflow.publish(self.article, by=self.chief, seen=head)
        self.committed.append((time.time(), number))

    def publish_killed(self, number: int, before: str) -> None:
        """Publish in a process that is killed before its commit, or after it before its purge."""
        writer = self._run(WRITER, str(self.article.pk), str(number), before)
        assert writer.wait(60) == -signal.SIGKILL
        is_committed = Article.objects.get().headline == f"Number {number}"
        assert is_committed == (before == "purge")
        if is_committed:
            self.committed.append((time.time(), number))

    def close(self) -> list[dict]:
        """Return what each reader has seen."""
        (self._folder / "over").touch()
        return [json.loads(reader.communicate(timeout=60)[0]) for reader in self._readers]

    def late(self, last: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Return the numbers that a reader got though he had asked after the next was out."""
        return [
            (number, asked)
            for number, asked in last
            if any(at <= asked and newer > number for at, newer in self.committed)
        ]

    def _run(self, code: str, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment,
        )


@pytest.fixture(params=KINDS)
def newsroom(request, tmp_path, settings):
    settings.PAGE_CACHE = True
    settings.PAGE_CACHE_DIR, settings.REDIS_URL = tmp_path / "pages", ""
    if request.param == "redis":
        settings.REDIS_URL = request.getfixturevalue("redis_url")
    purging.store.cache_clear()
    yield Newsroom(tmp_path, settings)
    purging.store.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_four_processes_never_show_what_was_replaced(newsroom):
    """Published 25 times while readers hammer: who asks after a commit sees what it brought."""
    newsroom.open(readers=4)
    for number in range(1001, 1026):
        newsroom.publish(number)
        time.sleep(0.05)
    for told in newsroom.close():
        assert told["last"][-1][0] == 1025
        assert told["ways"].get("hit", 0) > told["ways"].get("miss", 0)
        assert newsroom.late(told["last"]) == []
        assert told["backwards"] == 0, "an older page came after a newer one"


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_killed_leaves_no_old_page(newsroom, settings):
    """Killed before and after the commit while readers hammer, in between others that are whole."""
    newsroom.open(readers=3)
    for number, killed_before in enumerate(("purge", "", "commit", "purge"), 1001):
        if killed_before:
            newsroom.publish_killed(number, killed_before)
        else:
            newsroom.publish(number)
        time.sleep(0.3)
    door = pagecache.Door(WSGIHandler(), Meter(settings.PAGE_CACHE_DIR / "requests"))
    patience = time.monotonic() + LEASE_SECONDS + 30
    while (answer := ask(door, newsroom.address)).way != "hit":
        assert "Number 1004" in answer.text
        assert time.monotonic() < patience, "no page is kept after the lease"
        time.sleep(0.05)
    assert "Number 1004" in answer.text
    for told in newsroom.close():
        assert told["last"][-1][0] == 1004
        assert told["ways"].get("hit", 0) > 0
        assert newsroom.late(told["last"]) == []
        assert told["backwards"] == 0
        assert 1003 not in dict(told["last"]), "it was never committed"
