"""Stories of front pages and live tickers, told in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles import frontpage, liveticker
from articles.models import Slot
from tests.factories import SectionFactory, make_article

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

HOME = "/admin/articles/slot/front/home/"


@pytest.fixture
def articles():
    section, now = SectionFactory(name="Local").pk, timezone.now()
    return [
        make_article(headline=f"Story {n}", section=section, at=now - timedelta(hours=n + 1))
        for n in range(8)
    ]


def titles(page, slot: str) -> list[str]:
    return page.locator(f".slot[data-name='{slot}'] .pin-title").all_text_contents()


def front(open_as) -> list[str]:
    reader = open_as(None, "/")
    return reader.locator(".top .card .headline").all_text_contents()


def test_a_front_is_arranged_by_search_drag_and_keys(open_as, editor, articles):
    page = open_as(editor, HOME)
    page.get_by_role("button", name="Arrange it").click()
    page.get_by_placeholder("Words of headline").fill("Story 7")
    page.get_by_role("button", name="Search").click()
    page.locator(".found").get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_text("Pinned in “Lead story”")).to_be_visible()
    page.get_by_role("button", name="Pin “Story 1”").click()
    expect(page.get_by_text("Pinned in “Grid of cards”")).to_be_visible()
    assert front(open_as)[:3] == ["Story 7", "Story 1", "Story 0"]

    # By drag: from the grid to the top of the lead.
    handle = page.get_by_role("button", name="Move “Story 1”")
    handle.drag_to(
        page.locator(".slot[data-name='Lead story'] .pin-title"), target_position={"x": 3, "y": 1}
    )
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert titles(page, "Lead story") == ["Story 1", "Story 7"]
    page.get_by_role("button", name="Save the arrangement").click()
    expect(page.get_by_text("The arrangement is saved.")).to_be_visible()
    assert titles(page, "Lead story") == ["Story 1", "Story 7"]
    assert front(open_as)[0] == "Story 1"

    # By keys: down behind the other one, and on into the grid.
    handle = page.get_by_role("button", name="Move “Story 1”")
    handle.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-moved]")).to_have_text("Story 1: Place 2 of 2 in Lead story")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-moved]")).to_have_text("Story 1: Place 1 of 1 in Grid of cards")
    expect(handle).to_be_focused()
    page.get_by_role("button", name="Save the arrangement").click()
    expect(page.get_by_text("The arrangement is saved.")).to_be_visible()
    assert titles(page, "Grid of cards") == ["Story 1"]

    # A whole slot, by keys.
    page.get_by_role("button", name="Move the slot “List of headlines”").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Save the arrangement").click()
    expect(page.get_by_text("The arrangement is saved.")).to_be_visible()
    assert list(Slot.objects.order_by("position").values_list("kind", flat=True)) == [
        "ticker", "list", "lead", "grid", "read_day", "sections",
    ]  # fmt: skip
    page.locator(".pin", has_text="Story 1").get_by_role("button", name="Unpin").click()
    expect(page.get_by_text("Unpinned: Story 1")).to_be_visible()


def test_a_front_is_arranged_by_finger(open_as, editor, articles):
    frontpage.start(None, by=editor)
    lead, grid = Slot.objects.get(kind="lead"), Slot.objects.get(kind="grid")
    for article, slot in zip(articles[5:8], [lead, grid, grid], strict=True):
        frontpage.pin(article, slot, by=editor)
    page = open_as(editor, HOME, has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert titles(page, "Grid of cards") == ["Story 7", "Story 6"]
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(name: str, below: str, *, lifted: str = "touchEnd") -> None:
        handle = page.get_by_role("button", name=f"Move “{name}”")
        handle.scroll_into_view_if_needed()
        start, end = handle.bounding_box(), page.locator(".pin", has_text=below).bounding_box()
        x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
        touch("touchStart", x, y)
        for step in range(1, 6):
            touch("touchMove", x, y + (end["y"] + end["height"] - 3 - y) * step / 5)
        expect(page.locator(".drop-mark")).to_be_attached()
        touch(lifted)
        expect(page.locator(".drop-mark")).not_to_be_attached()

    drag("Story 6", below="Story 5", lifted="touchCancel")
    assert titles(page, "Grid of cards") == ["Story 7", "Story 6"]
    drag("Story 6", below="Story 5")
    assert titles(page, "Lead story") == ["Story 5", "Story 6"]
    assert page.evaluate("scrollX") == 0
    expect(page.locator("[data-moved]")).to_have_text("Story 6: Place 2 of 2 in Lead story")
    page.get_by_role("button", name="Save the arrangement").click()
    expect(page.get_by_text("The arrangement is saved.")).to_be_visible()
    assert titles(page, "Lead story") == ["Story 5", "Story 6"]
    assert titles(page, "Grid of cards") == ["Story 7"]


def test_a_front_is_arranged_without_javascript(open_as, editor, articles):
    frontpage.start(None, by=editor)
    lead = Slot.objects.get(kind="lead")
    for article in articles[6:8]:
        frontpage.pin(article, lead, by=editor)
    page = open_as(editor, HOME, java_script_enabled=False)
    assert titles(page, "Lead story") == ["Story 7", "Story 6"]
    page.get_by_label("Place of “Story 7”").fill("9")
    page.get_by_label("Slot of “Story 6”").select_option("Grid of cards")
    page.get_by_role("button", name="Save the arrangement").click()
    assert titles(page, "Lead story") == ["Story 7"]
    assert titles(page, "Grid of cards") == ["Story 6"]
    assert front(open_as)[:2] == ["Story 7", "Story 6"]


def test_a_ticker_is_written_by_keyboard_and_readers_get_it_by_themselves(open_as, editor):
    article = make_article(headline="Storm")
    desk = open_as(editor, f"/admin/articles/article/{article.pk}/change/")
    desk.get_by_role("link", name="Live ticker").click()
    desk.get_by_role("button", name="Make it a live ticker").click()
    expect(desk.locator(".ProseMirror")).to_be_focused()
    desk.keyboard.type("It rains.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".live-body")).to_have_text("It rains.")

    reader = open_as(None, "/topics/")
    reader.clock.install()
    reader.goto(article.get_absolute_url())
    expect(reader.locator(".live-entry .prose")).to_have_text("It rains.")
    expect(reader.get_by_text("New entries appear by themselves.")).to_be_visible()
    desk.get_by_label("Headline").fill("Bridge closed")
    desk.get_by_label("Key event").check()
    desk.locator(".ProseMirror").click()
    desk.keyboard.type("Nobody gets over.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".live-body").first).to_have_text("Nobody gets over.")
    reader.clock.run_for(13_000)
    expect(reader.locator(".live-entry .prose")).to_have_text(["Nobody gets over.", "It rains."])
    expect(reader.locator("[data-say]")).to_have_text("New entry: Bridge closed")
    expect(reader.locator(".live-keys a")).to_have_text("Bridge closed")

    desk.get_by_role("button", name="Take back").last.click()
    expect(desk.locator(".status-withdrawn")).to_have_text("Taken back")
    desk.get_by_role("button", name="Close the ticker").click()
    reader.clock.run_for(13_000)
    expect(reader.locator(".live-entry .prose")).to_have_text(["Nobody gets over."])
    expect(reader.locator(".live-state")).to_have_text("This live ticker has ended.")
    asked = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.clock.run_for(60_000)
    assert asked == []


def test_a_ticker_is_read_without_javascript(open_as, editor):
    article = make_article(headline="Storm")
    ticker = liveticker.open_ticker(article, by=editor)
    for word in ("First", "Second"):
        liveticker.write(ticker, by=editor, text=f"<p>{word}</p>", is_key=word == "First")
    page = open_as(None, article.get_absolute_url(), java_script_enabled=False)
    expect(page.locator(".live-entry .prose")).to_have_text(["Second", "First"])
    expect(page.get_by_text("Load the page again for new entries.")).to_be_visible()
    page.locator(".live-keys a").click()
    expect(page.locator(".live-entry:target .prose")).to_have_text("First")
