"""What readers find: queries with the hits that an editor expects, equal on both databases."""

import pytest

from articles import search
from tests.articles import golden

pytestmark = pytest.mark.django_db

GERMAN = {
    # Stems: number, case, umlauts written in every way.
    "Zug": ["einigung", "pendler", "streik", "nachtzug"],
    "Züge": ["einigung", "pendler", "streik", "nachtzug"],
    "Lokführer": ["streik", "einigung"],
    "Lokfuehrer": ["streik", "einigung"],
    "lokfuhrer": ["streik", "einigung"],
    "München": ["nachtzug"],
    "Muenchen": ["nachtzug"],
    "munchen": ["nachtzug"],
    "Strasse": ["helfer", "pegel"],
    "Straße": ["helfer", "pegel"],
    "FUSSBALL": ["torhueterin", "pokal", "trainer"],
    # Compounds, by their end and by their beginning.
    "Bahn": ["streik", "einigung", "nachtzug", "torhueterin"],
    "Angebot": ["trainer", "lehrer"],
    "Schule": ["schulbau", "lehrer", "pegel", "abitur", "ganztag"],
    "Strom": ["solar", "strompreis", "windpark"],
    "Klinik": ["pflege", "klinik"],
    # Phrases, exclusion, several words, stop words.
    '"mehr Lohn"': ["streik"],
    '"Lohn mehr"': [],
    "Bahn -Streik": ["nachtzug", "torhueterin"],
    '-"mehr Lohn" Streik': ["einigung", "pendler"],
    "-Bahn": [],
    "Pokal Trainer": ["trainer", "pokal"],
    "Hochwasser Versicherung": ["versicherung"],
    "die Lohe": ["pegel", "deich", "helfer"],
    '"Ganztagsbetreuung: Es fehlen"': ["ganztag"],
    # Names of authors and topics.
    "Änne Groß": ["streik", "pegel", "lehrer", "pokal", "windpark", "klinik"],
    "Aenne Gross": ["streik", "pegel", "lehrer", "pokal", "windpark", "klinik"],
    "Energie": ["solar", "windpark", "strompreis"],
}
ENGLISH = {
    "strikes": ["settlement", "docks"],
    "firefighter": ["smoke", "wildfire"],
    "rent landlord": ["squat", "rents"],
    '"town hall" nurse': ["election", "mayor"],
    '"town hall" -nurse': [],
    "house": ["squat", "rents", "tower", "offices"],
    "Aenne": ["docks", "wildfire", "election", "moon", "rents"],
    "Änne": ["docks", "wildfire", "election", "moon", "rents"],
    "orbit": ["moon", "telescope", "astronaut"],
}
SUGGESTIONS = {
    "de": {
        "Hochwaser": "Hochwasser",
        "Gewerkschafft Lohn": "Gewerkschaft Lohn",
        "Nachtgzu": "Nachtzug",
        "Hochwaser Versicherng": "Hochwasser Versicherungen",
        "qqqq": "",
    },
    "en": {"tleescope": "telescope", "wildfyre smoke": "wildfires smoke", "Anne": ""},
}


@pytest.mark.parametrize(
    ("code", "texts", "expected"),
    [("de", golden.GERMAN, GERMAN), ("en", golden.ENGLISH, ENGLISH)],
)
def test_hits_are_those_that_an_editor_expects(settings, code, texts, expected):
    settings.LANGUAGE_CODE = code
    keys = {article.pk: key for key, article in golden.place(texts).items()}
    found = {
        query: [keys[hit.article.pk] for hit in search.search(query, now=golden.NOW).hits]
        for query in expected
    }
    assert found == expected


@pytest.mark.parametrize(("code", "texts"), [("de", golden.GERMAN), ("en", golden.ENGLISH)])
def test_suggestions_are_words_of_what_readers_would_find(settings, code, texts):
    settings.LANGUAGE_CODE = code
    golden.place(texts)
    for query, expected in SUGGESTIONS[code].items():
        results = search.search(query, now=golden.NOW)
        assert (query, results.total, results.suggestion) == (query, 0, expected)
        if expected:
            assert search.search(expected, now=golden.NOW).total > 0
