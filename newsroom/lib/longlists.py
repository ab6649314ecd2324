"""Lists of the admin that may be endless: counted so far and no further, so paged so far."""

from functools import cached_property
from typing import Any, cast

from django.core.paginator import Paginator

MOST = 1_000


class AtLeast(int):
    """A number of which only the beginning was counted."""

    def __str__(self) -> str:
        return f"{int(self)}+"


class LongListPaginator(Paginator):
    """Counts the first thousand rows; what stands behind them, filters and search find."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, an AtLeast where there are more. One query."""
        # In the list's own order, for which there is an index.
        counted = int(cast("Any", self.object_list).values("pk")[: MOST + 1].count())
        return AtLeast(MOST) if counted > MOST else counted
