"""What a row must contain, written in the query languages of SQLite's FTS5 and PostgreSQL.

Tokens hold letters, digits and underscores only (analysis.py sees to that), so that nothing a
reader types can be read as an operator.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

GAP = "_"  # stands between texts, so that no phrase reaches from one into the next
_PAIRS = 1 << 16


@dataclass(frozen=True)
class Phrase:
    """Tokens one after the other."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class AllOf:
    """Every part."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    """One of the parts."""

    parts: tuple["Condition", ...]


type Condition = Phrase | AllOf | AnyOf


@lru_cache(maxsize=50_000)
def pair(one: str, other: str) -> str:
    """Return a token that says that one token stands before another; few pairs share one."""
    return f"_{zlib.crc32(f'{one} {other}'.encode()) % _PAIRS:04x}"


def write(condition: Condition, vendor: str, *, by_pairs: bool = False) -> str:
    """Return the condition as the text after MATCH or as a tsquery.

    `by_pairs`: of a phrase, its words and their pairs, whose places in the text do not count.
    """
    is_sqlite = vendor == "sqlite"
    both = " AND " if is_sqlite else " & "
    if isinstance(condition, Phrase):
        tokens = [*condition.tokens]
        if by_pairs:
            tokens += [pair(one, other) for one, other in pairwise(tokens)]
        joint = both if by_pairs else " + " if is_sqlite else " <-> "
        quote = '"{}"' if is_sqlite else "'{}'"
        return f"({joint.join(map(quote.format, tokens))})"
    joint = both if isinstance(condition, AllOf) else " OR " if is_sqlite else " | "
    parts = (write(part, vendor, by_pairs=by_pairs) for part in condition.parts)
    return f"({joint.join(parts)})"


def write_without(
    condition: Condition,
    excluded: Iterable[Condition],
    vendor: str,
    *,
    by_pairs: bool = False,
) -> str:
    """Return the condition with what must not be there."""
    joint = " NOT " if vendor == "sqlite" else " & !"
    return write(condition, vendor, by_pairs=by_pairs) + "".join(
        f"{joint}{write(part, vendor)}" for part in excluded
    )


def has_phrase(condition: Condition) -> bool:
    """Tell whether the condition asks for words in an order."""
    if isinstance(condition, Phrase):
        return len(condition.tokens) > 1
    return any(has_phrase(part) for part in condition.parts)
