"""Jobs for machines: RSS, JSON Feed, XML for partners, sitemap; 304 from one query."""

import json
from datetime import timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
import time_machine
from django.utils import timezone
from django.utils.http import http_date

from jobs import moderation
from jobs.models import Job

from .makers import desk, make_advert, make_every_other_kind, make_job

pytestmark = pytest.mark.django_db

FEEDS = ["/jobs/feed/", "/jobs/feed.json", "/jobs/feed.xml"]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def body(client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200
    return response.getvalue()


def partners(client) -> list[dict[str, str]]:
    root = ET.fromstring(body(client, "/jobs/feed.xml"))  # noqa: S314 - our own
    return [{field.tag: field.text for field in job} for job in root.iter("job")]


def test_rss_tells_the_newest(client):
    make_every_other_kind(title="Hidden")
    job = make_job(title="R&D <engineer>", ago=timedelta(days=1))
    feed = feedparser.parse(body(client, "/jobs/feed/"))
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.title == "R&D <engineer> – Feldbot"
    assert entry.link == f"http://testserver{job.get_absolute_url()}"
    assert entry.id == f"tag:testserver,{job.created_at:%Y-%m-%d}:job/{job.pk}"
    assert [tag.term for tag in entry.tags] == ["Robots", "Python"]
    assert "€3,000 – 4,000 a month" in entry.summary


def test_json_feed_tells_the_particulars(client):
    job = make_job()
    feed = json.loads(body(client, "/jobs/feed.json"))
    (item,) = feed["items"]
    assert item["content_html"] == job.description
    assert item["_job"] == {
        "reference": str(job.pk),
        "employer": "Feldbot",
        "places": [{"locality": "Köln", "country": "DE", "region": "NRW"}],
        "remote": "none",
        "countries": [],
        "employment_types": ["FULL_TIME"],
        "salary": "€3,000 – 4,000 a month",
        "valid_through": job.valid_through.isoformat(timespec="seconds"),
        "is_advertisement": False,
    }


def test_partners_get_all_live_jobs(client):
    make_every_other_kind(title="Hidden")
    jobs = [make_job(title=f"Job {number}", ago=timedelta(hours=number)) for number in range(55)]
    found = partners(client)
    assert [job["title"] for job in found] == [job.title for job in jobs]
    first = found[0]
    assert (first["referencenumber"], first["company"], first["city"]) == (
        str(jobs[0].pk), "Feldbot", "Köln",
    )  # fmt: skip
    assert (first["country"], first["state"], first["jobtype"]) == ("DE", "NRW", "fulltime")


def test_the_reference_number_never_changes(client):
    job = make_job()
    before = partners(client)[0]["referencenumber"]
    moderation.edit(job, make_advert(title="Other", employer="Renamed"), by=desk())
    moderation.renew(job)
    assert partners(client)[0]["referencenumber"] == before


def test_texts_cannot_end_their_element(client):
    make_job(title="]]> <b>&amp;\x00\x0b", description="<p>]]&gt; A text that is long enough.</p>")
    assert partners(client)[0]["title"] == "]]> <b>&amp;"
    assert not feedparser.parse(body(client, "/jobs/feed/")).bozo


def test_what_is_paid_for_is_called_an_ad(client):
    moderation.feature(make_job(), by=desk(), until=None, is_paid=True)
    assert feedparser.parse(body(client, "/jobs/feed/")).entries[0].title.startswith("Ad: ")
    assert json.loads(body(client, "/jobs/feed.json"))["items"][0]["title"].startswith("Ad: ")


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_of_nothing_are_feeds(client, path):
    assert body(client, path)


# --- 304 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FEEDS)
def test_who_has_the_newest_is_told_so_in_one_query(client, django_assert_num_queries, path):
    make_job()
    response = client.get(path)
    for header, value in (
        ("if-none-match", response["ETag"]),
        ("if-modified-since", response["Last-Modified"]),
    ):
        with django_assert_num_queries(1):
            again = client.get(path, headers={header: value})
        assert (again.status_code, again["ETag"]) == (304, response["ETag"])


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_four_queries(client, django_assert_num_queries, path, count):
    for number in range(count):
        make_job(title=f"Job {number}", employer=f"House {number}")
    with django_assert_num_queries(4):
        body(client, path)


CHANGES = {
    "listed": lambda job: make_job(title="Newer"),
    "edited": lambda job: moderation.edit(job, make_advert(title="Other"), by=desk()),
    "filled": moderation.mark_filled,
    "withdrawn": moderation.withdraw,
    "taken down": lambda job: moderation.take_down(job, by=desk(), reason="spam"),
    "renewed": moderation.renew,
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_that_readers_see_is_a_new_state(client, change):
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        job = make_job()
        make_job(title="Another")
    old = client.get("/jobs/feed/")
    CHANGES[change](job)
    for header in ({"if-none-match": old["ETag"]}, {"if-modified-since": old["Last-Modified"]}):
        assert client.get("/jobs/feed/", headers=header).status_code == 200


def test_the_end_of_a_job_is_a_new_state_for_both_kinds_of_clients(client):
    job = make_job()
    make_job(title="Longer", days=60)
    old = client.get("/jobs/feed/")
    with time_machine.travel(job.valid_through + timedelta(seconds=1), tick=False):
        for header in ({"if-none-match": old["ETag"]}, {"if-modified-since": old["Last-Modified"]}):
            response = client.get("/jobs/feed/", headers=header)
            assert response.status_code == 200
        assert response["Last-Modified"] == http_date(int(job.valid_through.timestamp()))
        titles = [entry.title for entry in feedparser.parse(response.content).entries]
        assert titles == ["Longer – Feldbot"]


def test_what_waits_for_the_desk_is_no_new_state(client):
    job = make_job()
    old = client.get("/jobs/feed/")
    moderation.change(job, make_advert(title="Proposed"))
    hidden = make_every_other_kind()
    Job.objects.filter(pk__in=[hidden[name].pk for name in ("filled", "withdrawn", "taken down",
                                                            "ended")]).delete()  # fmt: skip
    assert client.get("/jobs/feed/", headers={"if-none-match": old["ETag"]}).status_code == 304


# --- Sitemap -------------------------------------------------------------------------------------


def locations(client, path: str) -> list[str]:
    root = ET.fromstring(body(client, path))  # noqa: S314 - our own
    return [node.text.removeprefix("http://testserver") for node in root.iter(f"{SITEMAP}loc")]


def test_the_sitemap_lists_live_jobs_and_the_index_names_it(client, django_assert_num_queries):
    make_every_other_kind()
    assert "/jobs/sitemap.xml" not in locations(client, "/sitemap.xml")
    job, other = make_job(), make_job(title="Other", ago=timedelta(days=1))
    assert "/jobs/sitemap.xml" in locations(client, "/sitemap.xml")
    with django_assert_num_queries(1):
        found = locations(client, "/jobs/sitemap.xml")
    assert found == ["/jobs/", job.get_absolute_url(), other.get_absolute_url()]
    assert client.get("/jobs/sitemap-0.xml").status_code == 404
    with time_machine.travel(job.valid_through + timedelta(seconds=1)):
        assert locations(client, "/jobs/sitemap.xml") == ["/jobs/"]


def test_a_long_sitemap_has_parts(client, monkeypatch):
    monkeypatch.setattr("jobs.sitemaps.PART", 2)
    jobs = [make_job(title=f"Job {number}", ago=timedelta(hours=number)) for number in range(3)]
    assert [path for path in locations(client, "/sitemap.xml") if "jobs" in path] == [
        "/jobs/sitemap.xml", "/jobs/sitemap-2.xml",
    ]  # fmt: skip
    assert locations(client, "/jobs/sitemap-2.xml") == ["/jobs/", jobs[2].get_absolute_url()]
