"""Titles without their gender suffixes, and what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.titles import add_neutral_suffix, normalise

SUFFIXES = [
    "(m/w/d)", "(w/m/d)", "(d/w/m)", "(d/m/w)", "(m/d/w)", "(m/w/x)", "(w/m/x)", "(m/f/d)",
    "(f/m/d)", "(f/m/x)", "(m/f/x)", "(x/f/m)", "(m/w/i)", "(m/w/d/x)", "(M/W/D)", "(M/w/d)",
    "(m|w|d)", "(m*w*d)", "(m,w,d)", "(m, w, d)", "(m·w·d)", "(m•w•d)", "(m w d)", "(m-w-d)",
    "(m–w–d)", "(m;w;d)", "(m\\w\\d)", "( m / w / d )", "(mwd)", "(wmd)", "(MWD)", "(m/w/d*)",
    "(m/w/*)", "[m/w/d]", "{m/w/d}", "(m/w)", "(w/m)", "(m/f)", "(m/w/div.)", "(m/w/divers)",
    "(männlich/weiblich/divers)", "(male/female/diverse)", "(f/m/non-binary)", "(mann/frau/divers)",
    "(gn)", "(gn*)", "(all genders)", "(All Genders)", "(all gender)", "(any gender)",
    "(alle Geschlechter)", "(geschlechtsneutral)", "(divers)", "(Mensch)", "(gender neutral)",
    "m/w/d", "w/m/d", "M/W/D", "m|w|d", "m*w*d", "m,w,d", "m, w, d", "m · w · d", "m w d", "M W D",
    "mwd", "wmd", "m/w", "f/m/x", "- m/w/d", "– (m/w/d)", "| m/w/d", ", m/w/d", "/ m/w/d", "gn",
    "- all genders", "| alle Geschlechter", "(m/w/d) (all genders)", "(m/w/d | gn)",
]  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("pattern", ["Robotik-Monteur {}", "  Robotik-Monteur  {} "])
def test_suffix_at_the_end_comes_off(pattern, suffix):
    title = pattern.format(suffix)
    found = normalise(title)
    assert found.plain == "Robotik-Monteur"
    assert found.key == "robotik monteur"
    assert found.shown == title.strip()
    assert found.suffix


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Entwickler (m/w/d) für Robotik", "Entwickler für Robotik"),
        ("Entwickler (all genders) für Robotik", "Entwickler für Robotik"),
        ("Entwickler m/w/d für Robotik", "Entwickler für Robotik"),
        ("Entwickler m w d Robotik", "Entwickler Robotik"),
        ("Entwickler(m/w/d)", "Entwickler"),
        ("(m/w/d) Entwickler", "Entwickler"),
        ("Entwickler (m/w/d), Köln", "Entwickler, Köln"),
        ("Entwickler (m/w/d) - Köln", "Entwickler - Köln"),
        ("Entwickler - m/w/d - Köln", "Entwickler - Köln"),
        ("Entwickler (m/w/d, Vollzeit)", "Entwickler (Vollzeit)"),
        ("Entwickler (Vollzeit, m/w/d)", "Entwickler (Vollzeit)"),
        ("Entwickler (Teilzeit) (m/w/d)", "Entwickler (Teilzeit)"),
        ("Engineer I m/w/d", "Engineer I"),
        ("Engineer II (f/m/x)", "Engineer II"),
        ("C++-Entwickler (m/w/d)", "C++-Entwickler"),
        ("Entwickler C++ (m/w/d)", "Entwickler C++"),
        ("Entwickler C# | m/w/d", "Entwickler C#"),
        ("Chef m/w/d | Koch m/w/d", "Chef | Koch"),
        ("(m/w/d)", ""),
        ("", ""),
    ],
)
def test_suffix_comes_off_wherever_it_stands(title, plain):
    assert normalise(title).plain == plain


@pytest.mark.parametrize(
    "title",
    [
        "Entwickler C (Embedded)",
        "C (Embedded)",
        "M&A Analyst",
        "Analyst M & A",
        "IT/W",
        "Leitung IT/W/M",
        "Dr. med. (m)",
        "Dr. med. (w)",
        "Arzt (d)",
        "A/D-Wandler",
        "Ingenieur M/D",
        "W/D 40 Vertrieb",
        "Reporter D/A/CH",
        "F/M-Radio",
        "Bauleiter M W Hochbau",
        "Messtechnik MWD",
        "R&D Manager",
        "X-Ray Technician",
        "I/O Engineer",
        "Diversity Manager",
        "Trainer für alle Geschlechter im Sport",
        "Leitung DM/W/D-Lager",
        "Kabel 5 m",
        "Entwickler (Vollzeit)",
        "Referent -",
    ],
)
def test_what_only_looks_like_a_suffix_stays(title):
    found = normalise(title)
    assert (found.plain, found.suffix, found.shown) == (title, "", title)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        (form, "entwickler")
        for form in [
            "Entwickler", "ENTWICKLER", "Entwickler (m/w/d)", "Entwickler:in", "Entwickler*in",
            "Entwickler_in", "EntwicklerIn", "Entwickler/-in", "Entwickler/in", "Entwickler(in)",
            "Entwickler (in)", "Entwickler·in", "Entwickler•in", "Entwickler’in", "Entwickler!in",
            "Entwickler/ -in", "Entwickler / -in", "Entwickler-/in", "Entwickler:innen",
            "Entwickler*innen", "EntwicklerInnen", "Entwickler(innen)", "Entwickler/-innen",
            "Entwickler:in (m/w/d)", "Entwicklerin / Entwickler", "Entwickler/Entwicklerin",
            "Entwicklerin oder Entwickler (all genders)", "Entwickler und Entwicklerinnen",
        ]
    ] + [
        ("Software-Entwickler:in", "software entwickler"),
        ("Entwickler:in für Robotik", "entwickler für robotik"),
        ("Ärzt:in", "arzt"),
        ("Fachärzt*in", "facharzt"),
        ("Rechtsanwält:in", "rechtsanwalt"),
        ("Köch:in", "koch"),
        ("Psycholog:in", "psychologe"),
        ("Sozialpädagog*in", "sozialpädagoge"),
        ("Expert:in", "experte"),
        ("Kaufmann/-frau", "kaufmann"),
        ("Bürokaufmann/frau", "bürokaufmann"),
        ("Bankkauffrau/-mann", "bankkaufmann"),
        ("Kauffrau/Kaufmann", "kaufmann"),
        ("Technische:r Leiter:in", "technischer leiter"),
        ("Technischer Leiter (m/w/d)", "technischer leiter"),
        ("Auszubildende:r", "auszubildende"),
        ("Auszubildende/r", "auszubildende"),
        ("Auszubildende(r)", "auszubildende"),
        ("Auszubildender (m/w/d)", "auszubildende"),
        ("Angestellte*r", "angestellte"),
        ("LinkedIn Manager", "linkedin manager"),
        ("PlugIn Developer", "plugin developer"),
        ("Check-in Agent", "check in agent"),
        ("Support/in House", "support in house"),
        ("Log(in) Specialist", "log in specialist"),
        ("Entwickler C++", "entwickler c++"),
        ("Entwickler C#", "entwickler c#"),
        ("M&A Analyst", "m&a analyst"),
    ],
)  # fmt: skip
def test_forms_of_one_title_share_a_key(title, key):
    assert normalise(title).key == key


@pytest.mark.parametrize(
    ("title", "suffix"),
    [
        ("Koch (M | W | D)", "m/w/d"),
        ("Cook (f/m/x)", "f/m/x"),
        ("Cook (male/female/diverse)", "m/f/d"),
        ("Koch (mwd)", "m/w/d"),
        ("Koch (all genders)", "x"),
        ("Koch", ""),
    ],
)
def test_suffix_is_told_in_short_letters(title, suffix):
    assert normalise(title).suffix == suffix


@pytest.mark.parametrize(
    ("title", "lacks"),
    [
        ("Entwickler", True),
        ("Koch", True),
        ("Leiter der Pflegekräfte", True),
        ("Entwickler (m/w)", True),
        ("Technischer Leiter", True),
        ("Verkäufer in Teilzeit", True),
        ("Entwickler (m/w/d)", False),
        ("Entwickler (gn)", False),
        ("Entwickler:in", False),
        ("Entwicklerin oder Entwickler", False),
        ("Kaufmann/-frau", False),
        ("Pflegefachkraft", False),
        ("Leitung Vertrieb", False),
        ("Auszubildende", False),
        ("Volontariat in der Lokalredaktion", False),
        ("Software Developer", False),
        ("Robotics Engineer", False),
        ("Nurse", False),
    ],
)
def test_german_title_without_a_neutral_form_is_told(title, lacks):
    assert normalise(title).lacks_neutral_form is lacks


@pytest.mark.parametrize(
    ("title", "better"),
    [
        ("Entwickler", "Entwickler (m/w/d)"),
        ("  Koch ", "Koch (m/w/d)"),
        ("Entwickler (m/w)", "Entwickler (m/w/d)"),
        ("Entwickler (w/m) Köln", "Entwickler Köln (m/w/d)"),
        ("Entwickler (m/w/d)", "Entwickler (m/w/d)"),
        ("Entwickler:in", "Entwickler:in"),
        ("Pflegefachkraft", "Pflegefachkraft"),
        ("", ""),
    ],
)
def test_neutral_suffix_is_added_once(title, better):
    assert add_neutral_suffix(title) == better
    assert add_neutral_suffix(better) == better


PIECES = st.sampled_from(
    [*"mwdfxi/|*,;:·-_()[]+#& .", "in", "In", "innen", "frau", "mann", "gn", "all genders",
     "divers", "Entwickler", "Ärzt", "und", "Auszubildende", "r", "C", "(m/w/d)", "(Embedded)",
     "ß", "İ"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=15).map("".join)))
def test_a_second_time_changes_nothing(title):
    first = normalise(title)
    again = normalise(first.plain)
    assert (again.plain, again.key) == (first.plain, first.key)
    assert normalise(first.key).key == first.key
    assert normalise(first.shown) == first


def test_endless_titles_are_read_in_part():
    assert len(normalise("(" * 50_000 + "m/" * 50_000).key) <= 500
