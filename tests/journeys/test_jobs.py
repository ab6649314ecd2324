"""Stories of the job listings, told in a real browser."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from jobs import links, moderation
from jobs.models import Job
from tests.factories import make_article
from tests.jobs.makers import desk, make_advert, make_job, make_pending

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TITLE = "Mechatroniker für Roboter"


def send_in(page) -> None:
    """Fill in the form as an employer does, and take the warning's offer."""
    page.get_by_role("link", name="Advertise a job").first.click()
    page.get_by_label("Title", exact=True).fill(TITLE)
    page.get_by_label("Employer", exact=True).fill("Feldbot")
    page.get_by_label("Full time").check()
    page.get_by_label("Description").fill(
        "We build robots that pick apples.\n\n- in rain\n- at night"
    )
    page.get_by_label("Tags").fill("Roboter, Technik")
    page.get_by_label("Language of the advert").select_option("de")
    page.get_by_label("Town").fill("Köln")
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("Salary from").fill("3000")
    page.get_by_label("Salary up to").fill("4000")
    page.get_by_label("Page for applications").fill("feldbot.example/jobs")
    page.get_by_label("Your e-mail address").fill("anna@feldbot.example")
    page.get_by_role("button", name="Send and confirm").click()
    page.get_by_role("button", name="Add “(m/w/d)” and send").click()
    expect(page.get_by_role("heading", name="Please confirm by e-mail")).to_be_visible()


def test_an_employers_job_is_read_listed_found_and_gone(open_as):
    article = make_article(headline="Apple robots", tags=["Roboter"])
    make_job(title="Pfleger:in für Roboter", tags=("Roboter",), days=60)
    page = open_as(None, "/jobs/")
    send_in(page)
    job = Job.objects.drafts().get()

    page.goto(links.manage_path(job))
    expect(page.get_by_text("Not confirmed yet.")).to_be_visible()
    page.get_by_role("button", name="Confirm and send to the job desk").click()
    expect(page.get_by_text("With the job desk.")).to_be_visible()
    page.goto("/jobs/")
    expect(page.get_by_text(TITLE)).to_have_count(0)

    queue = open_as(desk(), "/admin/queue/jobs/")
    expect(queue.get_by_text(f"{TITLE} (m/w/d)").first).to_be_visible()
    queue.keyboard.press("a")
    expect(queue.get_by_text("New 0")).to_be_visible()
    job = Job.objects.live().get(pk=job.pk)

    page.goto("/jobs/?q=roboter")
    page.get_by_role("link", name=f"{TITLE} (m/w/d)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{TITLE} (m/w/d)")
    expect(page.get_by_text("€3,000 – 4,000")).to_be_visible()
    expect(page.get_by_role("link", name="Apply")).to_have_attribute("rel", "nofollow noopener")
    page.goto(article.get_absolute_url())
    expect(page.get_by_role("link", name=f"{TITLE} (m/w/d)")).to_be_visible()

    with time_machine.travel(job.valid_through + timedelta(seconds=1)):
        response = page.goto(job.get_absolute_url())
        assert response.status == 410
        expect(page.get_by_text("This job is no longer available")).to_be_visible()
        expect(page.get_by_role("link", name="Pfleger:in für Roboter")).to_be_visible()
        for path in ("/jobs/", article.get_absolute_url()):
            page.goto(path)
            expect(page.get_by_role("link", name="Pfleger:in für Roboter")).to_be_visible()
            expect(page.get_by_text(TITLE)).to_have_count(0)
        for path in ("/jobs/feed/", "/jobs/feed.xml", "/jobs/feed.json", "/jobs/sitemap.xml"):
            text = page.request.get(path).text()
            assert TITLE not in text
            assert job.slug not in text
    assert page.context.cookies() == []


def test_a_rejected_job_is_put_right_and_listed(open_as):
    job = make_pending(title="Nurse")
    job = moderation.reject(job, by=desk(), reason="incomplete", note="For whom?")
    page = open_as(None, links.manage_path(job))
    expect(page.get_by_text("Something is missing: For whom?")).to_be_visible()
    page.get_by_role("link", name="Change the advert").click()
    page.get_by_label("Title", exact=True).fill("Nurse for robots")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("With the job desk.")).to_be_visible()
    job = moderation.approve(Job.objects.get(), by=desk())
    page.goto(job.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("Nurse for robots")


def test_an_employer_renews_changes_and_ends_a_job(open_as):
    job = make_job()
    page = open_as(None, links.manage_path(job))
    page.get_by_role("button", name="Renew").click()
    expect(page.get_by_text("It can be done 2 more times.")).to_be_visible()
    moderation.change(job, make_advert(title="Robot nurse"))
    # The page is older than the change: it says so and does nothing.
    page.get_by_role("button", name="The position is filled").click()
    expect(page.get_by_role("alert")).to_contain_text("The job is now “Listed”")
    page.get_by_role("button", name="The position is filled").click()
    expect(page.get_by_text("The advert is off the site.")).to_be_visible()
    assert page.goto(job.get_absolute_url()).status == 410
