"""Full-text search on SQLite and PostgreSQL with one analyser, so that both find the same rows.

Texts are reduced to stems here, in Python; the databases only store and match them. `analysis`
reads texts and queries, `index` stores and finds, `marking` shows readers where the hits are.
"""

from .analysis import Query, Term, meaningful_stems, parse, stem, stems
from .conditions import Condition
from .index import Entry, Hit, Index, Stemmed, stemmed
from .marking import Piece, find_word, mark, snippet
from .storage import among

__all__ = [
    "Condition",
    "Entry",
    "Hit",
    "Index",
    "Piece",
    "Query",
    "Stemmed",
    "Term",
    "among",
    "find_word",
    "mark",
    "meaningful_stems",
    "parse",
    "snippet",
    "stem",
    "stemmed",
    "stems",
]
