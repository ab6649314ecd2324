"""What readers find: queries with the hits that an editor expects, equal on both databases."""

import pytest

from articles import search
from tests.articles import golden, golden_queries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "texts", "expected"),
    [("de", golden.GERMAN, golden_queries.GERMAN), ("en", golden.ENGLISH, golden_queries.ENGLISH)],
)
def test_hits_are_those_that_an_editor_expects(settings, code, texts, expected):
    settings.LANGUAGE_CODE = code
    assert golden_queries.found(texts, expected) == expected


@pytest.mark.parametrize(("code", "texts"), [("de", golden.GERMAN), ("en", golden.ENGLISH)])
def test_suggestions_are_words_of_what_readers_would_find(settings, code, texts):
    settings.LANGUAGE_CODE = code
    golden.place(texts)
    for query, expected in golden_queries.SUGGESTIONS[code].items():
        results = search.search(query, now=golden.NOW)
        assert (query, results.total, results.suggestion) == (query, 0, expected)
        if expected:
            assert search.search(expected, now=golden.NOW).total > 0
