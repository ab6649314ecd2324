"""Stories of the desk's own pages: the calendar, many pictures at once, the menu."""

import io
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from articles import workflow
from articles.models import Article, Dossier, Image
from tests.factories import make_draft

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CALENDAR = "/admin/articles/article/calendar/"
LIBRARY = "/admin/articles/image/"


def middle_of_next_month() -> datetime:
    """A day whose neighbours stand on the same sheet, at ten."""
    first = timezone.localtime().replace(day=1, hour=10, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=14)


def sheet_of(day: datetime) -> str:
    return f"{CALENDAR}?day={day:%Y-%m-%d}"


def planned(by, at: datetime | None, **values) -> Article:
    return workflow.replan(make_draft(by=by, **values), by=by, planned_at=at, seen=None)


def drag(page: Page, headline: str, day: str) -> None:
    page.locator(".item", has_text=headline).drag_to(page.locator(f"[data-day='{day}'] .day-name"))


def picture(color: str) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (640, 480), color).save(out, "JPEG")
    return out.getvalue()


def test_text_is_dragged_to_a_day_and_a_schedule_keeps_its_hour(open_as, editor):
    day = middle_of_next_month()
    draft = planned(editor, None, headline="Council meets")
    later = make_draft(by=editor, headline="Budget passed")
    workflow.publish(later, by=editor, at=day)
    page = open_as(editor, sheet_of(day))
    drag(page, "Council meets", f"{day:%Y-%m-}13")
    expect(page.locator("[data-said]")).to_contain_text("“Council meets” is planned for")
    expect(page.locator(f"[data-day='{day:%Y-%m-}13']")).to_contain_text("Council meets")
    drag(page, "Budget passed", f"{day:%Y-%m-}16")
    expect(page.locator(f"[data-day='{day:%Y-%m-}16']")).to_contain_text("Budget passed")
    draft.refresh_from_db()
    later.refresh_from_db()
    assert timezone.localtime(draft.planned_at).day == 13
    assert timezone.localtime(later.published_at) == day.replace(day=16)
    assert later.status == "published"


def test_who_was_slower_is_told_and_sees_where_it_stands_now(open_as, editor, chief):
    day = middle_of_next_month()
    article = planned(editor, day, headline="Council meets")
    page = open_as(editor, sheet_of(day))
    workflow.replan(article, by=chief, planned_at=day.replace(day=17), seen=day)
    drag(page, "Council meets", f"{day:%Y-%m-}13")
    expect(page.locator("[data-said]")).to_contain_text("Somebody else has moved “Council meets”")
    expect(page.locator(f"[data-day='{day:%Y-%m-}17']")).to_contain_text("Council meets")
    article.refresh_from_db()
    assert timezone.localtime(article.planned_at).day == 17


@pytest.mark.parametrize("script", [True, False])
def test_text_is_moved_by_keyboard_with_and_without_script(open_as, editor, script):
    day = middle_of_next_month()
    article = planned(editor, day, headline="Council meets")
    page = open_as(editor, sheet_of(day), java_script_enabled=script)
    item = page.locator(".item", has_text="Council meets")
    item.locator("summary").focus()
    page.keyboard.press("Enter")
    item.get_by_label("Day").fill(f"{day:%Y-%m-}20")
    item.get_by_label("Time").fill("07:45")
    item.get_by_role("button", name="Move").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-day='{day:%Y-%m-}20']")).to_contain_text("Council meets")
    expect(page.get_by_text("“Council meets” is planned for")).to_be_visible()
    article.refresh_from_db()
    assert timezone.localtime(article.planned_at).strftime("%d %H:%M") == "20 07:45"


def test_many_pictures_are_dropped_on_the_library(open_as, editor, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    page = open_as(editor, LIBRARY)
    files = [
        ("red.jpg", "image/jpeg", list(picture("red"))),
        ("blue.jpg", "image/jpeg", list(picture("blue"))),
        ("virus.svg", "image/svg+xml", list(b"<svg/>")),
    ]
    dropped = page.evaluate_handle(
        """files => {
            const data = new DataTransfer();
            for (const [name, type, bytes] of files)
                data.items.add(new File([new Uint8Array(bytes)], name, {type}));
            return data;
        }""",
        files,
    )
    page.dispatch_event(".picture-drop", "drop", {"dataTransfer": dropped})
    rows = page.locator(".picture-chosen li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Uploaded.")
    expect(rows.nth(2)).to_contain_text("“virus.svg” was not taken")
    expect(page.locator(".picture-chosen progress")).to_have_count(0)
    assert set(Image.objects.values_list("title", flat=True)) == {"red", "blue"}
    rows.nth(1).get_by_role("link", name="blue").click()
    expect(page.get_by_role("heading", name="Where it is used")).to_be_visible()


def test_menu_opens_on_a_phone_without_a_script(open_as, chief):
    page = open_as(chief, "/admin/", java_script_enabled=False)
    page.set_viewport_size({"width": 390, "height": 844})
    menu = page.locator("#menu")
    expect(menu).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    menu.get_by_text("Texts", exact=True).click()
    menu.get_by_role("link", name="Calendar").click()
    expect(page.get_by_role("heading", name="Editorial calendar")).to_be_visible()


def test_rows_of_lists_and_forms_are_cards_on_a_phone(open_as, chief):
    article = make_draft(by=chief, headline="A bridge")
    dossier = Dossier.objects.create(title="Bridges", slug="bridges")
    dossier.entries.create(article=article, position=1)
    page = open_as(chief)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/admin/articles/dossier/{dossier.pk}/change/")
    page.locator(".add-row a").click()
    for row in (page.locator("#entries-0"), page.locator(".tabular tr.dynamic-entries").last):
        cells = row.locator("[data-name]")
        assert cells.evaluate_all("cells => cells.map(cell => cell.dataset.name)") == [
            "Position", "Article", "Delete?",
        ]  # fmt: skip
        tops = cells.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect().top)")
        assert tops == sorted(set(tops))  # one below the other
    page.goto("/admin/articles/article/")
    title = page.locator("#result_list .is-first")
    expect(title).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_open_menu_closes_by_escape_and_by_a_press_beside_it(open_as, chief):
    page = open_as(chief, "/admin/")
    menu = page.get_by_role("navigation", name="Menu")
    menu.get_by_text("Texts", exact=True).click()
    expect(menu.get_by_role("link", name="Calendar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Calendar")).not_to_be_visible()
    menu.get_by_text("Readers", exact=True).click()
    expect(menu.get_by_role("link", name="Reports")).to_be_visible()
    page.mouse.click(1200, 800)
    expect(menu.get_by_role("link", name="Reports")).not_to_be_visible()
