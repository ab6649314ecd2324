"""The verbs: what may become of a job, by whose hand, and what follows."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import moderation
from jobs.models import Action, Job, Label, Status
from jobs.moderation import MOVES, Conflict, NotPermitted, Refused
from tests.factories import UserFactory

from .makers import (
    EMAIL,
    desk,
    make_advert,
    make_draft,
    make_every_other_kind,
    make_job,
    make_pending,
    outbox,
)

pytestmark = pytest.mark.django_db


def last_line(job: Job) -> Action:
    return job.log.first()


def test_the_log_has_words_for_every_move():
    assert set(dict(Action._meta.get_field("verb").flatchoices)) == {"submit", "import", *MOVES}


# --- Employers -----------------------------------------------------------------------------------


def test_submit_keeps_a_job_that_nobody_sees():
    job = make_draft(email="  Anna@Feldbot.example ")
    assert (job.status, job.contact_email, job.days) == (Status.DRAFT, EMAIL, 30)
    assert (job.slug, job.title_key != job.title) == ("robotics-engineer", True)
    assert (last_line(job).verb, last_line(job).actor, last_line(job).to_status) == (
        "submit", "employer", "draft",
    )  # fmt: skip
    assert outbox() == ["job_confirm"]
    assert not Job.objects.live().exists()


def test_submit_refuses_what_readers_would_miss_something_in():
    with pytest.raises(ValidationError) as refused:
        make_draft(apply_url="", places=())
    assert set(refused.value.message_dict) == {"apply_url", "places"}
    assert not Job.objects.exists()


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (30, 30), (60, 60), (61, 60)])
def test_submit_never_lists_for_longer_than_sixty_days(asked, given):
    assert make_draft(days=asked).days == given


def test_confirm_brings_a_job_to_the_desk_once():
    job = moderation.confirm(make_draft())
    assert (job.status, job.waiting_since is not None) == (Status.PENDING, True)
    assert outbox() == ["job_confirm", "job_received"]
    with pytest.raises(Conflict):
        moderation.confirm(job)


def test_confirm_refuses_after_a_week():
    job = make_draft()
    late = timezone.now() + timedelta(days=7, seconds=1)
    with time_machine.travel(late), pytest.raises(Refused):
        moderation.confirm(job)
    assert Job.objects.get().status == Status.DRAFT


def test_change_of_a_pending_job_is_what_the_desk_will_read():
    job = moderation.change(make_pending(), make_advert(title="Robot nurse (m/f/d)"))
    assert (job.title, job.status, job.proposed) == ("Robot nurse (m/f/d)", Status.PENDING, None)


def test_change_of_a_listed_job_keeps_the_old_text_live_until_approved():
    job = moderation.change(make_job(), make_advert(title="Robot nurse (m/f/d)"))
    live = Job.objects.live().get()
    assert live.title == "Robotics engineer (m/f/d)"
    assert list(Job.objects.waiting()) == [job]
    job = moderation.approve(job, by=desk())
    live = Job.objects.live().get()
    assert (live.title, live.proposed, live.slug) == ("Robot nurse (m/f/d)", None, "robot-nurse")
    assert last_line(job).details["replaced"]["title"] == "Robotics engineer (m/f/d)"
    assert not Job.objects.waiting().exists()


def test_reject_of_a_change_leaves_the_listed_text():
    job = moderation.change(make_job(), make_advert(title="Robot nurse (m/f/d)"))
    job = moderation.reject(job, by=desk(), reason="misleading", note="Nurses are people.")
    assert (job.status, job.title, job.proposed) == (
        Status.LISTED, "Robotics engineer (m/f/d)", None,
    )  # fmt: skip
    assert outbox()[-1] == "job_rejected"


def test_change_of_a_rejected_job_brings_it_back_to_the_desk():
    job = moderation.reject(make_pending(), by=desk(), reason="incomplete")
    job = moderation.change(job, make_advert(title="Robot nurse (m/f/d)"))
    assert (job.status, job.waiting_since is not None) == (Status.PENDING, True)


def test_change_refuses_a_text_that_lacks_something_and_keeps_nothing():
    job = make_job()
    with pytest.raises(ValidationError):
        moderation.change(job, make_advert(places=()))
    assert Job.objects.get().proposed is None


def test_renew_adds_the_days_once_more_three_times_at_most():
    job = make_job()
    end = job.valid_through
    for count in (1, 2, 3):
        with time_machine.travel(job.valid_through - timedelta(days=1)):
            job = moderation.renew(job)
        end += timedelta(days=30)
        assert (job.valid_through, job.renewals) == (end, count)
    with time_machine.travel(end - timedelta(days=1)), pytest.raises(Refused):
        moderation.renew(job)


def test_renew_never_reaches_further_than_sixty_days():
    job = make_job(days=50)
    assert moderation.renew(job).valid_through <= timezone.now() + timedelta(days=60)


def test_renew_works_for_a_month_after_the_end():
    job = make_job()
    with time_machine.travel(job.valid_through + timedelta(days=29)):
        assert moderation.renew(job).is_live
    other = make_job()
    with time_machine.travel(other.valid_through + timedelta(days=30)), pytest.raises(Refused):
        moderation.renew(other)


@pytest.mark.parametrize(
    ("verb", "status"),
    [(moderation.mark_filled, Status.FILLED), (moderation.withdraw, Status.WITHDRAWN)],
)
def test_ending_a_job_drops_its_waiting_change_and_its_labels(verb, status):
    job = moderation.change(make_job(), make_advert(title="Robot nurse (m/f/d)"))
    assert Label.objects.filter(job=job).exists()
    job = verb(job)
    assert (job.status, job.proposed, job.waiting_since) == (status, None, None)
    assert not Label.objects.filter(job=job).exists()


# --- The desk ------------------------------------------------------------------------------------


def test_approve_lists_for_the_days_from_now():
    job = moderation.approve(make_pending(days=14), by=desk())
    assert job.valid_through - job.published_at == timedelta(days=14)
    assert (job.status, job.waiting_since) == (Status.LISTED, None)
    assert (last_line(job).actor, last_line(job).by) == ("desk", desk())
    assert outbox()[-1] == "job_listed"


def test_reject_needs_a_reason_of_the_list():
    job = make_pending()
    for reason in ("", "because"):
        with pytest.raises(Refused):
            moderation.reject(job, by=desk(), reason=reason)
    job = moderation.reject(job, by=desk(), reason="discriminating", note=" Women only? ")
    line = last_line(job)
    assert (job.status, line.reason, line.note) == (
        Status.REJECTED, "discriminating", "Women only?",
    )  # fmt: skip
    assert outbox()[-1] == "job_rejected"


def test_take_down_and_reinstate():
    job = moderation.take_down(make_job(), by=desk(), reason="misleading")
    assert not Job.objects.live().exists()
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        job = moderation.reinstate(job, by=desk(), reason="other", note="All is well.")
        assert list(Job.objects.live()) == [job]


def test_reinstate_refuses_what_readers_never_saw():
    job = moderation.withdraw(make_pending())
    with pytest.raises(Refused):
        moderation.reinstate(job, by=desk(), reason="other")


def test_reconsider_brings_a_rejected_job_back():
    job = moderation.reject(make_pending(), by=desk(), reason="spam")
    assert moderation.reconsider(job, by=desk()).status == Status.PENDING


def test_edit_changes_the_live_text_at_once_and_logs_what_it_replaced():
    job = moderation.edit(make_job(), make_advert(title="Robot nurse (m/f/d)"), by=desk())
    assert Job.objects.live().get().title == "Robot nurse (m/f/d)"
    assert last_line(job).details == {"replaced": {"title": "Robotics engineer (m/f/d)"}}
    assert job.overrides == {}  # nobody but us writes it


def test_feature_puts_forward_and_says_who_pays():
    until = timezone.now() + timedelta(days=3)
    job = moderation.feature(make_job(), by=desk(), until=until, is_paid=True)
    assert (job.is_featured, job.is_paid) == (True, True)
    with time_machine.travel(until):
        assert not job.is_featured


# --- Who may, and who was faster -----------------------------------------------------------------

DESK_VERBS = {
    "approve": lambda job, by: moderation.approve(job, by=by),
    "reject": lambda job, by: moderation.reject(job, by=by, reason="spam"),
    "edit": lambda job, by: moderation.edit(job, make_advert(), by=by),
    "feature": lambda job, by: moderation.feature(job, by=by, until=None, is_paid=False),
    "drop_overrides": lambda job, by: moderation.drop_overrides(job, by=by),
    "take_down": lambda job, by: moderation.take_down(job, by=by, reason="spam"),
    "reinstate": lambda job, by: moderation.reinstate(job, by=by, reason="other"),
    "reconsider": lambda job, by: moderation.reconsider(job, by=by),
    "renew": lambda job, by: moderation.renew(job, by=by),
    "mark_filled": lambda job, by: moderation.mark_filled(job, by=by),
}
# Where each of them would be allowed.
PLACES = {
    "approve": "pending", "reject": "pending", "edit": "listed", "feature": "listed",
    "drop_overrides": "listed", "take_down": "listed", "reinstate": "filled",
    "reconsider": "rejected", "renew": "listed", "mark_filled": "listed",
}  # fmt: skip


@pytest.mark.parametrize("verb", DESK_VERBS)
@pytest.mark.parametrize("role", ["Chief editor", "Moderator", "Reporter", "Commercial"])
def test_only_the_job_desk_decides(verb, role):
    jobs = {**make_every_other_kind(), "listed": make_job()}
    job = jobs[PLACES[verb]]
    with pytest.raises(NotPermitted):
        DESK_VERBS[verb](job, UserFactory(role=role))
    job.refresh_from_db()
    assert job.version == jobs[PLACES[verb]].version
    assert DESK_VERBS[verb](job, desk()).version == job.version + 1


@pytest.mark.parametrize("verb", ["approve", "reject", "feature", "take_down", "reinstate"])
def test_every_verb_refuses_from_a_state_that_the_table_does_not_name(verb):
    for name, job in {**make_every_other_kind(), "listed": make_job()}.items():
        if job.status not in MOVES[verb].sources:
            with pytest.raises(Conflict):
                DESK_VERBS[verb](job, desk())
            assert Job.objects.get(pk=job.pk).version == job.version, name


def test_whoever_decides_on_an_older_version_learns_what_happened():
    job = make_pending()
    seen = job.version
    moderation.change(job, make_advert(title="Robot nurse (m/f/d)"))
    with pytest.raises(Conflict, match="To review"):
        moderation.approve(job, by=desk(), seen=seen)
    moderation.approve(job, by=desk(), seen=seen + 1)
    with pytest.raises(Conflict, match=r"Listed.*Jana"):
        moderation.reject(job, by=desk(), reason="spam", seen=seen + 1)


def test_no_job_that_is_gone_is_decided_on():
    job = make_pending()
    Job.objects.all().delete()
    with pytest.raises(Conflict):
        moderation.approve(job, by=desk())


def test_the_log_tells_every_step():
    job = make_job()
    moderation.change(job, make_advert(title="Robot nurse (m/f/d)"))
    job = moderation.approve(job, by=desk())
    moderation.mark_filled(job)
    lines = job.log.order_by("pk").values_list("verb", "from_status", "to_status", "version")
    assert list(lines) == [
        ("submit", "", "draft", 1),
        ("confirm", "draft", "pending", 2),
        ("approve", "pending", "listed", 3),
        ("propose", "listed", "listed", 4),
        ("approve_change", "listed", "listed", 5),
        ("mark_filled", "listed", "filled", 6),
    ]


def test_what_readers_do_not_see_is_no_change_for_those_who_ask_again():
    job = make_job()
    before = job.changed_at
    assert moderation.change(job, make_advert(title="Robot nurse (m/f/d)")).changed_at == before
    assert moderation.reject(job, by=desk(), reason="spam").changed_at == before
    assert moderation.mark_filled(job).changed_at > before


# --- The gate ------------------------------------------------------------------------------------


def test_live_is_listed_and_not_over():
    job = make_job()
    hidden = make_every_other_kind()
    assert len(hidden) == 7
    assert list(Job.objects.live()) == [job]
    assert {name for name, other in hidden.items() if other.is_live} == set()


def test_a_job_ends_by_time_alone():
    job = make_job()
    with time_machine.travel(job.valid_through - timedelta(seconds=1), tick=False):
        assert (list(Job.objects.live()), job.is_live) == ([job], True)
    with time_machine.travel(job.valid_through + timedelta(seconds=1), tick=False):
        assert (list(Job.objects.live()), job.is_live) == ([], False)
        assert list(Job.objects.ended()) == [job]


def test_verbs_hold_the_row_where_the_database_can():
    job = make_pending()
    with CaptureQueriesContext(connection) as seen:
        moderation.approve(job, by=desk())
    locked = any("FOR UPDATE" in query["sql"] for query in seen.captured_queries)
    assert locked == connection.features.has_select_for_update
