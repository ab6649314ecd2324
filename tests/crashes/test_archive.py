"""Killed exports, imports, backups and restores leave nothing half, and the next run ends."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from articles import images, workflow
from articles.models import Article
from newsroom.archive import backup, exporting, importing, manifest, media
from newsroom.archive.refusal import ArchiveRefused

from ..factories import SectionFactory, make_content
from ..newsroom import sitedump
from ..newsroom.othersite import OtherSite
from ..newsroom.test_images import picture
from .consistency import assert_consistent
from .killing import kill_at_work, run
from .places import at

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLES, PICTURES = 60, 12


@pytest.fixture
def site(settings, tmp_path):
    """Enough rows and files for a kill to hit them."""
    settings.MEDIA_ROOT = tmp_path / "media"
    section = SectionFactory().pk
    workflow.place(
        [
            workflow.Placement(make_content(headline=f"Text {n}", section=section), "draft")
            for n in range(ARTICLES)
        ]
    )
    for number in range(PICTURES):
        store(number)


def store(number: int) -> None:
    file = picture(size=(64, 64), color=(number % 256, number // 256, 0), kind="PNG")
    images.store(ContentFile(file, name=f"{number}.png"), by=None)


def verified(folder: Path, kind: str, version: int) -> dict:
    """Hold a folder against its manifest, file by file."""
    values = manifest.read(folder, kind, version)
    listing = manifest.Part(**values["media"])
    parts = [exporting.part_of(entry) for entry in values.get("tables", [])]
    parts += [manifest.Part(**values["database"])] if "database" in values else []
    manifest.verify(folder, [listing, *parts, *media.listed(folder, listing.path)])
    return values


def test_a_killed_export_is_no_archive_and_is_written_anew(site, tmp_path):
    whole, folder = tmp_path / "whole", tmp_path / "archive"
    call_command("export_site", whole)
    expected = verified(whole, exporting.KIND, exporting.FORMAT) | {"made_at": ""}

    def look(_run):
        try:
            values = verified(folder, exporting.KIND, exporting.FORMAT)
        except ArchiveRefused as error:
            assert "was never finished" in str(error)
        else:
            assert values | {"made_at": ""} == expected
            shutil.rmtree(folder)

    kill_at_work(lambda _confirm: exporting.export(folder), look)
    call_command("export_site", folder)
    assert verified(folder, exporting.KIND, exporting.FORMAT) | {"made_at": ""} == expected


def test_a_killed_import_leaves_the_site_empty_and_can_be_done_again(
    site, places, settings, tmp_path
):
    archive = tmp_path / "archive"
    call_command("export_site", archive)
    new = places()
    new.run("migrate", "-v0")
    again(lambda: importing.load(archive), lambda: places(new), settings.MEDIA_ROOT)


def test_a_killed_restore_leaves_the_database_empty_and_can_be_done_again(
    site, places, settings, tmp_path
):
    folder = tmp_path / "backup"
    call_command("backup", folder)
    again(lambda: backup.restore(folder), places, settings.MEDIA_ROOT)


def again(verb: Callable[[], object], new: Callable[[], OtherSite], originals: Path) -> None:
    """Kill what fills a new place; it is filled at once or not at all, files first."""
    sites = [new()]

    def work(_confirm):
        with at(sites[-1]):
            verb()

    def look(_run):
        place = sites[-1]
        there = place.count("articles_article") if "articles_article" in place.tables() else 0
        assert there in {0, ARTICLES}
        for path in place.media.rglob("*.png"):
            if not path.name.startswith(".part-"):
                assert path.read_bytes() == (originals / path.relative_to(place.media)).read_bytes()
        if there:
            with at(place):
                assert all("/.part-" in name for name in assert_consistent())
            sites.append(new())

    kill_at_work(work, look)
    run(work)
    assert sites[-1].dump() == sitedump.lines()
    assert sites[-1].run("check_content") == "Everything fits together.\n"


def test_a_killed_backup_leaves_the_one_before_it_whole(site, places, tmp_path):
    folder, added = tmp_path / "backup", count(PICTURES)
    call_command("backup", folder)

    def look(_run):
        verified(folder, backup.KIND, backup.FORMAT)

    kill_at_work(
        lambda _confirm: backup.back_up(folder),
        look,
        prepare=lambda: [store(next(added)) for _number in range(2)],
    )
    call_command("backup", folder)
    values = verified(folder, backup.KIND, backup.FORMAT)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [values["database"]["path"], values["media"]["path"], "manifest.json", "media"]
    )
    new = places()
    new.run("restore", folder)
    assert new.dump() == sitedump.lines()
    assert new.count("articles_article") == Article.objects.count() == ARTICLES
