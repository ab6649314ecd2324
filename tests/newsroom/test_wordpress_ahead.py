"""Reading ahead in another process: the same result, errors that come through, no orphans."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import transaction

from articles.models import Article
from comments.models import Comment
from newsroom.models import ImportedRecord
from newsroom.wordpress import ahead, importing
from newsroom.wordpress.ahead import Stopped, World, read
from newsroom.wordpress.importing import Options
from newsroom.wordpress.reader import Export, Unreadable

from .test_images import picture
from .wordpress import export

WORLD = World(frozenset({"old.example"}), "en")
POSTS = 60


@pytest.fixture
def site(tmp_path, settings):
    """Texts of every kind, and their uploads."""
    settings.MEDIA_ROOT = tmp_path / "media"
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (uploads / "a.png").write_bytes(picture(size=(64, 64), kind="PNG"))
    shown = "https://old.example/wp-content/uploads/a.png"
    bodies = [
        "Plain words\n\nof a [unknown x=1] classic text. Straßen und Häfen.",
        f'<p>With a picture.</p><img src="{shown}"><img src="{shown.replace("a.png", "b.png")}">',
        '<p><a href="https://old.example/?p=1">One</a> <a href="/wp-content/uploads/x.pdf">x</a>',
        '<!-- wp:block {"ref":900} /--><video src="https://other.example/v.mp4"></video>',
    ]
    said = '<b>Well</b> said: <a href="https://x.example/">there</a>'
    posts = [
        export.item(
            number,
            body=bodies[number % len(bodies)],
            comments=export.comment(1000 + number, text=said, name="" if number % 3 else "Vera"),
        )
        for number in range(1, POSTS + 1)
    ]
    block = export.item(900, kind="wp_block", body="<p>Used <em>again</em>.</p>")
    return export.write(tmp_path, export.author("ada", "Ada"), *posts, block), uploads


def rows():
    """What came in, without the addresses and numbers of pictures, which no rollback gives back."""
    found = {
        "articles": list(
            Article.objects.order_by("slug").values_list("slug", "body", "body_html", "word_count")
        ),
        "stems": list(
            Article.objects.order_by("slug").values_list("related_profile__stems", flat=True)
        ),
        "comments": list(
            Comment.objects.order_by("article__slug").values_list(
                "body", "body_html", "text_hash", "name"
            )
        ),
        "ledger": list(
            ImportedRecord.objects.exclude(kind="file")
            .order_by("kind", "key")
            .values_list("kind", "key", "note", "fields")
        ),
    }
    return {
        name: re.sub(r'(?<=media)/[-0-9a-f]{36}|(?<=data-file=")\d+', "", str(value))
        for name, value in found.items()
    }


def imported(site, jobs):
    path, uploads = site
    report = importing.run([path], Options(media=uploads, jobs=jobs))
    return report.as_json(), rows()


@pytest.mark.django_db
def test_what_is_read_ahead_is_the_same(site, monkeypatch):
    monkeypatch.setattr(importing, "_MANY", 1)
    started = []
    monkeypatch.setattr(importing.ahead, "read", lambda *given: started.append(1) or read(*given))
    with transaction.atomic():
        with_two = imported(site, 2)
        assert started == [1]
        again, unchanged = imported(site, 1)
        assert again["records"]["post"]["unchanged"] == POSTS
        assert unchanged == with_two[1]
        transaction.set_rollback(True)
    alone = imported(site, 1)
    assert started == [1]
    assert alone == with_two
    assert alone[0]["not_carried_over"] and alone[0]["other_files"] and alone[0]["missing_files"]


@pytest.mark.django_db
def test_small_export_starts_no_process(site, monkeypatch):
    monkeypatch.setattr(importing.ahead, "read", None)
    assert imported(site, 2)[0]["records"]["post"]["imported"] == POSTS


def test_broken_file_is_named_as_without(tmp_path):
    path = export.write(tmp_path, export.item(1), "<item>")
    with pytest.raises(Unreadable) as alone:
        list(Export(path))
    with pytest.raises(Unreadable) as other:
        list(read(Export(path), WORLD))
    assert str(other.value) == str(alone.value)


def test_process_that_is_gone_is_an_error(site, monkeypatch):
    monkeypatch.setattr(ahead, "_SERVE", "import sys; sys.exit(3)")
    with pytest.raises(Stopped):
        list(read(Export(site[0]), WORLD))


READER = """
import sys, time
from pathlib import Path
from newsroom.wordpress.ahead import World, read
from newsroom.wordpress.reader import Export
records = read(Export(Path(sys.argv[1])), World(frozenset(), "en"))
next(records)
print("reading", flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")
def test_nobody_reads_on_when_the_importer_is_killed(tmp_path):
    # More than the pipe and what may wait for it can hold.
    path = export.write(tmp_path, *(export.item(n, body="word " * 20_000) for n in range(400)))
    importer = subprocess.Popen(
        [sys.executable, "-c", READER, str(path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with importer:
        assert importer.stdout.readline() == b"reading\n"
        children = Path(f"/proc/{importer.pid}/task/{importer.pid}/children").read_text().split()
        assert len(children) == 1
        os.kill(importer.pid, signal.SIGKILL)
    ends = time.monotonic() + 30
    while Path(f"/proc/{children[0]}/cmdline").exists() and _is_alive(children[0]):
        assert time.monotonic() < ends, "it reads on for nobody"
        time.sleep(0.05)


def _is_alive(pid):
    """Whether it is more than an entry that nobody has asked about."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
