"""Work in blocks, by several processes where the database lets several write."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from typing import Any, cast

from django.db import connection, connections


def done[T](place: Callable[[T], int], blocks: Iterable[T], is_much: bool) -> Iterator[int]:
    """Call `place` for every block, in any order, and yield what it returns.

    Every call is a transaction of its own: what a killed run has left out, the next one does.
    """
    is_alone = connection.in_atomic_block or connection.vendor != "postgresql"
    if is_alone or not is_much:
        yield from map(place, blocks)
        return
    # Nobody shares a connection with the processes that are forked now.
    connections.close_all()
    cast("Any", connection).close_pool()
    # Handed over once: with every block a process would forget what it had prepared for the last.
    begin = partial(setattr, _Process, "place", staticmethod(place))
    with ProcessPoolExecutor(os.cpu_count(), get_context("fork"), initializer=begin) as pool:
        for finished in as_completed([pool.submit(_place, block) for block in blocks]):
            yield finished.result()


class _Process:
    """What this process of a pool does with its blocks."""

    place: Callable[[Any], int]


def _place(block: Any) -> int:
    return _Process.place(block)
