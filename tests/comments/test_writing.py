"""What readers send: taken once, within limits, under a name of their own; changed, taken back."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from articles.models import Article
from comments import moderation
from comments.models import (
    Comment,
    CommentAuthor,
    ModerationAction,
    Report,
    SectionRules,
    Thread,
)
from comments.moderation import Closed, Refused, TooMany
from newsroom.models import Attempt, Message
from tests.factories import AuthorFactory, UserFactory, make_article, make_draft

from .conftest import approved, decided, visible, write

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_comment_waits_with_its_text_and_a_place(article):
    comment = write(article, "  First line\r\n\r\n\r\n\r\nSecond.  ", name=" Ada  L. ")
    comment.refresh_from_db()
    assert (comment.status, comment.hold_reason, comment.version) == ("pending", "new", 1)
    assert (comment.name, comment.body) == ("Ada L.", "First line\n\nSecond.")
    assert comment.body_html == "<p>First line</p><p>Second.</p>"
    assert (comment.path, comment.depth) == ("0000001", 1)
    assert visible(article) == set()
    assert ModerationAction.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"body": "x"}, "Write something first."),
        ({"body": " \u200b\x00 "}, "Write something first."),
        ({"body": "x" * 5001}, "at most 5000 characters"),
        ({"name": " \u202e "}, "Give a name"),
        ({"name": "x" * 61}, "Give a name"),
        ({"address": "nobody"}, "Give an e-mail address"),
        ({"parent_id": 77}, "not there any more"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(article, values, sentence):
    parent = values.pop("parent_id", None)
    entry = {"body": "Hello there", "name": "Ada", "address": "ada@example.org", **values}
    with pytest.raises(Refused, match=sentence):
        moderation.submit(moderation.Entry(article=article, parent=parent, **entry))
    assert Comment.objects.count() == 0


def test_five_thousand_characters_are_taken(article):
    assert len(write(article, "ä" * 5000).body) == 5000


def test_same_comment_sent_twice_is_one(article, moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        entry = moderation.Entry(article, "Well said", name="Ada", address="Ada@example.org")
        first = moderation.submit(entry)
        again = moderation.submit(entry)
        assert (first.is_new, again.is_new) == (True, False)
        assert again.comment == first.comment
        decided(first.comment, "approved", moderator)
        assert moderation.submit(entry).comment == first.comment
        clock.shift(timedelta(hours=24))
        assert moderation.submit(entry).is_new
    assert Comment.objects.count() == 2


def test_who_repeats_a_confirmed_comment_gets_no_key_to_it(article):
    """Text and name of a trusted author stand on the page at once; only the address is secret."""
    entry = moderation.Entry(article, "Well said", name="Ada", address="ada@example.org")
    first = moderation.submit(replace(entry, is_confirmed=True)).comment
    Attempt.objects.all().delete()
    again = moderation.submit(entry)
    assert (again.is_new, again.comment.pk == first.pk) == (True, False)
    proved = moderation.submit(replace(entry, is_confirmed=True))
    assert (proved.is_new, proved.comment.pk) == (False, first.pk)


def test_answers_stand_below_and_never_deeper_than_six(article, moderator):
    comment = None
    depths = []
    for _ in range(8):
        comment = approved(article, moderator, parent=comment)
        depths.append(comment.depth)
    assert depths == [1, 2, 3, 4, 5, 6, 6, 6]
    fifth = Comment.objects.get(depth=5)
    assert {row.parent for row in Comment.objects.filter(depth=6)} == {fifth}
    assert all(row.path.startswith(fifth.path) for row in Comment.objects.filter(depth=6))


def test_nobody_answers_what_readers_do_not_see(article, moderator):
    root = approved(article, moderator)
    answer = approved(article, moderator, parent=root)
    decided(root, "rejected", moderator)
    for hidden in (root, answer, write(article)):
        with pytest.raises(Refused, match="not there any more"):
            write(article, parent=hidden)


def test_limits_tell_how_long_to_wait(rules):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        write(article, "One", address="a@example.org", network_hash="n1")
        with pytest.raises(TooMany) as wait:
            write(article, "Two", address="a@example.org")
        assert wait.value.seconds == 15
        with pytest.raises(TooMany):
            write(article, "Three", address="b@example.org", network_hash="n1")
        clock.shift(15)
        for number in range(4):
            write(make_article(), f"More {number}", address="a@example.org")
            clock.shift(15)
        with pytest.raises(TooMany) as wait:
            write(make_article(), "Six", address="a@example.org")
        assert (wait.value.seconds, str(wait.value)[-10:]) == (525, "9 minutes.")
    assert Comment.objects.count() == 5


def test_new_author_has_three_open_comments_at_an_article(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        for number in range(3):
            first = write(article, f"Number {number}", address="a@example.org")
            clock.shift(timedelta(minutes=1))
        with pytest.raises(TooMany):
            write(article, "Number 4", address="a@example.org")
        write(make_article(), "Number 4", address="a@example.org")
        decided(first, "approved", moderator)
        clock.shift(timedelta(hours=1))
        write(article, "Number 4", address="a@example.org")


@pytest.mark.parametrize(
    "name", ["Mona Muster", "mona  MUSTER", "Ｍona Muster", "mo\u200bna muster"]
)
def test_name_of_staff_needs_the_account(article, name):
    mona = UserFactory(
        username="mona.m", first_name="Mona", last_name="Muster", email="m@x.example"
    )
    with pytest.raises(Refused, match="member of staff"):
        write(article, name=name)
    comment = write(article, user=mona, name="", address="")
    assert (comment.name, comment.author.user, comment.author.address_hash) == (
        "Mona Muster",
        mona,
        "",
    )
    assert comment.confirmed_at is not None


def test_login_and_address_of_staff_are_those_of_any_stranger(article):
    """Nobody can try out who has an account here; and who types its address is no staff."""
    mona = UserFactory(
        username="mona.m", first_name="Mona", last_name="Muster", email="m@x.example"
    )
    own = write(article, user=mona, name="", address="")
    made = [
        write(article, name=name, address=address, wants_replies=True)
        for name, address in [("mona.m", "M@X.example "), ("otto.o", "o@x.example")]
    ]
    assert own.author not in [comment.author for comment in made]
    assert [
        (row.status, row.confirmed_at, row.author.is_staff, row.author.is_trusted) for row in made
    ] == [("pending", None, False, False)] * 2
    asked = Message.objects.filter(kind="comments.verify").order_by("pk")
    assert [message.about for message in asked] == [comment.pk for comment in made]


def test_name_of_a_journalist_is_not_a_readers(article):
    AuthorFactory(name="Renate Künast-Schulz")
    with pytest.raises(Refused, match="member of staff"):
        write(article, name="renate künast-schulz")


def test_closing_rules(rules):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        write(article)
        clock.shift(timedelta(days=30))
        with pytest.raises(Closed):
            write(article)
        rules.closes_after_days = 0
        rules.save()
        write(article)
        section = SectionRules.objects.create(section=article.section, closes_after_days=7)
        with pytest.raises(Closed):
            write(article)
        section.closes_after_days = 60
        section.save()
        write(article)
        section.is_closed = True
        section.save()
        with pytest.raises(Closed):
            write(article)
        section.delete()
        Article.objects.update(comments_enabled=False)
        with pytest.raises(Closed):
            write(Article.objects.get())


def test_draft_takes_no_comments():
    with pytest.raises(Closed):
        write(make_draft())


def test_duty_hours_pass_midnight(rules):
    rules.duty_from, rules.duty_until, rules.closed_off_duty = (
        NOON.time(),
        NOON.replace(hour=1).time(),
        True,
    )
    rules.save()
    with time_machine.travel(NOON.replace(hour=0), tick=False) as clock:
        article = make_article()
        write(article)
        clock.shift(timedelta(hours=1))
        with pytest.raises(Closed):
            write(article)


def test_author_changes_a_waiting_comment_for_ten_minutes():
    with time_machine.travel(NOON, tick=False) as clock:
        comment = write(make_article(), "Frist")
        assert moderation.is_own_to_change(comment)
        clock.shift(timedelta(minutes=9))
        moderation.edit(comment, body="First <b>")
        comment.refresh_from_db()
        assert (comment.body, comment.body_html) == ("First <b>", "<p>First &lt;b&gt;</p>")
        assert (comment.version, comment.edited_at) == (2, NOON + timedelta(minutes=9))
        assert moderation.edit(comment, body="First <b>").version == 2
        clock.shift(timedelta(minutes=1))
        for change in (
            lambda: moderation.edit(comment, body="Late"),
            lambda: moderation.delete(comment),
        ):
            with pytest.raises(Refused):
                change()


def test_changed_approved_comment_waits_again(rules):
    rules.trusted_skip_queue = True
    rules.save()
    user = UserFactory(first_name="Mona", role="Moderator")
    article = make_article()
    comment = write(article, "All of it", user=user)
    assert (comment.status, visible(article)) == ("approved", {comment.pk})
    moderation.edit(comment, body="Some of it")
    comment.refresh_from_db()
    assert (comment.status, comment.hold_reason, comment.version) == ("pending", "edited", 3)
    assert visible(article) == set()
    line = ModerationAction.objects.newest().first()
    assert (line.actor, line.rule, line.source) == (None, "edited", "author")


def test_decision_or_answer_ends_the_time_to_change(article, moderator):
    root = approved(article, moderator)
    with pytest.raises(Refused):
        moderation.edit(root, body="Other")
    comment = write(article)
    Comment.objects.filter(pk=comment.pk).update(status="approved")
    Comment.objects.create(
        article=article, parent=comment, path=comment.path + "0000009", depth=2,
        author=root.author, name="x", body="xx",
    )  # fmt: skip
    with pytest.raises(Refused):
        moderation.delete(comment)


def test_author_takes_a_comment_back(rules):
    rules.trusted_skip_queue = True
    rules.save()
    article, user = make_article(), UserFactory(role="Moderator")
    comment = write(article, user=user)
    other = write(article)
    assert visible(article) == {comment.pk}
    moderation.delete(comment)
    moderation.delete(other)
    assert Comment.objects.count() == 0
    assert visible(article) == set()
    assert CommentAuthor.objects.get(user=user).approved == 0
    assert write(article).path == "0000003"


def test_confirmation_is_asked_for_once_a_day():
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        first = write(article, "One", address="a@example.org", wants_replies=True)
        clock.shift(timedelta(minutes=1))
        write(article, "Two", address="a@example.org", wants_replies=True)
        write(article, "Three")
        assert list(Message.objects.values_list("kind", "about")) == [("comments.verify", first.pk)]
        clock.shift(timedelta(days=1))
        write(article, "Four", address="a@example.org", wants_replies=True)
        assert Message.objects.count() == 2


def test_reply_is_told_to_whom_has_confirmed_and_wants_it(article, moderator):
    root = approved(article, moderator, wants_replies=True, is_confirmed=True)
    silent = approved(article, moderator, wants_replies=True)
    answer = write(article, parent=root)
    replies = Message.objects.filter(kind="comments.reply")
    assert replies.count() == 0
    decided(answer, "approved", moderator)
    approved(article, moderator, parent=silent)
    Attempt.objects.all().delete()
    approved(
        article, moderator, "I add", parent=root, address=root.author.address, is_confirmed=True
    )
    (message,) = replies
    assert message.about == answer.pk
    moderation.stop_replies(root)
    approved(article, moderator, parent=root)
    assert replies.count() == 1


def test_numbers_of_a_thread_grow(article):
    assert [write(article).path for _ in range(3)] == ["0000001", "0000002", "0000003"]
    assert Thread.objects.get().last_number == 3


def test_what_somebody_objects_to_is_neither_changed_nor_taken_back(article):
    """With it the objection would go, and its reporter would never hear of a decision."""
    comment = write(article, "A threat", address="ada@example.org", is_confirmed=True)
    Comment.objects.filter(pk=comment.pk).update(status="approved")
    assert moderation.is_own_to_change(Comment.objects.get())
    moderation.report(comment, reason="illegal", text="This is one", address="bob@example.org")
    comment = Comment.objects.get()
    assert not moderation.is_own_to_change(comment)
    for change in (moderation.delete, lambda row: moderation.edit(row, body="A flower")):
        with pytest.raises(Refused):
            change(comment)
    assert (Comment.objects.get().body, Report.objects.count()) == ("A threat", 1)
