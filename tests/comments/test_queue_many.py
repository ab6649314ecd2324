"""Many decisions at once, two moderators at once, and taking back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import moderation
from comments.models import Comment, ModerationAction
from tests.factories import UserFactory, make_article

from .queueing import make_comment, make_reported

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/comments/"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def desk(client, moderator):
    client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def colleague(db):
    return UserFactory(username="ole", first_name="Ole", last_name="Hansen", role="Moderator")


def items(comments) -> list[str]:
    return [f"{comment.pk}:{comment.version}" for comment in comments]


def statuses() -> list[str]:
    return list(Comment.objects.order_by("pk").values_list("status", flat=True))


def test_the_second_of_two_moderators_is_told_who_was_faster(desk, colleague, time_machine):
    time_machine.move_to("2026-05-04 12:03:00+02:00", tick=False)
    comment = make_comment(name="Anna")
    moderation.decide({comment.pk: comment.version}, to="approved", by=colleague)
    command = {"do": f"reject:{comment.pk}:{comment.version}:insult"}
    response = desk.post(QUEUE, command, **JSON)
    assert response.status_code == 409
    told = response.json()
    assert told["conflicts"] == {str(comment.pk): "already approved by Ole Hansen at 12:03 p.m."}
    assert (told["done"], told["counts"]["pending"]) == ([], 0)
    page = desk.post(QUEUE, command)
    assert page.status_code == 409
    assert "Already approved by Ole Hansen at 12:03 p.m." in page.text
    assert statuses() == ["approved"]
    assert ModerationAction.objects.count() == 1


def test_a_comment_that_its_author_changed_comes_back_with_its_new_text(desk):
    comment = make_comment(body="Before")
    moderation.edit(comment, body="After the change")
    response = desk.post(QUEUE, {"do": f"approve:{comment.pk}:{comment.version}"}, **JSON)
    assert response.status_code == 409
    card = response.json()["cards"][str(comment.pk)]
    assert "After the change" in card
    assert f"approve:{comment.pk}:{comment.version + 1}" in card
    assert statuses() == ["pending"]


def test_marked_ones_are_decided_together_and_the_changed_named(desk, colleague):
    article = make_article()
    rows = [make_comment(article, name=f"Reader {letter}") for letter in "ABC"]
    moderation.decide(
        {rows[1].pk: rows[1].version}, to="rejected", reason="off_topic", by=colleague
    )
    told = desk.post(
        QUEUE, {"all": "approve", "item": [*items(rows), items(rows)[0]]}, **JSON
    ).json()
    assert told["done"] == [rows[0].pk, rows[2].pk]
    assert list(told["conflicts"]) == [str(rows[1].pk)]
    assert told["conflicts"][str(rows[1].pk)].startswith("Reader B: already rejected by Ole Hansen")
    assert told["said"] == "Approved: 2"
    assert statuses() == ["approved", "rejected", "approved"]
    batches = ModerationAction.objects.filter(to_status="approved").values_list("batch", "source")
    assert set(batches) == {(told["batch"], "bulk")}


def test_many_without_a_script(desk, colleague):
    article = make_article()
    rows = [make_comment(article) for _number in range(3)]
    moderation.decide({rows[2].pk: rows[2].version}, to="approved", by=colleague)
    data = {"all": "reject:insult", "item": items(rows), "note-reject": "All of them"}
    page = desk.post(QUEUE, data, follow=True)
    assert page.redirect_chain == [(QUEUE, 303)]
    assert "Rejected: 2" in page.text
    assert "already approved by Ole Hansen" in page.text
    assert statuses() == ["rejected", "rejected", "approved"]
    assert set(ModerationAction.objects.values_list("note", flat=True)) == {"", "All of them"}


def test_nothing_marked_and_too_many_are_refused(desk):
    comment = make_comment()
    assert "Nothing is marked." in desk.post(QUEUE, {"all": "approve"}).text
    too_many = [f"{pk}:1" for pk in range(1, 502)]
    response = desk.post(QUEUE, {"all": "approve", "item": too_many}, **JSON)
    assert response.status_code == 422
    assert response.json() == {"why": "At most 500 at a time."}
    assert statuses() == [comment.status]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_many_take_as_many_queries_as_one(desk, number):
    article = make_article()
    rows = [make_comment(article) for _number in range(number)]
    with CaptureQueriesContext(connection) as captured:
        desk.post(QUEUE, {"all": "approve", "item": items(rows)}, **JSON)
    assert statuses() == ["approved"] * number
    writes = [query["sql"].split()[0] for query in captured]
    assert writes.count("UPDATE") == 1  # comments; threads and authors are upserts
    assert len(captured) == 16  # of which the verb's own: 8


def test_a_batch_is_taken_back_within_ten_minutes_by_its_author_alone(
    desk, client, colleague, time_machine
):
    time_machine.move_to("2026-05-04 12:00:00+02:00", tick=False)
    article = make_article()
    rows = [make_comment(article) for _number in range(3)]
    told = desk.post(QUEUE, {"all": "spam", "item": items(rows)}, **JSON).json()
    assert statuses() == ["spam"] * 3
    with pytest.raises(moderation.Refused):
        moderation.undo(told["batch"], by=colleague)
    assert desk.get(QUEUE).context["last_batch"].count == 3
    back = desk.post(QUEUE, {"undo": told["batch"]}, **JSON).json()
    assert sorted(back["cards"]) == sorted(str(row.pk) for row in rows)
    assert (back["said"], back["counts"]["pending"]) == ("Taken back: 3", 3)
    assert statuses() == ["pending"] * 3
    assert ModerationAction.objects.count() == 6  # nothing is deleted
    assert desk.get(QUEUE).context["last_batch"] is None

    row = Comment.objects.get(pk=rows[0].pk)
    told = desk.post(QUEUE, {"do": f"approve:{row.pk}:{row.version}"}, **JSON).json()
    time_machine.shift(timedelta(minutes=10, seconds=1))
    assert desk.get(QUEUE).context["last_batch"] is None
    assert desk.post(QUEUE, {"undo": told["batch"]}, **JSON).status_code == 422
    assert statuses() == ["approved", "pending", "pending"]


def test_undo_without_a_script(desk):
    comment = make_comment()
    page = desk.post(QUEUE, {"do": f"approve:{comment.pk}:{comment.version}"}, follow=True)
    batch = page.context["last_batch"]
    assert (batch.count, str(batch.label)) == (1, "Approved")
    page = desk.post(QUEUE, {"undo": batch.name}, follow=True)
    assert "Taken back" in page.text
    assert statuses() == ["pending"]


def test_start_page_tells_what_waits_and_moderators_land_in_the_queue(client, moderator, editor):
    make_comment(queued_at=timezone.now() - timedelta(hours=3))
    make_reported(by=moderator)
    password = {"password": "correct horse"}
    page = client.post("/admin/login/", {"username": "mona", **password}, follow=True)
    assert page.request["PATH_INFO"] == QUEUE
    (line,) = client.get("/admin/").context["waiting"]
    assert (line.count, line.is_late, line.address) == (1, True, QUEUE)
    assert [(str(label), count) for _address, label, count in line.more] == [
        ("Reported", 1),
        ("Held as spam", 0),
    ]
    client.logout()
    # Where somebody wanted to go comes first; who works on texts lands on the start page.
    page = client.post(
        "/admin/login/?next=/admin/comments/report/", {"username": "mona", **password}
    )
    assert page.url == "/admin/comments/report/"
    client.logout()
    assert client.post("/admin/login/", {"username": "edgar", **password}).url == "/admin/"
