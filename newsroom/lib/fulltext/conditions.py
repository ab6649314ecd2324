"""What a row must contain, written in the query languages of SQLite's FTS5 and PostgreSQL.

Tokens hold letters, digits and underscores only (analysis.py sees to that), so that nothing a
reader types can be read as an operator.
"""

from collections.abc import Iterable
from dataclasses import dataclass


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


def write(condition: Condition, vendor: str, *, split_phrases: bool = False) -> str:
    """Return the condition as the text after MATCH or as a tsquery.

    `split_phrases`: their words may stand anywhere.
    """
    is_sqlite = vendor == "sqlite"
    both = " AND " if is_sqlite else " & "
    if isinstance(condition, Phrase):
        joint = both if split_phrases else " + " if is_sqlite else " <-> "
        quote = '"{}"' if is_sqlite else "'{}'"
        return f"({joint.join(map(quote.format, condition.tokens))})"
    joint = both if isinstance(condition, AllOf) else " OR " if is_sqlite else " | "
    parts = (write(part, vendor, split_phrases=split_phrases) for part in condition.parts)
    return f"({joint.join(parts)})"


def write_without(
    condition: Condition,
    excluded: Iterable[Condition],
    vendor: str,
    *,
    split_phrases: bool = False,
) -> str:
    """Return the condition with what must not be there."""
    joint = " NOT " if vendor == "sqlite" else " & !"
    return write(condition, vendor, split_phrases=split_phrases) + "".join(
        f"{joint}{write(part, vendor)}" for part in excluded
    )


def has_phrase(condition: Condition) -> bool:
    """Tell whether the condition asks for words in an order."""
    if isinstance(condition, Phrase):
        return len(condition.tokens) > 1
    return any(has_phrase(part) for part in condition.parts)
