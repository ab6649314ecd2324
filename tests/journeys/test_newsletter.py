"""The story of an issue of the newsletter, told in a real browser and at a real mail server."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Consent, NewsletterIssue, Subscription
from newsroom import tick
from tests.factories import make_article

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _fresh(settings, live_server):
    cache.clear()
    settings.SITE_URL = live_server.url


def path_in(mail, word: str) -> str:
    """The last path of ours in a mail's text that begins with a word."""
    text = mail.get_body(("plain",)).get_content()
    return [line.partition("/alerts/")[2] for line in text.split() if f"/alerts/{word}/" in line][
        -1
    ]


def test_reader_signs_up_and_gets_what_an_editor_composes(open_as, editor, mail_server):
    make_article(headline="Bridge open", at=timezone.now() - timedelta(hours=2))
    make_article(headline="Night tram", at=timezone.now() - timedelta(hours=1))
    reader = open_as(None, "/", java_script_enabled=False)
    box = reader.locator(".front-end .alert-box")
    box.get_by_label("E-mail address").fill("anna@example.org")
    reader.wait_for_timeout(2100)  # nobody types faster
    box.get_by_role("button", name="Get the newsletter").click()
    expect(reader.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    tick.run_once()
    reader.goto(f"/alerts/{path_in(mail_server.mails[0], 'confirm')}")
    reader.get_by_role("button", name="Yes, send me that").click()
    assert Subscription.objects.active().get().scope == "newsletter"
    assert set(Consent.objects.values_list("text_version", flat=True)) == {3}

    page = open_as(editor, "/admin/articles/newsletterissue/add/")
    page.get_by_label("Subject").fill("The week in town")
    page.locator("#field-intro .ProseMirror").click()
    page.keyboard.type("Good evening, all of you.")
    page.get_by_placeholder("Words of headline").fill("Bridge")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pick “Bridge open”").click()
    expect(page.get_by_role("button", name="Take “Bridge open” out")).to_be_visible()
    page.get_by_role("link", name="Preview of what is saved").click()
    mail = page.frame_locator(".mail-html")
    expect(mail.get_by_text("Good evening, all of you.")).to_be_visible()
    expect(mail.get_by_role("heading", name="Bridge open")).to_be_visible()
    page.get_by_role("link", name="Back to the issue").click()
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    page.get_by_label("Goes out").fill(now)
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_role("button", name="Take it off the schedule")).to_be_visible()

    tick.run_once()
    (told,) = mail_server.mails[1:]
    assert told["Subject"] == "The week in town"
    text = told.get_body(("plain",)).get_content()
    assert text.index("Good evening") < text.index("Bridge open") < text.index("Night tram")
    reader.goto("/newsletter/")
    reader.get_by_role("link", name="The week in town").click()
    expect(reader.get_by_text("Good evening, all of you.")).to_be_visible()
    page.reload()
    assert page.locator(".letter-counts dd").all_text_contents() == ["1", "1", "0", "0", "0"]

    reader.goto(f"/alerts/{path_in(told, 'off')}")
    reader.get_by_role("button", name="Unsubscribe").click()
    assert not Subscription.objects.active().exists()


def test_pages_fit_a_phone(open_as, editor):
    make_article(headline="Donaudampfschifffahrtsgesellschaftskapitänswitwe erzählt")
    page = open_as(editor, "/admin/articles/newsletterissue/add/")
    page.get_by_label("Subject").fill("Donaudampfschifffahrtsgesellschaftskapitänswitwenrente")
    page.get_by_placeholder("Words of headline").fill("Donau")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Pick “Donau").click()
    page.set_viewport_size({"width": 360, "height": 740})
    issue = NewsletterIssue.objects.get()
    issue.state, issue.sent_at = "sent", timezone.now()
    issue.articles = list(issue.picks.values_list("article", flat=True))
    paths = [page.url, "/newsletter/", issue.get_absolute_url()]
    for path in paths:
        if path == "/newsletter/":
            issue.save()
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
