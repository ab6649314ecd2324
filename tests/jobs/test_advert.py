"""The rules for what a job says, and how texts become HTML and back."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from jobs import countries, description
from jobs.advert import Advert, Place, employer_key

from .makers import make_advert


def problems(**values) -> dict[str, list[str]]:
    try:
        make_advert(**values).tidy().check()
    except ValidationError as error:
        return error.message_dict
    return {}


def test_a_complete_advert_has_no_problem():
    assert problems() == {}
    assert problems(salary_min=None, salary_max=None, salary_currency="", salary_unit="") == {}
    assert problems(places=(), remote="full", remote_countries=("DE",)) == {}
    assert problems(apply_url="", apply_email="a@b.example") == {}


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"title": " "}, "title", "missing"),
        ({"title": "x" * 161}, "title", "longer than 160"),
        ({"title": "Win at https://spam.example"}, "title", "Addresses"),
        ({"title": "Win at WWW.spam.example"}, "title", "Addresses"),
        ({"employer": ""}, "employer", "missing"),
        ({"description": "<p>Good.</p>"}, "description", "at least one sentence"),
        ({"description": "<script>" + "x" * 90 + "</script>"}, "description", "at least one"),
        ({"description": f"<p>{'x ' * 15_001}</p>"}, "description", "longer than 30000"),
        ({"places": ()}, "places", "place of work is missing"),
        ({"places": (), "remote": "hybrid"}, "places", "place of work is missing"),
        ({"places": (Place("", "DE"),)}, "places", "a town and a country"),
        ({"places": (Place("Köln", "XX"),)}, "places", "a town and a country"),
        ({"places": (Place("Köln", ""),)}, "places", "a town and a country"),
        ({"places": tuple(Place(f"Ort {n}", "DE") for n in range(11))}, "places", "At most 10"),
        ({"remote": "full"}, "remote_countries", "needs the countries"),
        ({"remote": "full", "places": ()}, "remote_countries", "needs the countries"),
        ({"remote_countries": ("DE",)}, "remote_countries", "fully remote jobs only"),
        (
            {"remote": "hybrid", "remote_countries": ("DE",)},
            "remote_countries",
            "fully remote jobs only",
        ),
        ({"remote": "full", "remote_countries": ("EU",)}, "remote_countries", "two letters"),
        ({"remote": "sometimes"}, "remote", "Choose"),
        ({"employment_types": ("SLAVE",)}, "employment_types", "Choose"),
        ({"language": "xx"}, "language", "Choose"),
        ({"salary_min": Decimal(0)}, "salary_min", "more than 0"),
        ({"salary_min": Decimal(-1)}, "salary_min", "more than 0"),
        ({"salary_min": Decimal("NaN")}, "salary_min", "more than 0"),
        ({"salary_max": Decimal("Infinity")}, "salary_min", "more than 0"),
        ({"salary_max": Decimal("1e30")}, "salary_min", "10 million"),
        ({"salary_max": Decimal(2000)}, "salary_max", "below the lower"),
        ({"salary_currency": ""}, "salary_currency", "currency"),
        ({"salary_currency": "BTC"}, "salary_currency", "currency"),
        ({"salary_unit": ""}, "salary_unit", "time"),
        ({"apply_url": ""}, "apply_url", "how to apply"),
        ({"apply_url": "javascript:alert(1)"}, "apply_url", "https://"),
        ({"apply_url": "https://user:pw@evil.example/"}, "apply_url", "https://"),
        ({"employer_url": "//evil.example"}, "employer_url", "https://"),
        ({"apply_email": "nobody"}, "apply_email", "no e-mail"),
        ({"tags": tuple(f"tag {n}" for n in range(11))}, "tags", "ten tags"),
        ({"tags": ("x" * 61,)}, "tags", "60 characters"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(values, field, words):
    found = problems(**values)
    assert set(found) == {field}
    assert words in " ".join(found[field])


def test_tidy_drops_what_means_nothing():
    advert = make_advert(
        title="  Robotics \n engineer\x00 ",
        tags=("Python", "python", "", " Wind "),
        places=(Place("Köln", "de"), Place("Köln", "DE")),
        salary_min=None,
        salary_max=None,
    ).tidy()
    assert advert.title == "Robotics engineer"
    assert advert.tags == ("python", "Wind")
    assert advert.places == (Place("Köln", "DE"),)
    assert (advert.salary_currency, advert.salary_unit) == ("", "")
    assert advert.tidy() == advert


def test_an_advert_survives_the_json_column():
    advert = make_advert(remote="full", remote_countries=("DE", "AT")).tidy()
    assert Advert.from_json(advert.to_json()) == advert


def test_an_employer_written_in_two_ways_is_one():
    assert employer_key("  FELDBOT  GmbH ") == employer_key("Feldbot GmbH")


# --- Descriptions --------------------------------------------------------------------------------

TYPED = """We pick apples.
In rain, too.

What you do:
- repair <robots>
- drive & carry

1. apply
2. start

Bye"""
MADE = """<p>We pick apples.<br>In rain, too.</p>
<p>What you do:</p>
<ul><li>repair &lt;robots&gt;</li><li>drive &amp; carry</li></ul>
<ol><li>apply</li><li>start</li></ol>
<p>Bye</p>"""


def test_typed_text_becomes_paragraphs_and_lists_and_back():
    html = description.from_text(TYPED)
    assert html == MADE
    assert description.from_text(description.to_text(html)) == html


@given(st.text(max_size=300))
def test_whatever_is_typed_stays_text(text):
    html = description.from_text(text)
    assert "<script" not in html
    assert description.clean(html) == html
    assert description.from_text(description.to_text(html)) == html


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p onclick=x>Hello <b>you</b></p>", "<p>Hello you</p>"),
        ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
        ('<img src="/admin/logout/"><p>a</p>', "<p>a</p>"),
        ('<figure data-embed="https://x.example/">x</figure>', "x"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="nofollow noopener ugc">a</a>'),
        (
            '<a href="https://x.example/" target="_blank">a</a>',
            '<a href="https://x.example/" rel="nofollow noopener ugc">a</a>',
        ),
        ('<h2 class="x" style="y">T</h2>', "<h2>T</h2>"),
    ],
)
def test_partners_html_keeps_what_an_advert_needs(html, kept):
    assert description.clean(html) == kept


# --- Countries -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("de", "DE"), ("DE", "DE"), ("Germany", "DE"), (" deutschland ", "DE"),
        ("Österreich", "AT"),
        ("Europe", None), ("EU", None), ("", None), ("Atlantis", None),
    ],
)  # fmt: skip
def test_countries_are_read_as_code_or_name(typed, code):
    assert countries.read(typed) == code


def test_every_country_is_there_in_both_languages():
    assert len(countries.names("en")) == len(countries.names("de")) == 250
    assert (countries.name("DE"), countries.name("XX")) == ("Germany", "XX")


@pytest.mark.parametrize("kind", ["ol", "ul"])
def test_thousands_of_blanks_in_a_list_are_read_in_no_time(kind):
    """A partner's feed may hold such fields; each once kept tick busy for minutes."""
    html = f"<{kind}><li>Wind{' ' * 199_000}und Sonne</li></{kind}>"
    assert description.to_text(html) == {"ol": "1. Wind und Sonne", "ul": "- Wind und Sonne"}[kind]
