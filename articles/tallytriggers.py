"""The triggers that write tallies (tallies.py), wired to `migrate` in newsroom/apps.py.

They are away while `migrate` runs: on SQLite a changed table loses its own, and cannot be changed
while another's name it. Afterwards everything is counted anew.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections, transaction

_ARTICLE, _TAGGED = "articles_article", "articles_taggedarticle"
_MONTHS, _TOPICS = "articles_monthtally", "articles_topictally"
_NAMES = {
    _ARTICLE: ("tally_article_insert", "tally_article_update", "tally_article_delete"),
    _TAGGED: ("tally_tagged_insert", "tally_tagged_update", "tally_tagged_delete"),
}


def forget_before_migrate(*, using: str, **_kwargs: Any) -> None:
    """Take the triggers and all tallies away; readers' counts are counted until they are back."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if not _is_there(connection, cursor):
            return
        for statement in _without(connection.vendor):
            cursor.execute(statement)
        for table in (_MONTHS, _TOPICS):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own tables


def count_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Make the triggers and count. On the way back to before the tallies: nothing."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if not _is_there(connection, cursor):
            return
        for statement in (*_without(connection.vendor), *_made(connection.vendor), *_counted()):
            cursor.execute(statement)


def _is_there(connection: Any, cursor: Any) -> bool:
    return {_ARTICLE, _TAGGED, _MONTHS, _TOPICS} <= set(
        connection.introspection.table_names(cursor)
    )


def _without(vendor: str) -> Iterator[str]:
    for table, names in _NAMES.items():
        for name in names:
            yield f"DROP TRIGGER IF EXISTS {name}{f' ON {table}' if vendor == 'postgresql' else ''}"


def _counted() -> Iterator[str]:
    """Yield what writes everything down anew. The triggers are there: nobody writes between."""
    for table in (_MONTHS, _TOPICS):
        yield f"DELETE FROM {table}"  # noqa: S608 - our own tables
    yield _of_months(_ARTICLE)
    yield _of_topics(_TAGGED)


def _of_months(rows: str) -> str:
    return (
        f"INSERT INTO {_MONTHS} (month, articles, own) "  # noqa: S608 - our own tables
        f"SELECT month, COUNT(*), SUM(CASE WHEN canonical_url = '' THEN 1 ELSE 0 END) "
        f"FROM {rows} WHERE status = 'published' GROUP BY month"
    )


def _of_topics(rows: str) -> str:
    return (
        f"INSERT INTO {_TOPICS} (tag_id, articles) "  # noqa: S608 - our own tables
        f"SELECT tagged.tag_id, COUNT(*) FROM {rows} tagged "
        f"JOIN {_ARTICLE} article ON article.id = tagged.content_object_id "
        "WHERE article.status = 'published' GROUP BY tagged.tag_id"
    )


def _month(row: str, sign: str) -> str:
    """Of one row of articles, OLD or NEW."""
    return (
        f"INSERT INTO {_MONTHS} (month, articles, own) "
        f"SELECT {row}.month, {sign}1, "
        f"{sign}(CASE WHEN {row}.canonical_url = '' THEN 1 ELSE 0 END) "
        f"WHERE {row}.status = 'published';"
    )


def _topic(row: str, sign: str) -> str:
    """Of one topic of an article, OLD or NEW; of an article that is gone there is none."""
    return (
        f"INSERT INTO {_TOPICS} (tag_id, articles) "  # noqa: S608 - our own tables
        f"SELECT {row}.tag_id, {sign}1 FROM {_ARTICLE} "
        f"WHERE id = {row}.content_object_id AND status = 'published';"
    )


def _topics_of(row: str, sign: str) -> str:
    """Of all topics of an article that has become published, or is so no more."""
    return (
        f"INSERT INTO {_TOPICS} (tag_id, articles) "  # noqa: S608 - our own tables
        f"SELECT tag_id, {sign}1 FROM {_TAGGED} "
        f"WHERE content_object_id = {row}.id AND {row}.status = 'published';"
    )


_INSERTED = _month("NEW", "")
_REMOVED = _month("OLD", "-") + _topics_of("OLD", "-")
_CHANGED = _month("OLD", "-") + _month("NEW", "")
_CHANGED += _topics_of("OLD", "-") + _topics_of("NEW", "")
_MOVED = _topic("OLD", "-") + _topic("NEW", "")


def _made(vendor: str) -> Iterator[str]:
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    is_new, is_other = (
        " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in names)
        for names in (("status", "month", "canonical_url"), ("tag_id", "content_object_id"))
    )
    # Of an update the first words say which columns: saving an article names all of them.
    rows = (
        (_ARTICLE, "UPDATE", "UPDATE OF status, month, canonical_url", is_new, _CHANGED),
        (_ARTICLE, "DELETE", "DELETE", "", _REMOVED),
        (_TAGGED, "UPDATE", "UPDATE OF tag_id, content_object_id", is_other, _MOVED),
        (_TAGGED, "DELETE", "DELETE", "", _topic("OLD", "-")),
    )
    for table, event, fires, condition, body in rows:
        name = f"{'tally_article' if table == _ARTICLE else 'tally_tagged'}_{event.lower()}"
        when = f"WHEN ({condition}) " if condition else ""
        if vendor == "sqlite":
            yield f"CREATE TRIGGER {name} AFTER {fires} ON {table} {when}BEGIN {body} END"
            continue
        yield _function(name, body)
        yield (
            f"CREATE TRIGGER {name} AFTER {fires} ON {table} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION {name}()"
        )
    yield from _made_for_new_rows(vendor)


def _made_for_new_rows(vendor: str) -> Iterator[str]:
    """Rows that come by the thousand are counted at once where the database can."""
    for table, name, row, all_rows in (
        (_ARTICLE, "tally_article_insert", _INSERTED, _of_months("added")),
        (_TAGGED, "tally_tagged_insert", _topic("NEW", ""), _of_topics("added")),
    ):
        if vendor == "sqlite":
            yield f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {row} END"
            continue
        yield _function(name, f"{all_rows};")
        yield (
            f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$"
    )
