"""/metrics: what it counts, for all processes together, and who may read it."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from articles import workflow
from newsroom.lib import outbox
from newsroom.lib.metering import Meter
from newsroom.models import Message, TickRun
from tests.comments.conftest import write
from tests.factories import UserFactory, make_article
from tests.jobs.makers import make_pending
from tests.wsgi import ask


def value(text: str, line: str) -> float:
    (found,) = re.findall(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found)


def test_processes_count_into_one_file(tmp_path):
    one, other = Meter(tmp_path / "requests"), Meter(tmp_path / "requests")
    for meter, path, way, status, seconds in (
        (one, "/", "hit", "200 OK", 0.0001),
        (one, "/2026/03/a/", "hit", "200 OK", 0.0007),
        (other, "/", "hit", "304 Not Modified", 0.0001),
        (other, "/admin/", "pass", "302 Found", 0.02),
        (other, "/api/v1/articles/", "pass", "400 Bad Request", 9.0),
        (other, "/static/x.css", "pass", "500 Internal Server Error", 0.1),
    ):
        meter.count(path, way, status, seconds)
    other.flush()
    text = one.text()
    name = "newsroom_requests_total"
    assert value(text, f'{name}{{area="site",cache="hit",status="2xx"}}') == 2
    assert value(text, f'{name}{{area="site",cache="hit",status="3xx"}}') == 1
    assert value(text, f'{name}{{area="admin",cache="pass",status="3xx"}}') == 1
    assert value(text, f'{name}{{area="api",cache="pass",status="4xx"}}') == 1
    assert value(text, f'{name}{{area="files",cache="pass",status="5xx"}}') == 1
    seconds = "newsroom_request_seconds"
    assert value(text, f'{seconds}_bucket{{cache="hit",le="0.0005"}}') == 2
    assert value(text, f'{seconds}_bucket{{cache="hit",le="0.001"}}') == 3
    assert value(text, f'{seconds}_bucket{{cache="pass",le="5.0"}}') == 2
    assert value(text, f'{seconds}_bucket{{cache="pass",le="+Inf"}}') == 3
    assert value(text, f'{seconds}_sum{{cache="hit"}}') == pytest.approx(0.0009)
    assert value(text, f'{seconds}_count{{cache="pass"}}') == 3
    assert other.text() == text


def test_a_file_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "file").write_text("")
    meter = Meter(tmp_path / "file" / "requests")
    meter.count("/", "hit", "200 OK", 0.1)
    assert "newsroom_requests_total{" not in meter.text()


@pytest.mark.django_db
def test_the_door_counts_every_request_with_the_way_it_went(door):
    path = make_article().get_absolute_url()
    for address in (path, path, "/healthz", "/nothing/"):
        ask(door, address)
    text = door._meter.text()
    name = "newsroom_requests_total"
    assert value(text, f'{name}{{area="site",cache="miss",status="2xx"}}') == 1
    assert value(text, f'{name}{{area="site",cache="hit",status="2xx"}}') == 1
    assert value(text, f'{name}{{area="site",cache="pass",status="2xx"}}') == 1
    assert value(text, f'{name}{{area="site",cache="pass",status="4xx"}}') == 1


@pytest.mark.django_db
def test_queues_tell_how_late_they_are(client, time_machine):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    article = make_article(at=timezone.now() - timedelta(hours=1))
    workflow.publish(
        article, by=UserFactory(role="Editor"), at=timezone.now() + timedelta(minutes=1)
    )
    line = 'newsroom_queue_age_seconds{queue="%s"}'
    before = client.get("/metrics")
    assert before.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in before.headers["Cache-Control"]
    assert value(before.text, line % "scheduled updates") == 0
    assert 'queue="tick"' not in before.text
    TickRun.objects.create(pk=1, finished_at=timezone.now())
    time_machine.shift(90)
    text = client.get("/metrics").text
    assert value(text, line % "scheduled updates") == 30
    assert value(text, line % "tick") == 90


@pytest.mark.django_db
def test_what_waits_for_a_decision_or_to_leave_is_told(client, time_machine):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    empty = client.get("/metrics").text
    names = [
        *(f'newsroom_queue_age_seconds{{queue="{name}"}}' for name in ("comments", "jobs")),
        *(f'newsroom_queue_length{{queue="{name}"}}' for name in ("comments", "jobs")),
        'newsroom_queue_age_seconds{queue="outbox"}',
    ]
    assert [value(empty, name) for name in names] == [0, 0, 0, 0, 0]
    article = make_article()
    for _number in range(2):
        write(article)
    make_pending()
    Message.objects.all().delete()
    with transaction.atomic():
        outbox.put("nothing", "one")
    time_machine.shift(90)
    text = client.get("/metrics").text
    assert [value(text, name) for name in names] == [90, 90, 2, 1, 90]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "203.0.113.7"}, 404),
        ("", {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}, 404),
        ("", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ("", {"HTTP_VIA": "1.1 proxy"}, 404),
        ("secret", {}, 404),
        ("secret", {"HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        ("secret", {"HTTP_AUTHORIZATION": "Bearer "}, 404),
        ("secret", {"HTTP_AUTHORIZATION": "Bearer secret", "REMOTE_ADDR": "203.0.113.7"}, 200),
    ],
)
def test_who_may_read_them(client, settings, token, headers, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", **headers).status_code == status
    assert client.post("/metrics", **headers).status_code == 405
