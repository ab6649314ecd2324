"""A generated site of the bench, held against the independent count."""

import gzip

import pytest

from articles.models import Article, Redirect
from comments.models import Comment, CommentAuthor, Thread
from newsroom.wordpress.importing import Options, run
from tests.bench.moving import generate

from .wordpress.counting import counted, in_files

POSTS = 24


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("generated") / "export.xml.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(generate(POSTS))
    return path


def state():
    """What readers find, without numbers that depend on how often a run was begun."""
    comments = Comment.objects.order_by("article__slug", "body")
    return {
        "articles": list(Article.objects.order_by("slug").values_list("slug", "headline", "body")),
        "comments": list(
            comments.values_list("article__slug", "body", "parent__body", "status", "created_at")
        ),
        "authors": sorted(CommentAuthor.objects.values_list("address_hash", "approved")),
        "threads": sorted(Thread.objects.values_list("article__slug", "visible")),
        "redirects": sorted(Redirect.objects.values_list("old_path", "article__slug")),
    }


@pytest.mark.django_db
def test_sums_agree_with_the_independent_count_and_a_second_run_changes_nothing(site):
    first = run([site])
    assert in_files(first) == dict(counted(site))
    assert first.numbers()["comment"]["imported"] == POSTS * 5
    before = state()
    second = run([site])
    assert in_files(second) == dict(counted(site))
    for kind, numbers in second.numbers().items():
        assert (kind, numbers["unchanged"]) == (kind, numbers["in_file"])
    assert state() == before


@pytest.mark.django_db
def test_dry_run_keeps_nothing(site):
    dry = run([site], Options(is_dry=True))
    assert not Article.objects.exists() and not Comment.objects.exists()
    assert run([site]).numbers() == dry.numbers()
