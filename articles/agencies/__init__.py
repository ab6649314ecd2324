"""Feeds of agencies as a source of drafts; none is ever published by itself.

`documents` reads RSS, Atom and JSON Feed, `bodies` makes clean HTML of what stands in them,
`intake` brings entries to articles, `fetching` is one reading from the address to its report.
"""

from .fetching import fetch, fetch_due, take
from .intake import note_seen

__all__ = ["fetch", "fetch_due", "note_seen", "take"]
