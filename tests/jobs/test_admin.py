"""The desk's tables: who may open them, what their buttons do."""

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from jobs import moderation
from jobs.models import Job, JobSource
from tests.factories import UserFactory

from .makers import (
    desk,
    item,
    make_advert,
    make_every_other_kind,
    make_job,
    make_pending,
    make_source,
)
from .test_submitting import FORM

pytestmark = pytest.mark.django_db

TABLES = ["job", "employer", "jobsource", "sourcerun", "action"]


@pytest.fixture
def jana(client):
    client.force_login(desk(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def path_of(job: Job) -> str:
    return reverse("admin:jobs_job_change", args=[job.pk])


def press(client, job: Job, verb: str, **values):
    data = {"do": verb, "version": job.version, **values}
    return client.post(path_of(job), data, follow=True)


@pytest.mark.parametrize("table", TABLES)
def test_the_desk_opens_its_tables(jana, table):
    moderation.add(make_source(is_trusted=True), [item("a")])
    make_source().runs.create(message="Nothing there")
    make_every_other_kind()
    assert jana.get(reverse(f"admin:jobs_{table}_changelist")).status_code == 200


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["Reporter", "Moderator", "Commercial"])
def test_nobody_else_does(client, table, role):
    user = UserFactory(role=role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse(f"admin:jobs_{table}_changelist")).status_code == 403
    job = make_job()
    assert client.get(path_of(job)).status_code == 403
    assert client.post(path_of(job), {"do": "take_down", "reason": "spam"}).status_code == 403
    assert Job.objects.get().status == "listed"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(jana, django_assert_num_queries, count):
    for number in range(count):
        make_job(title=f"Job {number}", employer=f"House {number}")
    with django_assert_num_queries(9, is_warm=True):
        jana.get(reverse("admin:jobs_job_changelist"))


def test_nobody_adds_or_deletes_a_job_by_hand(jana):
    job = make_job()
    assert jana.get(reverse("admin:jobs_job_add")).status_code == 403
    assert jana.post(reverse("admin:jobs_job_delete", args=[job.pk])).status_code == 403
    assert jana.get(reverse("admin:jobs_action_add")).status_code == 403
    line = job.log.first()
    assert jana.post(reverse("admin:jobs_action_change", args=[line.pk])).status_code == 403


def test_the_buttons_are_what_the_table_of_moves_allows(jana):
    kinds = {**make_every_other_kind(), "listed": make_job()}
    kinds["changed"] = moderation.change(make_job(), make_advert(title="Other"))
    shown = {}
    for name, job in kinds.items():
        html = LexborHTMLParser(jana.get(path_of(job)).content)
        shown[name] = [node.attributes["value"] for node in html.css('button[name="do"]')]
    assert shown == {
        "draft": ["edit"],
        "pending": ["approve", "reject", "edit"],
        "rejected": ["reconsider", "edit"],
        "filled": ["reinstate", "edit"],
        "withdrawn": ["reinstate", "edit"],
        "taken down": ["reinstate", "edit"],
        "ended": ["renew", "mark_filled", "take_down", "feature", "edit"],
        "listed": ["renew", "mark_filled", "take_down", "feature", "edit"],
        "changed": [
            "approve_change", "reject_change", "renew", "mark_filled", "take_down", "feature",
            "edit",
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "verb", "values", "status"),
    [
        ("pending", "approve", {}, "listed"),
        ("pending", "reject", {"reason": "spam", "note": "No."}, "rejected"),
        ("rejected", "reconsider", {}, "pending"),
        ("filled", "reinstate", {"reason": "other"}, "listed"),
        ("ended", "renew", {}, "listed"),
        ("ended", "mark_filled", {}, "filled"),
        ("ended", "take_down", {"reason": "misleading"}, "withdrawn"),
    ],
)
def test_each_button_does_what_it_says(jana, kind, verb, values, status):
    job = make_every_other_kind()[kind]
    assert "Done." in press(jana, job, verb, **values).text
    after = Job.objects.get(pk=job.pk)
    looks = {"listed": "published", "pending": "in_review", "filled": "draft"}
    html = LexborHTMLParser(jana.get(path_of(job)).content)
    badge = html.css_first(".job-state .status")
    assert badge.attributes["class"] == f"status status-{looks.get(status, 'withdrawn')}"
    line = after.log.first()
    told = [cell.text() for cell in html.css_first(".job-log tr").css("td")]
    assert told[1:4] == [line.get_verb_display(), line.get_to_status_display(), str(desk())]
    assert (after.status, line.by, line.note) == (status, desk(), values.get("note", ""))


def test_a_button_without_its_reason_or_of_an_older_page_says_why_not(jana):
    job = make_pending()
    assert "Give a reason." in press(jana, job, "reject").text
    moderation.change(job, make_advert(title="Other"))
    assert "The job is now" in press(jana, job, "approve").text
    assert Job.objects.get().status == "pending"


def test_the_form_changes_the_text_and_marks_what_the_source_must_leave(jana):
    moderation.add(make_source(is_trusted=True), [item("a")])
    job = Job.objects.get()
    response = press(jana, job, "edit", **{**FORM, "title": "Ours (m/f/d)"})
    assert "Done." in response.text
    after = Job.objects.get()
    assert (after.title, after.overrides["title"]) == ("Ours (m/f/d)", "Ours (m/f/d)")
    assert "drop_overrides" in jana.get(path_of(job)).text
    assert "Done." in press(jana, after, "drop_overrides").text
    assert Job.objects.get().overrides == {}


def test_a_form_that_lacks_something_is_shown_again(jana):
    job = make_job()
    response = press(jana, job, "edit", **{**FORM, "locality": "", "more_places": ""})
    assert "The place of work is missing" in response.text
    assert Job.objects.get().version == job.version


def test_a_job_is_put_forward_to_the_end_of_a_day(jana):
    job = make_job()
    assert "Done." in press(jana, job, "feature", until="2027-03-01", is_paid="on").text
    after = Job.objects.get()
    assert (after.featured_until.isoformat(), after.is_paid) == ("2027-03-01T22:59:59+00:00", True)
    assert "This is no day." in press(jana, after, "feature", until="soon").text


def test_an_unknown_job_leads_back_to_the_list(jana):
    response = jana.get(reverse("admin:jobs_job_change", args=[42]))
    assert (response.status_code, response.url) == (302, reverse("admin:jobs_job_changelist"))


def test_employers_names_are_put_right_and_sources_made(jana):
    employer = make_job().employer
    jana.post(reverse("admin:jobs_employer_change", args=[employer.pk]), {"name": "Feldbot SE"})
    employer.refresh_from_db()
    assert employer.name == "Feldbot SE"
    response = jana.get(reverse("admin:jobs_jobsource_add"))
    assert response.status_code == 200


def test_which_file_of_the_server_is_read_superusers_alone_say(jana, client):
    data = {"name": "Mine", "url": "", "file": "/etc/hostname", "format": "xml", "max_drop": 30,
            "field_map": "{}", "is_active": "on"}  # fmt: skip
    add = reverse("admin:jobs_jobsource_add")
    assert jana.post(add, data).status_code == 200
    assert not JobSource.objects.exists()
    assert jana.post(add, {**data, "url": "https://orchard.example/feed"}).status_code == 302
    source = JobSource.objects.get()
    assert (source.url, source.file) == ("https://orchard.example/feed", "")
    boss = UserFactory(is_superuser=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    change = reverse("admin:jobs_jobsource_change", args=[source.pk])
    assert client.post(change, data).status_code == 302
    source.refresh_from_db()
    assert (source.url, source.file) == ("", "/etc/hostname")
    client.force_login(desk(), backend="django.contrib.auth.backends.ModelBackend")
    elsewhere = {**data, "name": "Ours", "url": "https://orchard.example/", "file": "/etc/fstab"}
    assert client.post(change, elsewhere).status_code == 302
    source.refresh_from_db()
    assert (source.name, source.url, source.file) == ("Ours", "", "/etc/hostname")
