"""Effects that must not be lost: put() writes them down, tick works them off.

A handler belongs to a kind of message, stands at the end of the module that owns the work and is
named in newsroom/delivery.py. It gets the row, looks up what it needs as it is now, and returns a
mail to send, or None when it has done the work itself. It may be called twice for one message.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from newsroom.models.outbox import Message, MessageTally

from .addresses import host

# 32 random hex digits, made by the database for every row.
_RANDOM_HEX = {
    "sqlite": "lower(hex(randomblob(16)))",
    "postgresql": "replace(gen_random_uuid()::text, '-', '')",
}

type Handler = Callable[[Message], EmailMessage | None]


class Skip(Exception):
    """Raised by a handler: the message is not wanted any more; str() says why, for the desk."""


class Undeliverable(Exception):
    """Raised by a handler: trying again would not help; str() says why, for the desk."""


def put(
    kind: str,
    key: str,
    *,
    about: int | None = None,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    is_bulk: bool = False,
) -> bool:
    """Write a message down; tell whether it is new. The same key never makes a second one.

    Belongs into the transaction of the change that causes it (raises RuntimeError outside of one).
    `about` is the id of the row that the handler reads; neither it, the key nor the payload may
    name a person. `is_bulk`: one of very many alike, which let all others go first.
    """
    _demand_transaction()
    message = Message(
        kind=kind,
        key=key,
        about=about,
        payload=payload or {},
        due_at=due_at or timezone.now(),
        message_id=new_message_id(),
        is_bulk=is_bulk,
    )
    if not _insert(message):
        return False
    MessageTally.objects.create(kind=kind, written=1)
    return True


@dataclass(frozen=True)
class Note:
    """A message to be written with others: see put()."""

    kind: str
    key: str
    about: int


def put_many(notes: Iterable[Note], *, due_at: datetime | None = None) -> None:
    """Write many messages down in three queries; those whose key is there already stay as are."""
    _demand_transaction()
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
    written = Message.objects.filter(message_id__in=[message.message_id for message in messages])
    kinds = Counter(written.values_list("kind", flat=True))
    MessageTally.objects.bulk_create(
        MessageTally(kind=kind, written=number) for kind, number in kinds.items()
    )


def put_for_each(
    kind: str,
    prefix: str,
    rows: QuerySet[Any],
    *,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> int:
    """Write a message about each id that a queryset yields, in one statement; return how many.

    `rows` is a queryset with the annotation or field `about`, each id once; the messages' keys are
    the prefix and the id. For the rest put() says it.
    """
    _demand_transaction()
    pattern = Message(
        kind=kind, payload=payload or {}, due_at=due_at or timezone.now(), is_bulk=True
    )
    quote, prepared = connection.ops.quote_name, _prepare(pattern)
    made = {
        "about": ("picked.about", []),
        "key": ("%s || picked.about", [prefix]),
        "message_id": (f"{_RANDOM_HEX[connection.vendor]} || %s", [f"@{host()}"]),
    }
    columns = {column: made.get(column, ("%s", [value])) for column, value in prepared.items()}
    picked, parameters = rows.values_list("about").query.sql_with_params()
    with connection.cursor() as cursor:
        # The WHERE tells SQLite that ON belongs to the insert and not to a join.
        cursor.execute(
            f"INSERT INTO {quote(Message._meta.db_table)} ({', '.join(map(quote, columns))}) "  # noqa: S608 - names of our own
            f"SELECT {', '.join(sql for sql, _values in columns.values())} "
            f"FROM ({picked}) AS picked WHERE true ON CONFLICT DO NOTHING",
            [value for _sql, values in columns.values() for value in values] + list(parameters),
        )
        written = int(cursor.rowcount)
    if written:
        MessageTally.objects.create(kind=kind, written=written)
    return written


def new_message_id() -> str:
    """Return an RFC 5322 Message-ID of this site, without the angle brackets."""
    return f"{uuid4().hex}@{host()}"


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A message is written in the transaction of the change that causes it.")


def _prepare(message: Message) -> dict[str, Any]:
    """Return the values of a new row by column, as the database takes them."""
    return {
        str(field.column): field.get_db_prep_save(getattr(message, field.attname), connection)
        for field in Message._meta.concrete_fields
        if not field.primary_key
    }


def _insert(message: Message) -> bool:
    """Insert a row whose key is new; tell whether it was. Django's own way does not say."""
    quote, columns = connection.ops.quote_name, _prepare(message)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Message._meta.db_table)} ({', '.join(map(quote, columns))}) "  # noqa: S608 - names of our own
            f"VALUES ({places}) ON CONFLICT DO NOTHING",
            list(columns.values()),
        )
        return bool(cursor.rowcount == 1)
