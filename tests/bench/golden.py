"""How good search and related articles are on the hand-written texts, in both languages.

P@5 is precision at five, of what can be reached; MRR the mean reciprocal rank of the first hit.
`held out` is the set on which nothing was tuned.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.test.utils import override_settings

from tests.articles import golden, golden_heldout, golden_queries
from tests.articles.golden import place
from tests.articles.relatedscores import scores, table


def run() -> dict[str, dict[str, float | int | str]]:
    """Publish each set of texts, ask for hits and lists, and take it back."""
    figures: dict[str, dict[str, float | int | str]] = {}
    for code, texts, expected in (
        ("de", golden.GERMAN, golden_queries.GERMAN),
        ("en", golden.ENGLISH, golden_queries.ENGLISH),
    ):
        with published(code):
            found = golden_queries.found(texts, expected)
        precision, rank = scores((hits, set(expected[query])) for query, hits in found.items())
        exact = sum(hits == expected[query] for query, hits in found.items())
        figures[f"search, {code}"] = {
            "P@5": precision, "MRR": rank, "exact": f"{exact} of {len(found)}"
        }  # fmt: skip
    for name, module in (("", golden), (", held out", golden_heldout)):
        for code, texts in (("de", module.GERMAN), ("en", module.ENGLISH)):
            with published(code):
                rows = table(texts, place(texts))
            for ranking, (precision, rank) in rows.items():
                line = f"related{name}, {code}: {ranking}"
                figures[line] = {"P@5": precision, "MRR": rank}
    return figures


@contextmanager
def published(code: str) -> Iterator[None]:
    """Let a set of texts be there in a language, and gone afterwards."""
    with override_settings(LANGUAGE_CODE=code), transaction.atomic():
        yield
        transaction.set_rollback(True)
