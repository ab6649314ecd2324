"""The job desk's queue: who may, what it shows, what its buttons do."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from jobs import moderation
from jobs.advert import Advert, Place
from jobs.models import Action, Job
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/jobs/"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def reviewer(db):
    return UserFactory(username="jana", first_name="Jana", last_name="Voss", role="Job desk")


@pytest.fixture
def desk(client, reviewer):
    client.force_login(reviewer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def advert(**values) -> Advert:
    return Advert(
        **{
            "title": "Schreiner:in (m/w/d)",
            "employer": "Werft GmbH",
            "description": "<p>Wir bauen Boote aus Holz und suchen Verstärkung.</p>",
            "language": "de",
            "places": (Place("Kiel", "DE"),),
            "apply_url": "https://example.org/apply",
            **values,
        }
    )


def make_job(hours: int = 1, **values) -> Job:
    """A job that waits for the desk since some hours."""
    job = moderation.submit(advert(**values), email="boss@example.org", language="de")
    moderation.confirm(job)
    Job.objects.filter(pk=job.pk).update(waiting_since=timezone.now() - timedelta(hours=hours))
    return Job.objects.get(pk=job.pk)


def press(client, action, job, choice="", path=QUEUE, **fields):
    value = f"{action}:{job.pk}:{job.version}" + (f":{choice}" if choice else "")
    return client.post(path, {"do": value, **fields}, **JSON)


def titles(response) -> list[str]:
    return [node.text() for node in LexborHTMLParser(response.content).css(".queue-who")]


def test_only_the_job_desk_opens_its_queue(client, reviewer, reporter, editor, moderator):
    job = make_job()
    for user in (reporter, editor, moderator):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(QUEUE).status_code == 403
        assert press(client, "approve", job).status_code == 403
    client.force_login(reviewer, backend="django.contrib.auth.backends.ModelBackend")
    assert titles(client.get(QUEUE)) == [job.title]
    assert client.get("/admin/queue/comments/").status_code == 403
    assert client.get("/admin/comments/comment/").status_code == 403
    assert client.get("/admin/comments/moderationaction/").status_code == 403


def test_the_longest_waiting_first_and_red_after_a_day(desk):
    make_job(2, title="Second (m/w/d)")
    make_job(30, title="First (m/w/d)")
    response = desk.get(QUEUE)
    assert titles(response) == ["First (m/w/d)", "Second (m/w/d)"]
    page = LexborHTMLParser(response.content)
    assert [node.css_first(".queue-who").text() for node in page.css(".is-late")] == [
        "First (m/w/d)"
    ]
    (line,) = desk.get("/admin/").context["waiting"]
    assert (line.count, line.is_late) == (2, True)


def test_a_job_is_listed(desk, reviewer):
    job = make_job()
    told = press(desk, "approve", job).json()
    assert (told["done"], told["said"], told["counts"]["new"]) == ([job.pk], "Listed", 0)
    job.refresh_from_db()
    assert job.is_live
    assert (job.log.first().verb, job.log.first().by) == ("approve", reviewer)


def test_a_rejection_needs_a_reason_and_another_reason_a_note(desk):
    job = make_job()
    assert press(desk, "reject", job).status_code == 422
    assert press(desk, "reject", job, "nonsense").status_code == 422
    assert press(desk, "reject", job, "other").status_code == 422
    assert Job.objects.get().status == "pending"
    press(desk, "reject", job, "incomplete", **{f"note-reject-{job.pk}": "Where is the salary?"})
    line = Job.objects.get().log.first()
    assert (line.to_status, line.reason, line.note) == (
        "rejected",
        "incomplete",
        "Where is the salary?",
    )
    html = desk.get(f"{QUEUE}decided/").text
    assert "Where is the salary?" in html
    assert "Jana Voss" in html
    job.refresh_from_db()
    told = press(desk, "reconsider", job, path=f"{QUEUE}decided/").json()
    assert told["done"] == [job.pk]
    assert Job.objects.get().status == "pending"


def test_a_title_without_a_neutral_form_gets_one_by_one_click(desk):
    job, neutral = make_job(title="Fahrer"), make_job(title="Fahrer:in")
    english = make_job(title="Driver", language="en")
    html = desk.get(QUEUE).text
    assert html.count("AGG § 11") == 1
    told = press(desk, "neutral", job).json()
    job.refresh_from_db()
    assert (job.title, job.status) == ("Fahrer (m/w/d)", "pending")
    assert "Fahrer (m/w/d)" in told["cards"][str(job.pk)]
    assert "AGG § 11" not in told["cards"][str(job.pk)]
    for other in (neutral, english):
        assert press(desk, "neutral", other).status_code == 422


def test_an_employers_change_is_compared_and_agreed_to(desk, reviewer):
    job = make_job()
    moderation.approve(job, by=reviewer)
    moderation.change(Job.objects.get(), advert(title="Bootsbauer:in (m/w/d)"))
    page = LexborHTMLParser(desk.get(f"{QUEUE}changes/").content)
    assert page.css_first("del").text() == "Schreiner:in (m/w/d)"
    assert page.css_first("ins").text() == "Bootsbauer:in (m/w/d)"
    assert titles(desk.get(QUEUE)) == []
    job = Job.objects.get()
    press(desk, "approve", job, path=f"{QUEUE}changes/")
    job.refresh_from_db()
    assert (job.title, job.proposed, job.is_live) == ("Bootsbauer:in (m/w/d)", None, True)


def test_the_second_of_two_is_told_who_was_faster(desk):
    job = make_job()
    colleague = UserFactory(first_name="Ole", last_name="Hansen", role="Job desk")
    moderation.approve(job, by=colleague)
    response = press(desk, "reject", job, "spam")
    assert response.status_code == 409
    assert "Ole Hansen" in response.json()["conflicts"][str(job.pk)]
    assert Job.objects.get().is_live
    assert Action.objects.filter(verb="reject").count() == 0


def test_marked_ones_are_listed_and_the_refused_named(desk):
    first, broken = make_job(), make_job(title="Pilot:in")
    Job.objects.filter(pk=broken.pk).update(description="")
    items = [f"{job.pk}:{job.version}" for job in (first, broken)]
    told = desk.post(QUEUE, {"all": "approve", "item": items}, **JSON).json()
    assert told["done"] == [first.pk]
    assert told["conflicts"] == {
        str(broken.pk): "“Pilot:in”: Describe the job in at least one sentence."
    }


def test_the_same_title_of_the_same_house_is_pointed_out(desk, reviewer):
    listed = make_job()
    moderation.approve(listed, by=reviewer)
    make_job()
    assert "is listed already" in desk.get(QUEUE).text


def test_every_field_is_shown_as_text(desk):
    attack = "<script>alert(1)</script>"
    make_job(title=f"T {attack}", employer=f"E {attack}", tags=(f"t {attack}",), description=(
        f"<p onclick=x>Text that is long enough for an advert {attack}</p>"
    ))  # fmt: skip
    html = desk.get(QUEUE).text
    assert "T &lt;script&gt;" in html
    assert "E &lt;script&gt;" in html
    assert "<script>alert" not in html
    assert "onclick" not in html


@pytest.mark.parametrize("number", [1, 3, 55])
def test_the_page_takes_the_same_queries_for_any_number(desk, django_assert_num_queries, number):
    for each in range(number):
        make_job(title=f"Boat builder {each} (m/w/d)", employer=f"Yard {each}")
    desk.get(QUEUE)
    # Every page of the admin: 6. The queue: rows, employers' record, twins, counts.
    with django_assert_num_queries(6 + 4, is_warm=True):
        assert len(titles(desk.get(QUEUE))) == min(number, 50)
