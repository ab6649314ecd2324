"""Work in blocks, by several processes where the database lets several write."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from django.db import connection, connections


def done[T](place: Callable[[T], int], blocks: Iterable[T], is_much: bool) -> Iterator[int]:
    """Call `place` for every block, in any order, and yield what it returns.

    Every call is a transaction of its own: what a killed run has left out, the next one does.
    """
    is_alone = connection.in_atomic_block or connection.vendor != "postgresql"
    if is_alone or not is_much:
        yield from map(place, blocks)
        return
    connections.close_all()  # nobody shares one with the processes that are forked now
    with ProcessPoolExecutor(os.cpu_count(), get_context("fork")) as pool:
        for finished in as_completed([pool.submit(place, block) for block in blocks]):
            yield finished.result()
