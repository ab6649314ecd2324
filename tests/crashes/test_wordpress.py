"""Killed in the middle of an import from WordPress: the same command again brings in the rest."""

import pytest
from django.apps import apps

from articles.models import Article, Image, Redirect, Revision
from comments.models import Comment, CommentAuthor, Thread
from newsroom.lib import lateindexes
from newsroom.models import ImportedRecord
from newsroom.wordpress import importing
from newsroom.wordpress.importing import Options

from ..newsroom.test_images import picture
from ..newsroom.wordpress import export
from ..newsroom.wordpress.counting import counted, in_files
from .consistency import assert_consistent
from .killing import Run, kill_at_work, run
from .places import at

pytestmark = pytest.mark.django_db(transaction=True)
POSTS, COMMENTS = 8, 3


@pytest.fixture
def old_site(tmp_path, monkeypatch):
    """An export and its uploads, read in many batches, the texts by a process of their own."""
    monkeypatch.setattr(importing, "_MANY", 1)
    monkeypatch.setattr(importing, "_LARGE", 1)  # its indexes are made at the end
    monkeypatch.setattr(importing, "_BATCH", 2)
    monkeypatch.setattr(importing, "_SMALL_BATCH", 3)
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    records = [
        export.author("ada", "Ada"),
        export.category("city", "City"),
        export.tag("tram", "Tram"),
    ]
    labels = export.label("category", "city", "City") + export.label("post_tag", "tram", "Tram")
    for number in range(1, POSTS + 1):
        name = f"picture-{number}.png"
        (uploads / name).write_bytes(picture(size=(64, 64), color=(number, 0, 0), kind="PNG"))
        records.append(
            export.item(
                100 + number,
                kind="attachment",
                status="inherit",
                parent=number,
                url=f"https://old.example/wp-content/uploads/{name}",
                meta={"_wp_attached_file": name},
            )
        )
        said = [
            export.comment(
                10 * number + place,
                parent=10 * number + place - 1 if place else 0,
                text=f"Said {number}.{place}",
                address=f"reader{place}@readers.example",
            )
            for place in range(COMMENTS)
        ]
        records.append(export.item(number, labels=labels, comments="".join(said)))
    path = export.write(tmp_path, *records)
    return path, Options(media=uploads)


def readers_find() -> dict[str, list]:
    """What is the same however often a run was begun."""
    said = Comment.objects.order_by("article__slug", "body")
    return {
        "articles": list(Article.objects.order_by("slug").values_list("slug", "headline", "body")),
        "revisions": sorted(Revision.objects.values_list("article__slug", "number")),
        "comments": list(said.values_list("article__slug", "body", "parent__body", "status")),
        "authors": sorted(CommentAuthor.objects.values_list("address_hash", "approved")),
        "threads": sorted(Thread.objects.values_list("article__slug", "visible")),
        "redirects": sorted(Redirect.objects.values_list("old_path", "article__slug")),
        "pictures": sorted(Image.objects.values_list("title", "sha256")),
    }


def known() -> set[tuple[str, str]]:
    # The line of a run itself goes when it has ended.
    return set(ImportedRecord.objects.exclude(kind="run").values_list("kind", "key"))


def test_killed_imports_are_finished_by_the_next_and_lose_nothing(old_site, places):
    path, options = old_site
    empty = places()
    empty.run("migrate", "-v0")
    whole = places(empty)
    with at(whole):
        importing.run([path], options)
        expected = readers_find()
    numbers = {name: len(rows) for name, rows in expected.items()}
    assert (numbers["articles"], numbers["pictures"]) == (POSTS, POSTS)
    assert numbers["comments"] == POSTS * COMMENTS
    sites, before = [places(empty)], set()

    def work(_confirm):
        with at(sites[-1]):
            report = importing.run([path], options)
            assert in_files(report) == dict(counted(path))

    def look(done: Run):
        nonlocal before
        with at(sites[-1]):
            assert_consistent()
            now = known()
            assert before <= now
            before = now
            if not done.is_killed:
                assert readers_find() == expected
                assert lateindexes.missing(apps.get_models()) == []
        if not done.is_killed:
            sites.append(places(empty))
            before = set()

    kill_at_work(work, look)
    run(work)
    with at(sites[-1]):
        assert readers_find() == expected
        assert lateindexes.missing(apps.get_models()) == []
