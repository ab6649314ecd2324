"""Mails to employers: what each says, when it is not sent, the reminders."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from jobs import links, mails, moderation, privacy
from jobs.models import Job
from newsroom.lib.outbox import Skip
from newsroom.models import Message

from .makers import EMAIL, desk, item, make_advert, make_draft, make_job, make_pending, make_source

pytestmark = pytest.mark.django_db


def mail(kind: str):
    message = Message.objects.filter(kind=kind).order_by("-pk").first()
    made = mails.HANDLERS[kind](message)
    assert made.to == [EMAIL]
    return made


def html_of(made) -> str:
    return made.alternatives[0].content


def test_the_mail_that_confirms_carries_the_link_in_both_parts():
    job = make_draft(title="R&D <engineer>")
    made = mail("job_confirm")
    link = f"http://testserver{links.manage_path(job)}".split(":")[1][:40]
    assert made.subject == "Please confirm: R&D <engineer>"
    assert link in made.body
    assert link in html_of(made)
    assert "R&amp;D &lt;engineer&gt;" in html_of(made)


def test_no_message_in_the_outbox_names_anybody():
    moderation.reject(make_pending(), by=desk(), reason="spam")
    for message in Message.objects.all():
        assert EMAIL not in f"{message.key} {message.payload}"


@pytest.mark.parametrize(
    ("kind", "make", "words"),
    [
        ("job_received", make_pending, "Our job desk now reads the advert"),
        ("job_listed", make_job, "Your advert is online:\nhttp://testserver/jobs/"),
        ("job_renewed", lambda: moderation.renew(make_job()), "Your advert stays online."),
    ],
)
def test_each_step_is_told(kind, make, words):
    make()
    assert words in mail(kind).body


def test_a_rejection_gives_the_reason_and_the_sentence_of_the_desk():
    moderation.reject(make_pending(), by=desk(), reason="misleading", note="It is no job.")
    made = mail("job_rejected")
    assert made.subject == "Not accepted: Robotics engineer (m/f/d)"
    assert "Reason: Misleading\nIt is no job." in made.body
    job = moderation.change(make_job(), make_advert(title="Other"))
    moderation.reject(job, by=desk(), reason="duplicate")
    made = mail("job_rejected")
    assert made.subject.startswith("Your change was not accepted")
    assert "Reason: Is here already" in made.body
    moderation.take_down(job, by=desk(), reason="discriminating")
    assert mail("job_rejected").subject.startswith("Taken off the site")


def test_mails_are_in_the_language_of_the_advert():
    moderation.submit(make_advert(language="de"), email=EMAIL, language="de")
    assert mail("job_confirm").subject == "Bitte bestätigen: Robotics engineer (m/f/d)"


def test_no_mail_where_the_job_has_moved_on():
    moderation.confirm(make_draft())
    with pytest.raises(Skip):
        mail("job_confirm")
    moderation.withdraw(Job.objects.get())
    with pytest.raises(Skip):
        mail("job_received")


def test_no_mail_to_an_address_that_was_erased():
    make_job()
    privacy.erase(EMAIL)
    with pytest.raises(Skip, match="no address"):
        mail("job_listed")
    Job.objects.all().delete()
    with pytest.raises(Skip, match="not there"):
        mail("job_listed")


# --- Reminders -----------------------------------------------------------------------------------


def reminders() -> list[dict]:
    found = Message.objects.filter(kind="job_reminder").order_by("pk")
    return list(found.values_list("payload", flat=True))


def test_a_reminder_seven_days_and_one_day_before_the_end():
    job = make_job()
    before = {
        timedelta(days=7, minutes=1): [],
        timedelta(days=6, hours=23): [{"days": 7, "renewals": 0}],
        timedelta(days=1, minutes=1): [{"days": 7, "renewals": 0}],
        timedelta(hours=23): [{"days": 7, "renewals": 0}, {"days": 1, "renewals": 0}],
    }
    for span, expected in before.items():
        with time_machine.travel(job.valid_through - span, tick=False):
            for _run in range(2):
                mails.put_reminders()
            assert reminders() == expected
    with time_machine.travel(job.valid_through - timedelta(hours=22)):
        made = mail("job_reminder")
        assert made.subject == "Ends in 1 day: Robotics engineer (m/f/d)"


def test_a_renewed_job_is_reminded_anew_and_not_of_its_old_end():
    job = make_job()
    with time_machine.travel(job.valid_through - timedelta(days=5)):
        assert mails.put_reminders() == 1
        job = moderation.renew(job)
        with pytest.raises(Skip):
            mail("job_reminder")
        assert mails.put_reminders() == 0
    with time_machine.travel(job.valid_through - timedelta(days=5)):
        assert mails.put_reminders() == 1
        assert mail("job_reminder").subject.startswith("Ends in 7 days")


def test_nobody_is_reminded_of_what_was_listed_for_less():
    job = make_job(days=5)
    assert mails.put_reminders() == 0
    with time_machine.travel(job.valid_through - timedelta(hours=5)):
        assert mails.put_reminders() == 1


def test_only_live_jobs_of_employers_with_an_address_are_reminded():
    moderation.add(make_source(is_trusted=True), [item("a")])
    moderation.mark_filled(make_job())
    make_job(ago=timedelta(days=31))
    with time_machine.travel(timezone.now() + timedelta(days=28)):
        assert mails.put_reminders() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_tick_without_new_reminders_costs_two_queries(django_assert_num_queries, count):
    for _number in range(count):
        job = make_job()
    with time_machine.travel(job.valid_through - timedelta(days=3), tick=False):
        assert mails.put_reminders() == count
        with django_assert_num_queries(4):  # with the savepoint's two
            assert mails.put_reminders() == 0
