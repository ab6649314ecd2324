"""Related articles against two golden sets: the baselines must be beaten on both.

The first set was there while the weights were chosen; the second was written afterwards.
"""

import pytest

from tests.articles import golden, golden_heldout
from tests.articles.relatedscores import table

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("de", golden.GERMAN),
        ("en", golden.ENGLISH),
        ("de", golden_heldout.GERMAN),
        ("en", golden_heldout.ENGLISH),
    ],
    ids=["de", "en", "de-heldout", "en-heldout"],
)
def test_lists_beat_the_baselines(settings, code, texts):
    settings.LANGUAGE_CODE = code
    scores = table(texts, golden.place(texts))
    section, topics, words = (
        scores[name] for name in ("newest of the section", "topics only", "words")
    )
    for baseline in (section, topics):
        assert words > baseline
        assert words[1] > baseline[1]
    if (both := scores.get("words and meaning")) is not None:
        assert both[0] >= words[0]
    assert words[0] > 1.5 * max(section[0], topics[0])
