"""The story of a picture, told in a real browser: from the file to the readers' page."""

import io
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pillow
from playwright.sync_api import Error, Page, expect

from articles import images
from articles.models import Article, Author, Image
from newsroom.lib.images import crop_box
from tests.factories import AuthorFactory, make_draft

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADD = "/admin/articles/image/add/"
SIZE = (1200, 800)


@pytest.fixture(autouse=True)
def media(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def jpeg(color="red", size=SIZE) -> bytes:
    image = Pillow.new("RGB", size, color)
    image.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def upload(name: str, data: bytes, kind="image/jpeg") -> dict[str, object]:
    return {"name": name, "mimeType": kind, "buffer": data}


def change(image: Image) -> str:
    return f"/admin/articles/image/{image.pk}/change/"


def focal(page: Page) -> tuple[float, float]:
    return tuple(float(page.locator(f"#id_focal_{axis}").input_value()) for axis in "xy")


def picker_of(popup) -> Page:
    """The picker's window, its script included."""
    popup.value.wait_for_load_state("load")
    return popup.value


def shown_crop(page: Page, ratio: str) -> tuple[float, float]:
    """The left and upper edge of a live preview, in pixels of the original."""
    position = page.locator(f".crop-{ratio} img").evaluate(
        "image => getComputedStyle(image).objectPosition"
    )
    left, top, right, bottom = crop_box(*SIZE, ratio)
    room = SIZE[0] - (right - left), SIZE[1] - (bottom - top)
    shares = (float(part.strip("%")) / 100 for part in position.split())
    return tuple(space * share for space, share in zip(room, shares, strict=True))


def test_picture_is_uploaded_and_its_focal_point_set_by_click_and_by_keys(open_as, editor):
    page = open_as(editor, ADD)
    page.locator("#id_pictures").set_input_files(
        [upload("bridge.jpg", jpeg()), upload("virus.svg", b"<svg/>", "image/svg+xml")]
    )
    expect(page.locator(".picture-chosen li")).to_have_count(2)
    page.get_by_label("Credit").fill("Ada Lovelace")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("“virus.svg” was not taken")).to_be_visible()
    page.get_by_role("link", name="bridge").click()

    surface = page.locator(".picture-surface")
    box = surface.bounding_box()
    surface.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.4})
    assert focal(page) == pytest.approx((0.75, 0.4), abs=0.011)
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    point = focal(page)
    assert point == pytest.approx((0.77, 0.31), abs=0.011)
    for ratio in ("16x9", "4x3", "1x1"):
        wanted = crop_box(*SIZE, ratio, point)[:2]
        assert shown_crop(page, ratio) == pytest.approx(wanted, abs=1)

    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    image = Image.objects.get()
    assert (image.focal_point, image.credit) == (point, "Ada Lovelace")
    # What the server cuts is what the preview has shown.
    page.wait_for_function(
        "path => document.querySelector('.crop-1x1 img').currentSrc.endsWith(path)",
        arg=f"-{image.focal_key}.avif",
    )


def test_pictures_are_dropped_on_the_upload_page(open_as, editor):
    page = open_as(editor, ADD)
    dropped = page.evaluate_handle(
        """async (bytes) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "dropped.jpg", {type: "image/jpeg"}));
            return data;
        }""",
        list(jpeg(size=(400, 300))),
    )
    page.dispatch_event(".picture-drop", "drop", {"dataTransfer": dropped})
    expect(page.locator(".picture-chosen")).to_contain_text("dropped.jpg")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Where it is used")).to_be_visible()
    assert Image.objects.get().title == "dropped"


def test_without_javascript_files_are_taken_and_the_focal_point_is_typed(open_as, editor):
    page = open_as(editor, ADD, java_script_enabled=False)
    page.get_by_label("Choose pictures").set_input_files([upload("bridge.jpg", jpeg())])
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("From the left").fill("0.2")
    page.get_by_role("button", name="Save", exact=True).click()
    assert Image.objects.get().focal_point == (0.2, 0.5)


def test_picture_goes_from_the_library_into_text_and_lead_and_to_readers(open_as, editor):
    lead = images.store(ContentFile(jpeg(), "lead.jpg"), by=editor, alt="Lead words", credit="Ada")
    article = make_draft(by=editor, headline="Bridge closed", body="<p>First.</p>")
    page = open_as(editor, f"/admin/articles/article/{article.pk}/change/")

    with page.expect_popup() as popup:
        page.get_by_role("button", name="Choose a picture").click()
    picker_of(popup).get_by_role("button", name="lead").click()
    expect(page.locator(".picture-field-title")).to_have_text("lead")

    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Picture from the library").click()
    with page.expect_popup() as popup:
        page.locator("dialog").get_by_role("button", name="Browse").click()
    picker = picker_of(popup)
    picker.get_by_text("Upload a new picture").click()
    picker.locator("#id_pictures").set_input_files([upload("river.jpg", jpeg("lime"))])
    picker.get_by_label("Alternative text").fill("A river")
    with picker.expect_navigation():
        picker.get_by_role("button", name="Upload", exact=True).click()
    picker.get_by_role("button", name="river").first.click()
    page.locator("dialog").get_by_role("button", name="Insert").click()
    expect(page.locator(".ProseMirror figure img")).to_have_attribute("alt", "A river")

    page.get_by_role("button", name="Publish now", exact=True).first.click()
    expect(page.get_by_role("link", name="See it as readers do")).to_be_visible()
    article = Article.objects.visible().get()
    assert article.lead_image == lead
    assert [image.title for image in article.body_images.all()] == ["river"]

    reader = open_as(None, article.get_absolute_url())
    for words in ("Lead words", "A river"):
        picture = reader.get_by_role("img", name=words)
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        assert picture.evaluate("image => image.currentSrc").endswith(".avif")
    assert reader.get_by_role("img", name="Lead words").get_attribute("fetchpriority") == "high"


def test_portrait_is_chosen_and_removed_by_keyboard(open_as, editor):
    images.store(ContentFile(jpeg(), "first.jpg"), by=editor)
    second = images.store(ContentFile(jpeg("lime"), "second.jpg"), by=editor)
    author = AuthorFactory()
    page = open_as(editor, f"/admin/articles/author/{author.pk}/change/")
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Choose a picture").press("Enter")
    picker = picker_of(popup)
    picker.locator(".picture-choice").nth(1).focus()
    picker.keyboard.press("ArrowLeft")
    with suppress(Error):  # the window is gone before the key comes up
        picker.keyboard.press("Enter")
    expect(page.locator(".picture-field-title")).to_have_text("second")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert Author.objects.get().portrait == second
    page.get_by_role("button", name="Remove").press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
    assert Author.objects.get().portrait is None
