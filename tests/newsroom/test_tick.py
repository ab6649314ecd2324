"""The background work: once, in a loop, several at a time, with a job that fails."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles import workflow
from articles.models import Article
from newsroom import tick
from newsroom.models import TickRun
from tests.factories import UserFactory, make_article, make_content

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, "manage.py"]


def schedule(article: Article, headline: str, at) -> None:
    by = UserFactory(is_superuser=True)
    changed = make_content(**{**article.head.content, "headline": headline})
    workflow.save_draft(article, changed, by=by, base=article.head)
    workflow.publish(article, by=by, at=at)


@pytest.mark.django_db
def test_tick_makes_due_updates_live_and_notes_its_run(time_machine):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    article = make_article(headline="Old", at=timezone.now() - timedelta(days=1))
    schedule(article, "New", timezone.now() + timedelta(minutes=5))
    call_command("tick")
    assert Article.objects.get().headline == "Old"
    time_machine.shift(300)
    call_command("tick")
    call_command("tick")
    assert Article.objects.get().headline == "New"
    run = TickRun.objects.get()
    assert (run.finished_at, run.failed_jobs) == (timezone.now(), "")


@pytest.mark.django_db
def test_failing_job_stops_no_other_and_is_noted(monkeypatch, caplog):
    done = []

    def broken() -> int:
        raise RuntimeError("disk full")

    jobs = {"broken": broken, "well": lambda: done.append(1) or 1}
    monkeypatch.setattr(tick, "JOBS", jobs)
    with pytest.raises(CommandError):
        call_command("tick", stderr=StringIO())
    assert done == [1]
    assert TickRun.objects.get().failed_jobs == "broken"
    assert "tick: broken failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_four_ticks_at_a_time_apply_each_update_once():
    now = timezone.now()
    articles = [
        make_article(headline=f"Old {number}", at=now - timedelta(days=1)) for number in range(5)
    ]
    for number, article in enumerate(articles):
        schedule(article, f"New {number}", now + timedelta(hours=1))
        article.revisions.filter(publish_at__isnull=False).update(publish_at=now)
    start, results = Event(), []

    def run() -> None:
        start.wait()
        try:
            results.append(tick.run_once())
        finally:
            connection.close()

    threads = [Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    start.set()
    for thread in threads:
        thread.join()
    assert results == [True] * 4
    for number, article in enumerate(articles):
        fresh = Article.objects.get(pk=article.pk)
        assert (fresh.headline, fresh.live_id) == (f"New {number}", fresh.head_id)
        assert fresh.log.filter(verb="publish", by__isnull=False).count() == 1
    assert TickRun.objects.count() == 1


@pytest.mark.django_db
def test_loop_goes_on_after_a_run_that_failed(monkeypatch):
    stop, runs = Event(), []

    def run_once() -> bool:
        runs.append(1)
        if len(runs) == 3:
            stop.set()
        raise RuntimeError("no database")

    monkeypatch.setattr(tick, "run_once", run_once)
    tick.run_until(stop, pause=0)
    assert len(runs) == 3


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    """A migrated database of its own for the command as a process."""
    path = tmp_path_factory.mktemp("tick") / "tick.sqlite3"
    subprocess.run([*MANAGE, "migrate", "-v0"], cwd=ROOT, env=environment(path), check=True)
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_loop_ends_cleanly_on_a_signal(database, number):
    with sqlite3.connect(database) as connected:
        connected.execute("DELETE FROM newsroom_tickrun")
    with subprocess.Popen(
        [*MANAGE, "tick", "--loop"],
        cwd=ROOT, env=environment(database), stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        while process.poll() is None and not has_run(database):
            time.sleep(0.1)
        process.send_signal(number)
        _output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")


def environment(database: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }


def has_run(database: Path) -> bool:
    with sqlite3.connect(database) as connected:
        return connected.execute("SELECT count(*) FROM newsroom_tickrun").fetchone() == (1,)
