"""Real exports, where they lie beside the checkout; counted by other means than the importer's."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, Revision
from comments.models import Comment, CommentAuthor
from newsroom.models import ImportedRecord
from newsroom.wordpress.importing import Options, run

from .wordpress.counting import counted, in_files

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "samples" / "wxr"
SAMPLES = Path(os.environ.get("WXR_SAMPLES", _BESIDE))
MALFORMED = {"importer-malformed.xml", "ghost-sample.xml"}
WELL_FORMED = sorted(path.name for path in SAMPLES.glob("*.xml") if path.name not in MALFORMED)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the checkout"),
]


def everything():
    models = (Article, Revision, Comment, CommentAuthor)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("name", WELL_FORMED)
def test_every_record_of_a_real_export_meets_one_end_twice(name):
    path = SAMPLES / name
    first = run([path])
    assert in_files(first) == counted(path)
    assert all(tally.adds_up for tally in first.tallies.values())
    assert sum(tally.outcomes["failed"] for tally in first.tallies.values()) == 0
    state = everything()
    second = run([path])
    expected = {
        kind: {**numbers, "imported": 0, "unchanged": numbers["imported"] + numbers["unchanged"]}
        for kind, numbers in first.numbers().items()
    }
    assert second.numbers() == expected
    assert everything() == state


def test_all_real_exports_together_twice():
    paths = [SAMPLES / name for name in WELL_FORMED]
    first, second = run(paths), run(paths)
    assert in_files(first) == dict(sum((counted(path) for path in paths), Counter()))
    assert in_files(second) == in_files(first)
    changed = [
        kind for kind, n in second.numbers().items() if n["imported"] or n["updated"] or n["failed"]
    ]
    assert changed == []


@pytest.mark.parametrize("name", WELL_FORMED)
def test_dry_run_of_a_real_export_counts_the_same(name):
    dry = run([SAMPLES / name], Options(is_dry=True))
    assert not Article.objects.exists() and not ImportedRecord.objects.exists()
    assert run([SAMPLES / name]).numbers() == dry.numbers()


@pytest.mark.parametrize(
    ("name", "place"), [("importer-malformed.xml", "line 90"), ("ghost-sample.xml", "line 109")]
)
def test_malformed_export_is_a_clear_error_and_leaves_nothing(name, place):
    good = SAMPLES / WELL_FORMED[0]
    with pytest.raises(CommandError, match=f"{name}, {place}"):
        call_command("import_wordpress", str(good), str(SAMPLES / name))
    assert not Article.objects.exists() and not ImportedRecord.objects.exists()


def test_no_body_keeps_shortcodes_comments_or_foreign_pictures():
    run([SAMPLES / "theme-test-data-2024.xml"])
    assert Article.objects.count() == 58
    for article in Article.objects.all():
        assert not re.search(r"<!--|\[/?(?:caption|gallery|embed|audio|video)\b", article.body)
        assert not re.search(r'<img (?![^>]*src="/)', article.body)
        assert not re.search(r"<p>\s*</p>|<script|style=", article.body)
