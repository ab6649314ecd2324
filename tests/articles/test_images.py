"""The image library's verbs, renditions behind the gate, the <picture> element."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils import timezone
from PIL import Image as Pillow

from articles import images, renditions, workflow
from articles.images import ImageRefused
from articles.models import Article, DossierEntry, Image
from newsroom.lib.verbs import NotPermitted
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings) -> Path:
    """A media folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(
        str(Path(root, name).relative_to(folder))
        for root, _folders, names in os.walk(folder)
        for name in names
    )


def jpeg(size=(1600, 900), color="red") -> bytes:
    image = Pillow.new("RGB", size, color)
    image.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def upload(data: bytes | None = None, name="Brücke am Fluss.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, jpeg() if data is None else data, kind)


def figure(image: Image) -> str:
    return f'<figure class="figure"><img data-file="{image.pk}" src="/x"></figure>'


# --- store -----------------------------------------------------------------------------------


def test_stored_picture_has_its_file_its_words_and_its_facts(reporter, media):
    image = images.store(
        upload(),
        by=reporter,
        alt="A bridge\x00 over\na river",
        credit="Ada",
        focal=(0.2, 1.7),
    )
    image.refresh_from_db()
    assert (image.title, image.alt, image.credit) == (
        "Brücke am Fluss",
        "A bridge over a river",
        "Ada",
    )
    assert (image.width, image.height, image.byte_size) == (1600, 900, len(jpeg()))
    assert (image.focal_point, image.uploaded_by) == ((0.2, 1.0), reporter)
    assert files(media) == [f"originals/{image.token.hex[:2]}/{image.token.hex}.jpg"]
    assert image.file.read() == jpeg()


def test_same_bytes_are_kept_once(reporter, editor, media):
    first = images.store(upload(), by=reporter, alt="First")
    second = images.store(jpeg(), by=editor, alt="Second")
    assert second == first
    assert Image.objects.get().alt == "First"
    assert len(files(media)) == 1


def test_decorative_picture_is_stored_without_alternative_text(reporter):
    assert images.store(upload(), by=reporter, alt="Lines", is_decorative=True).alt == ""


@pytest.mark.parametrize(
    "bad",
    [
        upload(b""),
        upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"),
        upload(b"<html><script>alert(1)</script>", "a.jpg"),
        upload(jpeg(), "a.png", "image/png"),
        upload(jpeg()[:-900]),
        ContentFile(b"a" * (21 * 1024 * 1024), "large.jpg"),
    ],
    ids=["empty", "svg", "html", "lie", "truncated", "large"],
)
def test_refused_upload_leaves_neither_row_nor_file(reporter, media, bad):
    with pytest.raises(ImageRefused):
        images.store(bad, by=reporter)
    assert (Image.objects.count(), files(media)) == (0, [])


def test_upload_without_permission_is_refused(moderator, media):
    with pytest.raises(NotPermitted):
        images.store(upload(), by=moderator)
    assert (Image.objects.count(), files(media)) == (0, [])


def test_file_is_removed_when_the_row_cannot_be_written(reporter, media):
    with pytest.raises(ValidationError):
        images.store(upload(), by=reporter, rights_until="some day")
    assert Image.objects.count() == 0
    assert files(media) == []


def test_original_and_its_folders_are_on_the_disk_before_the_row_is(reporter, media, monkeypatch):
    synced = []

    def sync(handle: int) -> None:
        assert not Image.objects.exists()
        synced.append(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", sync)
    path = Path(images.store(upload(), by=reporter).file.path)
    folders = [path.parent, media / "originals", media]
    assert synced == [place.stat().st_ino for place in (path, *folders)]


def test_original_that_does_not_reach_the_disk_is_refused(reporter, media, monkeypatch):
    monkeypatch.setattr(os, "fsync", Mock(side_effect=OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        images.store(upload(), by=reporter)
    assert (Image.objects.count(), files(media)) == (0, [])


def test_second_of_two_uploads_at_once_returns_the_first(reporter, media):
    first = images.store(upload(), by=reporter)
    late = Image(title="Late", width=1, height=1, byte_size=1, sha256=first.sha256)
    assert images._write(late, jpeg(), ".jpg") == first
    assert files(media) == [first.file.name]


def test_source_that_is_no_web_address_is_left_out(reporter):
    assert images.store(upload(), by=reporter, source_url="javascript:alert(1)").source_url == ""


# --- update ----------------------------------------------------------------------------------


def test_new_alternative_text_reaches_the_bodies_that_show_the_picture(editor):
    image = images.store(upload(), by=editor, alt="Old words")
    article = make_article(body=figure(image))
    assert 'alt="Old words"' in article.body_html
    images.update(image, by=editor, alt="New words")
    article.refresh_from_db()
    assert 'alt="New words"' in article.body_html
    assert "Old words" not in article.body_html


def test_moved_focal_point_is_a_new_address_and_drops_the_old_files(
    editor, client, media, django_capture_on_commit_callbacks
):
    image = images.store(upload(), by=editor, alt="Halves")
    make_article(lead_image=image.pk)
    old = image.rendition_url("1x1", 320, "jpg")
    before = shown(client.get(old))
    assert len(files(media)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        images.update(image, by=editor, focal_x=0.0)
    assert files(media) == [image.file.name]
    moved = client.get(old)
    assert (moved.status_code, moved["Location"]) == (302, image.rendition_url("1x1", 320, "jpg"))
    after = shown(client.get(moved["Location"]))
    assert before.getpixel((280, 160))[2] > 200
    assert after.getpixel((280, 160))[0] > 200


@pytest.mark.parametrize(
    "values",
    [
        {"focal_x": 1.5},
        {"alt": "Words", "is_decorative": True},
        {"title": " "},
        {"source_url": "javascript:alert(1)"},
    ],
)
def test_update_with_a_wrong_value_changes_nothing(editor, values):
    image = images.store(upload(), by=editor, title="Title")
    with pytest.raises(ValidationError):
        images.update(image, by=editor, **values)
    stored = Image.objects.get()
    assert (stored.title, stored.alt, stored.focal_point) == ("Title", "", (0.5, 0.5))


def test_update_needs_permission_and_known_names(moderator, editor):
    image = images.store(upload(), by=None)
    with pytest.raises(NotPermitted):
        images.update(image, by=moderator, alt="Mine")
    with pytest.raises(TypeError):
        images.update(image, by=editor, token="mine")


# --- delete ----------------------------------------------------------------------------------


def test_unused_picture_goes_with_its_files(
    editor, client, media, django_capture_on_commit_callbacks
):
    image = images.store(upload(), by=editor)
    client.force_login(editor)
    assert client.get(image.rendition_url("full", 320, "jpg")).status_code == 200
    assert len(files(media)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        images.delete(image, by=editor)
    assert (Image.objects.count(), files(media)) == (0, [])


def place_as_lead(image, by):
    make_article(headline="Place", lead_image=image.pk)


def place_in_text(image, by):
    make_article(headline="Place", body=figure(image))


def place_in_draft(image, by):
    make_draft(by=by, headline="Place", body=figure(image))


def place_in_working_copy(image, by):
    article = make_article(headline="Place")
    content = make_content(**{**article.head.content, "body": figure(image)})
    workflow.save_draft(article, content, by=by, base=article.head)


def place_in_scheduled_update(image, by):
    place_in_working_copy(image, by)
    article = Article.objects.get(headline="Place")
    workflow.publish(article, by=None, at=timezone.now() + timedelta(days=1))
    content = make_content(**{**article.head.content, "body": "<p>Without</p>"})
    workflow.save_draft(article, content, by=by, base=article.head)


def place_on_profile(image, by):
    AuthorFactory(name="Place", portrait=image)


def place_on_dossier(image, by):
    DossierFactory(title="Place", image=image)


@pytest.mark.parametrize(
    ("place", "where"),
    [
        (place_as_lead, "Article “Place” (lead image)"),
        (place_in_text, "Article “Place” (text)"),
        (place_in_draft, "Article “Place” (text)"),
        (place_in_working_copy, "Article “Place” (working copy)"),
        (place_in_scheduled_update, "Article “Place” (working copy)"),
        (place_on_profile, "Author “Place” (portrait)"),
        (place_on_dossier, "Dossier “Place” (image)"),
    ],
)
def test_picture_in_use_is_kept_and_the_refusal_says_where(editor, media, place, where):
    image = images.store(upload(), by=editor, title="Bridge", alt="A bridge")
    place(image, editor)
    assert [str(use) for use in images.uses(image)] == [where]
    with pytest.raises(ImageRefused) as refused:
        images.delete(image, by=editor)
    assert str(refused.value) == f"“Bridge” is in use: {where}."
    assert files(media) == [image.file.name]


def test_delete_needs_its_permission(reporter):
    image = ImageFactory()
    with pytest.raises(NotPermitted):
        images.delete(image, by=reporter)
    assert Image.objects.count() == 1


def test_places_are_found_in_eight_queries(editor, django_assert_num_queries):
    image = images.store(upload(), by=editor)
    for _n in range(3):
        make_article(lead_image=image.pk)
        AuthorFactory(portrait=image)
    with django_assert_num_queries(8):
        assert len(images.uses(image)) == 6


# --- renditions --------------------------------------------------------------------------------


def shown(response) -> Pillow.Image:
    return Pillow.open(io.BytesIO(b"".join(response.streaming_content)))


@pytest.fixture
def live(editor) -> Image:
    image = images.store(upload(), by=editor, alt="A bridge")
    make_article(lead_image=image.pk)
    return image


def test_no_cache_in_front_keeps_a_picture_that_nobody_could_take_back(live, client, settings):
    settings.CDN_SECONDS = 300
    response = client.get(live.rendition_url("16x9", 640, "jpg"))
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("extension", "kind", "content_type"),
    [("jpg", "JPEG", "image/jpeg"), ("avif", "AVIF", "image/avif")],
)
def test_reader_gets_a_rendition_of_a_live_picture(
    live, client, media, extension, kind, content_type, django_assert_num_queries
):
    url = live.rendition_url("16x9", 640, extension)
    with django_assert_num_queries(1):
        response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == content_type
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in response
    picture = shown(response)
    assert (picture.format, picture.size) == (kind, (640, 360))
    name = f"renditions/{live.token.hex}/16x9-640-{live.focal_key}.{extension}"
    assert files(media) == [live.file.name, name]
    assert int(response["Content-Length"]) == (media / name).stat().st_size


def test_second_request_reads_the_file_and_a_known_one_gets_304(live, client, media):
    url = live.rendition_url("full", 320, "jpg")
    first = client.get(url)
    made = (media / files(media)[1]).stat().st_mtime_ns
    assert b"".join(client.get(url)) == b"".join(first)
    assert (media / files(media)[1]).stat().st_mtime_ns == made
    known = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known["Cache-Control"] == first["Cache-Control"]


def test_head_request_has_the_headers_only(live, client):
    response = client.head(live.rendition_url("full", 320, "jpg"))
    assert (response.status_code, b"".join(response)) == (200, b"")
    assert int(response["Content-Length"]) > 100


@pytest.mark.parametrize(
    "last",
    [
        "full-320-5050.png",
        "full-320-5050.JPG",
        "full-321-5050.jpg",
        "full-1920-5050.jpg",
        "2x1-320-5050.jpg",
        "full-320-505.jpg",
        "full-320-５０５０.jpg",
        "full-320.jpg",
        "x.jpg",
    ],
)
def test_rendition_that_is_never_offered_is_not_found(live, client, media, last):
    folder = live.rendition_url("full", 320, "jpg").rpartition("/")[0]
    assert client.get(f"{folder}/full-320-5050.jpg").status_code == 200
    assert client.get(f"{folder}/{last}").status_code == 404
    assert len(files(media)) == 2


def test_picture_of_a_draft_is_seen_by_staff_only_and_never_cached(
    editor, moderator, client, media
):
    image = images.store(upload(), by=editor)
    make_draft(by=editor, lead_image=image.pk)
    url = image.rendition_url("full", 320, "jpg")
    assert client.get(url).status_code == 404
    client.force_login(moderator)
    assert client.get(url).status_code == 404
    assert len(files(media)) == 1
    client.force_login(editor)
    response = client.get(url)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    client.logout()
    assert client.get(url).status_code == 404


def test_picture_of_a_scheduled_article_appears_with_it(editor, client, time_machine):
    image = images.store(upload(), by=editor, alt="A bridge")
    article = make_draft(by=editor, lead_image=image.pk)
    at = timezone.now() + timedelta(hours=1)
    workflow.publish(article, by=editor, at=at)
    url = image.rendition_url("full", 320, "jpg")
    assert client.get(url).status_code == 404
    time_machine.move_to(at + timedelta(seconds=1))
    assert client.get(url).status_code == 200


def test_requests_at_once_make_one_whole_file(live, media):
    wanted = renditions.find(live, f"full-640-{live.focal_key}", "jpg")
    with ThreadPoolExecutor(4) as pool:
        names = list(pool.map(lambda _n: wanted.make(), range(4)))
    assert set(names) == {wanted.name}
    assert files(media) == [live.file.name, wanted.name]
    with Pillow.open(media / wanted.name) as picture:
        picture.load()
        assert picture.size == (640, 360)


def test_picture_whose_original_is_gone_is_not_found(live, client, media):
    (media / live.file.name).unlink()
    assert client.get(live.rendition_url("full", 320, "jpg")).status_code == 404


# --- <picture> ---------------------------------------------------------------------------------


def render(source: str, image: Image | None) -> str:
    return Template(source).render(Context({"image": image})).strip()


def test_picture_element_offers_both_encodings_in_every_width(django_assert_num_queries):
    image = ImageFactory(alt='A "bridge" & <b>')
    base = f"/media/{image.token}/4x3"
    widths = [320, 640, 960]
    avif, jpg = (
        ", ".join(f"{base}-{width}-5050.{ending} {width}w" for width in widths)
        for ending in ("avif", "jpg")
    )
    with django_assert_num_queries(0):
        html = render('{% picture image sizes="50vw" ratio="4x3" %}', image)
    assert html == (
        f'<picture><source type="image/avif" srcset="{avif}" sizes="50vw">'
        f'<img src="{base}-640-5050.jpg" srcset="{jpg}" sizes="50vw" width="960" height="720"'
        ' alt="A &quot;bridge&quot; &amp; &lt;b&gt;" loading="lazy" decoding="async"></picture>'
    )


def test_picture_above_the_fold_has_priority():
    html = render("{% picture image priority=True %}", ImageFactory())
    assert 'fetchpriority="high"' in html
    assert "loading=" not in html
    assert 'width="1280" height="720"' in html


def test_decorative_picture_has_an_empty_alt_and_a_given_one_wins():
    image = ImageFactory(alt="", is_decorative=True)
    assert 'alt=""' in render("{% picture image %}", image)
    assert 'alt="Ada"' in render('{% picture image alt="Ada" %}', image)
    assert 'alt=""' in render('{% picture image alt="" %}', ImageFactory(alt="Words"))


def test_small_picture_tells_its_real_width():
    html = render("{% picture image %}", ImageFactory(width=200, height=100))
    assert "/full-320-5050.jpg 200w" in html
    assert 'width="200" height="100"' in html


def test_no_picture_shows_nothing():
    assert render("{% picture image %}", None) == ""


def test_picture_of_a_flat_page_is_visible_and_may_not_be_deleted(chief):
    image, other = ImageFactory(), ImageFactory()
    assert not Image.objects.visible().exists()
    page = FlatPage.objects.create(
        url="/about/", title="About", content=f'<figure><img data-file="{image.pk}"></figure>'
    )
    assert list(Image.objects.visible()) == [image]
    assert [use.row for use in images.uses(image)] == [page]
    with pytest.raises(images.ImageRefused):
        images.delete(image, by=chief)
    images.delete(other, by=chief)


def test_picture_of_a_dossier_is_hidden_until_the_dossier_has_something_to_read():
    image = ImageFactory()
    dossier = DossierFactory(image=image)
    DossierEntry.objects.create(dossier=dossier, article=make_draft())
    assert not Image.objects.visible().exists()
    DossierEntry.objects.create(dossier=dossier, article=make_article())
    assert list(Image.objects.visible()) == [image]
