"""From the fields of an entry to a job."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from jobs.advert import Place
from jobs.feedimport.documents import Entry
from jobs.feedimport.fields import NAMES, Reading, Rejected

from .feedfiles import job

READING = Reading({}, "en")


def entry(**changes) -> Entry:
    made = Entry(7)
    for name, text in job(**changes).items():
        made.add(name, text)
    return made


def item(reading=READING, **changes):
    return reading.item(entry(**changes), "A-1", "hash")


def test_usual_names_make_a_job():
    found = item()
    assert (found.external_id, found.content_hash) == ("A-1", "hash")
    advert = found.advert
    assert advert.title == "Robotics engineer 1 (m/f/d)"
    assert advert.employer == "Orchard Robotics"
    assert advert.places == (Place("Leipzig", "DE", "Saxony"),)
    assert advert.apply_url == "https://orchard.example/jobs/1"
    assert advert.employment_types == ("FULL_TIME",)
    assert advert.tags == ("Robots", "Farming")
    assert (advert.language, advert.remote) == ("en", "none")
    assert (found.published_at, found.valid_through) == (None, None)


def test_field_map_names_fields_and_gives_constants():
    reading = Reading({"title": "Headline", "country": "=AT", "tags": "=Robots, Night"}, "de")
    found = item(reading, title=None, headline="Cook", country=None).advert
    assert (found.title, found.places[0].country, found.tags) == ("Cook", "AT", ("Robots", "Night"))
    assert found.language == "de"


@pytest.mark.parametrize("sent", ["A-1", " A-1 ", "a-1", "0017", "ü/ß?#", "x" * 300])
def test_id_is_kept_exactly_as_sent(sent):
    assert READING.identify(entry(referencenumber=sent)) == sent


@pytest.mark.parametrize("sent", [None, "", "   ", "x" * 301, "a\x00b", "a\ud800"])
def test_id_that_cannot_be_kept_is_rejected(sent):
    with pytest.raises(Rejected):
        READING.identify(entry(referencenumber=sent))


@pytest.mark.parametrize("name", ["title", "company", "url", "city", "description", "category"])
def test_hash_changes_with_every_field(name):
    assert READING.hash(entry()) == READING.hash(entry())
    assert READING.hash(entry(**{name: "Other"})) != READING.hash(entry())


def test_hash_changes_with_the_way_of_reading_and_with_nothing_else():
    assert Reading({"title": "=Cook"}, "en").hash(entry()) != READING.hash(entry())
    assert READING.hash(entry(views="17")) == READING.hash(entry())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": None}, "The title is missing."),
        ({"title": "x" * 161}, "This is longer than 160 characters."),
        ({"company": None}, "The employer is missing."),
        ({"description": None}, "Describe the job in at least one sentence."),
        ({"description": "x" * 200_001}, "A field is longer than 200000 characters."),
        ({"url": "javascript:alert(1)"}, "Give a whole address"),
        ({"url": None}, "Say how to apply"),
        ({"city": None}, "The place of work is missing."),
        ({"country": "Narnia"}, "Each place needs a town and a country."),
        ({"expirationdate": "soon"}, "The end cannot be read: soon."),
    ],
)
def test_what_is_wrong_is_said(changes, reason):
    with pytest.raises(Rejected) as rejected:
        item(**changes)
    assert reason in str(rejected.value)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            "<p>We build <strong>robots</strong> by night and by day.</p><script>x()</script>",
            "<p>We build <strong>robots",
        ),
        (
            "&lt;p&gt;We build robots by night and by day.&lt;/p&gt;",
            "<p>We build robots by night and by day.</p>",
        ),
        ("We build robots.\n\n- by day\n- by night & fog", "<ul><li>by day</li><li>by night &amp;"),
    ],
)
def test_descriptions_come_as_html_or_text(sent, kept):
    assert kept in item(description=sent).advert.description


@pytest.mark.parametrize(
    ("sent", "low", "high", "currency", "unit"),
    [
        ("€40,000 - €50,000 per year", "40000", "50000", "EUR", "YEAR"),
        ("40.000 bis 50.000 EUR im Jahr", "40000", "50000", "EUR", "YEAR"),
        ("16,50 € pro Stunde", "16.50", "16.50", "EUR", "HOUR"),
        ("CHF 6'500 im Monat", "6500", "6500", "CHF", "MONTH"),
        ("$20/hour", "20", "20", "USD", "HOUR"),
        ("competitive", None, None, "", ""),
        ("40000", None, None, "", ""),
        ("€50,000 - €40,000 per year", None, None, "", ""),
        ("1 + 2 + 3 EUR per year", None, None, "", ""),
    ],
)
def test_salaries(sent, low, high, currency, unit):
    advert = item(salary=sent).advert
    sums = tuple(None if value is None else Decimal(value) for value in (low, high))
    assert (advert.salary_min, advert.salary_max) == sums
    assert (advert.salary_currency, advert.salary_unit) == (currency, unit)


def test_salary_by_fields():
    fields = {"salary_min": "40000", "salary_currency": "eur", "salary_unit": "YEAR"}
    advert = item(**fields).advert
    assert (advert.salary_min, advert.salary_max, advert.salary_currency) == (40000, None, "EUR")


@pytest.mark.parametrize(
    ("sent", "types"),
    [
        ("Full-time", ("FULL_TIME",)),
        ("parttime, contract", ("PART_TIME", "CONTRACTOR")),
        ("Vollzeit; Teilzeit", ("FULL_TIME", "PART_TIME")),
        ("INTERN", ("INTERN",)),
        ("Praktikum", ("INTERN",)),
        ("international", ()),
        ("befristet", ("TEMPORARY",)),
        ("Ausbildung", ("TRAINEE",)),
        ("Permanent", ("OTHER",)),
    ],
)
def test_employment_types(sent, types):
    assert item(jobtype=sent).advert.employment_types == types


@pytest.mark.parametrize(
    ("sent", "remote", "lands"),
    [
        ("Fully remote", "full", ("DE",)),
        ("TELECOMMUTE", "full", ("DE",)),
        ("true", "full", ("DE",)),
        ("Hybrid remote", "hybrid", ()),
        ("no", "none", ()),
        ("", "none", ()),
    ],
)
def test_remote_work(sent, remote, lands):
    advert = item(remotetype=sent).advert
    assert (advert.remote, advert.remote_countries) == (remote, lands)


@pytest.mark.parametrize(
    ("sent", "code"),
    [("DE", "DE"), ("de", "DE"), ("Germany", "DE"), ("Österreich", "AT"), ("UK", "GB")],
)
def test_countries_by_code_and_name(sent, code):
    assert item(country=sent).advert.places[0].country == code


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-12-31T12:00:00Z", datetime(2026, 12, 31, 12, tzinfo=UTC)),
        ("2026-12-31T12:00:00+01:00", datetime(2026, 12, 31, 11, tzinfo=UTC)),
        ("2026-07-31 12:00", datetime(2026, 7, 31, 10, tzinfo=UTC)),
        ("2026-12-31", datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)),
        ("Thu, 31 Dec 2026 12:00:00 GMT", datetime(2026, 12, 31, 12, tzinfo=UTC)),
    ],
)
def test_ends(sent, moment):
    assert item(expirationdate=sent).valid_through == moment


def test_date_that_cannot_be_read_is_left_out():
    assert item(date="yesterday").published_at is None
    assert item(date="Thu, 31 Dec 2026 12:00:00 GMT").published_at is not None


def test_every_field_of_ours_has_a_usual_name():
    assert all(NAMES.values())
    assert all(name == name.casefold() for names in NAMES.values() for name in names)
