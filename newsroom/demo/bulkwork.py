"""Work in blocks, by several processes where the database lets several write."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from itertools import batched
from multiprocessing import get_context
from typing import Any, cast

from django.db import connection, connections
from django.db.models import Model
from tqdm import tqdm

from newsroom.lib import lateindexes

# The first and the last of a run of numbers.
type Block = tuple[int, int]


def run(
    place: Callable[[Block], int],
    numbers: Sequence[int],
    *,
    size: int,
    is_much: bool,
    title: str,
    unit: str,
    late: Sequence[type[Model]] = (),
) -> None:
    """Call `place` for all numbers in blocks of at most `size`, in any order; show how far it is.

    `place` makes the rows of a block in a transaction of its own, and returns how many: what a
    killed run has left out, the next one does. The indexes of `late` are made at the end of much.
    """
    indexes = lateindexes.late(late, pays=is_much)
    with indexes, tqdm(total=len(numbers), desc=title, unit=unit, disable=None) as progress:
        for count in _done(place, _blocks(numbers, size), is_much):
            progress.update(count)


def _done(place: Callable[[Block], int], pieces: Iterable[Block], is_much: bool) -> Iterator[int]:
    """Call `place` for every piece and yield what it returns."""
    is_alone = connection.in_atomic_block or connection.vendor != "postgresql"
    if is_alone or not is_much:
        yield from map(place, pieces)
        return
    # Nobody shares a connection with the processes that are forked now.
    connections.close_all()
    cast("Any", connection).close_pool()
    # Handed over once: with every piece a process would forget what it had prepared for the last.
    begin = partial(setattr, _Process, "place", staticmethod(place))
    with ProcessPoolExecutor(os.cpu_count(), get_context("fork"), initializer=begin) as pool:
        for finished in as_completed([pool.submit(_place, piece) for piece in pieces]):
            yield finished.result()


def _blocks(numbers: Sequence[int], size: int) -> Iterator[Block]:
    """Yield runs of numbers without a gap as first and last: one record remembers each."""
    for batch in batched(numbers, size, strict=False):
        start = 0
        for end in range(1, len(batch) + 1):
            if end == len(batch) or batch[end] != batch[end - 1] + 1:
                yield batch[start], batch[end - 1]
                start = end


def key_of(block: Block) -> str:
    """Return the key under which a block is remembered."""
    return f"{block[0]}-{block[1]}"


def numbers_of(key: str) -> range:
    """Return the numbers of the block that a key remembers."""
    first, last = key.split("-")
    return range(int(first), int(last) + 1)


class _Process:
    """What this process of a pool does with its pieces."""

    place: Callable[[Block], int]


def _place(piece: Block) -> int:
    return _Process.place(piece)
