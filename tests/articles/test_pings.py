"""Pings to a real server: off by default, one for all that changed within two minutes."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from articles import workflow
from newsroom import delivery
from newsroom.models import Message, SiteSettings
from tests.factories import AuthorFactory, SectionFactory, make_draft

pytestmark = pytest.mark.django_db

KEY = "a-word-of-our-own"


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def receiver(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.seen, server.status = [], 202
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.FETCH_ALLOW_LOOPBACK = True
        settings.INDEXNOW_URL = f"http://127.0.0.1:{server.server_port}/indexnow"
        hub = f"http://127.0.0.1:{server.server_port}/hub"
        SiteSettings.objects.create(pk=1, websub_hub=hub, indexnow_key=KEY)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2026-03-04 12:00:30+00:00", tick=False)
    return time_machine


def test_nothing_is_pinged_unless_the_settings_name_a_receiver(chief):
    workflow.publish(make_draft(), by=chief)
    assert not Message.objects.exists()


def test_what_changes_within_two_minutes_is_one_ping_each(receiver, clock, chief):
    section = SectionFactory(slug="trams", parent=SectionFactory(slug="city"))
    anna = AuthorFactory(slug="anna")
    first = make_draft(section=section.pk, bylines=[{"author": anna.pk}], tags=["Rails"])
    for article in (first, make_draft(section=section.pk, slug="second")):
        workflow.publish(article, by=chief)
        clock.shift(10)
    delivery.deliver()
    assert receiver.seen == []
    clock.shift(120)
    delivery.deliver()
    asked = {path: (kind, body) for path, kind, body in receiver.seen}
    assert len(receiver.seen) == 2
    kind, body = asked["/hub"]
    assert kind == "application/x-www-form-urlencoded"
    paths = ["feed/", "feed.atom", "feed.json", "city/feed/", "trams/feed/", "topics/rails/feed/",
             "authors/anna/feed/"]  # fmt: skip
    assert parse_qs(body) == {
        "hub.mode": ["publish"], "hub.url": [f"http://testserver/{path}" for path in paths],
    }  # fmt: skip
    told = json.loads(asked["/indexnow"][1])
    assert (told["host"], told["key"]) == ("testserver", KEY)
    assert told["keyLocation"] == f"http://testserver/{KEY}.txt"
    assert told["urlList"] == [
        "http://testserver/2026/03/second/", "http://testserver/2026/03/bridge-closed/",
    ]  # fmt: skip
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_later_change_and_withdrawal_are_pinged_again(receiver, clock, chief):
    article = make_draft()
    workflow.publish(article, by=chief)
    clock.shift(300)
    workflow.correct(article, by=chief, kind="correction", text="Wrong.")
    clock.shift(300)
    workflow.withdraw(article, by=chief, reason="No.")
    clock.shift(300)
    delivery.deliver()
    told = [json.loads(body) for path, _kind, body in receiver.seen if path == "/indexnow"]
    assert [row["urlList"] for row in told] == [["http://testserver/2026/03/bridge-closed/"]] * 3


def test_scheduled_article_is_pinged_when_it_appears(receiver, clock, chief):
    article = make_draft()
    workflow.publish(article, by=chief, at=timezone.now() + timedelta(hours=1))
    clock.shift(3500)
    delivery.deliver()
    assert receiver.seen == []
    clock.shift(300)
    delivery.deliver()
    assert len(receiver.seen) == 2


@pytest.mark.parametrize(("status", "state"), [(403, "failed"), (429, "queued"), (500, "queued")])
def test_refusal_is_final_or_tried_again(receiver, clock, chief, status, state):
    receiver.status = status
    workflow.publish(make_draft(), by=chief)
    clock.shift(120)
    delivery.deliver()
    assert set(Message.objects.values_list("state", flat=True)) == {state}


def test_key_is_shown_at_its_own_address_only(client):
    assert client.get("/.txt").status_code == 404
    assert client.get(f"/{KEY}.txt").status_code == 404
    SiteSettings.objects.create(pk=1, indexnow_key=KEY)
    answer = client.get(f"/{KEY}.txt")
    assert (answer.status_code, answer.text) == (200, KEY)
    assert client.get("/another-key.txt").status_code == 404
    assert client.get("/robots.txt").status_code == 200
