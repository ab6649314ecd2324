"""What processes share: both kinds of store, and four processes at a site that changes."""

import json
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection

from articles import workflow
from newsroom.lib.pagecache import purging
from newsroom.lib.pagecache.stores import FileStore, RedisStore
from tests.factories import UserFactory, make_article, make_content

HAS_REDIS = bool(shutil.which("redis-server") and find_spec("redis"))
KINDS = ["folder", *(["redis"] if HAS_REDIS else [])]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    """A server that only this run can reach."""
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    while not socket.exists() and server.poll() is None:
        time.sleep(0.01)
    yield f"unix://{socket}"
    server.terminate()
    server.wait()


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """The same store as two processes have it."""
    if request.param == "folder":
        return FileStore(tmp_path), FileStore(tmp_path)
    url = request.getfixturevalue("redis_url")
    return tuple(RedisStore(url, prefix=str(tmp_path)) for _number in range(2))


def test_a_purge_is_known_to_the_other_at_once(pair):
    one, other = pair
    epoch, before = one.clock()
    assert other.clock() == (epoch, before)
    assert epoch > 0
    other.purge([3, 70])
    assert one.clock() == (epoch, before + 1)
    assert [one.purged([slot]) for slot in (3, 4, 70)] == [before + 1, 0, before + 1]
    one.purge([4])
    assert other.purged([3, 4]) == before + 2
    assert other.purged([]) == 0


def test_pages_are_shared_and_end(pair):
    one, other = pair
    assert other.get("a") is None
    one.put("a", b"\x00page", 60)
    one.put("b", b"another", 60)
    assert (other.get("a"), other.get("b")) == (b"\x00page", b"another")


def test_one_lock_a_page(pair):
    one, other = pair
    held = one.lock("a")
    assert held is not None
    assert (one.lock("a"), other.lock("a")) == (None, None)
    one.unlock(held)
    again = other.lock("a")
    assert again is not None
    other.unlock(again)


def test_counters_that_were_lost_begin_another_epoch(pair, request, tmp_path):
    one, _other = pair
    epoch, _number = one.clock()
    if isinstance(one, FileStore):
        (tmp_path / "purges").unlink()
        lost = FileStore(tmp_path)
    else:
        one._do("DEL", one._counters)
        lost = one
    assert lost.clock()[0] not in {0, epoch}


def test_redis_that_is_away_is_an_error_of_the_system(tmp_path):
    if not HAS_REDIS:
        assert KINDS == ["folder"]
        return
    away = RedisStore(f"unix://{tmp_path}/nobody", prefix="x")
    with pytest.raises(OSError, match="Redis does not answer"):
        away.clock()


def test_the_folder_keeps_its_size(tmp_path, time_machine):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    store = FileStore(tmp_path, most_bytes=2_500)
    for name, seconds in (("over", -1), ("first", 10), ("second", 20), ("third", 30)):
        store.put(name, b"x" * 1_000, seconds)
    store._sweep()
    kept = {name: store.get(name) is not None for name in ("over", "first", "second", "third")}
    assert kept == {"over": False, "first": False, "second": True, "third": True}


READER = """
import json, sys, time
from pathlib import Path
import django
django.setup()
from newsroom.wsgi import application
from tests.wsgi import ask

address, ready, over = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
seen, ways = [], {}
ask(application, address)
ready.touch()
patience = time.monotonic() + 25
while not over.exists() and time.monotonic() < patience:
    asked = time.time()
    answer = ask(application, address)
    number = int(answer.text.partition("Number ")[2][:4])
    seen.append((asked, time.time(), number))
    ways[answer.way] = ways.get(answer.way, 0) + 1
json.dump({"seen": seen, "ways": ways}, sys.stdout)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
def test_four_processes_never_show_what_was_replaced(kind, request, tmp_path, settings):
    """Published 25 times while readers hammer: who asks after a commit sees what it brought."""
    settings.PAGE_CACHE_DIR, settings.REDIS_URL = tmp_path / "pages", ""
    if kind == "redis":
        settings.REDIS_URL = request.getfixturevalue("redis_url")
    purging.store.cache_clear()
    chief = UserFactory(role="Chief editor")
    article = make_article(headline="Number 1000")
    over = tmp_path / "over"
    database = connection.settings_dict
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, article.get_absolute_url(), tmp_path / f"{n}", over],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.readersettings",
                "READER_DATABASE": str(database["NAME"]),
                "READER_PAGES": str(settings.PAGE_CACHE_DIR),
                "REDIS_URL": settings.REDIS_URL,
            },
        )
        for n in range(4)
    ]
    patience = time.monotonic() + 20
    while sum((tmp_path / f"{n}").exists() for n in range(4)) < 4 and time.monotonic() < patience:
        time.sleep(0.01)
    committed = [(0.0, 1000)]
    for number in range(1001, 1026):
        article.refresh_from_db()
        values = {**article.head.content, "headline": f"Number {number}"}
        head = workflow.save_draft(article, make_content(**values), by=chief, base=article.head)
        workflow.publish(article, by=chief, seen=head)
        committed.append((time.time(), number))
        time.sleep(0.05)
    time.sleep(0.2)
    over.touch()
    told = [json.loads(reader.communicate(timeout=30)[0]) for reader in readers]
    purging.store.cache_clear()

    assert max(number for each in told for _a, _b, number in each["seen"]) == 1025
    for each in told:
        assert each["ways"].get("hit", 0) > each["ways"].get("miss", 0)
        late = [
            (asked, number)
            for asked, _answered, number in each["seen"]
            if number < max(newest for at, newest in committed if at <= asked)
        ]
        assert late == []
        numbers = [number for _asked, _answered, number in each["seen"]]
        assert numbers == sorted(numbers), "an older page came after a newer one"
