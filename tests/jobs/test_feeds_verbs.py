"""What a partner's feed does with many jobs at a time."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs import moderation
from jobs.models import Action, Employer, Job, Label, Status

from .makers import desk, item, make_advert, make_source, outbox

pytestmark = pytest.mark.django_db


def statuses() -> list[str]:
    return list(Job.objects.order_by("external_id").values_list("status", flat=True))


def test_a_trusted_source_lists_at_once_another_waits_for_the_desk():
    assert moderation.add(make_source(is_trusted=True, is_paid=True), [item("a"), item("b")]) == 2
    assert moderation.add(make_source(), [item("c")]) == 1
    assert statuses() == ["listed", "listed", "pending"]
    assert [job.external_id for job in Job.objects.waiting()] == ["c"]
    assert Employer.objects.count() == 1
    assert [job.is_paid for job in Job.objects.order_by("external_id")] == [True, True, False]
    assert outbox() == []


def test_many_jobs_cost_as_many_queries_as_one(django_assert_max_num_queries):
    source = make_source(is_trusted=True)
    with django_assert_max_num_queries(40) as one:
        moderation.add(source, [item("first")])
    with django_assert_max_num_queries(len(one.captured_queries)) as many:
        moderation.add(source, [item(f"n{n}", title=f"Job {n}") for n in range(40)])
    assert Job.objects.count() == 41
    assert len(many.captured_queries) <= len(one.captured_queries)


def test_an_id_of_a_source_is_one_job_exactly_as_sent():
    source = make_source(is_trusted=True)
    moderation.add(source, [item("A-1"), item("a-1"), item("A-1 ")])
    moderation.add(make_source(is_trusted=True), [item("A-1")])
    assert Job.objects.count() == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        moderation.add(source, [item("A-1")])


def test_update_brings_a_changed_text_in():
    source = make_source(is_trusted=True)
    moderation.add(source, [item("a"), item("b")])
    assert moderation.update(source, [item("a", "2", title="Robot nurse"), item("x", "2")]) == 1
    job = Job.objects.get(external_id="a")
    assert (job.title, job.content_hash, job.version) == ("Robot nurse", "2", 2)
    assert job.log.first().actor == Action.Actor.SOURCE


def test_what_the_desk_has_set_survives_every_run():
    source = make_source(is_trusted=True)
    moderation.add(source, [item("a")])
    job = moderation.edit(Job.objects.get(), make_advert(title="Ours (m/f/d)"), by=desk())
    assert job.overrides == {"title": "Ours (m/f/d)"}
    moderation.update(source, [item("a", "2", title="Theirs", tags=("Wind",))])
    job = Job.objects.get()
    assert (job.title, job.tags) == ("Ours (m/f/d)", ["Wind"])
    job = moderation.drop_overrides(job, by=desk())
    assert (job.overrides, job.content_hash) == ({}, "")
    moderation.update(source, [item("a", "2", title="Theirs")])
    assert Job.objects.get().title == "Theirs"


def test_an_override_that_clashes_with_the_new_text_keeps_the_present_one():
    source = make_source(is_trusted=True)
    moderation.add(source, [item("a")])
    moderation.edit(Job.objects.get(), make_advert(salary_min=Decimal(3500)), by=desk())
    moderation.update(source, [item("a", "2", salary_min=Decimal(1000), salary_max=Decimal(2000))])
    job = Job.objects.get()
    assert (job.salary_min, job.salary_max) == (3500, 4000)


def test_a_listed_job_of_a_source_without_trust_keeps_its_text_until_approved():
    source = make_source()
    moderation.add(source, [item("a")])
    moderation.approve(Job.objects.get(), by=desk())
    moderation.update(source, [item("a", "2", title="Robot nurse")])
    assert Job.objects.live().get().title == "Robotics engineer (m/f/d)"
    moderation.approve(Job.objects.get(), by=desk())
    assert Job.objects.live().get().title == "Robot nurse"


def test_a_job_is_withdrawn_by_the_second_run_in_a_row_that_misses_it():
    source = make_source(is_trusted=True)
    moderation.add(source, [item("a"), item("b")])
    assert moderation.note_missed(source, ["a"]) == (1, 0)
    assert moderation.note_seen(source, ["a", "b"]) == 1
    assert moderation.note_missed(source, ["a"]) == (1, 0)
    assert statuses() == ["listed", "listed"]
    assert moderation.note_missed(source, ["a"]) == (1, 1)
    assert statuses() == ["withdrawn", "listed"]
    assert set(Label.objects.values_list("job__external_id", flat=True)) == {"b"}
    assert moderation.note_missed(source, ["a"]) == (0, 0)


def test_what_comes_back_is_listed_again_but_not_what_the_desk_took_down():
    source = make_source(is_trusted=True)
    moderation.add(source, [item("a"), item("b")])
    for _run in range(2):
        moderation.note_missed(source, ["a"])
    moderation.take_down(Job.objects.get(external_id="b"), by=desk(), reason="misleading")
    assert moderation.note_seen(source, ["a", "b"]) == 1
    assert statuses() == ["listed", "withdrawn"]
    assert moderation.note_seen(source, ["a", "b"]) == 0


def test_the_end_is_the_feeds_but_never_later_than_sixty_days():
    source = make_source(is_trusted=True)
    now = timezone.now()
    ends = {"early": now + timedelta(days=3), "late": now + timedelta(days=300), "none": None}
    made = [item(name) for name in ends]
    moderation.add(
        source,
        [
            moderation.Item(i.external_id, "1", i.advert, valid_through=ends[i.external_id])
            for i in made
        ],
    )
    days = {
        job.external_id: round((job.valid_through - now).total_seconds() / 86400)
        for job in Job.objects.all()
    }
    assert days == {"early": 3, "late": 60, "none": 30}


def test_a_job_without_an_end_is_prolonged_while_its_feed_has_it():
    source = make_source(is_trusted=True)
    moderation.add(source, [item("a")])
    assert moderation.prolong(source, ["a"]) == 0
    with time_machine.travel(timezone.now() + timedelta(days=25)):
        assert moderation.prolong(source, ["a"]) == 1
        assert Job.objects.get().valid_through > timezone.now() + timedelta(days=29)


def test_a_rejected_job_stays_rejected_however_often_it_is_sent():
    source = make_source()
    moderation.add(source, [item("a")])
    moderation.reject(Job.objects.get(), by=desk(), reason="spam")
    moderation.update(source, [item("a", "2", title="Robot nurse")])
    moderation.note_seen(source, ["a"])
    assert Job.objects.get().status == Status.REJECTED
