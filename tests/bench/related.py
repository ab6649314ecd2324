"""How long `reindex` takes: the full-text index, profiles and lists of related articles."""

import time
from collections.abc import Iterator

from articles import related, search
from articles.likeness import meaning_scorer

from ._texts import Language, fill
from ._timing import size


def run() -> dict[str, dict[str, float | int | str]]:
    """Fill, then do what the command does."""
    count = size(10_000)
    fill(count, Language())
    meaning = "with" if meaning_scorer() else "without"
    lines = {"search": search.reindex(), f"related, {meaning} meaning": related.reindex()}
    spent = {name: seconds(steps) for name, steps in lines.items()}
    return {
        name: {"articles": count, "s": value, "s per 1,000": value / count * 1000}
        for name, value in [*spent.items(), ("both", sum(spent.values()))]
    }


def seconds(steps: Iterator[int]) -> float:
    """Return how long all steps take."""
    begun = time.perf_counter()
    for _done in steps:
        pass
    return time.perf_counter() - begun
