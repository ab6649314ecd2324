"""The outbox: what is written down, once."""

import pytest
from django.db import transaction

from newsroom.lib import outbox
from newsroom.models import Message


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


@pytest.mark.django_db(transaction=True)
def test_message_goes_with_a_change_that_fails():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("x", "x:1")
        raise ZeroDivisionError
    assert not Message.objects.exists()
