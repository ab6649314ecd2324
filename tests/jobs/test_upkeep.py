"""What time takes away, and what is told and erased of an employer's address."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from jobs import moderation, privacy, upkeep
from jobs.findable import INDEX
from jobs.models import Employer, Job, Label
from newsroom import tick
from newsroom.lib.fulltext import Entry

from .makers import EMAIL, make_draft, make_every_other_kind, make_job, make_pending

pytestmark = pytest.mark.django_db


def test_unconfirmed_jobs_go_after_a_week_and_with_them_their_employers():
    make_draft(employer="Only here")
    make_draft(employer="Feldbot")
    make_pending(employer="Feldbot")
    assert upkeep.drop_unconfirmed() == 0
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert upkeep.drop_unconfirmed() == 2
    assert [job.status for job in Job.objects.all()] == ["pending"]
    assert [employer.name for employer in Employer.objects.all()] == ["Feldbot"]


def test_what_has_ended_leaves_the_index_and_comes_back_when_renewed():
    job = make_job()
    assert upkeep.forget_ended() == 0
    with time_machine.travel(job.valid_through + timedelta(seconds=1)):
        assert upkeep.forget_ended() == 1
        assert upkeep.forget_ended() == 0
        assert (Label.objects.count(), INDEX.ids()) == (0, set())
        moderation.renew(job)
        assert INDEX.ids() == {job.pk}
        assert Label.objects.filter(job=job).exists()


def test_tick_does_it():
    make_every_other_kind()
    assert tick.run_once()


# --- An employer's address -----------------------------------------------------------------------


def test_export_tells_every_job_of_an_address():
    jobs = make_every_other_kind()
    make_job(email="other@feldbot.example")
    told = privacy.export(" ANNA@feldbot.example")
    assert [entry["job"] for entry in told["jobs"]] == sorted(job.pk for job in jobs.values())
    assert {entry["contact_email"] for entry in told["jobs"]} == {EMAIL}
    assert privacy.export("") == privacy.export("nobody@feldbot.example") == {"jobs": []}


def test_erase_takes_the_address_and_what_was_never_confirmed():
    make_every_other_kind()
    other = make_job(email="other@feldbot.example")
    live = make_job()
    assert privacy.erase("Anna@Feldbot.example") == 8
    assert privacy.export(EMAIL) == {"jobs": []}
    assert not Job.objects.drafts().exists()
    assert set(Job.objects.live()) == {live, other}
    assert privacy.erase(EMAIL) == 0
    assert privacy.erase("") == 0
    other.refresh_from_db()
    assert other.contact_email == "other@feldbot.example"


def test_reindex_finds_what_is_listed_and_forgets_the_rest():
    job = make_job(title="Lift technician")
    INDEX.clear()
    INDEX.put([Entry(job.pk + 7, timezone.now(), {"title": ["Ghost"]})], "en")
    for _ in range(2):
        call_command("reindex", search=True)
        assert INDEX.ids() == {job.pk}
