"""How long something takes, and how much of it to do."""

import os
import statistics
import time
from collections.abc import Callable


def size(default: int) -> int:
    """Return how many articles to fill in: ARTICLES from the environment, or the default."""
    return int(os.environ.get("ARTICLES", default))


def milliseconds(ask: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return how long the first run took, and the median of the others."""
    times = []
    for _run in range(runs + 1):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    return times[0], statistics.median(times[1:])
