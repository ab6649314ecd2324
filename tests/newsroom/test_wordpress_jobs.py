"""Jobs of WP Job Manager: what they say, when they end, what is missing."""

from datetime import UTC, datetime

import pytest

from jobs.models import Job, JobSource, Status
from newsroom.models import ImportedRecord

from .wordpress import export
from .wordpress.export import reasons, row

pytestmark = pytest.mark.django_db

TYPES = export.label("job_listing_type", "full-time", "Full Time")
META = {
    "_company_name": "Harbour &amp; Sons",
    "_company_website": "https://harbour.example",
    "_job_location": "Hamburg, Germany",
    "_application": "https://harbour.example/apply",
    "_job_expires": "2019-06-30",
    "_filled": "0",
}


@pytest.fixture(autouse=True)
def _in_may_2019(time_machine):
    time_machine.move_to(datetime(2019, 5, 20, 12, tzinfo=UTC))


def listing(number=1, *, meta=None, **values):
    values.setdefault("labels", TYPES)
    values.setdefault("link", f"https://old.example/job/item-{number}/")
    values.setdefault(
        "body", "<p>You keep the cranes of the harbour going, <b>day and night</b>.</p>"
    )
    return export.item(number, kind="job_listing", meta=META | (meta or {}), **values)


def test_job_is_listed_with_what_it_says(load, client):
    report = load(
        listing(
            title="Crane operator",
            labels=TYPES + export.label("job_listing_category", "port", "Port"),
        )
    )
    assert row(report, "job_listing") == (1, 1, 0, 0, 0, 0)
    job = Job.objects.live().get()
    assert (job.title, job.employer.name, job.employer_url) == (
        "Crane operator",
        "Harbour & Sons",
        "https://harbour.example",
    )
    assert job.places == [{"locality": "Hamburg", "country": "DE", "region": ""}]
    assert (job.employment_types, job.tags) == (["FULL_TIME"], ["Port"])
    assert (job.apply_url, job.apply_email) == ("https://harbour.example/apply", "")
    assert job.published_at == datetime(2019, 5, 12, 10, tzinfo=UTC)
    assert "<strong>day and night</strong>" in job.description
    assert client.get("/job/item-1/")["Location"] == job.get_absolute_url()
    assert client.get(job.get_absolute_url()).status_code == 200


def test_its_source_is_trusted_and_never_read_by_itself(load):
    load(listing())
    source = JobSource.objects.get()
    assert (source.name, source.is_trusted, source.is_active) == (
        "WordPress: old.example",
        True,
        False,
    )


def test_applications_by_mail_and_places_of_the_map(load):
    meta = {
        "_application": "work@harbour.example",
        "_job_location": "At the docks",
        "geolocation_city": "Bremen",
        "geolocation_country_short": "DE",
        "geolocation_state_long": "Bremen",
    }
    load(listing(meta=meta))
    job = Job.objects.get()
    assert (job.apply_url, job.apply_email) == ("", "work@harbour.example")
    assert job.places == [{"locality": "Bremen", "country": "DE", "region": "Bremen"}]
    kept = str(list(ImportedRecord.objects.values("fields")))
    assert "Harbour" in kept and "work@" not in kept


def test_country_can_be_given_for_jobs_that_name_none(load):
    parts = (listing(meta={"_job_location": "Hamburg"}),)
    assert row(load(*parts), "job_listing") == (1, 0, 0, 0, 0, 1)
    assert row(load(*parts, country="DE"), "job_listing") == (1, 1, 0, 0, 0, 0)
    assert Job.objects.get().places[0]["country"] == "DE"


def test_remote_job_names_the_country(load):
    load(
        listing(
            meta={"_job_location": "Germany", "_remote_position": "1"},
        ),
        country="DE",
    )
    job = Job.objects.get()
    assert (job.remote, job.remote_countries) == ("full", ["DE"])


@pytest.mark.parametrize(
    ("meta", "status", "is_live"),
    [
        ({}, "publish", True),
        ({"_job_expires": ""}, "publish", True),
        ({"_job_expires": "2019-05-19"}, "publish", False),
        ({"_job_expires": "2019-05-13"}, "expired", False),
        ({"_filled": "1"}, "publish", False),
    ],
)
def test_end(load, client, meta, status, is_live):
    load(listing(meta=meta, status=status, modified_gmt="2019-05-15 10:00:00"))
    job = Job.objects.get()
    assert (job.status, Job.objects.live().exists()) == (Status.LISTED, is_live)
    assert client.get(job.get_absolute_url()).status_code == (200 if is_live else 410)


@pytest.mark.parametrize(
    "values",
    [{"status": "private"}, {"status": "trash"}, {"password": "x"}],
)
def test_what_was_private_is_skipped(load, values):
    report = load(listing(**values))
    assert reasons(report, "job_listing") == {"not public": 1}
    assert not Job.objects.exists()


@pytest.mark.parametrize("status", ["pending", "draft", "preview", "pending_payment"])
def test_what_nobody_had_approved_waits_for_the_desk(load, client, status):
    parts = listing(status=status), listing(2)
    report = load(*parts)
    assert row(report, "job_listing") == (2, 2, 0, 0, 0, 0)
    waiting, listed = Job.objects.waiting().get(), Job.objects.live().get()
    assert (waiting.status, waiting.external_id, listed.external_id) == ("pending", "1", "2")
    assert client.get(waiting.get_absolute_url()).status_code == 404
    assert not JobSource.objects.filter(is_active=True).exists()
    assert row(load(*parts), "job_listing") == (2, 0, 0, 2, 0, 0)
    changed = load(listing(status=status, title="Captain"), listing(2))
    assert row(changed, "job_listing") == (2, 0, 1, 1, 0, 0)
    waiting.refresh_from_db()
    assert (waiting.title, waiting.status) == ("Captain", "pending")


def test_job_that_says_too_little_fails_with_what_is_missing(load):
    report = load(listing(meta={"_application": ""}), listing(2))
    assert row(report, "job_listing") == (2, 1, 0, 0, 0, 1)
    assert "Say how to apply" in "".join(reasons(report, "job_listing"))


def test_second_run_changes_nothing_and_a_changed_job_is_updated(load):
    load(listing(title="Crane operator"))
    before = list(Job.objects.values())
    assert row(load(listing(title="Crane operator")), "job_listing") == (1, 0, 0, 1, 0, 0)
    assert list(Job.objects.values()) == before
    assert row(load(listing(title="Crane master")), "job_listing") == (1, 0, 1, 0, 0, 0)
    assert Job.objects.get().title == "Crane master"


def test_job_deleted_here_does_not_come_back(load):
    load(listing())
    Job.objects.all().delete()
    report = load(listing(title="Else"))
    assert reasons(report, "job_listing") == {"deleted here since": 1}


def test_dry_run_counts_the_same(load):
    dry = load(listing(), listing(2, status="draft"), is_dry=True)
    assert not Job.objects.exists() and not JobSource.objects.exists()
    assert load(listing(), listing(2, status="draft")).numbers() == dry.numbers()
