"""A backup rehearsed: taken while the site runs, brought back in a new place, compared."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from articles import images
from articles.models import Article, Image

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
    return json.loads((folder / "manifest.json").read_text())


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


def test_damaged_and_foreign_folders_are_refused(site, new_place, tmp_path):
    folder = tmp_path / "backup"
    call_command("backup", folder)
    (copy,) = folder.glob("media/**/*.jpg")
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-1] + b"x")
    assert "is not what the manifest says it is" in new_place.refuse("restore", folder)
    copy.write_bytes(whole)
    database = folder / read(folder)["database"]["path"]
    database.write_bytes(database.read_bytes() + b"x")
    assert "Nothing was restored" in new_place.refuse("restore", folder)
    assert list(new_place.media.rglob("*.jpg")) == []

    with pytest.raises(CommandError, match="neither empty nor a backup"):
        call_command("backup", tmp_path)
    assert Article.objects.count() == 1


def test_a_backup_of_another_kind_of_database_is_refused(site, new_place, tmp_path):
    folder = tmp_path / "backup"
    call_command("backup", folder)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    (folder / "manifest.json").write_text(json.dumps({**read(folder), "vendor": other}))
    assert f"This backup is of {other}" in new_place.refuse("restore", folder)
