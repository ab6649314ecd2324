"""What processes share: both kinds of the page cache's store."""

import shutil
import subprocess
import time
from contextlib import suppress

import pytest

from newsroom.lib.pagecache import stores
from newsroom.lib.pagecache.redisstore import RedisStore
from newsroom.lib.pagecache.stores import LEASE_SECONDS, FileStore
from tests import needs

from .conftest import KINDS


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


def test_a_change_holds_its_slots_until_it_is_purged(pair):
    one, other = pair
    page = (other.clock()[1], other.now())
    one.begin("first", [3, 70])
    one.begin("second", [70])
    assert other.purged([3]) > page[0]
    began = other.now()
    assert [other.is_changing([slot], began) for slot in (3, 4, 70)] == [True, False, True]
    one.purge([3, 70], "first")
    assert [other.is_changing([slot], began) for slot in (3, 4, 70)] == [False, False, True]
    assert other.purged([3]) == other.clock()[1]
    other.renew("first")
    assert not one.is_changing([3], began)
    one.purge([70], "second")
    assert not other.is_changing([70], began)


def test_what_a_killed_process_held_is_free_when_its_lease_ends(pair):
    one, other = pair
    began = one.now()
    one.begin("killed", [3])
    one.begin("alive", [4])
    ended = one.now() + LEASE_SECONDS + 0.01
    time.sleep(0.1)
    one.renew("alive")
    # What was rendered in between may be too old, what is rendered from then on is not.
    assert [other.is_changing([3], since) for since in (began, ended)] == [True, False]
    assert [other.is_changing([4], since) for since in (began, ended)] == [True, True]


def test_a_folder_that_somebody_removes_is_made_anew_for_all(tmp_path):
    one, other = FileStore(tmp_path / "pages"), FileStore(tmp_path / "pages")
    epoch, _number = one.clock()
    shutil.rmtree(tmp_path / "pages")
    one.purge([3])
    other._looked -= 2
    assert other.clock() == one.clock() != (epoch, 1)
    assert other.purged([3]) == 1


def test_counters_of_another_start_of_the_machine_are_lost(tmp_path, monkeypatch):
    before = FileStore(tmp_path)
    before.begin("on its way", [3])
    assert FileStore(tmp_path).clock() == before.clock()
    monkeypatch.setattr(stores, "_boot", lambda: "another start")
    after = FileStore(tmp_path)
    assert after.clock()[0] != before._numbers[0]
    assert not after.is_changing([3], 0.0)


@needs.redis
def test_redis_that_comes_back_without_its_last_purges_begins_another_epoch(tmp_path):
    socket = tmp_path / "socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "900 1", "--dir", tmp_path]

    def started() -> subprocess.Popen[bytes]:
        socket.unlink(missing_ok=True)
        server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        while not socket.exists() and server.poll() is None:
            time.sleep(0.01)
        return server

    server = started()
    store = RedisStore(f"unix://{socket}", prefix="x")
    store.purge([3])
    store._do("SAVE")
    epoch, number = store.clock()
    store.purge([3])
    server.kill()
    server.wait()
    server = started()
    try:
        kept = RedisStore(f"unix://{socket}", prefix="x")
        assert kept._do("EXISTS", "pages:x:purges") == 1
        assert kept.clock()[0] not in {0, epoch}
        assert kept.clock()[1] < number
        with suppress(OSError):
            store.clock()
        assert store.clock() == kept.clock()
    finally:
        server.terminate()
        server.wait()


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


@needs.redis
def test_redis_that_is_away_is_an_error_of_the_system(tmp_path):
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
