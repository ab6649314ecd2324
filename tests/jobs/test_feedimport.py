"""Runs of a source: what they change, what they leave alone, and when they change nothing."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import feedimport, moderation
from jobs.advert import Advert
from jobs.models import Action, Job, JobSource, SourceRun
from newsroom import tick
from newsroom.models import User
from newsroom.models.outbox import Message
from tests.factories import UserFactory

from .feedfiles import WRITERS, as_xml, job, jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> User:
    return UserFactory(username="jo", role="Job desk")


def send(source: JobSource, items: list[dict[str, str]] | str | bytes) -> SourceRun:
    """Let the partner send this, and read it."""
    data = items if isinstance(items, (str, bytes)) else as_xml(items)
    Path(source.file).write_bytes(data.encode() if isinstance(data, str) else data)
    return feedimport.read(source)


def state() -> list[tuple]:
    """All that a run could change."""
    rows = Job.objects.order_by("pk").values_list()
    return [*rows, Action.objects.count(), Message.objects.count()]


def refused(source: JobSource, items) -> str:
    """Read what changes nothing; return the reason."""
    before = state()
    run = send(source, items)
    assert run.outcome == "refused"
    assert state() == before
    assert run.ended_at is not None
    return run.message


def test_new_jobs_are_listed_from_a_trusted_source(source):
    run = send(source, jobs(3))
    assert (run.outcome, run.message) == ("done", "")
    assert run.counts() == {"seen": 3, "new": 3}
    found = Job.objects.live().order_by("pk")
    assert [row.external_id for row in found] == ["A-1", "A-2", "A-3"]
    assert Message.objects.count() == 0


def test_new_jobs_of_others_wait_for_the_desk(source):
    JobSource.objects.update(is_trusted=False)
    source.refresh_from_db()
    send(source, jobs(2))
    assert Job.objects.live().count() == 0
    assert Job.objects.waiting().count() == 2


@pytest.mark.parametrize("kind", list(WRITERS))
def test_all_formats_say_the_same(source, kind):
    source.format = kind
    source.save()
    run = send(source, WRITERS[kind](jobs(2)))
    assert run.counts() == {"seen": 2, "new": 2}
    found = Job.objects.get(external_id="A-2")
    assert found.title == "Robotics engineer 2 (m/f/d)"
    assert found.employer.name == "Orchard Robotics"
    assert found.places == [{"locality": "Leipzig", "country": "DE", "region": "Saxony"}]
    assert found.tags == ["Robots", "Farming"]
    assert found.employment_types == ["FULL_TIME"]
    assert found.apply_url == "https://orchard.example/jobs/2"
    assert feedimport.read(source).counts() == {"seen": 2, "unchanged": 2}


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_same_feed_again_writes_nothing_but_its_row(source, count):
    send(source, jobs(count))
    before = state()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        run = feedimport.read(source)
    assert run.counts() == {"seen": count, "unchanged": count}
    assert state() == before
    writes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql.partition('"jobs_sourcerun"')[0] for sql in writes] == ["INSERT INTO ", "UPDATE "]
    # Locks, rows of the source, and the transactions around them: as many for any number of jobs.
    assert len(queries) == 12


def test_changed_jobs_are_changed_and_the_others_left_alone(source):
    send(source, jobs(3))
    first = Job.objects.get(external_id="A-1")
    run = send(source, [job(1), job(2, title="Night picker"), job(3), job(4)])
    assert run.counts() == {"seen": 4, "new": 1, "changed": 1, "unchanged": 2}
    assert Job.objects.get(external_id="A-2").title == "Night picker"
    assert Job.objects.get(external_id="A-1").version == first.version


def test_ids_are_compared_exactly_as_sent(source):
    sent = ["7", "07", " 7", "7 ", "a", "A"]
    run = send(source, [job(n, referencenumber=sent[n]) for n in range(len(sent))])
    assert run.counts() == {"seen": 6, "new": 6}
    assert sorted(Job.objects.values_list("external_id", flat=True)) == sorted(sent)


def test_the_same_id_of_two_sources_is_two_jobs(source, tmp_path):
    other = JobSource.objects.create(name="Other", file=str(tmp_path / "o"), is_trusted=True)
    send(source, jobs(1))
    send(other, jobs(1))
    assert Job.objects.filter(external_id="A-1").count() == 2


def test_missing_jobs_are_withdrawn_by_the_second_run(source):
    send(source, jobs(10))
    assert send(source, jobs(8)).counts() == {"seen": 8, "unchanged": 8, "missed": 2}
    assert Job.objects.live().count() == 10
    run = feedimport.read(source)
    assert run.counts() == {"seen": 8, "unchanged": 8, "missed": 2, "withdrawn": 2}
    assert Job.objects.live().count() == 8
    assert feedimport.read(source).counts() == {"seen": 8, "unchanged": 8}


def test_missing_once_and_back_again_counts_anew(source):
    send(source, jobs(10))
    send(source, jobs(9))
    send(source, jobs(10))
    assert send(source, jobs(9)).counts() == {"seen": 9, "unchanged": 9, "missed": 1}
    assert Job.objects.live().count() == 10


def test_withdrawn_jobs_that_reappear_are_listed_again(source):
    send(source, jobs(10))
    send(source, jobs(9))
    send(source, jobs(9))
    assert Job.objects.live().count() == 9
    assert send(source, jobs(10)).counts() == {"seen": 10, "unchanged": 10}
    assert Job.objects.live().count() == 10


def test_refused_runs_do_not_count_as_misses(source):
    send(source, jobs(10))
    send(source, jobs(9))
    refused(source, as_xml(jobs(9))[:-5])
    refused(source, jobs(2))
    assert Job.objects.live().count() == 10


def test_what_the_desk_has_changed_survives_every_run(source, desk):
    send(source, jobs(2))
    found = Job.objects.get(external_id="A-1")
    values = Advert.of(found).to_json() | {"title": "Engineer for orchard robots (m/f/d)"}
    moderation.edit(found, Advert.from_json(values), by=desk)
    assert feedimport.read(source).counts() == {"seen": 2, "unchanged": 2}
    run = send(source, [job(1, title="Other", city="Bonn"), job(2)])
    assert run.counts() == {"seen": 2, "changed": 1, "unchanged": 1}
    found.refresh_from_db()
    assert found.title == "Engineer for orchard robots (m/f/d)"
    assert found.places[0]["locality"] == "Bonn"


def test_what_the_desk_has_taken_down_stays_down(source, desk):
    send(source, jobs(2))
    moderation.take_down(Job.objects.get(external_id="A-1"), by=desk, reason="misleading")
    send(source, [job(1, title="Better now"), job(2)])
    assert [row.external_id for row in Job.objects.live()] == ["A-2"]


def test_jobs_without_an_end_stay_as_long_as_they_are_in_the_feed(source):
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        send(source, [job(1), job(2, expirationdate="2026-03-31")])
        for _day in range(60):
            clock.shift(timedelta(days=1))
            feedimport.read(source)
        assert [row.external_id for row in Job.objects.live()] == ["A-1"]
        # One whose time is over is not missed: its page says that it has ended.
        assert send(source, [job(1)]).counts() == {"seen": 1, "unchanged": 1}
        assert Job.objects.get(external_id="A-2").status == "listed"


def test_new_jobs_that_have_ended_are_rejected(source):
    run = send(source, [job(1), job(2, expirationdate="2020-01-01")])
    assert run.counts() == {"seen": 2, "new": 1, "rejected": 1}
    assert run.problems == [{"line": 4, "id": "A-2", "reason": "The job has ended already."}]


# --- What is refused or rejected ------------------------------------------------------------------


def test_rejected_jobs_are_told_with_line_and_reason(source):
    send(source, jobs(3))
    bad = job(3, company="")
    run = send(source, [job(1), job(2, title="x" * 200), bad, job(4, referencenumber=None)])
    assert run.counts() == {"seen": 4, "unchanged": 1, "rejected": 3}
    assert run.problems == [
        {"line": 6, "id": "", "reason": "The job has no id."},
        {"line": 4, "id": "A-2", "reason": "This is longer than 160 characters."},
        {"line": 5, "id": "A-3", "reason": "The employer is missing."},
    ]
    # They stand as they were, and are not missing.
    assert Job.objects.live().count() == 3
    assert Job.objects.get(external_id="A-2").title == "Robotics engineer 2 (m/f/d)"


def test_an_id_with_two_texts_changes_nothing(source):
    send(source, [job(1), job(3)])
    before = state()
    twice = [
        job(1, title="One"),
        job(1, title="Two"),
        job(2),
        job(2, title="Other"),
        job(3),
        job(3),
    ]
    run = send(source, twice)
    assert run.counts() == {"seen": 6, "unchanged": 1, "rejected": 3}
    assert [problem["reason"] for problem in run.problems] == [
        "The id stands in the feed twice (first in line 3).",
        "The id stands in the feed twice (first in line 5).",
        "The id stands in the feed twice (first in line 7).",
    ]
    assert state() == before


def test_an_id_twice_with_the_same_text_is_taken_once(source):
    run = send(source, [job(1), job(1)])
    assert run.counts() == {"seen": 2, "new": 1, "rejected": 1}


def test_only_the_first_hundred_problems_are_kept(source):
    run = send(source, [job(n, title="") for n in range(150)] + [job(200)])
    assert (run.rejected, len(run.problems)) == (150, 100)


@pytest.mark.parametrize("left", [6, 4, 1])
def test_a_feed_that_has_lost_more_than_its_limit_changes_nothing(source, left):
    send(source, jobs(10))
    changed = [job(number, title="Changed") for number in range(1, left + 1)]
    message = refused(source, changed)
    assert message.startswith(f"{10 - left} of 10 jobs are missing, more than the 30 %")


def test_the_limit_is_the_sources_own(source):
    send(source, jobs(10))
    assert send(source, jobs(7)).outcome == "done"
    source.max_drop = 70
    source.save()
    assert send(source, jobs(4)).outcome == "done"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "no element found"),
        ("<source></source>", "There is no job in the feed."),
        (as_xml(jobs(5))[:-10], "the XML is broken"),
        (as_xml(jobs(5))[:900], "the XML is broken"),
        (as_xml(jobs(5)).replace("</job>", "", 1), "the XML is broken"),
        ('<!DOCTYPE s [<!ENTITY a "b">]>' + as_xml(jobs(5))[39:], "declares entities"),
        (
            as_xml(jobs(5)).replace("Leipzig", "K\udcf6ln").encode("utf-8", "surrogateescape"),
            "the XML is broken",
        ),
        (as_xml(jobs(5)).replace("Leipzig", "\x00"), "the XML is broken"),
        ("<html><body>We are closed for maintenance</body></html>", "There is no job"),
    ],
)
def test_broken_feeds_change_nothing(source, data, reason):
    send(source, jobs(5))
    assert reason in refused(source, data)


def test_missing_and_large_files_are_refused(source):
    assert feedimport.read(source).message == f"There is no file {source.file}."
    with Path(source.file).open("wb") as file:
        file.truncate(200_000_000)
    assert feedimport.read(source).message == "The file is larger than 50 MB."


# --- Several at a time ----------------------------------------------------------------------------


def test_one_source_is_read_by_one_at_a_time(source):
    Path(source.file).write_text(as_xml(jobs(1)))
    running = SourceRun.objects.create(source=source)
    with pytest.raises(moderation.Conflict, match="is being read at this moment"):
        feedimport.read(source)
    assert feedimport.read_due() == 0
    assert list(SourceRun.objects.all()) == [running]


def test_a_run_that_was_killed_holds_nobody_up_for_ever(source):
    Path(source.file).write_text(as_xml(jobs(1)))
    killed = SourceRun.objects.create(source=source, started_at=timezone.now() - timedelta(hours=1))
    assert feedimport.read(source).outcome == "done"
    killed.refresh_from_db()
    assert (killed.outcome, killed.message) == ("refused", "It was killed before its end.")


def test_a_run_that_another_has_overtaken_writes_nothing(source):
    send(source, jobs(1))
    Path(source.file).write_text(as_xml(jobs(5)))

    def overtake(entries):
        yield from entries
        SourceRun.objects.running().update(outcome="refused")

    before = state()
    run = feedimport.read(source, progress=overtake)
    assert "another reading has taken over" in run.message
    assert state() == before


def test_an_error_of_ours_is_told_and_raised(source):
    Path(source.file).write_text(as_xml(jobs(1)))

    def fail(entries):
        raise ZeroDivisionError("here")

    with pytest.raises(ZeroDivisionError):
        feedimport.read(source, progress=fail)
    run = SourceRun.objects.get()
    assert (run.outcome, run.message) == ("refused", "It broke off: ZeroDivisionError('here').")


def test_due_are_active_sources_not_read_for_an_hour(source, tmp_path):
    other = JobSource.objects.create(name="Other", file=str(tmp_path / "other"))
    JobSource.objects.create(name="Off", file=str(tmp_path / "off"), is_active=False)
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        assert feedimport.due() == [source, other]
        send(source, jobs(1))
        assert feedimport.due() == [other]
        assert feedimport.read_due() == 1
        assert feedimport.due() == []
        clock.shift(timedelta(hours=1, seconds=1))
        assert feedimport.due() == [source, other]


# --- The command ----------------------------------------------------------------------------------


def command(*arguments: str) -> list[str]:
    output = StringIO()
    call_command("import_jobs", *arguments, stdout=output)
    return output.getvalue().splitlines()


def test_command_reads_what_is_due_or_named(source):
    Path(source.file).write_text(as_xml([job(1), job(2, title="")]))
    report = ["Orchard:", "  Done.", "  seen 2, new 1, rejected 1"]
    assert command() == [*report, "  line 4, A-2: The title is missing."]
    assert command() == ["No source is due."]
    assert command("Orchard")[2] == "  seen 2, unchanged 1, rejected 1"


def test_command_fails_where_nothing_was_changed(source):
    Path(source.file).write_text("")
    with pytest.raises(CommandError, match="1 of 1 sources changed nothing"):
        command("Orchard")
    with pytest.raises(CommandError, match=r"There is no source “Vineyard”\. Known: Orchard\."):
        command("Vineyard")
    SourceRun.objects.create(source=source)
    with pytest.raises(CommandError, match="1 of 1 sources changed nothing"):
        command("Orchard")


def test_tick_reads_what_is_due(source):
    Path(source.file).write_text(as_xml(jobs(1)))
    assert tick.JOBS["partner feeds"]() == 1
    assert tick.JOBS["partner feeds"]() == 0


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_sign_that_no_database_takes_costs_its_own_job_alone(source, sign):
    """It is quoted in the reason; PostgreSQL takes neither in JSON, and all of the run was lost."""
    source.format = "json"
    source.save()
    run = send(source, json.dumps([job(1), job(2, expirationdate=f"soon{sign}")]))
    assert (run.outcome, run.new, run.rejected) == ("done", 1, 1)
    assert run.problems[0]["reason"] == "The end cannot be read: soon."
