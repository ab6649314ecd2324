"""The index: which rows contain what. Its tables are made by a migration of the rows' owner.

A row is stored as a bag of tokens: the stems of its texts in their order, the stems of its marked
fields once more with the field's letter ("h_bahn"), and labels ("section_7") to filter by. Both
databases can so answer "in the headline" or "in this section" without looking at the row. The
key holds the row's time before its id: the newest hits come first, without a sort on SQLite.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from .analysis import Analysed, Query, Term, analyse, plain, stems
from .conditions import GAP, AllOf, AnyOf, Condition, Phrase
from .keys import ID_BITS, ID_MASK, START_SECONDS, key_of
from .stemtable import StemTable
from .storage import Storage, storage_for

_MAX_BODY = 12_000  # words; all positions must stay below PostgreSQL's 16,383
_MAX_REPEATS = 250  # of one token; PostgreSQL keeps 255 positions


# Names of topics and authors come again and again.
_analyse_line = lru_cache(maxsize=4_096)(analyse)


@dataclass(frozen=True)
class Entry:
    """A row to index. Ids up to 134 million; the fields are those that the index was made with.

    The language of a body that is Stemmed already is that of the index.
    """

    id: int
    at: datetime
    fields: Mapping[str, Sequence[str]]
    body: str | Analysed = ""
    labels: Sequence[str] = ()


class Hit(NamedTuple):
    """A row found, its time in seconds since 1970, and the names of the conditions it meets."""

    id: int
    timestamp: int
    meets: set[str]


class Index:
    """A full-text index of rows with an integer id and a time."""

    def __init__(self, table: str, fields: Sequence[str]) -> None:
        """Name the table and the marked fields; these must differ in their first letter."""
        self.table, self.fields = table, tuple(fields)
        self.stem_table = StemTable(f"{table}_stems")

    @property
    def _storage(self) -> Storage:
        return storage_for(connection.vendor, self.table)

    # --- made by a migration ---

    def create(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Create the tables."""
        storage = storage_for(schema_editor.connection.vendor, self.table)
        for statement in [*storage.ddl(), *self.stem_table.ddl()]:
            schema_editor.execute(statement)

    def renew(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Bring tables made by an earlier version up to date; their rows stay."""
        storage = storage_for(schema_editor.connection.vendor, self.table)
        for statement in [*storage.renewal(), *self.stem_table.renewal()]:
            schema_editor.execute(statement)

    def drop(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Remove the tables."""
        storage = storage_for(schema_editor.connection.vendor, self.table)
        for statement in [*storage.drop(), *self.stem_table.drop()]:
            schema_editor.execute(statement)

    # --- kept in step by the owner of the rows ---

    def put(self, entries: Iterable[Entry], language: str, *, are_new: bool = False) -> None:
        """Index rows; what is there of them is replaced. Some seven queries for any number.

        `are_new`: none of them is there, which spares the look.
        """
        rows, seen, marked = [], set[str](), set[str]()
        for entry in entries:
            tokens, in_fields = self._tokens(entry, language)
            rows.append((entry.id, key_of(entry.id, entry.at), tokens))
            seen.update(token for token in tokens if GAP not in token)
            marked |= in_fields
        if rows:
            (self._storage.add if are_new else self._storage.put)(rows)
            self.stem_table.learn(seen, marked)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget rows. Their stems stay known: they do no harm."""
        self._storage.remove(list(ids))

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Take many new rows in faster: what finds them is made anew at the end.

        Whoever is killed meanwhile leaves a slow search behind until `ready` is called.
        """
        for statement in self._storage.without_index():
            self._execute(statement)
        try:
            yield
        finally:
            self.ready()

    def ready(self) -> None:
        """Make what `suspended` has taken away, if it is missing."""
        with transaction.atomic():
            for statement in self._storage.with_index():
                self._execute(statement)

    def _execute(self, sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    def clear(self) -> None:
        """Forget all rows and stems."""
        self._storage.clear()
        self.stem_table.clear()

    def ids(self) -> set[int]:
        """Return the ids of all rows that are indexed."""
        return self._storage.ids()

    def _tokens(self, entry: Entry, language: str) -> tuple[list[str], set[str]]:
        """Return a row's tokens, and those stems among them that stand in marked fields."""
        plain: list[str] = []
        marked: list[str] = []
        extra: list[str] = []
        for field in self.fields:
            for text in entry.fields.get(field, ()):
                found = _analyse_line(text, language)
                plain += [*found.stems, GAP]
                marked += [*(_mark(field, part) for part in found.stems), GAP]
                extra += [*found.others, *(_mark(field, other) for other in found.others)]
        in_fields = set(plain)
        body = analyse(entry.body, language) if isinstance(entry.body, str) else entry.body
        plain += body.stems[:_MAX_BODY]
        extra += body.others
        tokens = [*plain, GAP, *marked, *dict.fromkeys(extra), *entry.labels]
        return _without_endless_repeats(tokens), in_fields - {GAP}

    # --- asked by readers ---

    def widen(self, query: Query, language: str, *, is_unfinished: bool = False) -> Query:
        """Let each single word also mean the longer words of which it is a part. One query.

        `is_unfinished`: the last word may go on, as in a field that searches while one types.
        """
        parts: dict[tuple[str, str], None] = {}
        for term in query.wanted:
            if term.is_word:
                # "Hafen" is cut to "haf", too short to look for, but begins "Hafenarbeiter".
                parts[(term.stems[0], term.stems[0])] = None
                parts[(term.stems[0], plain(term.text))] = None
        last = query.wanted[-1].stems[0] if is_unfinished and query.wanted else ""
        return replace(query, compounds=self.stem_table.longer(list(parts), language, last))

    def suggest(self, word: str) -> list[str]:
        """Return known stems of marked fields that look like an unknown one, best first."""
        return self.stem_table.similar(word)

    def anywhere(self, query: Query) -> Condition:
        """Every term, or what may stand for it."""
        return AllOf(tuple(self._one(query, term, "") for term in query.wanted))

    def exactly(self, query: Query) -> Condition:
        """Every term as it was asked, without compounds."""
        return self.anywhere(replace(query, compounds={}))

    def all_in(self, query: Query, *fields: str) -> Condition:
        """Every term in one of the fields."""
        return AllOf(tuple(self._one(query, term, *fields) for term in query.wanted))

    def any_in(self, query: Query, *fields: str) -> Condition:
        """One of the terms in one of the fields, the others anywhere."""
        found = AnyOf(tuple(self._one(query, term, *fields) for term in query.wanted))
        return AllOf((self.anywhere(query), found)) if len(query.wanted) > 1 else found

    def some_of(self, stems: Sequence[str], *fields: str) -> Condition:
        """One of the stems in one of the fields; the field "" is anywhere."""
        return AnyOf(tuple(Phrase((_mark(field, part),)) for part in stems for field in fields))

    def phrase_in(self, field: str, text: str, language: str) -> Condition | None:
        """The words of a text, one after the other, in a field; None if it has no words."""
        found = tuple(_mark(field, part) for part in stems(text[:200], language))
        return Phrase(found) if found else None

    def label(self, *labels: str) -> Condition:
        """One of the labels."""
        return AnyOf(tuple(Phrase((label,)) for label in labels))

    def hits(
        self,
        wanted: Mapping[str, tuple[Condition, int]],
        *,
        also: Sequence[Condition] = (),
        excluded: Sequence[Condition] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Hit]:
        """Return the newest rows of each named condition, up to its limit, newest first. One query.

        All of them meet `also` too, none of `excluded`, and have a time in [since, until).
        """
        named = {
            name: (AllOf((condition, *also)) if also else condition, limit)
            for name, (condition, limit) in wanted.items()
        }
        found = self._storage.newest(named, excluded, key_of(0, since), key_of(0, until))
        meets: dict[int, set[str]] = {}
        for name, key in found:
            meets.setdefault(key, set()).add(name)
        return [
            Hit(key & ID_MASK, (key >> ID_BITS) + START_SECONDS, meets[key])
            for key in sorted(meets, reverse=True)
        ]

    def unwanted(self, query: Query) -> list[Condition]:
        """What a hit must not contain."""
        return [self._one(query, term, "") for term in query.excluded]

    def _one(self, query: Query, term: Term, *fields: str) -> Condition:
        phrases = [
            Phrase(tuple(_mark(field, part) for part in choice))
            for choice in query.choices(term)
            for field in fields
        ]
        return phrases[0] if len(phrases) == 1 else AnyOf(tuple(phrases))


def _mark(field: str, part: str) -> str:
    return f"{field[0]}_{part}" if field else part


def _without_endless_repeats(tokens: list[str]) -> list[str]:
    counts = Counter(tokens)
    if max(counts.values()) <= _MAX_REPEATS:
        return tokens
    counts.clear()
    kept = []
    for token in tokens:
        counts[token] += 1
        kept.append(token if counts[token] <= _MAX_REPEATS else GAP)
    return kept
