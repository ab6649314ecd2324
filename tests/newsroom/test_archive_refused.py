"""What an archive refuses to bring in, and that nothing has happened then."""

import json
import shutil

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from articles import images
from articles.models import Article, Image, Revision, Section
from newsroom.archive import exporting, manifest, numbering
from newsroom.archive.tables import Table, carried

from ..factories import SectionFactory, make_article
from .test_images import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path, settings):
    """A site of an article with a picture; then the site is empty again, its files too."""
    settings.MEDIA_ROOT = tmp_path / "media"
    image = images.store(ContentFile(picture(), name="a.jpg"), by=None, title="A picture")
    make_article(headline="Bridge closed", lead_image=image.pk)
    folder = tmp_path / "archive"
    call_command("export_site", folder)
    empty_the_site()
    shutil.rmtree(settings.MEDIA_ROOT)
    return folder


def empty_the_site():
    Article.objects.update(head=None, live=None, lead_image=None)
    for table in reversed(carried()):
        if table.name not in {"auth.group", "auth.group_permissions", "sites.site"}:
            table.rows()._raw_delete("default")


def refused(folder) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_site", folder)
    assert (Article.objects.count(), Image.objects.count()) == (0, 0)
    return str(caught.value)


def change(folder, **values):
    path = folder / "manifest.json"
    manifest.write(folder, {**json.loads(path.read_text()), **values})


def test_a_whole_archive_comes_in_once(archive, settings, capsys):
    call_command("import_site", archive)
    article = Article.objects.get()
    assert article.headline == "Bridge closed"
    assert article.live == Revision.objects.get()
    assert article.lead_image.file.read() == picture()
    with pytest.raises(CommandError, match="This site is not empty"):
        call_command("import_site", archive)
    assert Article.objects.count() == 1


def test_a_site_with_work_in_it_is_left_alone(archive, settings):
    SectionFactory(slug="ours")
    with pytest.raises(CommandError, match=r"not empty \(articles.section has rows\)"):
        call_command("import_site", archive)
    assert [section.slug for section in Section.objects.all()] == ["ours"]
    assert not settings.MEDIA_ROOT.exists()


def test_a_changed_byte_is_found_before_anything_is_written(archive, settings):
    path = archive / "tables/articles.article.jsonl"
    path.write_text(path.read_text().replace("Bridge closed", "Bridge opened"))
    assert "tables/articles.article.jsonl is not what the manifest says" in refused(archive)
    assert not settings.MEDIA_ROOT.exists()


def test_a_missing_or_changed_file_is_found(archive, settings):
    (copy,) = archive.glob("media/originals/*/*.jpg")
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-1] + b"x")
    assert f"{copy.relative_to(archive)} is not what the manifest says" in refused(archive)
    copy.unlink()
    assert f"{copy.relative_to(archive)} is missing" in refused(archive)
    assert not settings.MEDIA_ROOT.exists()


def test_another_file_of_the_same_name_is_not_overwritten(archive, settings):
    (copy,) = archive.glob("media/originals/*/*.jpg")
    there = settings.MEDIA_ROOT / copy.relative_to(archive / "media")
    there.parent.mkdir(parents=True)
    there.write_bytes(b"of somebody else")
    assert "Another file has the name" in refused(archive)
    assert there.read_bytes() == b"of somebody else"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"kind": "newsroom-backup"}, "is no newsroom-archive"),
        ({"format": 2}, "has format 2, this version reads 1"),
        ({"migrations": ["articles.0001_initial"]}, "of another state of the tables"),
        ({"tables": []}, "other tables than this site"),
    ],
)
def test_other_kinds_and_versions_are_refused(archive, values, why):
    change(archive, **values)
    assert why in refused(archive)


def test_what_was_never_finished_is_no_archive(archive):
    (archive / "manifest.json").rename(archive / "aside")
    assert "was never finished" in refused(archive)
    (archive / "manifest.json").write_text("{")
    assert "cannot be read" in refused(archive)
    (archive / "aside").replace(archive / "manifest.json")
    text = (archive / "manifest.json").read_text()
    (archive / "manifest.json").write_text(text.replace('"site"', '"sitE"'))
    assert "is damaged" in refused(archive)


def test_names_that_lead_out_of_the_folder_are_refused(archive, settings):
    listing = archive / "media.jsonl"
    part = json.loads(listing.read_text())
    listing.write_text(json.dumps({**part, "path": "media/../../escaped.jpg"}) + "\n")
    said = json.loads((archive / "manifest.json").read_text())
    with listing.open("rb") as file:
        size, digest = manifest.digest_of(file)
    change(archive, media={**said["media"], "bytes": size, "sha256": digest})
    assert "is no name of a file of the site" in refused(archive)


def test_a_key_that_leads_nowhere_takes_everything_back(archive):
    path = archive / "tables/articles.byline.jsonl"
    row = {"id": 1, "article_id": 999, "author_id": 999, "role": "text", "position": 0} | {
        "published_at": None
    }
    path.write_text(json.dumps(row) + "\n")
    sign(archive, path)
    groups = Group.objects.count()
    assert "A row names another one that is missing" in refused(archive)
    assert Group.objects.count() == groups > 0


def test_rows_that_the_database_refuses_are_named_by_table(archive):
    path = archive / "tables/articles.section.jsonl"
    path.write_text(path.read_text() * 2)
    sign(archive, path)
    assert "The database refuses rows of articles.section" in refused(archive)


def sign(folder, path):
    said = json.loads((folder / "manifest.json").read_text())
    with path.open("rb") as file:
        size, digest = manifest.digest_of(file)
    for entry in said["tables"]:
        if folder / entry["part"]["path"] == path:
            entry["part"] |= {"bytes": size, "sha256": digest}
    change(folder, tables=said["tables"])


def test_an_export_goes_into_a_new_folder_only(archive, tmp_path):
    whole = (archive / "manifest.json").read_bytes()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("export_site", archive)
    assert (archive / "manifest.json").read_bytes() == whole


def test_numbers_of_deleted_rows_are_not_given_again():
    table = Table(Section)
    assert numbering.last_number(Table(Article)) >= 0
    gone = SectionFactory().pk
    Section.objects.all().delete()
    assert numbering.last_number(table) == gone
    numbering.go_on_after(table, gone + 10)
    assert numbering.last_number(table) == gone + 10
    assert SectionFactory().pk == gone + 11


def test_a_row_for_each_field_stands_in_a_line_of_its_own(tmp_path):
    SectionFactory(name="A", slug="a", description="One\nTwo “three”\u2028")
    exporting.export(tmp_path / "archive")
    (line,) = (tmp_path / "archive/tables/articles.section.jsonl").read_bytes().splitlines()
    row = json.loads(line)
    assert row == Section.objects.values().get()
    assert list(row) == sorted(row)
