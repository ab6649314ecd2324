"""The list with its filters, a job's page, and the page of one that is gone."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from jobs import moderation
from jobs.advert import Place
from jobs.models import Job, Label

from .makers import desk, make_advert, make_every_other_kind, make_job, make_pending

pytestmark = pytest.mark.django_db


def page(client, path: str, status: int = 200) -> LexborHTMLParser:
    response = client.get(path)
    assert response.status_code == status
    return LexborHTMLParser(response.content)


def titles(html: LexborHTMLParser) -> list[str]:
    return [node.text(strip=True) for node in html.css(".jobrow-title")]


def jobs_of(client, query: str) -> list[str]:
    return titles(page(client, f"/jobs/{query}"))


# --- The list ------------------------------------------------------------------------------------


def test_the_list_shows_live_jobs_newest_first(client):
    make_every_other_kind(title="Hidden (m/f/d)")
    make_job(title="Older (m/f/d)", ago=timedelta(days=2))
    make_job(title="Newer (m/f/d)")
    assert jobs_of(client, "") == ["Newer (m/f/d)", "Older (m/f/d)"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(client, django_assert_num_queries, count):
    for number in range(count):
        make_job(title=f"Job {number} (m/f/d)")
    # The word of what stands on every page, sections with banner, site, counts, jobs.
    with django_assert_num_queries(5):
        assert len(jobs_of(client, "")) == count
    # Two more for words.
    with django_assert_num_queries(7):
        assert len(jobs_of(client, "?q=robots&tag=python&place=koeln")) == count


def test_each_filter_leaves_what_it_names(client):
    make_job(title="A", tags=("Robots",), employment_types=("FULL_TIME",))
    make_job(title="B", tags=("C++",), places=(Place("Wien", "AT"),), remote="hybrid")
    make_job(title="C", tags=(), places=(), remote="full", remote_countries=("DE",))
    assert jobs_of(client, "?tag=robots") == ["A"]
    assert jobs_of(client, "?tag=c-plus-plus") == ["B"]
    assert jobs_of(client, "?place=wien") == ["B"]
    assert jobs_of(client, "?remote=full") == ["C"]
    assert jobs_of(client, "?type=full_time") == ["C", "B", "A"]
    assert jobs_of(client, "?type=full_time&remote=none") == ["A"]
    assert jobs_of(client, "?tag=nothing") == []


def test_words_are_found_in_title_employer_place_tags_and_text(client):
    make_job(title="Crane operator", employer="Port Ltd", places=(Place("Nordersiel", "DE"),))
    make_job(title="Baker", employer="Bread", tags=("Sourdough",), description="<p>At three in the "
             "morning we knead dough.</p>")  # fmt: skip
    for words in ("crane", "operators", "port", "nordersiel"):
        assert jobs_of(client, f"?q={words}") == ["Crane operator"], words
    for words in ("sourdough", "kneading", "baker -crane"):
        assert jobs_of(client, f"?q={words}") == ["Baker"], words
    assert jobs_of(client, "?q=crane+baker") == []


def test_counts_say_what_each_filter_would_leave(client):
    make_job(title="A", tags=("Robots", "Wind"), places=(Place("Köln", "DE"),))
    make_job(title="B", tags=("robots",), places=(Place("Wien", "AT"), Place("Köln", "DE")))
    make_every_other_kind(tags=("Robots",))
    html = page(client, "/jobs/")
    assert html.css_first(".search-count").text(strip=True) == "2 jobs"
    assert [o.text() for o in html.css("#job-tag option")] == ["All", "Robots (2)", "Wind (1)"]
    html = page(client, "/jobs/?place=wien")
    # Under the other filters: Köln would leave two, Wind none of Vienna's.
    assert [o.text() for o in html.css("#job-place option")] == ["All", "Köln (2)", "Wien (1)"]
    assert [o.text() for o in html.css("#job-tag option")] == ["All", "robots (1)"]
    assert html.css_first(".search-count").text(strip=True) == "1 job"


def test_a_filter_that_leaves_nothing_can_be_taken_off(client):
    make_job()
    html = page(client, "/jobs/?tag=wind&q=robots")
    links = [a.attributes["href"] for a in html.css(".job-chosen a")]
    assert links == ["/jobs/?q=robots"]
    assert html.css_first('meta[name="robots"]').attributes["content"] == "noindex, follow"


def test_pages_keep_the_filters_and_lose_no_job(client, django_assert_num_queries):
    for number in range(25):
        make_job(title=f"Job {number:02}", ago=timedelta(minutes=number))
    make_job(title="Other", tags=("Wind",))
    html = page(client, "/jobs/?tag=robots")
    first = titles(html)
    after = html.css_first('a[rel="next"]').attributes["href"]
    assert "tag=robots" in after
    second = page(client, f"/jobs/{after}")
    assert [*first, *titles(second)] == [f"Job {number:02}" for number in range(25)]
    back = second.css_first('a[rel="prev"]').attributes["href"]
    assert titles(page(client, f"/jobs/{back}")) == first


@pytest.mark.parametrize("query", ["?q=%00", "?before=1.2.3", "?after=x", "?tag=%F0%9F", "?q=%22("])
def test_nothing_in_an_address_is_an_error(client, query):
    make_job()
    assert client.get(f"/jobs/{query}").status_code == 200


def test_an_empty_list_says_so(client):
    assert "No jobs at the moment" in page(client, "/jobs/").css_first(".empty").text()
    make_job()
    assert "fits" in page(client, "/jobs/?q=nothing").css_first(".empty").text()


def test_labels_written_in_two_ways_are_one_filter(client):
    job = make_job(tags=("Python", "PYTHON", "!"))
    kinds = Label.objects.filter(job=job).order_by("kind", "key").values_list("kind", "key")
    assert list(kinds) == [
        ("place", "koeln"), ("remote", "none"), ("tag", "python"), ("type", "full_time"),
    ]  # fmt: skip


# --- A job's page --------------------------------------------------------------------------------


def test_a_job_has_one_address(client):
    job = make_job()
    assert job.get_absolute_url() == f"/jobs/{job.pk}-robotics-engineer/"
    for slug in ("x", "robotics", "robotics-engineer-2"):
        response = client.get(f"/jobs/{job.pk}-{slug}/")
        assert (response.status_code, response["Location"]) == (301, job.get_absolute_url())
    assert client.get(job.get_absolute_url()).status_code == 200
    assert client.get(f"/jobs/{job.pk + 1}-robotics-engineer/").status_code == 404
    assert client.get(f"/jobs/{10**30}-x/").status_code == 404


def test_a_job_costs_four_queries(client, django_assert_num_queries):
    path = make_job().get_absolute_url()
    make_job()
    with django_assert_num_queries(4):
        assert client.get(path).status_code == 200


def test_pages_set_no_cookie_and_no_token(client):
    for path in ("/jobs/", make_job().get_absolute_url(), reverse("jobs:submit")):
        response = client.get(path)
        assert (response.cookies.keys(), b"csrf" in response.content) == (set(), False)


def test_all_that_machines_are_told_stands_on_the_page(client):
    job = make_job(remote="full", remote_countries=("DE", "AT"), employer_url="https://f.example/")
    html = page(client, job.get_absolute_url())
    text = " ".join(html.css_first(".job").text(separator=" ").split())
    for words in (
        "Robotics engineer (m/f/d)", "Feldbot", "Köln, NRW, Germany", "Fully remote",
        "Germany, Austria", "Full time", "€3,000 – 4,000 a month", "We build robots that pick",
        str(job.pk),
    ):  # fmt: skip
        assert words in text
    moments = [node.attributes["datetime"] for node in html.css(".job-facts time")]
    assert moments[1] == timezone.localtime(job.valid_through).isoformat(timespec="minutes")


def test_the_way_to_apply_is_followed_by_no_search_engine(client):
    job = make_job(apply_email="jobs@feldbot.example")
    links = page(client, job.get_absolute_url()).css(".job-apply a")
    assert [(a.attributes["href"], a.attributes["rel"]) for a in links] == [
        ("https://feldbot.example/apply", "nofollow noopener"),
        ("mailto:jobs@feldbot.example", "nofollow noopener"),
    ]


def test_what_is_paid_for_is_called_an_ad_in_list_and_page(client):
    job = moderation.feature(make_job(), by=desk(), until=None, is_paid=True)
    html = page(client, job.get_absolute_url())
    assert html.css_first(".genre").text() == "Ad"
    assert html.css_first(".job-apply a").attributes["rel"] == "nofollow noopener sponsored"
    assert page(client, "/jobs/").css_first(".jobrow .genre").text() == "Ad"


# --- Gone ----------------------------------------------------------------------------------------


def test_one_second_after_its_end_a_job_is_gone_everywhere(client):
    job = make_job()
    path = job.get_absolute_url()
    other = make_job(title="Another robot job")
    with time_machine.travel(job.valid_through - timedelta(seconds=1), tick=False):
        assert client.get(path).status_code == 200
        assert len(jobs_of(client, "")) == 2
        moderation.renew(other)
    with time_machine.travel(job.valid_through + timedelta(seconds=1), tick=False):
        html = page(client, path, 410)
        assert titles(html) == ["Another robot job"]
        assert html.css('script[type="application/ld+json"]') == []
        assert "Robotics engineer" not in html.css_first("main").text()
        assert jobs_of(client, "") == ["Another robot job"]


@pytest.mark.parametrize("slug", ["robotics-engineer", "other"])
def test_a_filled_job_answers_410_whatever_the_slug(client, slug):
    job = moderation.mark_filled(make_job())
    html = page(client, f"/jobs/{job.pk}-{slug}/", 410)
    assert html.css_first("h1").text() == "This position has been filled"


def test_what_was_never_listed_does_not_exist_and_what_was_taken_back_is_gone(client):
    codes = {
        name: client.get(reverse("jobs:job", args=[job.pk, job.slug])).status_code
        for name, job in make_every_other_kind().items()
    }
    assert codes == {
        "draft": 404, "pending": 404, "rejected": 404,
        "filled": 410, "withdrawn": 410, "taken down": 410, "ended": 410,
    }  # fmt: skip


def test_similar_jobs_share_tags_before_places(client):
    gone = moderation.mark_filled(make_job(tags=("Robots", "Python")))
    make_job(title="Same place", tags=("Baking",))
    make_job(title="Same tag", tags=("Robots",), places=(Place("Wien", "AT"),))
    make_job(title="Same tags", tags=("Robots", "Python"), places=(Place("Wien", "AT"),))
    make_job(title="Nothing", tags=("Baking",), places=(Place("Wien", "AT"),))
    make_every_other_kind(title="Hidden")
    html = page(client, gone.get_absolute_url(), 410)
    assert titles(html) == ["Same tags", "Same tag", "Same place"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_gone_job_costs_five_queries(client, django_assert_num_queries, count):
    gone = moderation.mark_filled(make_job())
    for _number in range(count):
        make_job()
    with django_assert_num_queries(5):
        assert len(titles(page(client, gone.get_absolute_url(), 410))) == count


# --- Structured data -----------------------------------------------------------------------------


def data_of(client, job: Job) -> dict:
    scripts = page(client, job.get_absolute_url()).css('script[type="application/ld+json"]')
    assert len(scripts) == 1
    return json.loads(scripts[0].text())


def test_structured_data_has_what_google_requires(client):
    job = make_job(employer_url="https://feldbot.example/")
    data = data_of(client, job)
    assert data == {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "@id": f"http://testserver{job.get_absolute_url()}#job",
        "url": f"http://testserver{job.get_absolute_url()}",
        "title": "Robotics engineer (m/f/d)",
        "description": job.description,
        "identifier": {"@type": "PropertyValue", "name": "testserver", "value": str(job.pk)},
        "datePosted": job.published_at.isoformat(timespec="seconds"),
        "validThrough": job.valid_through.isoformat(timespec="seconds"),
        "hiringOrganization": {
            "@type": "Organization", "name": "Feldbot", "sameAs": "https://feldbot.example/",
        },
        "jobLocation": [
            {
                "@type": "Place",
                "address": {
                    "@type": "PostalAddress",
                    "addressLocality": "Köln",
                    "addressRegion": "NRW",
                    "addressCountry": "DE",
                },
            }
        ],
        "employmentType": ["FULL_TIME"],
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "EUR",
            "value": {
                "@type": "QuantitativeValue",
                "minValue": 3000.0,
                "maxValue": 4000.0,
                "unitText": "MONTH",
            },
        },
        "inLanguage": "en",
    }  # fmt: skip
    assert job.valid_through.utcoffset() is not None


def test_structured_data_of_a_remote_job_says_where_one_may_live(client):
    job = make_job(places=(), remote="full", remote_countries=("DE", "AT"), is_direct_apply=True)
    data = data_of(client, job)
    assert data["jobLocationType"] == "TELECOMMUTE"
    assert data["applicantLocationRequirements"] == [
        {"@type": "Country", "name": "DE"}, {"@type": "Country", "name": "AT"},
    ]  # fmt: skip
    assert ("jobLocation" in data, data["directApply"]) == (False, True)


def test_a_single_salary_is_a_value(client):
    job = make_job(salary_min=Decimal("13.50"), salary_max=Decimal("13.5"), salary_unit="HOUR")
    assert data_of(client, job)["baseSalary"]["value"] == {
        "@type": "QuantitativeValue", "value": 13.5, "unitText": "HOUR",
    }  # fmt: skip
    assert "€13.50 an hour" in client.get(job.get_absolute_url()).text


def test_structured_data_cannot_end_its_element(client):
    job = make_job(title="</script><script>alert(1)</script>", employer="<!--")
    assert data_of(client, job)["title"] == "</script><script>alert(1)</script>"


def test_no_other_page_has_structured_data_of_jobs(client):
    pending = make_pending()
    moderation.change(make_job(), make_advert(title="New"))
    for path in ("/jobs/", "/jobs/submit/", f"/jobs/{pending.pk}-{pending.slug}/"):
        assert b"JobPosting" not in client.get(path).content
