"""What readers type, and the hits that an editor expects, best first, from the golden texts."""

from articles import search
from tests.articles.golden import NOW, Text, place

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


def found(texts: list[Text], queries: dict[str, list[str]]) -> dict[str, list[str]]:
    """Publish the texts and return the keys of what each query finds."""
    keys = {article.pk: key for key, article in place(texts).items()}
    return {
        query: [keys[hit.article.pk] for hit in search.search(query, now=NOW).hits]
        for query in queries
    }
