"""Rows in bulk are the rows that the ORM would have written."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Redirect, Revision
from comments.models import CommentAuthor, Thread
from newsroom.lib import bulk
from newsroom.models import ImportedRecord
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def values(model):
    return list(model.objects.order_by("pk").values())


def author(name, **more):
    moment = timezone.now() - timedelta(days=1)
    return CommentAuthor(
        name=name, address_hash=name, record=[[1, 2.5, "a", False]], created_at=moment,
        last_at=moment, **more,
    )  # fmt: skip


def test_inserted_objects_are_as_saved_ones():
    rows = [author("é’"), author("b", approved=3)]
    bulk.insert(rows)
    assert [row.pk for row in rows] == list(
        CommentAuthor.objects.order_by("pk").values_list("pk", flat=True)
    )
    written = values(CommentAuthor)
    CommentAuthor.objects.all().delete()
    for row in rows:
        row.save(force_insert=True)
    assert values(CommentAuthor) == written


def test_ids_are_new_also_after_the_last_row_has_gone():
    bulk.insert(first := [author("a")])
    CommentAuthor.objects.all().delete()
    bulk.insert(second := [author("b")])
    assert second[0].pk > first[0].pk
    assert CommentAuthor.objects.create(name="c").pk > second[0].pk


def test_ids_that_are_asked_for_are_those_of_the_rows():
    ids = list(bulk.new_ids(CommentAuthor, 2))
    bulk.insert_values(CommentAuthor, ["id", "name"], [(pk, f"n{pk}") for pk in ids])
    assert CommentAuthor.objects.in_bulk(ids).keys() == set(ids)
    assert CommentAuthor.objects.create(name="next").pk > max(ids)


def test_values_alone_get_the_defaults_of_all_other_fields():
    article = make_article()
    bulk.insert_values(Thread, ["article_id"], [(article.pk,)])
    bulk.insert_values(CommentAuthor, ["name"], [("Ada",)])
    thread, ada = Thread.objects.get(), CommentAuthor.objects.get()
    assert (thread.visible, thread.has_news) == (0, False)
    assert (ada.name, ada.record, ada.user, ada.state) == ("Ada", [], None, CommentAuthor().state)
    assert abs(timezone.now() - ada.created_at) < timedelta(minutes=1)


def test_rows_that_are_there_stay_where_asked_and_are_an_error_elsewhere():
    Redirect.objects.create(old_path="/a/", new_path="/b/")
    rows = [("/a/", "/c/"), ("/d/", "/e/")]
    bulk.insert_values(Redirect, ["old_path", "new_path"], rows, ignores_known=True)
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        "/a/": "/b/",
        "/d/": "/e/",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert_values(Redirect, ["old_path", "new_path"], rows)


def test_known_rows_take_new_values():
    names = ["source", "kind", "key", "note", "fields"]
    keys = ["source", "kind", "key"]
    bulk.insert_values(ImportedRecord, names, [("s", "k", "1", "old", {"a": ["ü"]})], replaces=keys)
    kept = ImportedRecord.objects.get().pk
    rows = [("s", "k", "1", "new", {}), ("s", "k", "2", "other", {})]
    bulk.insert_values(ImportedRecord, names, rows, replaces=keys)
    found = ImportedRecord.objects.order_by("key").values_list("note", "fields")
    assert list(found) == [("new", {}), ("other", {})]
    assert ImportedRecord.objects.get(key="1").pk == kept


def test_update_writes_the_named_columns_only():
    bulk.insert(rows := [author("a"), author("b")])
    for row in rows:
        row.approved, row.rejected = 7, 8
    bulk.update(rows, ["approved"])
    assert list(CommentAuthor.objects.values_list("approved", "rejected")) == [(7, 0), (7, 0)]


def test_update_of_a_text_cleans_it_like_any_other_write():
    article = make_article()
    article.body = "<p>a</p><script>alert(1)</script>"
    bulk.update([article], ["body"])
    article.refresh_from_db()
    assert article.body == "<p>a</p>"


def test_nothing_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert([])
        bulk.insert_values(Revision, ["number"], [])
        bulk.update([], ["number"])
        assert list(bulk.new_ids(Revision, 0)) == []


def test_number_of_queries_does_not_grow_with_the_rows(django_assert_num_queries):
    for number in (1, 300):
        rows = [author(f"{number}-{n}") for n in range(number)]
        with django_assert_num_queries(2):  # the ids, the rows
            bulk.insert(rows)


def test_what_a_maker_makes_is_as_made_by_name():
    make = bulk.maker(CommentAuthor, ["name", "approved"])
    one, other = make("Ada", 3), make("Bo", 4)
    named = CommentAuthor(name="Ada", approved=3)
    names = {field.attname for field in CommentAuthor._meta.concrete_fields}
    moments = {"created_at", "last_at"}  # of their own
    assert {n: getattr(one, n) for n in names - moments} == {
        n: getattr(named, n) for n in names - moments
    }
    assert all(getattr(one, name) <= timezone.now() for name in moments)
    assert one.record == other.record == [] and one.record is not other.record
    one.save()
    assert CommentAuthor.objects.get().name == "Ada"
