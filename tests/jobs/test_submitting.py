"""Sending in a job: the form, its guards, its limits, the neutral title."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from jobs.models import Job
from newsroom.models import Attempt

from .makers import outbox

pytestmark = pytest.mark.django_db

FORM = {
    "title": "Robotics engineer (m/f/d)",
    "employer": "Feldbot",
    "employer_url": "https://feldbot.example",
    "language": "en",
    "locality": "Köln",
    "region": "NRW",
    "country": "DE",
    "more_places": "Wien, Austria\n\nZürich, ZH, ch",
    "remote": "hybrid",
    "remote_countries": "",
    "employment_types": ["FULL_TIME", "PART_TIME"],
    "salary_min": "3000",
    "salary_max": "4000.50",
    "salary_currency": "EUR",
    "salary_unit": "MONTH",
    "description": "We build robots that pick apples.\n\n- in rain\n- in sunshine",
    "apply_url": "https://feldbot.example/apply",
    "apply_email": "",
    "tags": "Robots, Python",
    "days": "45",
    "email": "Anna@feldbot.example",
    "website": "",
}
OURS = {"headers": {"sec-fetch-site": "same-origin"}}


def token(client) -> str:
    html = LexborHTMLParser(client.get("/jobs/submit/").content)
    return html.css_first('input[name="form"]').attributes["value"]


def send(client, **values):
    data = {**FORM, "form": token(client), **values}
    return client.post("/jobs/submit/", data, **OURS)


def errors(response) -> str:
    return LexborHTMLParser(response.content).css_first(".notice").text()


def test_a_filled_form_becomes_a_job_that_waits_for_its_sender(client):
    response = send(client)
    assert (response.status_code, response["Location"]) == (302, "/jobs/submit/sent/")
    job = Job.objects.get()
    assert (job.status, job.days, job.contact_email) == ("draft", 45, "anna@feldbot.example")
    assert [place["locality"] for place in job.places] == ["Köln", "Wien", "Zürich"]
    assert [place["country"] for place in job.places] == ["DE", "AT", "CH"]
    assert (job.employment_types, job.tags) == (["FULL_TIME", "PART_TIME"], ["Robots", "Python"])
    assert job.description == (
        "<p>We build robots that pick apples.</p>\n<ul><li>in rain</li><li>in sunshine</li></ul>"
    )
    assert outbox() == ["job_confirm"]
    assert client.get("/jobs/submit/sent/").status_code == 200
    assert response.cookies.keys() == set()


def test_csrf_is_guarded_without_a_cookie():
    client = Client(enforce_csrf_checks=True)
    assert send(client).status_code == 302
    data = {**FORM, "form": token(client)}
    for headers in ({}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert client.post("/jobs/submit/", data, headers=headers).status_code == 403
    assert Job.objects.count() == 1


@pytest.mark.parametrize("made_up", ["", "x", "a.b.c"])
def test_a_form_that_is_not_ours_keeps_what_was_typed_and_no_job(client, made_up):
    response = send(client, form=made_up)
    assert response.status_code == 403
    assert LexborHTMLParser(response.content).css_first("#id_employer").attributes["value"]
    assert not Job.objects.exists()


def test_an_old_page_is_shown_again_with_a_new_token(client):
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        old = token(client)
    assert send(client, form=old).status_code == 403
    assert not Job.objects.exists()


def test_the_trap_keeps_nothing_and_loses_no_text(client):
    response = send(client, website="https://spam.example", title="Ranger (m/f/d)")
    assert (response.status_code, Job.objects.count()) == (422, 0)
    assert 'value="Ranger (m/f/d)"' in response.text
    assert "https://spam.example" not in response.text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"locality": ""}, ""),
        ({"locality": "", "more_places": ""}, "place of work is missing"),
        ({"more_places": "Wien"}, "give a town and a country"),
        ({"more_places": "Wien, Atlantis"}, "give a town and a country"),
        ({"remote": "full"}, "needs the countries"),
        ({"remote_countries": "Germany, Atlantis"}, "is no country"),
        ({"salary_max": "2000"}, "below the lower"),
        ({"apply_url": ""}, "how to apply"),
        ({"apply_url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"days": "61"}, "less than or equal to 60"),
        ({"email": "nobody"}, "valid email"),
        ({"employment_types": []}, "still missing"),
        ({"description": "x\x00y"}, "Null characters"),
    ],
)
def test_what_is_missing_is_said_above_the_form(client, values, words):
    response = send(client, **values)
    if not words:  # a place in the second field will do
        assert response.status_code == 302
        return
    assert response.status_code == 422
    assert words in errors(response)
    assert not Job.objects.exists()


def test_a_german_title_without_a_neutral_form_is_one_click_from_having_one(client):
    response = send(client, title="Entwickler", language="de")
    assert response.status_code == 422
    assert "(m/w/d)" in errors(response)
    assert not Job.objects.exists()
    assert send(client, title="Entwickler", language="de", add_suffix="1").status_code == 302
    assert send(client, title="Koch", language="de", as_it_is="1").status_code == 302
    assert send(client, title="Köch:in", language="de").status_code == 302
    assert send(client, title="Cook", language="en").status_code == 302
    titles = Job.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Entwickler (m/w/d)", "Koch", "Köch:in", "Cook"]


def test_too_many_from_one_address_or_network_have_to_wait(client):
    for _number in range(5):
        assert send(client).status_code == 302
    response = send(client)
    assert response.status_code == 429
    assert "60 minutes" in errors(response)
    assert send(client, email="other@feldbot.example").status_code == 429
    assert Job.objects.count() == 5
    assert not [key for key in Attempt.objects.values_list("key", flat=True) if "feldbot" in key]
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert send(client).status_code == 302


ATTACK = "<script>alert('zqattack')</script>\"><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("name", sorted(FORM))
def test_an_attack_in_any_field_comes_back_as_text(client, name):
    value = [ATTACK] if name == "employment_types" else ATTACK
    response = send(client, **{name: value, "locality": "" if name != "locality" else ATTACK,
                               "more_places": "" if name != "more_places" else ATTACK})  # fmt: skip
    html = LexborHTMLParser(response.content)
    assert [s for s in html.css("script") if "zqattack" in s.text()] == []
    assert [i for i in html.css("img") if "onerror" in i.attributes] == []


def test_the_form_costs_the_sections_and_the_settings(client, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get("/jobs/submit/")
