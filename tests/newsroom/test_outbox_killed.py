"""The outbox's promise: killed workers lose nothing and repeat at most one mail each."""

import multiprocessing
import random
import time

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from newsroom.lib import outbox
from newsroom.models import Message

from . import outboxworker

ROWS, KILLS, WORKERS = 1000, 20, 2


@pytest.mark.django_db(transaction=True)
def test_twenty_kills_lose_nothing_and_repeat_one_mail_each_at_most(mail_server):
    with transaction.atomic():
        for number in range(ROWS):
            outbox.put("number", f"number:{number}", about=number, is_bulk=True)
    written = set(Message.objects.values_list("message_id", flat=True))
    # Processes made by a server that has loaded everything: a new one takes no time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([outboxworker.__name__])
    database = str(connection.settings_dict["NAME"])
    dice = random.Random(20)  # noqa: S311 - the same kills in every run
    workers, kills = [], 0

    def start() -> None:
        process = context.Process(target=outboxworker.work, args=(database, mail_server.settings))
        process.start()
        workers.append(process)

    for _number in range(WORKERS):
        start()
    # A kill after each 40 to 50 mails or so, while both are at work.
    while kills < KILLS:
        wanted = (kills + 1) * ROWS * 0.9 / KILLS + dice.random()
        wait_until(lambda wanted=wanted: len(mail_server.raw) >= wanted)
        time.sleep(dice.random() / 100)
        victim = workers.pop(dice.randrange(WORKERS))
        assert victim.is_alive()
        victim.kill()
        victim.join()
        kills += 1
        start()
    for process in workers:
        process.join()
    assert [process.exitcode for process in workers] == [0, 0]

    arrived = mail_server.message_ids()
    assert set(arrived) == written
    repeats = sum(arrived.values()) - ROWS
    assert 0 <= repeats <= KILLS
    assert Message.objects.filter(state=Message.State.SENT).count() == ROWS
    call_command("outbox")


def wait_until(condition) -> None:
    """Wait for the workers, not for a time; that they stand still shows after a minute."""
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends, "nothing happens any more"
        time.sleep(0.002)
