"""The image library in the admin: grid, upload, change page, deletion, picker."""

import io
from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow

from articles import images
from articles.models import Image
from tests.factories import ImageFactory, UserFactory, make_article

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_image_changelist")
ADD = reverse("admin:articles_image_add")
PICK = reverse("admin:articles_image_pick")


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored_files(media) -> list[str]:
    return [path.name for path in media.rglob("*") if path.is_file()]


def file(name="a.png", color="red", kind="image/png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Pillow.new("RGB", (640, 480), color).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), kind)


def change(image: Image) -> str:
    return reverse("admin:articles_image_change", args=[image.pk])


def texts(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


# --- grid --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12])
def test_library_shows_every_picture_in_the_same_number_of_queries(
    as_editor, count, django_assert_num_queries
):
    ImageFactory.create_batch(count)
    as_editor.get(LIST)  # the session and content types are read once
    with django_assert_num_queries(8, is_warm=True):
        response = as_editor.get(LIST)
    assert response.content.decode().count('class="picture-card"') == count


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {"Plain", "Bare", "Deco", "Old", "Soon", "Used"}),
        ("?missing=alt", {"Bare"}),
        ("?missing=credit", {"Bare"}),
        ("?rights=ended", {"Old"}),
        ("?rights=ending", {"Soon"}),
        ("?use=none", {"Plain", "Bare", "Deco", "Old", "Soon"}),
        ("?q=spree", {"Plain"}),
        ("?q=nothing+at+all", set()),
    ],
)
def test_filters_and_search(as_editor, time_machine, query, wanted):
    time_machine.move_to("2026-05-01T10:00:00+02:00")
    ImageFactory(title="Plain", caption="The Spree")
    ImageFactory(title="Bare", alt="", credit="")
    ImageFactory(title="Deco", alt="", is_decorative=True)
    ImageFactory(title="Old", rights_until=date(2026, 4, 30))
    ImageFactory(title="Soon", rights_until=date(2026, 5, 20))
    make_article(lead_image=ImageFactory(title="Used").pk)
    found = as_editor.get(LIST + query).context["cl"].result_list
    assert {image.title for image in found} == wanted


def test_card_flags_what_a_picture_lacks(as_editor):
    ImageFactory(alt="", credit="", rights_until=date(2020, 1, 1))
    html = as_editor.get(LIST).content.decode()
    for words in ("No alternative text", "No credit", "Rights have ended"):
        assert words in html


def test_library_is_closed_to_other_desks(client, moderator):
    client.force_login(moderator)
    image = ImageFactory()
    for url in (LIST, ADD, change(image), PICK):
        assert client.get(url).status_code == 403


# --- upload ------------------------------------------------------------------------------------


def test_one_upload_leads_to_its_page(as_editor, editor):
    response = as_editor.post(
        ADD, {"pictures": [file()], "alt": "Red", "credit": "Ada", "rights_until": "2030-01-31"}
    )
    image = Image.objects.get()
    assert response["Location"] == change(image)
    assert (image.alt, image.credit, image.rights_until, image.uploaded_by) == (
        "Red",
        "Ada",
        date(2030, 1, 31),
        editor,
    )


def test_of_many_uploads_the_good_ones_are_stored_and_the_bad_ones_named(as_editor, media):
    known = images.store(file("known.png", "blue"), by=None, title="Known")
    files = [
        file("one.png", "red"),
        file("two.png", "lime"),
        file("three.png", "blue"),
        file("four.jpg", "black", "image/jpeg"),
        SimpleUploadedFile("five.svg", b"<svg/>", "image/svg+xml"),
        SimpleUploadedFile("six.jpg", b"", "image/jpeg"),
    ]
    response = as_editor.post(ADD, {"pictures": files, "alt": "Same for all?"}, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert texts(response) == [
        "2 pictures are in the library now.",
        "The library had “Known” already.",
        "“four.jpg” was not taken: The name ends in “.jpg”, but the file is a PNG picture."
        " Rename it to “.png” if that is what you mean to upload.",
        "“five.svg” was not taken: This is no JPEG, PNG, WebP, AVIF or GIF picture, or its"
        " beginning is damaged.",
        "“six.jpg” was not taken: The file is empty.",
    ]
    assert set(Image.objects.values_list("title", "alt")) == {
        ("Known", ""),
        ("one", ""),
        ("two", ""),
    }
    assert len(stored_files(media)) == 3
    assert Image.objects.get(pk=known.pk).sha256 == known.sha256


def test_upload_without_a_file_says_so(as_editor):
    response = as_editor.post(ADD, {"credit": "Ada"})
    assert response.status_code == 200
    assert response.context["form"].errors == {"pictures": ["This field is required."]}
    assert 'value="Ada"' in response.content.decode()


def test_upload_of_bad_files_only_stores_nothing(as_editor, media):
    bad = SimpleUploadedFile("a.jpg", b"<html>", "image/jpeg")
    response = as_editor.post(ADD, {"pictures": [bad]}, follow=True)
    assert response.redirect_chain == [(ADD, 302)]
    assert len(texts(response)) == 1
    assert (Image.objects.count(), stored_files(media)) == (0, [])


# --- change page -------------------------------------------------------------------------------


def form_data(image: Image, **values) -> dict[str, object]:
    data = {
        "title": image.title,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
        "license": "",
        "source_url": "",
        "rights_until": "",
        "focal_x": image.focal_x,
        "focal_y": image.focal_y,
    }
    return data | values


def test_change_page_tells_where_the_picture_is_used(as_editor):
    image = ImageFactory()
    assert "Nowhere yet." in as_editor.get(change(image)).content.decode()
    make_article(headline="Bridge closed for two weeks", lead_image=image.pk)
    html = as_editor.get(change(image)).content.decode()
    assert "Bridge closed for two weeks" in html
    assert "Nowhere yet." not in html


def test_change_page_warns_of_ended_rights_and_missing_words(as_editor):
    image = ImageFactory(rights_until=date(2020, 3, 1), alt="")
    html = as_editor.get(change(image)).content.decode()
    assert "The rights to this picture ended on March 1, 2020." in html
    assert "Without an alternative text no article" in html


def test_saving_goes_through_the_verb(as_editor):
    image = images.store(file(), by=None, alt="Red")
    before = image.focal_key
    as_editor.post(change(image), form_data(image, focal_x="0.25", focal_y="0.1", caption="Sea"))
    image.refresh_from_db()
    assert (image.focal_point, image.caption) == ((0.25, 0.1), "Sea")
    assert image.focal_key != before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"focal_x": "1.2"}, "focal_x"),
        ({"is_decorative": "on"}, "alt"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"title": ""}, "title"),
    ],
)
def test_wrong_values_are_refused_at_their_field(as_editor, values, field):
    image = ImageFactory()
    response = as_editor.post(change(image), form_data(image, **values))
    assert list(response.context["adminform"].form.errors) == [field]


def test_role_without_change_sees_the_picture_but_no_fields(client):
    viewer = UserFactory()
    viewer.user_permissions.add(Permission.objects.get(codename="view_image"))
    client.force_login(viewer)
    image = ImageFactory(title="Bridge")
    html = client.get(change(image)).content.decode()
    assert "Bridge" in html
    assert 'name="title"' not in html
    assert client.post(change(image), form_data(image, title="Mine")).status_code == 403


# --- deletion ----------------------------------------------------------------------------------


def test_picture_in_use_cannot_be_deleted_and_the_page_says_where(as_editor):
    image = ImageFactory()
    make_article(headline="Bridge closed", lead_image=image.pk)
    url = reverse("admin:articles_image_delete", args=[image.pk])
    html = as_editor.get(url).content.decode()
    assert "Article “Bridge closed” (lead image)" in html
    as_editor.post(url, {"post": "yes"})
    assert Image.objects.count() == 1


def test_unused_picture_is_deleted_with_its_file(
    as_editor, media, django_capture_on_commit_callbacks
):
    image = images.store(file(), by=None)
    assert len(stored_files(media)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        url = reverse("admin:articles_image_delete", args=[image.pk])
        assert as_editor.post(url, {"post": "yes"})["Location"] == LIST
    assert (Image.objects.count(), stored_files(media)) == (0, [])


def test_reporter_cannot_delete(client, reporter):
    client.force_login(reporter)
    url = reverse("admin:articles_image_delete", args=[ImageFactory().pk])
    assert client.post(url, {"post": "yes"}).status_code == 403


# --- picker ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 6])
def test_picker_offers_pictures_newest_first(as_editor, count, django_assert_num_queries):
    made = ImageFactory.create_batch(count)
    as_editor.get(PICK)
    with django_assert_num_queries(8, is_warm=True):
        response = as_editor.get(PICK, {"CKEditorFuncNum": "-1"})
    assert [image.pk for image in response.context["page"]] == [i.pk for i in reversed(made)]
    assert 'data-function="-1"' in response.content.decode()


def test_picker_hands_over_words_and_address(as_editor):
    image = ImageFactory(title='A "title"', alt="Alt <b>", caption="Caption")
    html = as_editor.get(PICK, {"target": "id_lead_image"}).content.decode()
    assert 'data-target="id_lead_image"' in html
    assert (
        f'data-id="{image.pk}" data-title="A &quot;title&quot;" data-alt="Alt &lt;b&gt;"'
        f' data-caption="Caption" data-url="{image.preview_url}"'
        f' data-thumb="{image.thumb_url}">'
    ) in html


def test_picker_searches_and_keeps_who_asked(as_editor):
    ImageFactory.create_batch(30, credit="Ada")
    ImageFactory(title="Other", credit="Eve")
    response = as_editor.get(PICK, {"q": "ada", "CKEditorFuncNum": "-3", "page": "2"})
    assert {image.credit for image in response.context["page"]} == {"Ada"}
    assert len(response.context["page"]) == 6
    assert "?CKEditorFuncNum=-3&amp;q=ada&amp;page=1" in response.content.decode()


def test_picture_with_ended_rights_cannot_be_chosen(as_editor):
    ImageFactory(rights_until=date(2020, 1, 1))
    assert "disabled>" in as_editor.get(PICK).content.decode()


def test_upload_in_the_picker_comes_back_to_it_with_the_picture_on_top(as_editor):
    older = images.store(file("old.png", "blue"), by=None)
    ImageFactory.create_batch(2)
    response = as_editor.post(
        f"{PICK}?target=id_x",
        {"pictures": [file("new.png"), file("old.png", "blue")], "credit": "Ada"},
        follow=True,
    )
    new = Image.objects.get(title="new")
    assert {image.pk for image in response.context["new"]} == {new.pk, older.pk}
    assert 'data-target="id_x"' in response.content.decode()


def test_refused_upload_in_the_picker_says_why(as_editor):
    bad = SimpleUploadedFile("a.jpg", b"<html>", "image/jpeg")
    response = as_editor.post(f"{PICK}?target=x", {"pictures": [bad]}, follow=True)
    assert texts(response)[0].startswith("“a.jpg” was not taken: ")
    assert Image.objects.count() == 0


@pytest.mark.parametrize(
    "query",
    [
        {"page": "abc"},
        {"page": "99999"},
        {"page": "-1"},
        {"new": "1,2,abc,99999999999999999999"},
        {"q": "a\x00b"},
        {"q": "🙂 שלום " * 50},
        {"CKEditorFuncNum": "<script>"},
        {"target": '"><script>'},
    ],
)
def test_picker_takes_any_address(as_editor, query):
    ImageFactory()
    response = as_editor.get(PICK, query)
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().replace('<script src="', "")


# --- upload one by one --------------------------------------------------------------------------


def send(client, *files, **values):
    data = {"pictures": list(files), **values}
    return client.post(ADD, data, headers={"accept": "application/json"})


def test_script_is_told_of_each_file_where_it_is_or_why_not(as_editor):
    first = send(as_editor, file("bridge.png"), credit="Ada")
    image = Image.objects.get()
    assert (first.status_code, image.credit) == (200, "Ada")
    assert first.json() == {
        "said": "Uploaded.",
        "taken": {"title": "bridge", "address": change(image)},
    }
    again = send(as_editor, file("same.png"))
    assert again.json()["said"] == "The library had “bridge” already."
    assert again.json()["taken"]["address"] == change(image)
    # The script goes on to the picture, which says it once more, once.
    known = "The library had “bridge” already."
    assert known in as_editor.get(change(image)).text
    assert known not in as_editor.get(change(image)).text
    bad = send(as_editor, SimpleUploadedFile("virus.svg", b"<svg/>", "image/svg+xml"))
    assert bad.status_code == 422
    assert bad.json()["said"].startswith("“virus.svg” was not taken: ")
    assert send(as_editor).status_code == 422
    assert Image.objects.count() == 1


def test_script_of_a_stranger_stores_nothing(client, moderator):
    client.force_login(moderator)
    assert send(client, file()).status_code == 403
    assert not Image.objects.exists()


def test_library_takes_files_from_those_who_may_add_them(client, editor, chief):
    client.force_login(editor)
    assert "data-one-by-one" in client.get(LIST).text
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_image"))
    client.force_login(viewer)
    page = client.get(LIST)
    assert (page.status_code, "data-one-by-one" in page.text) == (200, False)
