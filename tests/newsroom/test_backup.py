"""A backup rehearsed: taken while the site runs, brought back in a new place, compared."""

import json
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from articles import images
from articles.models import Article, Image
from newsroom.archive import manifest
from newsroom.archive.backup import FORMAT, KIND
from newsroom.archive.refusal import ArchiveRefused

from ..factories import make_article
from . import sitedump
from .othersite import OtherSite
from .test_images import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    image = store("red")
    make_article(headline="Bridge closed", tags=["Köln"], lead_image=image.pk)


@pytest.fixture
def new_place(tmp_path):
    place = OtherSite(tmp_path / "new", connection.vendor)
    yield place
    place.drop()


def store(color) -> Image:
    return images.store(ContentFile(picture(color=color), name="a.jpg"), by=None, title=color)


def read(folder):
    return manifest.read(folder, KIND, FORMAT)


def test_a_backup_makes_the_same_site_in_a_new_place_once(site, new_place, tmp_path, capsys):
    call_command("backup", tmp_path / "backup")
    assert "and 1 files are in" in capsys.readouterr().out
    here = sitedump.lines()
    assert len([line for line in here if line.startswith("articles.Article ")]) == 1
    assert new_place.run("restore", tmp_path / "backup") == "The database and 1 files are back.\n"
    assert new_place.dump() == here
    # The rest of the database is there as well, and it works.
    assert "No migrations to apply" in new_place.run("migrate")
    assert new_place.run("check_content") == "Everything fits together.\n"
    assert "The database is not empty" in new_place.refuse("restore", tmp_path / "backup")
    assert new_place.dump() == here


def test_a_later_backup_copies_only_what_is_new_and_forgets_what_is_gone(
    site, tmp_path, capsys, new_place
):
    folder = tmp_path / "backup"
    gone = store("green")
    call_command("backup", folder)
    (folder / "notes.txt").write_text("of somebody else")
    first, kept = read(folder), sorted(folder.glob("media/**/*.jpg"))
    assert len(kept) == 2
    times = {path: path.stat().st_mtime_ns for path in kept}

    name = gone.file.name
    images.delete(gone, by=None)
    store("blue")
    capsys.readouterr()
    call_command("backup", folder)
    assert "and 2 files are in" in (printed := capsys.readouterr().out)
    assert "(1 were there)" in printed
    assert not (folder / "media" / name).exists()
    left = [path for path in kept if path.exists()]
    assert {path: path.stat().st_mtime_ns for path in left} == {p: times[p] for p in left}
    assert len(left) == 1
    second = read(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [second["database"]["path"], second["media"]["path"], "manifest.json", "media", "notes.txt"]
    )
    assert second["database"]["path"] != first["database"]["path"]
    new_place.run("restore", folder)
    assert new_place.dump() == sitedump.lines()


def test_a_file_that_has_gone_missing_is_told_and_the_rest_is_kept(site, tmp_path, capsys):
    image = store("green")
    image.file.storage.delete(image.file.name)
    call_command("backup", tmp_path / "backup")
    told = capsys.readouterr()
    assert told.err == f"Missing in the media folder: {image.file.name}\n"
    assert "and 1 files are in" in told.out


def test_foreign_folders_are_refused(site, tmp_path):
    call_command("backup", tmp_path / "backup")
    with pytest.raises(CommandError, match="neither empty nor a backup"):
        call_command("backup", tmp_path)
    assert Article.objects.count() == 1


def _flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _cut(path):
    path.write_bytes(path.read_bytes()[:-9])


DAMAGE = [_flip, _cut, lambda path: path.write_bytes(b""), Path.unlink]


@pytest.mark.parametrize("part", ["database-*", "media-*.jsonl", "media/**/*.jpg", "manifest.json"])
def test_a_damaged_backup_is_refused_before_anything_is_written(site, tmp_path, part, settings):
    folder = tmp_path / "backup"
    call_command("backup", folder)
    settings.MEDIA_ROOT = tmp_path / "new"
    (path,) = folder.glob(part)
    whole = path.read_bytes()
    for damage in DAMAGE:
        damage(path)
        with pytest.raises(CommandError) as refused:
            call_command("restore", folder)
        assert path.name in str(refused.value)
        assert str(refused.value).endswith("Nothing was restored.")
        assert not settings.MEDIA_ROOT.exists()
        path.write_bytes(whole)
    # What is whole comes to the next question, which a site in use answers with no.
    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("restore", folder)


def test_every_flipped_byte_of_a_manifest_is_found(site, tmp_path):
    folder = tmp_path / "backup"
    call_command("backup", folder)
    path = folder / "manifest.json"
    whole = path.read_bytes()
    digest = json.loads(whole)["sha256"]
    for place in range(len(whole) - 1):  # the last byte ends the line
        for bit in (1, 32):
            damaged = bytearray(whole)
            damaged[place] ^= bit
            path.write_bytes(damaged)
            with suppress(ArchiveRefused):
                assert {**read(folder), "sha256": digest} == json.loads(whole), place
    path.write_bytes(whole)
    assert read(folder)["vendor"] == connection.vendor


@pytest.mark.skipif(connection.vendor != "postgresql", reason="pg_restore is PostgreSQL's")
def test_a_restore_that_outlived_its_command_gives_way(site, new_place, tmp_path):
    call_command("backup", tmp_path / "backup")
    with (
        pytest.raises(psycopg.errors.AdminShutdown),
        psycopg.connect(new_place.url, application_name="pg_restore") as left_over,
    ):
        left_over.execute("CREATE TABLE articles_article (id integer)")
        printed = new_place.run("restore", tmp_path / "backup")
        assert printed == "The database and 1 files are back.\n"
    assert new_place.count("articles_article") == 1


def test_a_backup_of_another_kind_of_database_is_refused(site, new_place, tmp_path):
    folder = tmp_path / "backup"
    call_command("backup", folder)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    manifest.write(folder, {**read(folder), "vendor": other})
    assert f"This backup is of {other}" in new_place.refuse("restore", folder)
