"""How long `reindex` takes: the full-text index, profiles and lists of related articles."""

import time
from collections.abc import Iterator

from articles import related, search
from articles.likeness import meaning_scorer

from ._texts import Language, fill
from ._timing import size


def run() -> dict[str, dict[str, float | int | str]]:
    """Fill, then do what the command does. `cpu s` are our own: the database's come on top."""
    count = size(10_000)
    fill(count, Language())
    meaning = "with" if meaning_scorer() else "without"
    lines = {"search": search.reindex(), f"related, {meaning} meaning": related.reindex()}
    spent = {name: seconds(steps) for name, steps in lines.items()}
    spent["both"] = (
        sum(wall for wall, _cpu in spent.values()),
        sum(c for _wall, c in spent.values()),
    )
    return {
        name: {"articles": count, "s": wall, "cpu s": cpu} for name, (wall, cpu) in spent.items()
    }


def seconds(steps: Iterator[int]) -> tuple[float, float]:
    """Return how long all steps take, by the clock and of the processor."""
    begun, used = time.perf_counter(), time.process_time()
    for _done in steps:
        pass
    return time.perf_counter() - begun, time.process_time() - used
