"""Pictures from a local folder: found, missing, refused, shown in bodies."""

import io
import socket

import pytest
from django.contrib.flatpages.models import FlatPage
from PIL import Image as Pixels

from articles.models import Article, Image, Redirect
from newsroom.models import ImportedRecord
from newsroom.wordpress.media import upload_path

from .wordpress import export
from .wordpress.export import reasons, row

pytestmark = pytest.mark.django_db

URL = "https://old.example/wp-content/uploads/2019/05/bridge.jpg"


@pytest.fixture
def uploads(tmp_path, settings):
    """An uploads folder with one picture, beside a file that is not in it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "site" / "wp-content" / "uploads"
    (folder / "2019" / "05").mkdir(parents=True)
    (folder / "2019" / "05" / "bridge.jpg").write_bytes(jpeg("red"))
    (tmp_path / "site" / "secret.jpg").write_bytes(jpeg("black"))
    return tmp_path / "site"


def jpeg(color):
    buffer = io.BytesIO()
    Pixels.new("RGB", (40, 30), color).save(buffer, "JPEG")
    return buffer.getvalue()


def attachment(number=5, *, url=URL, **values):
    values.setdefault("title", "The bridge")
    values.setdefault("meta", {"_wp_attachment_image_alt": "A bridge"})
    return export.item(number, kind="attachment", status="inherit", url=url, **values)


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_attachment_comes_into_the_library_with_its_words(load, uploads):
    metadata = 's:10:"image_meta";a:1:{s:6:"credit";s:3:"Ada";}'
    meta = {"_wp_attachment_image_alt": "A &amp; b", "_wp_attachment_metadata": metadata}
    report = load(attachment(excerpt="By the <b>sea</b>", meta=meta), media=uploads)
    assert row(report, "attachment") == (1, 1, 0, 0, 0, 0)
    image = Image.objects.get()
    assert (image.title, image.alt, image.caption, image.credit) == (
        "The bridge",
        "A & b",
        "By the sea",
        "Ada",
    )
    assert image.file.read() == jpeg("red")


def test_second_run_stores_nothing_again(load, uploads, settings):
    load(attachment(), media=uploads)
    before = files(settings.MEDIA_ROOT)
    assert row(load(attachment(), media=uploads), "attachment") == (1, 0, 0, 1, 0, 0)
    assert files(settings.MEDIA_ROOT) == before


def test_dry_run_stores_no_file_and_counts_the_same(load, uploads, settings):
    body = f'<img class="wp-image-5" src="{URL}">'
    parts = (attachment(), attachment(6, url=URL + ".pdf"), export.item(1, body=body))
    dry = load(*parts, media=uploads, is_dry=True)
    assert not Image.objects.exists() and not files(settings.MEDIA_ROOT)
    assert load(*parts, media=uploads).numbers() == dry.numbers()


def test_featured_image_is_the_lead(load, uploads):
    load(attachment(), export.item(1, meta={"_thumbnail_id": "5"}), media=uploads)
    article = Article.objects.get()
    assert article.lead_image == Image.objects.get()
    assert list(Image.objects.visible()) == [article.lead_image]


@pytest.mark.parametrize(
    "picture",
    [
        f'<img class="alignleft wp-image-5" src="{URL}">',
        f'<img src="{URL}">',
        f'<img src="{URL.replace("bridge.jpg", "bridge-300x200.jpg")}">',
        f'<img src="{URL}?resize=300">',
        '<img src="/wp-content/uploads/2019/05/bridge.jpg">',
    ],
)
def test_picture_in_a_body_is_the_library_one(load, uploads, picture):
    load(attachment(), export.item(1, body=f"<p>Look:</p>{picture}"), media=uploads)
    image, article = Image.objects.get(), Article.objects.get()
    assert f'data-file="{image.pk}"' in article.body
    assert 'alt="A bridge"' in article.body
    assert list(article.body_images.all()) == [image]


def test_picture_of_a_page_stays_on_the_page(load, uploads):
    load(attachment(), export.item(1, kind="page", body=f'<img src="{URL}">'), media=uploads)
    image = Image.objects.visible().get()
    assert f'data-file="{image.pk}"' in FlatPage.objects.get().content


def test_picture_that_no_record_names_is_taken_from_the_folder(load, uploads):
    parts = (export.item(1, body=f'<img src="{URL}" alt="A bridge">'),)
    load(*parts, media=uploads)
    image = Image.objects.get()
    assert (image.alt, f'data-file="{image.pk}"' in Article.objects.get().body) == (
        "A bridge",
        True,
    )
    assert row(load(*parts, media=uploads), "post") == (1, 0, 0, 1, 0, 0)


def test_gallery_without_ids_shows_what_was_uploaded_to_the_post(load, uploads):
    load(attachment(parent=1), export.item(1, body="[gallery]"), media=uploads)
    assert f'data-file="{Image.objects.get().pk}"' in Article.objects.get().body


def test_missing_file_is_reported_and_comes_in_later(load, uploads, tmp_path):
    parts = (attachment(), export.item(1, body=f'x<img class="wp-image-5" src="{URL}">'))
    empty = tmp_path / "empty"
    empty.mkdir()
    report = load(*parts, media=empty)
    assert reasons(report, "attachment") == {"its file is not in the media folder": 1}
    assert dict(report.missing_files) == {"2019/05/bridge.jpg": 2}
    assert Article.objects.get().body == "<p>x</p>"
    report = load(*parts, media=uploads)
    assert row(report, "attachment") == (1, 1, 0, 0, 0, 0)
    assert row(report, "post") == (1, 0, 1, 0, 0, 0)
    assert "data-file" in Article.objects.get().body


def test_without_a_folder_attachments_are_skipped_and_kept_in_mind(load):
    report = load(attachment())
    assert reasons(report, "attachment") == {"no media folder given": 1}
    assert ImportedRecord.objects.get(kind="attachment").target == ""


@pytest.mark.parametrize(
    "path", ["../../secret.jpg", "2019/../../../secret.jpg", "%2e%2e/%2e%2e/secret.jpg"]
)
def test_path_out_of_the_folder_is_refused(load, uploads, path):
    url = f"https://old.example/wp-content/uploads/{path}"
    report = load(attachment(url=url), export.item(1, body=f'x<img src="{url}">'), media=uploads)
    assert row(report, "attachment") == (1, 0, 0, 0, 0, 1)
    assert not Image.objects.exists()
    assert Article.objects.get().body == "<p>x</p>"


def test_link_out_of_the_folder_is_refused(load, uploads):
    (uploads / "wp-content" / "uploads" / "link.jpg").symlink_to(uploads / "secret.jpg")
    report = load(attachment(meta={"_wp_attached_file": "link.jpg"}), media=uploads)
    assert row(report, "attachment") == (1, 0, 0, 0, 0, 1)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"<svg onload='x'/>"])
def test_file_that_is_no_picture_fails_alone(load, uploads, content):
    (uploads / "wp-content/uploads/2019/05/bridge.jpg").write_bytes(content)
    report = load(attachment(), export.item(1), media=uploads)
    assert row(report, "attachment") == (1, 0, 0, 0, 0, 1)
    assert row(report, "post") == (1, 1, 0, 0, 0, 0)


def test_other_files_are_skipped(load, uploads):
    report = load(attachment(url="https://old.example/wp-content/uploads/a.mp3"), media=uploads)
    assert reasons(report, "attachment") == {"not a picture": 1}


def test_words_changed_there_update_and_words_edited_here_stay(load, uploads):
    load(attachment(), media=uploads)
    assert row(load(attachment(title="Bridge two"), media=uploads), "attachment")[2] == 1
    Image.objects.update(alt="Our words")
    report = load(attachment(title="Bridge three"), media=uploads)
    assert reasons(report, "attachment") == {"edited here since": 1}
    assert Image.objects.get().title == "Bridge two"


def test_import_never_uses_the_network(load, uploads, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("The importer went out.")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    body = '<img src="https://else.example/x.jpg">https://www.youtube.com/watch?v=abcdefghijk'
    load(attachment(), attachment(6, url="https://else.example/y.jpg"), export.item(1, body=body))
    assert Redirect.objects.exists()


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (URL, "2019/05/bridge.jpg"),
        ("2019/05/bridge.jpg", "2019/05/bridge.jpg"),
        ("https://me.files.wordpress.com/2013/03/x.jpg", "2013/03/x.jpg"),
        ("https://i0.wp.com/old.example/wp-content/uploads/a%20b.jpg?w=9", "a b.jpg"),
    ],
)
def test_path_below_the_uploads_folder(address, path):
    assert upload_path(address) == path
