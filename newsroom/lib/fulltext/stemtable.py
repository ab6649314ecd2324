"""All stems that an index has ever seen: for compounds and for slips of the pen.

Plain b-trees on both databases: longer and similar words by their beginning or (written backwards)
their end; how similar, is computed here.
"""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from django.db import connection

_MAX_LONGER = 20  # per word, and each for beginning and end
_MIN_REST = 3  # letters that the other part of a compound has: "Bahn" is not in "Bahnen"
_MIN_PART = {"de": 4}  # letters of a word that may be part of one; English compounds less freely
_DEFAULT_MIN_PART = 5
_SIMILAR = 0.5
_MIN_SUGGESTED = 4  # letters
_LONG = 7  # letters of a word of which three at either end tell enough
_MAX_COMPARED = 1_500  # words for each end
_LAST = chr(0x10FFFF)


class StemTable:
    """The table of an index's stems; `name` is a constant of ours, never typed in."""

    def __init__(self, name: str) -> None:
        self.name = name

    def ddl(self) -> list[str]:
        text = 'text COLLATE "C"' if connection.vendor == "postgresql" else "text"
        return [
            f"CREATE TABLE {self.name} (stem {text} PRIMARY KEY, backwards {text} NOT NULL, "
            "is_marked boolean NOT NULL)",
            # Compounds, and similar words, by their end.
            f"CREATE INDEX {self.name}_backwards ON {self.name} (backwards)",
        ]

    def renewal(self) -> list[str]:
        return [f"DROP INDEX IF EXISTS {self.name}_{name}" for name in ("first", "second")]

    def drop(self) -> list[str]:
        return [f"DROP TABLE IF EXISTS {self.name}"]

    def learn(self, seen: AbstractSet[str], marked: AbstractSet[str]) -> None:
        """Add stems that are new; one that turns up in a marked field stays marked.

        Those that are known are only read: every text has them, and writers would wait for each
        other.
        """
        words = [word for word in seen if len(word) > 2 and not word.isdecimal()]
        is_postgresql = connection.vendor == "postgresql"
        asked = (
            "SELECT jsonb_array_elements_text(%s::jsonb)"
            if is_postgresql
            else "SELECT value FROM json_each(%s)"
        )
        known = dict(
            self._ask(
                f"SELECT stem, is_marked FROM {self.name} WHERE stem IN ({asked})",  # noqa: S608 - our own table
                [json.dumps(words)],
            )
        )
        # In one order, so that no two writers wait for each other.
        rows = [
            [word, word[::-1], word in marked]
            for word in sorted(words)
            if word not in known or (word in marked and not known[word])
        ]
        values = (
            "SELECT value ->> 0, value ->> 1, value ->> 2 = 'true' "
            "FROM jsonb_array_elements(%s::jsonb)"
            if is_postgresql
            else "SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(%s) WHERE true"
        )
        if rows:
            self._execute(
                f"INSERT INTO {self.name} (stem, backwards, is_marked) {values} "
                "ON CONFLICT (stem) DO UPDATE SET is_marked = true "
                f"WHERE excluded.is_marked AND NOT {self.name}.is_marked",
                [json.dumps(rows)],
            )

    def clear(self) -> None:
        self._execute(f"DELETE FROM {self.name}", [])  # noqa: S608 - our own table

    def longer(
        self, words: Sequence[tuple[str, str]], language: str, unfinished: str
    ) -> dict[str, tuple[str, ...]]:
        """Return, for each stem whose word is a part of known ones, these. One query at most.

        `words` are pairs: a stem, and what to look for in its name. `unfinished` is a stem that may
        go on with any letters, however few.
        """
        shortest = _MIN_PART.get(language, _DEFAULT_MIN_PART)
        parts: list[str] = []
        params: list[Any] = []
        for word, part in words:
            is_open = word == unfinished and len(part) > 1
            if is_open or len(part) >= shortest:
                rest = 1 if is_open else _MIN_REST
                parts.append(self._range("stem"))
                params += [word, part, part + _LAST, len(part) + rest, _MAX_LONGER]
            if len(part) >= shortest:
                back = part[::-1]
                parts.append(self._range("backwards"))
                params += [word, back, back + _LAST, len(part) + _MIN_REST, _MAX_LONGER]
        if not parts:
            return {}
        found: dict[str, set[str]] = {}
        for word, longer in self._ask(" UNION ALL ".join(parts), params):
            found.setdefault(word, set()).add(longer)
        return {word: tuple(sorted(longer)) for word, longer in found.items()}

    def _range(self, column: str) -> str:
        return (
            f"SELECT * FROM (SELECT %s, stem FROM {self.name} WHERE {column} >= %s "  # noqa: S608 - our own table
            f"AND {column} < %s AND length(stem) >= %s ORDER BY length(stem), stem LIMIT %s) "
            f"AS {column}_range"
        )

    def similar(self, word: str, limit: int = 3) -> list[str]:
        """Return the marked stems most like an unknown one, best first. One query.

        Of those that begin or end like it: one slip leaves either end whole. Likeness of at least
        0.5; "Bahnhfo" and "Bahnhof" have 0.93.
        """
        end = 2 if len(word) < _LONG else 3
        params: list[Any] = []
        for part in (word[:end], word[: -end - 1 : -1]):
            shortest = max(len(word) - 2, _MIN_SUGGESTED)
            params += [part, part + _LAST, shortest, len(word) + 2, len(word), _MAX_COMPARED]
        one = " UNION ALL ".join(map(self._beginning, ("stem", "backwards")))
        rows = {row[0] for row in self._ask(one, params)}
        scored = sorted((-likeness(word, row), row) for row in rows - {word})
        return [row for score, row in scored[:limit] if -score >= _SIMILAR]

    def _beginning(self, column: str) -> str:
        return (
            f"SELECT * FROM (SELECT stem FROM {self.name} WHERE {column} >= %s "  # noqa: S608 - our own table
            f"AND {column} < %s AND is_marked AND length(stem) BETWEEN %s AND %s "
            f"ORDER BY abs(length(stem) - %s), {column} LIMIT %s) AS {column}_beginning"
        )

    def _execute(self, sql: str, params: Sequence[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    def _ask(self, sql: str, params: Sequence[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())


def likeness(one: str, other: str) -> float:
    """Return how alike two words look: the Dice coefficient of their trigrams, 0 to 1.

    The same letters in another order, which trigrams hardly see, count 0.3 more.
    """
    first, second = _trigrams(one), _trigrams(other)
    dice = 2 * len(first & second) / (len(first) + len(second))
    return min(1.0, dice + 0.3 * (sorted(one) == sorted(other)))


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
