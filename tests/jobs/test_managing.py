"""The employer's pages behind the signed link: nothing without a button, nothing for others."""

import pytest
from django.test import Client
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from jobs import links, moderation, privacy
from jobs.models import Job
from newsroom.lib import tokens
from tests.factories import make_article
from tests.wsgi import ask

from .makers import (
    EMAIL,
    desk,
    make_advert,
    make_draft,
    make_every_other_kind,
    make_job,
    make_pending,
)
from .test_submitting import FORM, OURS

pytestmark = pytest.mark.django_db

NEW = {**FORM, "title": "Robot nurse (m/f/d)"}


def press(client, job: Job, verb: str = "", path: str = "", **values):
    """Open the page and press a button of it."""
    address = links.manage_path(job) + path
    html = LexborHTMLParser(client.get(address).content)
    hidden = {
        node.attributes["name"]: node.attributes["value"]
        for node in html.css('main input[type="hidden"]')
    }
    return client.post(address, {**hidden, "do": verb, **values}, **OURS)


def buttons(client, job: Job) -> list[str]:
    html = LexborHTMLParser(client.get(links.manage_path(job)).content)
    return [node.attributes["value"] for node in html.css('button[name="do"]')]


def test_looking_changes_nothing(client):
    for job in [make_job(), *make_every_other_kind().values()]:
        for path in ("", "edit/"):
            assert client.get(links.manage_path(job) + path).status_code in {200, 302}
        assert Job.objects.get(pk=job.pk).version == job.version


def test_the_buttons_are_what_the_table_allows(client):
    kinds = {**make_every_other_kind(), "listed": make_job()}
    assert {name: buttons(client, job) for name, job in kinds.items()} == {
        "draft": ["confirm", "withdraw"],
        "pending": ["withdraw"],
        "rejected": [],
        "filled": [],
        "withdrawn": [],
        "taken down": [],
        "ended": ["renew", "mark_filled", "withdraw"],
        "listed": ["renew", "mark_filled", "withdraw"],
    }


def test_the_link_in_the_mail_confirms_by_a_button(client, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # a link tells the second it was made in
    job = make_draft()
    response = press(client, job, "confirm")
    assert (response.status_code, response["Location"]) == (302, links.manage_path(job))
    assert Job.objects.get().status == "pending"
    assert press(client, job, "confirm").status_code == 409


@pytest.mark.parametrize(
    ("verb", "status"), [("mark_filled", "filled"), ("withdraw", "withdrawn"), ("renew", "listed")]
)
def test_each_button_does_what_it_says(client, verb, status):
    job = make_job()
    assert press(client, job, verb).status_code == 302
    after = Job.objects.get()
    assert (after.status, after.renewals) == (status, int(verb == "renew"))


def test_a_change_of_a_listed_job_waits_and_the_page_says_so(client):
    job = make_job()
    assert press(client, job, path="edit/", **NEW).status_code == 302
    assert Job.objects.live().get().title == "Robotics engineer (m/f/d)"
    html = client.get(links.manage_path(job)).text
    assert "Your change waits for the job desk" in html
    # The form goes on from the last text, not from the live one.
    form = LexborHTMLParser(client.get(links.manage_path(job) + "edit/").content)
    assert form.css_first("#id_title").attributes["value"] == "Robot nurse (m/f/d)"


def test_what_readers_do_not_see_makes_no_page_of_theirs_anew(door, time_machine):
    time_machine.move_to(timezone.now().replace(minute=10), tick=True)  # promos change at the hour
    address = make_article().get_absolute_url()
    draft, listed = make_draft(), make_job()
    assert [ask(door, address).way for _twice in range(2)] == ["miss", "hit"]
    new = make_advert(title="Robot nurse (m/f/d)")
    moderation.confirm(moderation.change(draft, new))
    moderation.change(listed, new)
    assert ask(door, address).way == "hit"
    moderation.mark_filled(listed)
    assert ask(door, address).way == "miss"


def test_the_reason_of_a_rejection_is_shown_and_the_job_sent_again(client):
    job = moderation.reject(
        make_pending(), by=desk(), reason="incomplete", note="Which robots? <b>All</b>?"
    )
    html = client.get(links.manage_path(job)).text
    assert "Something is missing: Which robots? &lt;b&gt;All&lt;/b&gt;?" in html
    assert press(client, job, path="edit/", **NEW).status_code == 302
    assert Job.objects.get().status == "pending"


def test_a_button_of_an_older_page_is_refused(client):
    job = make_pending()
    moderation.approve(job, by=desk())
    assert press(client, job, "withdraw", version=str(job.version)).status_code == 409
    assert Job.objects.get().status == "listed"


def test_a_form_that_lacks_something_is_shown_again(client):
    job = make_job()
    response = press(client, job, path="edit/", **{**NEW, "locality": "", "more_places": ""})
    assert response.status_code == 422
    assert Job.objects.get().proposed is None


def test_a_german_title_is_warned_of_here_as_well(client):
    job = make_job()
    german = {**NEW, "title": "Koch", "language": "de"}
    assert press(client, job, path="edit/", **german).status_code == 422
    assert press(client, job, path="edit/", add_suffix="1", **german).status_code == 302
    assert Job.objects.get().proposed["title"] == "Koch (m/w/d)"


def test_only_pages_of_ours_may_press_buttons():
    client = Client(enforce_csrf_checks=True)
    job = make_job()
    path = links.manage_path(job)
    html = LexborHTMLParser(client.get(path).content)
    form = html.css_first('input[name="form"]').attributes["value"]
    data = {"do": "withdraw", "version": job.version, "form": form}
    foreign = {"headers": {"sec-fetch-site": "cross-site"}}
    assert client.post(path, data, **foreign).status_code == 403
    assert client.post(path, {**data, "form": "x"}, **OURS).status_code == 403
    assert client.post(f"{path}edit/", {**NEW, **data}, **foreign).status_code == 403
    assert Job.objects.live().count() == 1
    assert client.post(path, data, **OURS).status_code == 302


@pytest.mark.parametrize("verb", ["", "approve", "feature", "edit", "reinstate"])
def test_an_employer_has_no_button_of_the_desk(client, verb):
    job = make_pending()
    assert press(client, job, verb).status_code == 404
    assert Job.objects.get().version == job.version


def test_links_of_others_lead_nowhere(client):
    job = make_job()
    path = links.manage_path(job)
    token = path.split("/")[3]
    for made_up in (
        "x",
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        tokens.make("job", job.pk),
        tokens.make("job", job.pk, "0" * 16),
        tokens.make("job", job.pk + 1, "0" * 16),
        tokens.make("comment", job.pk, "0" * 16),
    ):
        assert client.get(f"/jobs/manage/{made_up}/").status_code == 404
        assert client.post(f"/jobs/manage/{made_up}/", {"do": "withdraw"}).status_code == 404
    assert client.get(path).status_code == 200
    privacy.erase(EMAIL)
    assert client.get(path).status_code == 404


def test_the_pages_are_told_to_nobody(client):
    response = client.get(links.manage_path(make_job()))
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]
    assert response.cookies.keys() == set()
    assert EMAIL not in response.text


def test_the_page_costs_five_queries(client, django_assert_num_queries):
    path = links.manage_path(make_job())
    with django_assert_num_queries(5):
        client.get(path)
