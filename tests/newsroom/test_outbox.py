"""The outbox: what is written down, once; what becomes of it; its books."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from newsroom.lib import outbox, outboxledger
from newsroom.lib.outboxwork import PAUSES, Budget, claim, retry, work_off
from newsroom.lib.verbs import Conflict, NotPermitted
from newsroom.models import Message, MessageTally, User
from tests.factories import UserFactory

NOW = "2026-03-01 12:00:00+00:00"


def put(*numbers: int, kind: str = "letter", **values) -> None:
    with transaction.atomic():
        for number in numbers:
            outbox.put(kind, f"{kind}:{number}", about=number, **values)


def write(message: Message) -> EmailMessage:
    return EmailMessage("Hello", "World", to=[f"reader{message.about}@example.org"])


def states() -> dict[int, str]:
    return dict(Message.objects.order_by("about").values_list("about", "state"))


@pytest.mark.django_db(transaction=True)
def test_message_is_written_once_and_only_with_its_cause():
    with pytest.raises(RuntimeError):
        outbox.put("x", "x:1")
    with transaction.atomic():
        assert outbox.put("x", "x:1", about=7, payload={"n": 1})
        assert not outbox.put("x", "x:1", about=8)
    message = Message.objects.get()
    assert (message.kind, message.about, message.payload, message.state) == (
        "x", 7, {"n": 1}, "queued",
    )  # fmt: skip
    assert message.message_id.endswith("@testserver")
    assert MessageTally.objects.get().written == 1


@pytest.mark.django_db(transaction=True)
def test_message_goes_with_a_change_that_fails():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("x", "x:1")
        raise ZeroDivisionError
    assert not Message.objects.exists()
    assert not MessageTally.objects.exists()


@pytest.mark.django_db
def test_several_messages_are_written_together_and_counted():
    put(1)
    notes = [outbox.Note("letter", f"letter:{number}", number) for number in (1, 2, 3)]
    outbox.put_many([*notes, outbox.Note("bill", "bill:1", 1)])
    assert [(row.kind, row.matched, row.queued) for row in outboxledger.accounts()] == [
        ("bill", 1, 1), ("letter", 3, 3),
    ]  # fmt: skip


@pytest.mark.django_db
def test_messages_about_many_rows_are_written_by_two_queries(django_assert_num_queries):
    users = [UserFactory() for _number in range(3)]
    put(users[0].pk)
    wanted = User.objects.annotate(about=F("pk"))
    due = timezone.now() + timedelta(days=1)
    with django_assert_num_queries(2):
        written = outbox.put_for_each("letter", "letter:", wanted, payload={"n": [1]}, due_at=due)
    assert written == 2
    new = Message.objects.filter(is_bulk=True).order_by("about")
    assert [
        (row.kind, row.key, row.about, row.payload, row.due_at, row.state, row.attempts)
        for row in new
    ] == [
        ("letter", f"letter:{user.pk}", user.pk, {"n": [1]}, due, "queued", 0) for user in users[1:]
    ]
    assert len({row.message_id for row in new}) == 2
    assert all(len(row.message_id) == len(outbox.new_message_id()) for row in new)
    assert [account.is_right for account in outboxledger.accounts()] == [True]


@pytest.mark.django_db
def test_mails_of_a_run_share_a_connection_and_carry_their_message_ids(mail_server):
    put(1, 2, 3)
    assert work_off({"letter": write}) == 3
    assert states() == {1: "sent", 2: "sent", 3: "sent"}
    assert mail_server.connections == 1
    assert list(mail_server.message_ids()) == list(
        Message.objects.order_by("pk").values_list("message_id", flat=True)
    )
    assert {mail["Auto-Submitted"] for mail in mail_server.mails} == {"auto-generated"}
    assert work_off({"letter": write}) == 0
    assert len(mail_server.raw) == 3


@pytest.mark.django_db
def test_what_is_one_of_many_lets_others_go_first(mail_server):
    put(1, is_bulk=True)
    put(2)
    work_off({"letter": write})
    assert [mail["To"] for mail in mail_server.mails] == [
        "reader2@example.org", "reader1@example.org",
    ]  # fmt: skip


@pytest.mark.django_db
def test_final_refusal_fails_and_names_no_address(mail_server):
    put(1, 2)
    mail_server.answers["reader1@example.org"] = "550 <reader1@example.org>: no such user"
    assert work_off({"letter": write}) == 2
    assert states() == {1: "failed", 2: "sent"}
    note = Message.objects.get(about=1).note
    assert "no such user" in note
    assert "reader1" not in note


@pytest.mark.django_db
def test_passing_refusal_is_tried_again_with_growing_pauses_six_times(mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    put(1, 2)
    mail_server.answers["reader1@example.org"] = "450 try later"
    assert work_off({"letter": write}) == 1
    assert states() == {1: "queued", 2: "sent"}
    for attempt, pause in enumerate(PAUSES, start=1):
        message = Message.objects.get(about=1)
        assert (message.attempts, message.due_at) == (attempt, timezone.now() + pause)
        assert work_off({"letter": write}) == 0
        time_machine.shift(pause)
        work_off({"letter": write})
    message = Message.objects.get(about=1)
    assert (message.attempts, message.state, message.ended_at) == (6, "failed", timezone.now())
    assert "450" in message.note


@pytest.mark.django_db
def test_server_that_is_away_costs_no_attempt(settings, mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    put(1, 2)
    nowhere = {**mail_server.settings["default"], "OPTIONS": {"host": "127.0.0.1", "port": 1}}
    settings.MAILERS = {"default": nowhere}
    assert work_off({"letter": write}) == 0
    assert set(Message.objects.values_list("state", "attempts", "due_at")) == {
        ("queued", 0, timezone.now() + timedelta(minutes=1))
    }
    settings.MAILERS = mail_server.settings
    time_machine.shift(60)
    assert work_off({"letter": write}) == 2


@pytest.mark.django_db
def test_skipped_hopeless_and_broken_messages_keep_none_back(mail_server):
    def choose(message: Message) -> EmailMessage | None:
        if message.about == 1:
            raise outbox.Skip("has left")
        if message.about == 2:
            raise outbox.Undeliverable("gone")
        if message.about == 3:
            raise KeyError("broken")
        return write(message) if message.about == 4 else None

    put(1, 2, 3, 4, 5)
    put(6, kind="unknown")
    assert work_off({"letter": choose}) == 4
    assert states() == {
        1: "skipped", 2: "failed", 3: "queued", 4: "sent", 5: "sent", 6: "queued",
    }  # fmt: skip
    assert list(
        Message.objects.filter(about__lte=3).order_by("about").values_list("note", flat=True)
    ) == ["has left", "gone", "KeyError: 'broken'"]
    assert len(mail_server.raw) == 1


@pytest.mark.django_db
def test_message_of_a_dead_worker_is_free_when_its_lease_is_over(mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    put(1)
    (held,) = claim(5)
    assert (held.state, held.attempts) == ("claimed", 1)
    assert work_off({"letter": write}) == 0
    time_machine.shift(121)
    assert work_off({"letter": write}) == 1
    assert Message.objects.get().attempts == 2


@pytest.mark.django_db
def test_message_that_kills_its_workers_fails_in_the_end(mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    put(1)
    for _number in range(6):
        assert len(claim(5)) == 1
        time_machine.shift(121)
    assert work_off({"letter": write}) == 1
    assert states() == {1: "failed"}
    assert mail_server.raw == []


@pytest.mark.django_db
def test_budget_of_an_hour_and_a_day_is_kept(mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    put(*range(8))
    budget = Budget(hour=3, day=5)
    assert work_off({"letter": write}, budget=budget) == 3
    assert work_off({"letter": write}, budget=budget) == 0
    time_machine.shift(3600)
    assert work_off({"letter": write}, budget=budget) == 2
    time_machine.shift(23 * 3600)
    assert work_off({"letter": write}, budget=budget) == 3


@pytest.mark.django_db
def test_stopped_worker_gives_back_what_it_holds(mail_server):
    put(1, 2, 3)
    assert work_off({"letter": write}, is_stopped=lambda: len(mail_server.raw) > 0) == 1
    assert sorted(Message.objects.values_list("state", "attempts", "lease")) == [
        ("queued", 0, ""), ("queued", 0, ""), ("sent", 1, ""),
    ]  # fmt: skip


@pytest.mark.django_db
def test_failed_message_can_be_sent_again_by_whoever_may(mail_server, chief, reporter):
    put(1)
    mail_server.answers["reader1@example.org"] = "550 no"
    work_off({"letter": write})
    message = Message.objects.get()
    with pytest.raises(NotPermitted):
        retry(message, by=reporter)
    retry(message, by=chief)
    with pytest.raises(Conflict):
        retry(message, by=chief)
    mail_server.answers.clear()
    assert work_off({"letter": write}) == 1
    assert mail_server.message_ids() == {message.message_id: 1}


@pytest.mark.django_db
def test_books_stay_right_when_old_messages_go(mail_server, time_machine):
    time_machine.move_to(NOW, tick=False)
    put(1, 2)
    put(3, is_bulk=True)
    put(4, due_at=timezone.now() + timedelta(days=400))
    mail_server.answers["reader2@example.org"] = "550 no"
    work_off({"letter": write})
    time_machine.shift(timedelta(days=15))
    assert outboxledger.drop_old() == 1
    time_machine.shift(timedelta(days=80))
    assert outboxledger.drop_old() == 2
    assert states() == {4: "queued"}
    assert outboxledger.accounts() == [
        outboxledger.Account("letter", matched=4, queued=1, sent=2, failed=1)
    ]
    time_machine.shift(timedelta(days=1))
    outboxledger.drop_old()
    assert MessageTally.objects.count() == 3  # one for each day


@pytest.mark.django_db
def test_lost_message_shows_in_the_books(mail_server):
    put(1, 2)
    output = StringIO()
    call_command("outbox", stdout=output)
    assert output.getvalue().splitlines()[1].split() == ["letter", "2", "2", "0", "0", "0", "0"]
    Message.objects.filter(about=1).delete()
    with pytest.raises(CommandError):
        call_command("outbox", stdout=output)
