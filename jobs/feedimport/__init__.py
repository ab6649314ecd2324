"""Reads partners' feeds: fetch, read twice, compare, and change all or nothing.

The first reading proves that the feed is whole and tells what is new; only then, and only if there
is anything to change, the second one builds adverts, a few hundred at a time. So the size of a feed
costs time, but no memory, and a feed that breaks off at its last byte has changed nothing.
"""

from .documents import Entry
from .running import due, read, read_due

__all__ = ["Entry", "due", "read", "read_due"]
