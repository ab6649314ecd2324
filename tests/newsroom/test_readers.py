"""What stands behind every form of readers: tokens, limits, hashes, the examination of a post."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection

from newsroom.lib import antispam, limits, privacy, tokens
from newsroom.lib.network import network_of
from newsroom.models import Attempt, NetworkKey

NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_token_says_what_was_put_in_for_its_purpose_alone():
    token = tokens.make("edit", 7, "über")
    assert tokens.read("edit", token) == [7, "über"]
    assert tokens.read("delete", token) is None
    assert tokens.read("edit", token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert tokens.read("edit", "") is None
    assert ":" not in token


def test_token_expires_and_still_says_what_it_was_for():
    with time_machine.travel(NOON, tick=False) as clock:
        token = tokens.make("edit", 7)
        clock.shift(timedelta(minutes=10))
        assert tokens.read("edit", token, max_age=timedelta(minutes=10)) == [7]
        clock.shift(timedelta(seconds=1))
        with pytest.raises(tokens.Expired) as expired:
            tokens.read("edit", token, max_age=timedelta(minutes=10))
        assert expired.value.values == [7]
        assert tokens.read("edit", token) == [7]


def post(rf, data, **headers):
    return rf.post("/x/", data, headers=headers)


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "http://["}, False),
        ({}, False),
    ],
)
def test_post_is_ours_only_from_a_page_of_ours(rf, headers, is_ours):
    data = {antispam.TOKEN_FIELD: antispam.form_token("comment:1")}
    assert antispam.examine(post(rf, data, **headers), "comment:1").is_ours is is_ours


def test_post_with_a_token_for_something_else_is_not_ours(rf):
    data = {antispam.TOKEN_FIELD: antispam.form_token("comment:1")}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert not antispam.examine(post(rf, data, **headers), "comment:2").is_ours
    assert not antispam.examine(post(rf, {}, **headers), "comment:1").is_ours


def test_old_form_is_ours_but_expired_and_its_age_is_known(rf):
    headers = {"Sec-Fetch-Site": "same-origin"}
    with time_machine.travel(NOON, tick=False) as clock:
        data = {antispam.TOKEN_FIELD: antispam.form_token("x"), antispam.TRAP_FIELD: "buy"}
        clock.shift(timedelta(seconds=3))
        sent = antispam.examine(post(rf, data, **headers), "x")
        assert sent == antispam.Sent(True, False, 3.0, True)
        clock.shift(timedelta(hours=24))
        sent = antispam.examine(post(rf, data, **headers), "x")
        assert (sent.is_ours, sent.is_expired) == (True, True)


@pytest.mark.django_db
def test_limit_says_how_long_to_wait_and_counts_nothing_then():
    rules = [limits.Limit(1, 15), limits.Limit(2, 600)]
    with time_machine.travel(NOON, tick=False) as clock:
        assert limits.take("comment", ["a", ""], rules) == 0
        clock.shift(5)
        assert limits.take("comment", ["a"], rules) == 10
        assert limits.take("comment", ["b"], rules) == 0
        assert limits.take("job", ["a"], rules) == 0
        clock.shift(10)
        assert limits.take("comment", ["a"], rules) == 0
        clock.shift(15)
        assert limits.take("comment", ["a", "c"], rules) == 570
        assert not Attempt.objects.filter(key="comment:c").exists()
        clock.shift(timedelta(days=1))
        assert limits.forget() == 4


@pytest.mark.django_db(transaction=True)
def test_limit_holds_against_many_at_once():
    barrier, waits = Barrier(6), []

    def send() -> None:
        barrier.wait()
        try:
            waits.append(limits.take("comment", ["a"], [limits.Limit(2, 600)]))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wait > 0 for wait in waits) == [False, False, True, True, True, True]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_network_is_coarse(address, network):
    assert network_of(address) == network


@pytest.mark.django_db
def test_network_hash_joins_neighbours_for_a_day_and_nobody_after_a_week(rf):
    near, far = (rf.get("/", REMOTE_ADDR=ip) for ip in ("203.0.113.1", "203.0.113.200"))
    with time_machine.travel(NOON, tick=False) as clock:
        today = privacy.hash_network(near)
        assert today == privacy.hash_network(far)
        assert today != privacy.hash_network(rf.get("/", REMOTE_ADDR="203.0.114.1"))
        assert privacy.hash_network(rf.get("/", REMOTE_ADDR="")) == ""
        clock.shift(timedelta(days=1))
        assert privacy.hash_network(near) != today
        clock.shift(timedelta(days=6))
        assert privacy.drop_old_keys() == 0
        clock.shift(timedelta(days=1))
        assert privacy.drop_old_keys() == 1
        assert NetworkKey.objects.count() == 1


def test_address_hash_is_the_same_however_it_is_written():
    assert privacy.hash_address(" Ada@Example.org ") == privacy.hash_address("ada@example.org")
    assert privacy.hash_address("ada@example.org") != privacy.hash_address("bob@example.org")
