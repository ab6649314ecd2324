"""Readers' comments of an export: whole threads, their states, and what is kept of people."""

from datetime import UTC, datetime

import pytest

from articles.models import Article
from comments.models import DEEPEST, Comment, CommentAuthor, ModerationAction, Thread
from newsroom.lib.privacy import hash_address
from newsroom.models import ImportedRecord, Message
from newsroom.wordpress.importing import run

from .wordpress import export
from .wordpress.export import comment, reasons, row

pytestmark = pytest.mark.django_db


def post(*comments, number=1, **values):
    return export.item(number, comments="".join(comments), **values)


def tree():
    """Every comment's text with the text it answers, in the order of the thread."""
    comments = Comment.objects.select_related("parent").order_by("article", "path")
    return [(c.body, c.parent.body if c.parent else "") for c in comments]


def test_comment_comes_with_its_name_words_and_date(load):
    load(post(comment(7, text="First.\n\nSecond line<br>and <b>third</b> &amp; last.")))
    found = Comment.objects.get()
    assert (found.name, found.body) == ("Vera", "First.\n\nSecond line\nand third & last.")
    assert found.created_at == found.published_at == datetime(2019, 5, 13, 8, tzinfo=UTC)
    assert list(Comment.objects.visible()) == [found]
    assert Thread.objects.get().visible == 1


def test_page_shows_an_imported_comment(load, client):
    load(post(comment(7, text="Words of <script>x</script>Vera")))
    page = client.get(Article.objects.get().get_absolute_url()).content.decode()
    assert "Words of xVera" in page


def test_nothing_is_kept_of_address_and_network(load):
    load(post(comment(7, address="Vera@Readers.example")))
    author, found = CommentAuthor.objects.get(), Comment.objects.get()
    assert (author.address, author.address_hash) == ("", hash_address("vera@readers.example"))
    assert (found.network_hash, found.confirmed_at, found.wants_replies) == ("", None, False)
    kept = [list(m.objects.values()) for m in (CommentAuthor, Comment, ImportedRecord)]
    assert "203.0.113.77" not in str(kept) and "readers.example" not in str(kept).lower()
    assert not Message.objects.exists()


def test_one_address_is_one_author_with_each_comments_own_name(load):
    load(post(comment(7), comment(8, name="V.")), post(comment(9), number=2))
    assert CommentAuthor.objects.get().approved == 3
    assert set(Comment.objects.values_list("name", flat=True)) == {"Vera", "V."}


def test_without_an_address_nobody_is_the_same(load):
    load(post(comment(7, address=""), comment(8, address="none")))
    assert [a.address_hash for a in CommentAuthor.objects.all()] == ["", ""]


def test_blocked_author_stays_blocked_under_the_name_known_here(load):
    CommentAuthor.objects.create(
        name="V.", address_hash=hash_address("vera@readers.example"), state="blocked"
    )
    load(post(comment(7)))
    author = CommentAuthor.objects.get()
    assert (author.name, author.state, author.approved) == ("V.", "blocked", 1)


@pytest.mark.parametrize(
    ("approved", "status", "visible"),
    [
        ("1", "approved", 1),
        ("0", "pending", 0),
        ("spam", "spam", 0),
        ("trash", "rejected", 0),
    ],
)
def test_state(load, approved, status, visible):
    load(post(comment(7, approved=approved)))
    assert Comment.objects.get().status == status
    assert Comment.objects.visible().count() == Thread.objects.get().visible == visible
    log = ModerationAction.objects.values_list("to_status", "source", "rule", "actor")
    assert list(log) == ([] if status == "pending" else [(status, "rule", "import", None)])


def test_unknown_state_and_empty_text_are_skipped(load):
    report = load(post(comment(7, approved="post-trashed"), comment(8, text=" <p></p> ")))
    assert reasons(report, "comment") == {"its state there: post-trashed": 1, "no text": 1}
    assert not Comment.objects.exists()


def test_mentions_are_counted_apart(load):
    report = load(
        post(comment(7, kind="pingback"), comment(8, kind="trackback"), comment(9, kind="order"))
    )
    assert row(report, "pingback") == row(report, "trackback") == (1, 0, 0, 0, 1, 0)
    assert row(report, "comment:order") == (1, 0, 0, 0, 1, 0)
    assert not Comment.objects.exists()


# --- Threads -------------------------------------------------------------------------------------


def test_thread_in_any_order_of_the_file(load):
    load(
        post(
            comment(9, parent=8, text="c", date_gmt="2019-05-13 10:00:00"),
            comment(5, text="d", date_gmt="2019-05-13 11:00:00"),
            comment(8, parent=7, text="b", date_gmt="2019-05-13 09:00:00"),
            comment(7, text="a", date_gmt="2019-05-13 08:00:00"),
        )
    )
    assert tree() == [("a", ""), ("b", "a"), ("c", "b"), ("d", "")]
    assert Thread.objects.get().visible == 4


def test_answer_dated_before_its_question_stands_below_it(load):
    load(post(comment(8, parent=7, text="b", date_gmt="2019-01-01 00:00:00"), comment(7, text="a")))
    assert tree() == [("a", ""), ("b", "a")]


@pytest.mark.parametrize("parent", [99, 7, 8])
def test_answer_to_nothing_itself_or_in_a_circle_begins_a_thread(load, parent):
    load(post(comment(7, parent=parent, text="a"), comment(8, parent=7, text="b")))
    assert sorted(tree()) in ([("a", ""), ("b", "a")], [("a", "b"), ("b", "")])


def test_answer_to_another_texts_comment_begins_a_thread(load):
    load(post(comment(7, text="a")), post(comment(8, parent=7, text="b"), number=2))
    assert tree() == [("a", ""), ("b", "")]


def test_answers_deeper_than_we_go_stand_on_the_deepest_level(load):
    chain = [comment(n, parent=n - 1 if n > 1 else 0, text=f"{n}") for n in range(1, 9)]
    load(post(*chain))
    assert list(Comment.objects.order_by("path").values_list("depth", flat=True)) == [
        *range(1, DEEPEST + 1), DEEPEST, DEEPEST
    ]  # fmt: skip
    assert tree()[-1] == ("8", f"{DEEPEST - 1}")
    load(post(*chain, comment(9, parent=8, text="9")))
    assert tree()[-1] == ("9", f"{DEEPEST - 1}")


def test_what_hangs_below_a_hidden_comment_is_hidden(load):
    load(post(comment(7, approved="spam"), comment(8, parent=7)))
    assert Comment.objects.approved().count() == 1
    assert Thread.objects.get().visible == 0


# --- What it is about ----------------------------------------------------------------------------


def test_comments_of_what_is_no_article_are_skipped_until_it_is_one(load):
    report = load(post(comment(7), kind="page"), post(comment(8), number=2, status="trash"))
    assert reasons(report, "comment") == {"what it is about is no article here": 2}
    report = load(post(comment(7), kind="page"), post(comment(8), number=2))
    assert row(report, "comment") == (2, 1, 0, 0, 1, 0)


def test_comment_on_a_private_post_is_seen_by_nobody(load, client):
    load(post(comment(7, text="hush"), status="private"))
    assert Comment.objects.get().body == "hush"
    assert Article.objects.visible().count() == 0
    assert client.get("/2019/05/item-1/").status_code == 404


# --- Runs ----------------------------------------------------------------------------------------


def test_later_run_brings_new_comments_only(load):
    load(post(comment(7, text="a")))
    Comment.objects.update(status="rejected")
    report = load(post(comment(7, text="a"), comment(8, parent=7, text="b")))
    assert row(report, "comment") == (2, 1, 0, 1, 0, 0)
    assert tree() == [("a", ""), ("b", "a")]
    assert Comment.objects.get(body="a").status == "rejected"
    assert Thread.objects.get().visible == 1  # as it was: what is new is hidden with its question


def test_later_run_may_hold_the_answer_alone(load):
    load(post(comment(7, text="a")))
    load(post(comment(8, parent=7, text="b")))
    assert tree() == [("a", ""), ("b", "a")]


def test_what_changes_there_later_is_decided_here(load):
    load(post(comment(7, approved="0")))
    report = load(post(comment(7, approved="1")))
    assert reasons(report, "comment") == {"changed there since; comments are decided here": 1}
    assert Comment.objects.get().status == "pending"


def test_comment_deleted_here_does_not_come_back(load):
    load(post(comment(7)))
    Comment.objects.all().delete()  # as spam goes after a month
    assert row(load(post(comment(7))), "comment") == (1, 0, 0, 1, 0, 0)
    assert not Comment.objects.exists()


def test_comments_of_an_earlier_file_hang_on_the_text_of_the_later(tmp_path):
    first = export.write(tmp_path, post(comment(7, text="a"), comment(8, text="b")))
    second = export.write(tmp_path, post(comment(8, text="b"), title="New"), name="b.xml")
    for expected in ((3, 2, 0, 0, 1, 0), (3, 0, 0, 2, 1, 0)):
        assert row(run([first, second]), "comment") == expected
    assert {found.article.headline for found in Comment.objects.all()} == {"New"}


def test_hostile_comment_does_not_stop_the_run(load):
    texts = ["<" * 3000 + "a", "&#0;\u202e<b" * 50, "<a href='javascript:x'>y</a>", "x" * 70_000]
    report = load(post(*(comment(n, text=text) for n, text in enumerate(texts, start=1))))
    assert row(report, "comment")[0] == 4
    assert row(report, "comment")[5] == 0
    assert Comment.objects.filter(body="y").exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('See <a href="https://a.example/x">this</a>.', "See this (https://a.example/x)."),
        ('<a href="https://a.example/">a.example</a>', "https://a.example/"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ("<blockquote>he said</blockquote>\nI say", "he said\n\nI say"),
    ],
)
def test_markup_becomes_text(load, text, kept):
    load(post(comment(7, text=text)))
    assert Comment.objects.get().body == kept


def test_number_of_queries_does_not_grow_with_comments(tmp_path, django_assert_max_num_queries):
    many = [comment(n, address=f"r{n}@readers.example") for n in range(1, 150)]
    path = export.write(tmp_path, post(*many))
    with django_assert_max_num_queries(120):
        run([path])
