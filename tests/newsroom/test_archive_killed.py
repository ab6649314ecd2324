"""Killed at any moment, exports, imports and backups leave nothing half, and the next run ends."""

import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection

from articles import images, search, workflow
from articles.models import Article
from jobs import findable
from newsroom.archive import exporting, manifest, media
from newsroom.archive.backup import FORMAT, KIND
from newsroom.archive.refusal import ArchiveRefused

from ..factories import SectionFactory, make_content
from . import archiveworker, sitedump
from .othersite import OtherSite
from .test_images import picture

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = int(os.environ.get("KILLS", "12"))  # KILLS=50 for a long look
ARTICLES, PICTURES = 200, 40


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
    for index in (search.INDEX, findable.INDEX):
        index.clear()  # of what tests before left: no flush knows these tables
    list(search.reindex())


def store(number: int) -> None:
    file = picture(size=(64, 64), color=(number % 256, number // 256, 0), kind="PNG")
    images.store(ContentFile(file, name=f"{number}.png"), by=None)


@pytest.fixture
def kill():
    """Run a verb and kill it somewhere, KILLS times; look at what is left after each."""
    # Processes made by a server that has loaded everything: a new one takes no time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([archiveworker.__name__])
    dice = random.Random(7)  # noqa: S311 - the same shares of the time in every run

    def start(*arguments):
        process = context.Process(target=archiveworker.work, args=arguments)
        process.start()
        return process

    def kill(arguments: Callable[[], tuple], look: Callable[[], None]) -> None:
        for _run in range(2):  # the first one waits for the server to load
            began = time.monotonic()
            process = start(*arguments())
            process.join()
            assert process.exitcode == 0
            takes = time.monotonic() - began
            look()
        kills = 0
        for _attempt in range(5 * KILLS):
            process = start(*arguments())
            process.join(takes * dice.random())
            process.kill()
            process.join()
            assert process.exitcode in {0, -9}
            kills += process.exitcode == -9
            look()
            if kills == KILLS:
                return
        raise AssertionError(f"Only {kills} runs could be killed.")

    return kill


def database() -> str:
    return str(connection.settings_dict["NAME"])


def verified(folder, kind, version) -> dict:
    """Hold a folder against its manifest, file by file."""
    values = manifest.read(folder, kind, version)
    listing = manifest.Part(**values["media"])
    parts = [exporting.part_of(entry) for entry in values.get("tables", [])]
    parts += [manifest.Part(**values["database"])] if "database" in values else []
    manifest.verify(folder, [listing, *parts, *media.listed(folder, listing.path)])
    return values


def test_a_killed_export_is_no_archive_and_is_written_anew(site, kill, settings, tmp_path):
    whole, folder = tmp_path / "whole", tmp_path / "archive"
    call_command("export_site", whole)
    expected = verified(whole, exporting.KIND, exporting.FORMAT) | {"made_at": ""}

    def look():
        try:
            values = verified(folder, exporting.KIND, exporting.FORMAT)
        except ArchiveRefused as error:
            assert "was never finished" in str(error)
        else:
            assert values | {"made_at": ""} == expected
            shutil.rmtree(folder)

    kill(lambda: ("export", database(), settings.MEDIA_ROOT, folder), look)
    call_command("export_site", folder)
    assert verified(folder, exporting.KIND, exporting.FORMAT) | {"made_at": ""} == expected


def test_a_killed_import_leaves_the_site_empty_and_can_be_done_again(
    site, kill, settings, tmp_path
):
    archive, originals = tmp_path / "archive", settings.MEDIA_ROOT
    call_command("export_site", archive)
    new = OtherSite(tmp_path / "new", connection.vendor)
    new.run("migrate", "-v0")
    places = [new.copy(tmp_path / "place0")]

    def look():
        place = places[-1]
        assert place.count("articles_article") in {0, ARTICLES}
        assert place.count("articles_revision") == place.count("articles_article")
        for path in place.media.rglob("*.png"):
            if not path.name.startswith(".part-"):
                original = originals / path.relative_to(place.media)
                assert path.read_bytes() == original.read_bytes()
        if place.count("articles_article"):
            places.append(new.copy(tmp_path / f"place{len(places)}"))

    try:
        kill(lambda: ("import", places[-1].name, places[-1].media, archive), look)
        places[-1].run("import_site", archive)
        assert places[-1].dump() == sitedump.lines()
        assert places[-1].run("check_content") == "Everything fits together.\n"
    finally:
        for place in [new, *places]:
            place.drop()


def test_a_killed_backup_leaves_the_one_before_it_whole(site, kill, settings, tmp_path):
    folder = tmp_path / "backup"
    added = iter(range(PICTURES, 10_000))

    def arguments():
        for _number in range(2):
            store(next(added))
        return ("backup", database(), settings.MEDIA_ROOT, folder)

    def look():
        verified(folder, KIND, FORMAT)

    kill(arguments, look)
    call_command("backup", folder)
    values = verified(folder, KIND, FORMAT)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [values["database"]["path"], values["media"]["path"], "manifest.json", "media"]
    )
    new = OtherSite(tmp_path / "new", connection.vendor)
    try:
        new.run("restore", folder)
        assert new.dump() == sitedump.lines()
        assert new.count("articles_article") == Article.objects.count() == ARTICLES
    finally:
        new.drop()
