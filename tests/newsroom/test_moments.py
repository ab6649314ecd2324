"""Times as readers get them, in both languages."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from newsroom.lib import moments

AT = datetime(2026, 11, 5, 7, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "style", "words"),
    [
        ("de", "full", "5. November 2026, 07:40 Uhr"),
        ("de", "short", "05.11.2026, 07:40"),
        ("de", "date", "5. November 2026"),
        ("de", "time", "07:40"),
        ("en", "full", "Nov. 5, 2026, 7:40 a.m."),
    ],
)
def test_times_are_written_as_the_language_does(language, style, words):
    with override(language):
        assert moments.written(AT, style) == words
