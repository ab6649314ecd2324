"""Stories of the moderation queue, told in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from comments.models import Comment, ModerationAction
from tests.comments.queueing import make_comment, make_reported
from tests.factories import UserFactory, make_article

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUEUE = "/admin/queue/comments/"


@pytest.fixture
def article(db):
    return make_article(headline="Bridge closed")


@pytest.fixture
def waiting(article):
    """Five comments; A has been waiting for longest."""
    now = timezone.now()
    return [
        make_comment(
            article,
            name=f"Reader {letter}",
            body=f"Word of {letter}.",
            queued_at=now - timedelta(minutes=50 - number),
        )
        for number, letter in enumerate("ABCDE")
    ]


def names(page) -> list[str]:
    return page.locator(".queue-card:visible .queue-who").all_text_contents()


def said(page, text: str) -> None:
    expect(page.get_by_role("status")).to_have_text(text)


def state() -> dict[str, str]:
    return dict(Comment.objects.values_list("name", "status"))


def focused(page) -> str:
    return page.evaluate(
        "document.activeElement.closest('.queue-card').querySelector('.queue-who').textContent"
    )


def test_all_by_keyboard_approve_reject_spam_mark_undo(open_as, moderator, waiting):
    page = open_as(moderator, QUEUE)
    assert names(page) == [f"Reader {letter}" for letter in "ABCDE"]
    assert focused(page) == "Reader A"

    page.keyboard.press("a")
    said(page, "Approved")
    assert focused(page) == "Reader B"
    expect(page.locator("[data-count=pending]")).to_have_text("4")

    page.keyboard.press("r")
    page.keyboard.press("3")
    said(page, "Rejected")
    rejected = ModerationAction.objects.get(to_status="rejected")
    assert (rejected.reason, rejected.actor) == ("insult", moderator)

    # Back and forth; a letter in a field is a letter.
    assert focused(page) == "Reader C"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == "Reader D"
    page.keyboard.press("r")
    page.keyboard.press("0")  # another reason: first say which
    page.keyboard.type("asks jarring questions")
    assert state()["Reader D"] == "pending"
    page.keyboard.press("Enter")
    said(page, "Rejected")
    expect(page.locator("[data-count=pending]")).to_have_text("2")
    assert ModerationAction.objects.get(reason="other").note == "asks jarring questions"

    # The last decision is taken back: the card stands where it stood.
    page.keyboard.press("u")
    said(page, "Taken back")
    assert names(page) == ["Reader C", "Reader D", "Reader E"]
    assert focused(page) == "Reader D"

    # Two marked ones at once, and back again.
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".queue-marked")).to_have_text("2 marked")
    page.keyboard.press("Shift+S")
    said(page, "Spam: 2")
    assert names(page) == ["Reader C"]
    page.keyboard.press("u")
    said(page, "Taken back: 2")
    assert names(page) == ["Reader C", "Reader D", "Reader E"]
    assert state() == {
        "Reader A": "approved", "Reader B": "rejected",
        "Reader C": "pending", "Reader D": "pending", "Reader E": "pending",
    }  # fmt: skip

    # Help, and the switch for who speaks to the machine.
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Keys work").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_timeout(200)
    assert state()["Reader D"] == "pending"


def test_what_is_approved_by_key_readers_see_and_nothing_else(open_as, moderator, article, waiting):
    reader = open_as(None, article.get_absolute_url())
    assert "Word of A." not in reader.content()
    page = open_as(moderator, QUEUE)
    page.keyboard.press("a")
    said(page, "Approved")
    page.keyboard.press("r")
    page.keyboard.press("1")
    said(page, "Rejected")
    reader.reload()
    expect(reader.get_by_text("Word of A.")).to_be_visible()
    assert "Word of B." not in reader.content()


def test_the_page_empties_fast_and_fetches_the_next_cards_by_itself(open_as, moderator, article):
    now = timezone.now()
    for number in range(64):
        make_comment(
            article, name=f"Reader {number:02}", queued_at=now - timedelta(minutes=100 - number)
        )
    page = open_as(moderator, QUEUE)
    assert len(names(page)) == 50
    for number in range(40):
        assert focused(page) == f"Reader {number:02}"
        page.keyboard.press("a")  # nobody waits for the server
    expect(page.locator("[data-count=pending]")).to_have_text("24")
    expect(page.locator(".queue-card:visible")).to_have_count(24)
    assert names(page) == [f"Reader {number}" for number in range(40, 64)]
    page.get_by_role("button", name="Mark all").click()
    page.keyboard.press("Shift+A")
    expect(page.get_by_text("Everything is decided.")).to_be_visible()
    expect(page.locator("[data-count=pending]")).to_have_text("0")
    assert set(state().values()) == {"approved"}


def test_two_moderators_collide_and_the_second_is_told_kindly(open_as, moderator, waiting):
    ole = UserFactory(first_name="Ole", last_name="Hansen", role="Moderator")
    mine, his = open_as(moderator, QUEUE), open_as(ole, QUEUE)
    his.keyboard.press("a")
    said(his, "Approved")
    mine.keyboard.press("s")
    card = mine.locator(".queue-card.is-settled")
    expect(card).to_contain_text("already approved by Ole Hansen at")
    expect(card).to_contain_text("Word of A.")
    expect(mine.locator("[data-count=pending]")).to_have_text("4")
    assert focused(mine) == "Reader B"  # nobody is torn from the next card
    card.get_by_role("button", name="OK").click()
    expect(card).to_have_count(0)
    assert state()["Reader A"] == "approved"
    assert ModerationAction.objects.count() == 1


def test_what_cannot_be_saved_comes_back(open_as, moderator, waiting):
    page = open_as(moderator, QUEUE)
    page.context.set_offline(True)
    page.keyboard.press("a")
    card = page.locator(".queue-card", has_text="Reader A")
    expect(card).to_contain_text("Not saved: the server cannot be reached.")
    assert state()["Reader A"] == "pending"
    page.context.set_offline(False)
    page.keyboard.press("k")
    page.keyboard.press("a")
    said(page, "Approved")
    assert state()["Reader A"] == "approved"

    page.context.clear_cookies()  # the session is over
    page.keyboard.press("a")
    expect(page.locator(".queue-card", has_text="Reader B")).to_contain_text("you are signed out")
    assert state()["Reader B"] == "pending"


def test_a_report_is_decided_by_mouse(open_as, moderator, article):
    make_reported(article, by=moderator, reason="illegal")
    page = open_as(moderator, QUEUE)
    page.get_by_role("link", name="Reported 1").click()
    card = page.locator(".queue-card")
    expect(card).to_contain_text("Illegal: Look at this")
    card.locator("summary", has_text="Reject").click()
    card.get_by_role("button", name="Hate").click()
    said(page, "Rejected")
    expect(page.get_by_text("No report waits for a decision.")).to_be_visible()
    action = ModerationAction.objects.newest().first()
    assert (action.from_status, action.to_status, action.reason) == ("approved", "rejected", "hate")
    assert list(action.reports.values_list("text", flat=True)) == ["Look at this"]


def test_the_newsroom_replies_and_blocks(open_as, moderator, waiting):
    page = open_as(moderator, QUEUE)
    page.keyboard.press("b")
    page.keyboard.press("1")
    expect(page.locator(".queue-card").first).to_contain_text("Blocked until")
    assert focused(page) == "Reader A"
    page.keyboard.press("w")
    page.keyboard.type("We shall ask.")
    page.keyboard.press("Control+Enter")
    said(page, "Replied")
    reply = Comment.objects.get(parent=waiting[0])
    assert (reply.body, reply.status, state()["Reader A"]) == (
        "We shall ask.",
        "approved",
        "approved",
    )


def test_without_javascript(open_as, moderator, waiting):
    page = open_as(moderator, QUEUE, java_script_enabled=False)
    cards = page.locator(".queue-card")
    cards.nth(0).get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist")).to_have_text("Approved")
    cards.nth(0).locator("summary", has_text="Reject").click()
    cards.nth(0).get_by_label("A sentence for the author").fill("Off the rails")
    cards.nth(0).get_by_role("button", name="Another reason").click()
    expect(page.locator(".messagelist")).to_have_text("Rejected")
    assert ModerationAction.objects.get(to_status="rejected").note == "Off the rails"
    for name in ("Reader C", "Reader E"):
        page.get_by_label(f"Mark Comment by {name}").check()
    page.locator(".queue-many").get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist")).to_have_text("Approved: 2")
    assert names(page) == ["Reader D"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_have_text("Taken back: 2")
    assert names(page) == ["Reader C", "Reader D", "Reader E"]


def test_on_a_phone(open_as, moderator, waiting):
    page = open_as(moderator, QUEUE, has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    card = page.locator(".queue-card").first
    button = card.get_by_role("button", name="Approve")
    assert button.bounding_box()["height"] >= 44
    button.tap()
    said(page, "Approved")
    page.locator(".queue-card:visible").first.locator("summary", has_text="Reject").tap()
    page.locator(".queue-card:visible").first.get_by_role("button", name="Insult").tap()
    said(page, "Rejected")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".queue-said").get_by_role("button", name="Undo").tap()
    said(page, "Taken back")
    assert names(page) == [f"Reader {letter}" for letter in "BCDE"]
