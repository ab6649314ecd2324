"""Whole public pages, kept ready to send and never older than the last change.

A view says that its answer may be kept (`@cached`) and which rows it shows (`tag`); a verb says
what it has changed (`purge`); the `Door` answers before anything else of the site is asked.

How a page can never be too old: the store counts purges. A page is kept with the count read before
its first query, and every answer compares it with the numbers under which its keys were last
purged. Whoever rendered while something changed has kept a page that nobody will be given.

How a kill leaves none behind: purge() counts before the transaction commits, and until it has
counted once more afterwards no page of these keys is kept. Whoever dies in between leaves a lease
that runs out; what was rendered while it ran was not kept.
"""

from .door import Door
from .marks import cached, tag
from .purging import HANDLERS, forget, purge

__all__ = ["HANDLERS", "Door", "cached", "forget", "purge", "tag"]
