"""Sources with an address, against a partner's server on this machine."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from django.urls import reverse

from jobs import feedimport
from jobs.models import Job, JobSource
from tests.factories import UserFactory

from .feedfiles import as_xml, job, jobs

pytestmark = pytest.mark.django_db


class Partner(BaseHTTPRequestHandler):
    """Sends `server.answer`: status, headers, body; 304 to who knows its ETag."""

    def do_GET(self):
        self.server.asked.append(self.headers.get("If-None-Match"))
        status, headers, body = self.server.answer
        if headers.get("ETag") and headers["ETag"] == self.headers.get("If-None-Match"):
            status, body = 304, b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def partner(settings):
    settings.FETCH_ALLOW_LOOPBACK = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    server.asked, server.answer = [], (200, {}, b"")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def distant(db, partner) -> JobSource:
    url = f"http://127.0.0.1:{partner.server_port}/feed.xml"
    return JobSource.objects.create(name="Distant", url=url, is_trusted=True)


def feed(count: int, **headers: str):
    return (200, headers, as_xml(jobs(count)).encode())


def test_an_unchanged_feed_is_not_sent_again(distant, partner):
    partner.answer = feed(3, ETag='"1"')
    assert feedimport.read(distant).outcome == "done"
    run = feedimport.read(distant)
    assert (run.outcome, run.seen, partner.asked) == ("unchanged", 0, [None, '"1"'])
    partner.answer = feed(4, ETag='"2"')
    assert feedimport.read(distant).new == 1
    distant.refresh_from_db()
    assert distant.etag == '"2"'


def test_a_feed_is_read_again_while_a_job_waits_for_its_second_miss(distant, partner):
    partner.answer = feed(10, ETag='"1"')
    feedimport.read(distant)
    partner.answer = feed(9, ETag='"2"')
    assert feedimport.read(distant).missed == 1
    assert feedimport.read(distant).withdrawn == 1
    assert feedimport.read(distant).outcome == "unchanged"
    assert partner.asked == [None, '"1"', None, '"2"']


def test_a_feed_is_read_again_before_its_jobs_end(distant, partner):
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        partner.answer = feed(1, ETag='"1"')
        for _day in range(50):
            feedimport.read(distant)
            clock.shift(timedelta(days=1))
        assert Job.objects.live().count() == 1
    assert partner.asked.count(None) == 3


@pytest.mark.parametrize("status", [204, 301, 403, 404, 410, 500, 503])
def test_other_answers_change_nothing(distant, partner, status):
    partner.answer = feed(3)
    feedimport.read(distant)
    partner.answer = (status, {}, as_xml([job(9)]).encode())
    run = feedimport.read(distant)
    assert (run.outcome, run.message) == ("refused", f"The partner's server answered {status}.")
    assert Job.objects.live().count() == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((302, {"Location": "http://10.0.0.1/feed.xml"}, b""), "a network that is not public"),
        ((200, {"Content-Length": "200000000"}, b"<s>"), "larger than 50.0 MB"),
        ((200, {"Content-Length": "900"}, b"<s></s>"), "could not be read"),
    ],
)
def test_hostile_answers_change_nothing(distant, partner, answer, reason):
    partner.answer = feed(3, ETag='"1"')
    feedimport.read(distant)
    partner.answer = answer
    run = feedimport.read(distant)
    assert run.outcome == "refused"
    assert reason in run.message
    assert Job.objects.live().count() == 3
    distant.refresh_from_db()
    assert distant.etag == '"1"'


def test_a_private_address_is_never_asked(distant, partner, settings):
    settings.FETCH_ALLOW_LOOPBACK = False
    run = feedimport.read(distant)
    assert run.message == "127.0.0.1 leads into a network that is not public (127.0.0.1)."
    assert partner.asked == []


def test_a_source_that_is_read_differently_is_read_though_unchanged(distant, partner, client):
    partner.answer = feed(3, ETag='"1"')
    feedimport.read(distant)
    client.force_login(UserFactory(is_superuser=True))
    address = reverse("admin:jobs_jobsource_change", args=[distant.pk])
    values = {"name": "Distant", "url": distant.url, "format": "xml", "max_drop": 30}
    values |= {"is_trusted": "on", "is_active": "on", "field_map": '{"title": "=Cook"}'}
    assert client.post(address, values).status_code == 302
    distant.refresh_from_db()
    run = feedimport.read(distant)
    assert (run.outcome, run.changed, partner.asked) == ("done", 3, [None, None])
