"""Stories of writing, told in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from articles import workflow
from articles.models import Article, Revision
from tests.factories import AuthorFactory, SectionFactory, make_article, make_content, make_draft

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADD = "/admin/articles/article/add/"


def change(article) -> str:
    return f"/admin/articles/article/{article.pk}/change/"


def write(page, text: str) -> None:
    """Type into the editor, at the end of what stands there."""
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def saved(page) -> None:
    """Wait until the page says that everything is kept."""
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d:\d\d"))


def press(page, label: str) -> None:
    page.locator(".bar").get_by_role("button", name=label, exact=True).click()


def test_from_the_first_word_to_the_readers_page(open_as, reporter, editor):
    SectionFactory(name="Local")
    AuthorFactory(name="Rita Reuter", user=reporter)
    page = open_as(reporter, ADD)
    page.get_by_label("Headline", exact=True).fill("Old bridge closed for two weeks")
    page.get_by_label("Standfirst").fill("Cracks in two pillars.")
    write(page, "The city closed the bridge on Monday.")
    # The browser is killed ten seconds later at most: the text is there.
    saved(page)
    page.context.close()
    draft = Article.objects.get()
    kept = draft.revisions.get(kind="autosaved").content
    assert kept["body"] == "<p>The city closed the bridge on Monday.</p>"
    assert kept["headline"] == "Old bridge closed for two weeks"

    page = open_as(reporter, change(draft))
    page.get_by_role("link", name="Open it").click()
    expect(page.locator(".ProseMirror")).to_have_text("The city closed the bridge on Monday.")
    press(page, "Submit for review")
    expect(page.get_by_text("Handed in.")).to_be_visible()

    desk = open_as(editor, change(draft))
    press(desk, "Approve")
    expect(desk.get_by_text("Approved.")).to_be_visible()
    press(desk, "Publish now")
    desk.get_by_role("link", name="See it as readers do").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Old bridge closed for two weeks")
    expect(desk.get_by_text("The city closed the bridge on Monday.")).to_be_visible()


def test_typed_spaces_stay_spaces(open_as, reporter):
    article = make_draft(by=reporter, body="<p>One.</p>")
    page = open_as(reporter, change(article))
    write(page, " Two words  and   more.")
    assert page.locator("#id_body").input_value() == "<p>One. Two words  and   more.</p>"


def test_readers_see_the_old_text_until_it_is_published(open_as, editor):
    article = make_article(headline="Mayor stays", body="<p>She stays.</p>")
    page = open_as(editor, change(article))
    page.get_by_label("Headline", exact=True).fill("Mayor goes")
    press(page, "Save")
    expect(page.get_by_text("Readers see the old text until you publish.")).to_be_visible()
    reader = open_as(None, article.get_absolute_url())
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Mayor stays")
    press(page, "Publish the changes")
    expect(page.get_by_role("link", name="See it as readers do")).to_be_visible()
    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Mayor goes")


def test_two_editors_write_at_once_and_nothing_is_lost(open_as, editor, chief):
    article = make_draft(by=editor, headline="Storm", body="<p>It rains.</p>")
    first, second = open_as(editor, change(article)), open_as(chief, change(article))
    expect(second.get_by_text("Edgar is editing since")).to_be_visible()
    write(first, " It pours.")
    press(first, "Save")
    expect(first.get_by_text("Saved as no.")).to_be_visible()
    write(second, " It hails.")
    press(second, "Save")
    expect(second.get_by_text("Nothing is lost")).to_be_visible()
    expect(second.locator("ins")).to_have_text("hails")
    expect(second.locator("del")).to_have_text("pours")
    texts = {row.kind: row.content["body"] for row in article.revisions.exclude(kind="autosaved")}
    assert texts["conflict"] == "<p>It rains. It hails.</p>"
    assert Article.objects.get().head.content["body"] == "<p>It rains. It pours.</p>"
    second.get_by_role("button", name="Take the marked fields over theirs").click()
    expect(second.get_by_text("Theirs stays in the history.")).to_be_visible()
    assert Article.objects.get().head.content["body"] == "<p>It rains. It hails.</p>"


def test_an_old_text_is_compared_and_restored(open_as, editor):
    article = make_draft(by=editor, headline="First thoughts")
    workflow.save_draft(
        article,
        make_content(**{**article.head.content, "headline": "Second thoughts"}),
        by=editor,
        base=article.head,
    )
    page = open_as(editor, change(article))
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator(".compare-fields del")).to_have_text("First")
    expect(page.locator(".compare-fields ins")).to_have_text("Second")
    page.get_by_role("button", name="Restore no. 1").click()
    expect(page.get_by_text("No. 1 is restored as no. 3.")).to_be_visible()
    expect(page.get_by_label("Headline", exact=True)).to_have_value("First thoughts")


def test_a_lost_connection_is_said_and_loses_nothing(open_as, reporter):
    article = make_draft(by=reporter, headline="Rain")
    page = open_as(reporter, change(article))
    page.context.set_offline(True)
    page.get_by_label("Headline", exact=True).fill("Rain again")
    press(page, "Save")
    expect(page.get_by_text("Not saved: no connection.")).to_be_visible()
    page.context.set_offline(False)
    press(page, "Save")
    expect(page.get_by_text("Saved as no.")).to_be_visible()
    assert Article.objects.get().headline == "Rain again"


def test_an_ended_session_is_said_and_loses_nothing(open_as, reporter):
    article = make_draft(by=reporter, headline="Rain")
    page = open_as(reporter, change(article))
    page.context.clear_cookies()
    page.get_by_label("Headline", exact=True).fill("Rain again")
    press(page, "Save")
    expect(page.get_by_text("Not saved: you are logged out.")).to_be_visible()
    # Logging in elsewhere brings new cookies, and with them the form's token has ended.
    window = page.context.new_page()
    window.goto("/admin/login/")
    window.get_by_label("Username").fill(reporter.username)
    window.get_by_label("Password").fill("correct horse")
    window.get_by_role("button", name="Log in").click()
    expect(window.get_by_role("heading", level=1)).to_contain_text("Good to see you")
    press(page, "Save")
    expect(page.get_by_text("Saved as no.")).to_be_visible()
    assert Article.objects.get().headline == "Rain again"


def test_by_keyboard_alone(open_as, reporter):
    SectionFactory(name="Local")
    page = open_as(reporter, ADD)
    expect(page.get_by_role("toolbar")).to_be_visible()

    def tab_to(label: str) -> None:
        for _turn in range(80):
            page.keyboard.press("Tab")
            focus = "document.activeElement"
            name = page.evaluate(
                f"{focus}.ariaLabel || {focus}.labels?.[0]?.textContent || {focus}.textContent"
            )
            if name.strip() == label:
                return
        raise AssertionError(f"{label!r} cannot be reached by Tab")

    tab_to("Headline")
    page.keyboard.type("Written without a mouse")
    tab_to("Heading")
    page.keyboard.press("Enter")
    page.keyboard.type("A heading")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+b")
    page.keyboard.type("Bold")
    page.keyboard.press("Control+b")
    page.keyboard.type(" and plain")
    tab_to("Submit for review")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Handed in.")).to_be_visible()
    article = Article.objects.get()
    assert article.status == "in_review"
    assert article.body == "<h2>A heading</h2><p><strong>Bold</strong> and plain</p>"


def test_blocks_of_our_own_are_saved_as_they_stand(open_as, editor):
    article = make_draft(by=editor, body="")
    page = open_as(editor, change(article))
    page.locator(".ProseMirror").click()
    page.get_by_role("button", name="Fact box").click()
    page.keyboard.type("A fact")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pull quote").click()
    page.keyboard.type("Nobody knew")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Embed a post or video").click()
    page.get_by_role("textbox", name="Its address").fill("https://vimeo.com/1")
    page.get_by_role("button", name="Insert", exact=True).click()
    press(page, "Save")
    expect(page.get_by_text("Saved as no.")).to_be_visible()
    assert Article.objects.get().body == (
        '<aside class="factbox"><p>A fact</p></aside>'
        '<blockquote class="pullquote"><p>Nobody knew</p></blockquote>'
        '<figure class="embed" data-embed="https://vimeo.com/1">'
        '<a href="https://vimeo.com/1">https://vimeo.com/1</a></figure>'
    )


def test_without_javascript_the_form_still_saves(open_as, editor):
    article = make_draft(by=editor, headline="Before", body="<p>Text</p>")
    page = open_as(editor, change(article), java_script_enabled=False)
    page.get_by_label("Headline", exact=True).fill("After")
    press(page, "Save")
    expect(page.get_by_text("Saved as no. 2.")).to_be_visible()
    article = Article.objects.get()
    assert (article.headline, article.body) == ("After", "<p>Text</p>")
    assert Revision.objects.count() == 2
