"""Standing matter, wired: the tables that are watched, their triggers, and the middleware.

The triggers are away while `migrate` runs and made again afterwards: on SQLite a changed table
loses its own, and cannot be changed while another's name it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections, models, transaction
from django.http import HttpRequest, HttpResponse

from articles.models import Banner, Image, Promo, PromoTarget, Section
from comments.models import CommentRules

from .models import SiteSettings, StandingVersion
from .models.standing import Reading

_VERSION = StandingVersion._meta.db_table
_PROMO_PICTURE = "EXISTS (SELECT 1 FROM articles_promo WHERE image_id = OLD.id)"
# Each table, with the condition under which a change of a row of it counts.
WATCHED: tuple[tuple[type[models.Model], str], ...] = (
    (SiteSettings, ""),
    (Section, ""),
    (Banner, ""),
    (Banner.sections.through, ""),
    (Promo, ""),
    (PromoTarget, ""),
    (Image, _PROMO_PICTURE),
    (CommentRules, ""),
)


class StandingMiddleware:
    """Let requests that only read use what the process remembers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with Reading():
            return self.get_response(request)


def forget_before_migrate(*, using: str, **_kwargs: Any) -> None:
    """Take the triggers away, and the word: without it no process keeps anything.

    It goes first, and once more at the end: a change in between has made another one.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if _VERSION not in tables:
            return
        StandingVersion.objects.using(using).all().delete()
        for model, _condition in WATCHED:
            if model._meta.db_table in tables:
                for statement in _KINDS[connection.vendor].without(model._meta.db_table):
                    cursor.execute(statement)
        StandingVersion.objects.using(using).all().delete()


def watch_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Make the triggers, then a word. On the way back to before the triggers: nothing."""
    connection = connections[using]
    with connection.cursor() as cursor:
        needed = {_VERSION, *(model._meta.db_table for model, _condition in WATCHED)}
        if not needed <= set(connection.introspection.table_names(cursor)):
            return
    kind = _KINDS[connection.vendor]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for model, condition in WATCHED:
            for statement in kind.without(model._meta.db_table):
                cursor.execute(statement)
            for statement in kind.made(model._meta.db_table, condition):
                cursor.execute(statement)
        for statement in kind.word:
            cursor.execute(statement)


@dataclass(frozen=True)
class _Kind:
    """How a database writes it: a new word, a table's triggers, and what takes them away."""

    word: tuple[str, ...]
    made: Callable[[str, str], Iterator[str]]
    without: Callable[[str], Iterator[str]]


_EVENTS = ("INSERT", "UPDATE", "DELETE")
_SQLITE_WORD = (
    "DELETE FROM newsroom_standingversion",
    "INSERT INTO newsroom_standingversion (id, word) VALUES (1, hex(randomblob(16)))",
)
_POSTGRESQL_WORD = (
    "INSERT INTO newsroom_standingversion (id, word) VALUES (1, gen_random_uuid()::text) "
    "ON CONFLICT (id) DO UPDATE SET word = EXCLUDED.word",
)


def _sqlite_triggers(table: str, condition: str) -> Iterator[str]:
    # No OR REPLACE: the statement that fires a trigger overrules such words in it.
    for event in _EVENTS if not condition else ("UPDATE",):
        when = f"WHEN {condition} " if condition else ""
        yield (
            f"CREATE TRIGGER standing_{table}_{event.lower()} AFTER {event} ON {table} "
            f"{when}BEGIN {'; '.join(_SQLITE_WORD)}; END"
        )


def _postgresql_triggers(table: str, condition: str) -> Iterator[str]:
    word = f"{_POSTGRESQL_WORD[0]};"
    body = f"IF {condition} THEN {word} END IF;" if condition else word
    yield (
        f"CREATE OR REPLACE FUNCTION standing_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$"
    )
    events = "UPDATE" if condition else "INSERT OR UPDATE OR DELETE OR TRUNCATE"
    yield (
        f"CREATE TRIGGER standing_{table} AFTER {events} ON {table} "
        f"FOR EACH {'ROW' if condition else 'STATEMENT'} EXECUTE FUNCTION standing_{table}()"
    )


_KINDS = {
    "sqlite": _Kind(
        _SQLITE_WORD,
        _sqlite_triggers,
        lambda table: (f"DROP TRIGGER IF EXISTS standing_{table}_{e.lower()}" for e in _EVENTS),
    ),
    "postgresql": _Kind(
        _POSTGRESQL_WORD,
        _postgresql_triggers,
        lambda table: iter([f"DROP TRIGGER IF EXISTS standing_{table} ON {table}"]),
    ),
}
