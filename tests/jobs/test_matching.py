"""Which jobs stand beside an article."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from jobs import matching, moderation, terms
from jobs.advert import Advert, Place
from jobs.models import Job, JobSource
from tests.factories import UserFactory, make_article

from .feedfiles import TEXT

pytestmark = pytest.mark.django_db


def add(number: int, *tags: str, days_ago: int = 0, title: str = "Clerk of sorts", **item) -> Job:
    """A listed job of an employer of its own, unless one is named."""
    source, _is_new = JobSource.objects.get_or_create(name="S", file="s", is_trusted=True)
    advert = Advert(
        title=title,
        employer=item.pop("employer", f"House {number}"),
        description=TEXT,
        language="en",
        places=(Place("Bonn", "DE"),),
        employment_types=("FULL_TIME",),
        apply_url="https://house.example/",
        tags=tags,
    )
    at = timezone.now() - timedelta(days=days_ago)
    values = {"published_at": at, **item}
    moderation.add(source, [moderation.Item(f"{number}", f"{number:064}", advert.tidy(), **values)])
    return Job.objects.get(source=source, external_id=str(number))


def feature(job: Job, days: int = 7, *, is_paid: bool = False) -> Job:
    desk = UserFactory(role="Job desk")
    until = timezone.now() + timedelta(days=days)
    return moderation.feature(job, by=desk, until=until, is_paid=is_paid)


def ids(*args, **options) -> list[str]:
    return [
        Job.objects.values_list("external_id", flat=True).get(pk=job.pk)
        for job in matching.jobs_for(*args, **options)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Robotik-Monteur", {"robots"}),
        ("Roboter", {"robots"}),
        ("robotics engineer", {"robots"}),
        ("Künstliche Intelligenz", {"ai"}),
        ("Artificial intelligence", {"ai"}),
        ("KI", {"ai"}),
        ("Kino", {"film"}),
        ("Gesundheits- und Krankenpfleger", {"health", "care"}),
        ("Softwareentwickler", {"software"}),
        ("Straßenbahnfahrer", {"public_transport"}),
        ("Straßenbahn", {"public_transport"}),
        ("Grundschullehrer", {"schools"}),
        ("Kfz-Mechatroniker", {"mobility", "robots"}),
        ("Kranführer", {"port"}),
        ("Windows administrator", set()),
        ("Steuerungstechniker", set()),
        ("Bookkeeper", {"banking"}),
        ("Leiter", set()),
        ("", set()),
    ],
)
def test_terms_of_titles(text, expected):
    assert terms.of_text(text) == expected


def test_tags_without_a_term_stand_for_themselves():
    assert terms.of_tags(["Roboter", "Salsa", "Größe", "🎉"]) == {"robots", "salsa", "groesse"}


def test_shared_tags_count_and_rare_ones_count_more():
    for number in range(1, 7):
        add(number, "Energy")
    add(7, "Salsa")
    add(8, "Energy", "Salsa")
    add(9, "Music")
    assert ids(["Salsa", "Energy"])[:2] == ["8", "7"]
    assert "9" not in ids(["Salsa", "Energy"])


def test_words_of_titles_match_in_both_languages():
    add(1, title="Robotik-Monteur (m/w/d)")
    add(2, title="Robotics engineer")
    add(3, title="Koch (m/w/d)")
    assert set(ids(["Robots"])) == set(ids(["Roboter"])) == {"1", "2"}


def test_newer_jobs_come_first_among_equals():
    add(1, "Salsa", days_ago=20)
    add(2, "Salsa", days_ago=5)
    add(3, "Salsa")
    assert ids(["Salsa"]) == ["3", "2", "1"]


def test_at_most_five_and_one_of_each_employer():
    for number in range(1, 8):
        add(number, "Salsa")
    add(8, "Salsa", employer="House 1")
    found = matching.jobs_for(["Salsa"])
    assert len(found) == 5
    assert len({job.employer_name for job in found}) == 5
    assert ids(["Salsa"], limit=8) == ["8", "7", "6", "5", "4", "3", "2"]


def test_words_of_the_headline_help_but_are_not_enough():
    add(1, "Salsa", title="Clerk one")
    add(2, "Salsa", title="Nurse")
    add(3, title="Cook")
    assert ids(["Salsa"], "A nurse speaks; Cook resigns") == ["2", "1"]
    assert ids(["Nobody"], "A nurse speaks") == []


def test_jobs_that_are_put_forward_fill_what_is_left():
    add(1, "Salsa", days_ago=20)
    feature(add(2, "Tango", days_ago=3))
    feature(add(3, "Tango", days_ago=1))
    add(4, "Tango")
    assert ids(["Salsa"]) == ["1", "3", "2"]
    assert ids([]) == ["3", "2"]
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert ids([]) == []


def test_ended_and_withdrawn_jobs_never_stand_there():
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        end = timezone.now() + timedelta(days=1)
        short = add(1, "Salsa", valid_through=end)
        feature(short)
        gone = add(2, "Salsa")
        assert set(ids(["Salsa"])) == {"1", "2"}
        moderation.take_down(gone, by=UserFactory(role="Job desk"), reason="other")
        assert ids(["Salsa"]) == ["1"]
        clock.move_to(end - timedelta(seconds=1))
        assert ids(["Salsa"]) == ["1"]
        clock.move_to(end)
        assert ids(["Salsa"]) == []
        assert ids(["Salsa"], now=end - timedelta(seconds=1)) == ["1"]


def test_the_gate_decides_whatever_the_mentions_say():
    add(1, "Salsa")
    Job.objects.update(valid_through=timezone.now())
    assert ids(["Salsa"]) == []


@pytest.mark.parametrize("count", [0, 1, 3, 30])
def test_one_query(count, django_assert_num_queries):
    for number in range(count):
        add(number, "Salsa", "Robots")
    with django_assert_num_queries(1):
        found = matching.jobs_for(["Salsa", "Robots", "Music"], "Robots dance to music")
        [(job.title, job.get_absolute_url(), job.employer_name, job.places) for job in found]
    assert len(found) == min(count, 5)


# --- On the page ----------------------------------------------------------------------------------


def page_of(client, **values) -> LexborHTMLParser:
    return LexborHTMLParser(client.get(make_article(**values).get_absolute_url()).text)


def test_article_shows_jobs_with_its_tags(client):
    job = add(1, "Salsa", title="Salsa <teacher>", employer="Dance & Co")
    feature(add(2, "Salsa", title="Band leader"), is_paid=True)
    page = page_of(client, tags=["Salsa"])
    box = page.css_first(".jobs-beside")
    assert box.css_first("h2").text(strip=True) == "Job offers"
    assert [title.text() for title in box.css("h3")] == ["Band leader", "Salsa <teacher>"]
    assert box.css("h3 a")[1].attributes["href"] == job.get_absolute_url()
    assert [paid.text() for paid in box.css("li")[0].css(".genre")] == ["Ad"]
    assert box.css("li")[1].css(".genre") == []
    assert box.css("li")[1].css_first(".jobs-beside-who").text() == "Dance & Co"
    assert reverse("jobs:list") in {a.attributes["href"] for a in box.css("a")}


def test_article_without_jobs_shows_no_box(client):
    add(1, "Tango")
    assert page_of(client, tags=["Salsa"]).css(".jobs-beside") == []
