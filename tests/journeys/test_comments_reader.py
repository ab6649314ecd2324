"""Stories of readers who comment, told in a real browser; most of them without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from comments.models import Comment, Report
from newsroom.models import Attempt
from tests.comments.readers import decide, published
from tests.factories import make_article

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def fill(page: Page, body: str, name: str = "Ann B.") -> None:
    page.get_by_label("Your comment").fill(body)
    page.get_by_label("Name", exact=True).fill(name)


def test_a_reader_comments_without_javascript_and_others_see_it_once_approved(open_as):
    article = make_article()
    page = open_as(None, article.get_absolute_url(), java_script_enabled=False)
    expect(page.get_by_text("All comments are read by moderators")).to_be_visible()
    fill(page, "Close the <b>tunnel</b> too.")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your comment is waiting for approval"
    )
    own = page.url
    expect(page.locator(".comment-quote")).to_contain_text("Close the <b>tunnel</b> too.")
    other = open_as(None, article.get_absolute_url(), java_script_enabled=False)
    expect(other.get_by_text("Close the <b>tunnel</b> too.")).to_have_count(0)
    comment = decide(Comment.objects.get())
    other.reload()
    expect(other.locator(f"#comment-{comment.pk}")).to_contain_text("Close the <b>tunnel</b> too.")
    page.goto(own)
    page.get_by_role("link", name="See it among the others").click()
    expect(page.locator(f"#comment-{comment.pk}")).to_be_in_viewport()
    assert page.context.cookies() == []


def test_a_reader_replies_by_a_plain_link(open_as):
    article = make_article()
    question = published(article, "Which bridge?", name="Bob")
    page = open_as(None, article.get_absolute_url(), java_script_enabled=False)
    page.get_by_role("link", name="Reply").click()
    expect(page.locator("blockquote")).to_contain_text("Which bridge?")
    fill(page, "The old one.")
    page.get_by_role("button", name="Send the comment").click()
    answer = decide(Comment.objects.get(parent=question))
    page.goto(article.get_absolute_url())
    place = page.locator(f"#comment-{answer.pk}")
    expect(place).to_have_class(re.compile("depth-2"))
    expect(place).to_contain_text("in reply to Bob")


def test_a_typing_error_is_put_right_by_the_signed_link(open_as):
    page = open_as(None, make_article().get_absolute_url(), java_script_enabled=False)
    fill(page, "Clsoe it.")
    page.get_by_role("button", name="Send the comment").click()
    page.get_by_label("Your comment").fill("Close it.")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".comment-quote")).to_contain_text("Close it.")
    page.get_by_role("button", name="Delete the comment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your comment has been deleted.")
    assert not Comment.objects.exists()


def test_a_form_that_was_open_for_two_days_loses_nothing(open_as, time_machine):
    article = make_article()
    page = open_as(None, article.get_absolute_url(), java_script_enabled=False)
    fill(page, "Written slowly.")
    time_machine.move_to(article.published_at.timestamp() + 2 * 86_400)
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Your text is still here")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Your comment", exact=True)).to_have_value("Written slowly.")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your comment is waiting for approval"
    )


def test_what_is_missing_gets_the_focus(open_as):
    page = open_as(None, make_article().get_absolute_url(), java_script_enabled=False)
    fill(page, "Well said.", name="\u200b")
    page.get_by_role("button", name="Send the comment").click()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(re.compile("Please write a name."))
    expect(page.get_by_label("Your comment", exact=True)).to_have_value("Well said.")


def test_a_reader_reports_a_comment(open_as):
    article = make_article()
    comment = published(article, "You are a fool.", name="Bob")
    page = open_as(None, article.get_absolute_url(), java_script_enabled=False)
    page.get_by_role("link", name="Report").click()
    expect(page.locator("blockquote")).to_contain_text("You are a fool.")
    page.get_by_label("What is wrong with it?").select_option("insult")
    page.get_by_label("Explain it").fill("It is meant for me.")
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_role("status")).to_contain_text("A moderator looks at the comment.")
    report = Report.objects.get()
    assert (report.comment, report.reason) == (comment, "insult")
    Attempt.objects.all().delete()


def test_phones_in_the_dark_scroll_in_one_direction_only(open_as):
    article = make_article()
    above = None
    for text in ("Donaudampfschiff" * 30, "שלום עולם", "https://example.org/" + "x" * 300, "last"):
        above = published(article, text, name="Wolfeschlegelsteinhausenbergerdorff" + "x" * 20,
                          parent=above)  # fmt: skip
    for path in (article.get_absolute_url(), f"/comments/{above.pk}/report/"):
        page = open_as(None, "/", color_scheme="dark")
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.goto(article.get_absolute_url())
    page.emulate_media(media="print")
    expect(page.locator("#comment-form")).to_be_hidden()
    expect(page.locator(f"#comment-{above.pk}")).to_be_visible()
