"""Sources with an address, against a partner's server on this machine."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from jobs import feedimport
from jobs.models import Job, JobSource
from tests.factories import UserFactory

from .feedfiles import as_xml, job, jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def distant(db, feed_server) -> JobSource:
    return JobSource.objects.create(name="Distant", url=feed_server.url, is_trusted=True)


def feed(count: int, **headers: str):
    return (200, headers, as_xml(jobs(count)).encode())


def test_an_unchanged_feed_is_not_sent_again(distant, feed_server):
    feed_server.answer = feed(3, ETag='"1"')
    assert feedimport.read(distant).outcome == "done"
    run = feedimport.read(distant)
    assert (run.outcome, run.seen, feed_server.asked) == ("unchanged", 0, [None, '"1"'])
    feed_server.answer = feed(4, ETag='"2"')
    assert feedimport.read(distant).new == 1
    distant.refresh_from_db()
    assert distant.etag == '"2"'


def test_a_feed_is_read_again_while_a_job_waits_for_its_second_miss(distant, feed_server):
    feed_server.answer = feed(10, ETag='"1"')
    feedimport.read(distant)
    feed_server.answer = feed(9, ETag='"2"')
    assert feedimport.read(distant).missed == 1
    assert feedimport.read(distant).withdrawn == 1
    assert feedimport.read(distant).outcome == "unchanged"
    assert feed_server.asked == [None, '"1"', None, '"2"']


def test_a_feed_is_read_again_before_its_jobs_end(distant, feed_server):
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        feed_server.answer = feed(1, ETag='"1"')
        for _day in range(50):
            feedimport.read(distant)
            clock.shift(timedelta(days=1))
        assert Job.objects.live().count() == 1
    assert feed_server.asked.count(None) == 3


@pytest.mark.parametrize("status", [204, 301, 403, 404, 410, 500, 503])
def test_other_answers_change_nothing(distant, feed_server, status):
    feed_server.answer = feed(3)
    feedimport.read(distant)
    feed_server.answer = (status, {}, as_xml([job(9)]).encode())
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
def test_hostile_answers_change_nothing(distant, feed_server, answer, reason):
    feed_server.answer = feed(3, ETag='"1"')
    feedimport.read(distant)
    feed_server.answer = answer
    run = feedimport.read(distant)
    assert run.outcome == "refused"
    assert reason in run.message
    assert Job.objects.live().count() == 3
    distant.refresh_from_db()
    assert distant.etag == '"1"'


def test_a_private_address_is_never_asked(distant, feed_server, settings):
    settings.FETCH_ALLOW_LOOPBACK = False
    run = feedimport.read(distant)
    assert run.message == "127.0.0.1 leads into a network that is not public (127.0.0.1)."
    assert feed_server.asked == []


def test_a_source_that_is_read_differently_is_read_though_unchanged(distant, feed_server, client):
    feed_server.answer = feed(3, ETag='"1"')
    feedimport.read(distant)
    client.force_login(UserFactory(is_superuser=True))
    address = reverse("admin:jobs_jobsource_change", args=[distant.pk])
    values = {"name": "Distant", "url": distant.url, "format": "xml", "max_drop": 30}
    values |= {"is_trusted": "on", "is_active": "on", "field_map": '{"title": "=Cook"}'}
    assert client.post(address, values).status_code == 302
    distant.refresh_from_db()
    run = feedimport.read(distant)
    assert (run.outcome, run.changed, feed_server.asked) == ("done", 3, [None, None])
