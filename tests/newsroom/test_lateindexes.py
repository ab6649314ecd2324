"""Indexes that a site's move makes at its end, and what a killed one leaves behind."""

import pytest
from django.core.management import call_command
from django.db import connection

from articles.models import Article
from comments.models import Comment
from newsroom.archive import checking
from newsroom.lib import lateindexes
from newsroom.wordpress import importing
from tests.factories import make_article

from .wordpress import export

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_site(tmp_path, monkeypatch):
    """An export that counts as a site's move."""
    monkeypatch.setattr(importing, "_LARGE", 3)
    return export.write(
        tmp_path,
        *(export.item(n, comments=export.comment(10 * n)) for n in range(1, 4)),
    )


def missing():
    return {index.name for _model, index in lateindexes.missing([Article, Comment])}


def move(path):
    """Import; return which indexes were missing meanwhile."""
    seen = set()

    def look(records, _total, _name):
        for record in records:
            seen.update(missing())
            yield record

    importing.run([path], progress=look)
    return seen


def definitions():
    """Return every index of the database as it is kept there."""
    sql = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        if connection.vendor == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return dict(cursor.fetchall())


def test_move_makes_the_same_indexes_at_its_end(old_site):
    before = definitions()
    gone = move(old_site)
    assert {"article_newest", "comment_newest"} <= gone
    assert definitions() == before
    assert Comment.objects.count() == 3


def test_move_that_fails_makes_them_too(old_site, monkeypatch):
    monkeypatch.setattr(importing.links, "follow", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        move(old_site)
    assert not missing()


def test_site_that_is_read_keeps_its_indexes(old_site):
    make_article()
    assert not move(old_site)


def test_dry_run_keeps_them(old_site):
    importing.run([old_site], importing.Options(is_dry=True))
    assert not missing()


@pytest.fixture
def killed():
    """What a move that was killed leaves behind."""
    taken_away = lateindexes.late([Article])
    taken_away.__enter__()  # and nothing afterwards
    yield
    lateindexes.make([Article])


def test_check_content_names_what_a_killed_move_left_away(killed):
    found = [finding for finding in checking.check() if finding.kind == "missing index"]
    assert {finding.what for finding in found} == missing() > {"article_newest"}
    assert {finding.where for finding in found} == {"run migrate"}


def test_next_run_makes_them(killed, old_site):
    make_article()
    assert "article_newest" in move(old_site)
    assert not missing()


def test_migrate_makes_them(killed):
    call_command("migrate", verbosity=0)
    assert not missing()
