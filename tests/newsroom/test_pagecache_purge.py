"""The page cache's door: purges, many readers at once, and answers that are not kept."""

import time
from contextlib import suppress
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone

from articles.models import Article
from newsroom.delivery import deliver
from newsroom.lib import pagecache
from newsroom.lib.pagecache import purging, stores
from newsroom.lib.pagecache.entries import Entry
from newsroom.lib.pagecache.memory import Memory
from newsroom.models import Message, SiteSettings
from tests.factories import make_article
from tests.wsgi import ask, plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(door) -> str:
    """Of an article that was not asked for yet."""
    return make_article(headline="Bridge closed").get_absolute_url()


# --- Purging --------------------------------------------------------------------------------------


def test_a_purge_concerns_what_shows_the_row_only(door, committed):
    one, other = make_article(), make_article()
    paths = [one.get_absolute_url(), other.section.get_absolute_url()]
    for path_ in paths:
        ask(door, path_)
    with committed():
        pagecache.purge(f"author:{10**6}")
    assert [ask(door, path_).way for path_ in paths] == ["hit", "hit"]
    with committed():
        pagecache.purge(f"section:{other.section_id}")
    assert [ask(door, path_).way for path_ in paths] == ["hit", "miss"]
    with committed():
        pagecache.purge("site")
    assert [ask(door, path_).way for path_ in paths] == ["miss", "miss"]


def test_what_changes_is_neither_given_out_nor_kept_until_it_is_committed(door, address, committed):
    other = make_article()
    ask(door, address)
    ask(door, other.get_absolute_url())
    ways = []
    with committed():
        changed = Article.objects.get(slug=address.split("/")[3])
        pagecache.purge(f"article:{changed.pk}")
        plain_door = pagecache.Door(plain(), door._meter)
        ways = [ask(plain_door, address).way for _twice in range(2)]
        assert ask(plain_door, other.get_absolute_url()).way == "hit"
    assert ways == ["", ""]
    assert [ask(door, address).way for _twice in range(2)] == ["miss", "hit"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_away_for_a_lease_at_most(door, monkeypatch):
    monkeypatch.setattr(stores, "LEASE_SECONDS", 4)
    address = make_article().get_absolute_url()
    assert [ask(door, address).way for _twice in range(2)] == ["miss", "hit"]
    with suppress(ZeroDivisionError), transaction.atomic():
        pagecache.purge("site")
        raise ZeroDivisionError
    assert ask(door, address).way == ""
    assert len(purging._keeper._changes) == 0
    time.sleep(4.1)
    assert [ask(door, address).way for _twice in range(2)] == ["miss", "hit"]


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_keeps_its_lease(door, monkeypatch):
    address = make_article().get_absolute_url()
    monkeypatch.setattr(stores, "LEASE_SECONDS", 3)
    monkeypatch.setattr(purging, "LEASE_SECONDS", 1)
    # Its thread reads how often to look when it begins.
    monkeypatch.setattr(purging, "_keeper", purging._Keeper())
    ways = []
    with transaction.atomic():
        pagecache.purge("site")
        under_way = pagecache.Door(plain(), door._meter)
        for _number in range(5):
            time.sleep(1)
            ways.append(ask(under_way, address).way)
    assert ways == [""] * 5
    assert [ask(door, address).way for _twice in range(2)] == ["miss", "hit"]


def test_a_page_made_while_it_was_purged_is_given_to_nobody(door, address):
    """Whoever renders reads the clock before the first query: here the change comes after it."""
    site = door._application

    def changing(environ, start_response):
        answer = site(environ, start_response)
        SiteSettings.objects.update_or_create(pk=1, defaults={"name": "The New Name"})
        purging.store().purge(purging.slots_of(["site"]))
        return answer

    door._application = changing
    late = ask(door, address)
    assert "The New Name" not in late.text
    door._application = site
    answer = ask(door, address)
    assert answer.way == "miss"
    assert "The New Name" in answer.text


def test_a_store_that_is_away_gives_nothing_out_and_keeps_no_verb_back(
    door, address, committed, caplog
):
    ask(door, address)
    store, begin, purge = purging.store(), purging.store().begin, purging.store().purge

    def broken(*_told):
        raise OSError("No space left on device")

    store.begin = store.purge = broken
    with committed():
        pagecache.purge("site")
    assert "could not be purged" in caplog.text
    # This process owes a purge; it pays before it gives anything out.
    assert ask(door, address).way == ""
    store.begin, store.purge = begin, purge
    door._away_until = 0.0
    assert [ask(door, address).way for _twice in range(2)] == ["miss", "hit"]
    # If it had been killed: a message of the transaction does it.
    message = Message.objects.get(kind="pages")
    assert message.payload == {"keys": ["site"]}
    store.purge = broken
    assert deliver() == 0
    store.purge = purge
    Message.objects.update(due_at=timezone.now())
    assert deliver() == 1
    assert [ask(door, address).way for _twice in range(2)] == ["miss", "hit"]

    store.clock = broken_clock
    assert ask(door, address).way == ""
    assert ask(door, address).status == 200


def broken_clock():
    raise OSError("Redis does not answer")


# --- Together -------------------------------------------------------------------------------------


def made(body: str, **headers: str):
    def view(request):
        response = HttpResponse(body)
        for name, value in headers.items():
            response[name.replace("_", "-")] = value
        return pagecache.tag(response)

    return pagecache.cached()(view)


def with_cookie(request):
    response = pagecache.tag(HttpResponse("x"))
    response.set_cookie("a", "b")
    return response


urlpatterns = [
    path("untagged", pagecache.cached()(lambda request: HttpResponse("x"))),
    path("undeclared", lambda request: pagecache.tag(HttpResponse("x"))),
    path("cookie", pagecache.cached()(with_cookie)),
    path("private", made("x", Cache_Control="private")),
    path("no-store", made("x", Cache_Control="no-store, max-age=0")),
    path("varies", made("x", Vary="Cookie")),
    path("anything", made("x", Vary="*")),
    path("encoded", made("x", Content_Encoding="gzip")),
    path("nonce", made("x", Content_Security_Policy="script-src 'nonce-abc'")),
    path("error", pagecache.cached()(lambda _: pagecache.tag(HttpResponse("x", status=500)))),
    path("moved", pagecache.cached()(lambda _: pagecache.tag(HttpResponse(status=302)))),
    path("fine", made("x" * 300, Cache_Control="public, max-age=60")),
    path("tiny", made("x")),
]


@pytest.mark.parametrize(
    "name",
    [
        "untagged", "undeclared", "cookie", "private", "no-store", "varies", "anything", "encoded",
        "nonce", "error", "moved",
    ],
)  # fmt: skip
def test_answers_that_are_not_for_everybody_are_not_kept(door, name):
    with override_settings(ROOT_URLCONF="tests.newsroom.test_pagecache_purge"):
        answers = [ask(door, f"/{name}") for _twice in range(2)]
        assert [answer.way for answer in answers] == ["", ""]
        assert {answer.status for answer in answers} == {ask(plain(), f"/{name}").status}


def test_a_view_that_says_how_long_is_heard(door):
    with override_settings(ROOT_URLCONF="tests.newsroom.test_pagecache_purge"):
        assert ask(door, "/fine").headers["Cache-Control"] == "public, max-age=60"
        assert ask(door, "/fine").way == "hit"
        assert ask(door, "/tiny", HTTP_ACCEPT_ENCODING="br").headers.get("Content-Encoding") is None


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_a_page_made_once(door):
    asked, calls = Barrier(8), []

    def slow(request):
        """Answer when the others wait for it."""
        calls.append(1)
        (flight,) = door._flights._under_way.values()
        while len(flight._cond._waiters) < 7:
            time.sleep(0.001)
        return pagecache.tag(HttpResponse("x" * 500))

    pattern = path("slow", pagecache.cached()(slow))
    ways: list[str] = []

    def reader() -> None:
        asked.wait(10)
        ways.append(ask(door, "/slow").way)
        connection.close()

    urlpatterns.append(pattern)
    try:
        with override_settings(ROOT_URLCONF="tests.newsroom.test_pagecache_purge"):
            threads = [Thread(target=reader) for _number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        urlpatterns.remove(pattern)
    assert (len(calls), sorted(ways)) == (1, ["hit"] * 7 + ["miss"])


def test_memory_keeps_what_was_asked_for_last():
    def entry(size: int) -> Entry:
        return Entry(
            "200 OK", [], {"identity": b"x" * size}, "", "", "", None, [], 1, 1, 0.0, 0.0, []
        )

    memory = Memory(19_000)
    for name in "abc":
        memory.put(name, entry(3_000))
    memory.get("a")
    memory.put("d", entry(3_000))
    assert [name for name in "abcd" if memory.get(name)] == ["a", "c", "d"]
    memory.put("huge", entry(50_000))
    assert len(memory) == 0
