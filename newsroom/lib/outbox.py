"""Effects that must not be lost: put() writes them down, tick works them off.

A handler belongs to a kind of message, stands at the end of the module that owns the work and is
named in newsroom/delivery.py. It gets the row, looks up what it needs as it is now, and returns a
mail to send, or None when it has done the work itself. It may be called twice for one message.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from newsroom.models.outbox import Message

from .addresses import host

type Handler = Callable[[Message], EmailMessage | None]


class Skip(Exception):
    """Raised by a handler: the message is not wanted any more; str() says why, for the desk."""


def put(
    kind: str,
    key: str,
    *,
    about: int | None = None,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Write a message down; tell whether it is new. The same key never makes a second one.

    Belongs into the transaction of the change that causes it (raises RuntimeError outside of one).
    `about` is the id of the row that the handler reads; neither it, the key nor the payload may
    name a person.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A message is written in the transaction of the change that causes it.")
    if Message.objects.filter(key=key).exists():
        return False
    message = Message(
        kind=kind,
        key=key,
        about=about,
        payload=payload or {},
        due_at=due_at or timezone.now(),
        message_id=new_message_id(),
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return True


@dataclass(frozen=True)
class Note:
    """A message to be written with others: see put()."""

    kind: str
    key: str
    about: int


def put_many(notes: Iterable[Note], *, due_at: datetime | None = None) -> None:
    """Write many messages down in one query; those whose key is there already stay as they are."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A message is written in the transaction of the change that causes it.")
    messages = [
        Message(
            kind=note.kind,
            key=note.key,
            about=note.about,
            due_at=due_at or timezone.now(),
            message_id=new_message_id(),
        )
        for note in notes
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def new_message_id() -> str:
    """Return an RFC 5322 Message-ID of this site, without the angle brackets."""
    return f"{uuid4().hex}@{host()}"
