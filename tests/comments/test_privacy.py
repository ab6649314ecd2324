"""A person is told all, and then forgotten: the whole database is searched."""

import json
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management import call_command

from comments import moderation
from comments.models import Comment, CommentAuthor, ModerationAction, Report, SpamText
from newsroom import persons
from newsroom.lib.privacy import hash_address
from newsroom.models import Attempt, Message
from tests.factories import UserFactory, make_article

from .conftest import approved, decided, visible, write

pytestmark = pytest.mark.django_db

ADDRESS = "zaphod@betelgeuse.example"
TRACES = ["zaphod", "betelgeuse", "vogon poetry", "beeblebrox", hash_address(ADDRESS)]


def dump() -> str:
    """Every row of every table, as text."""
    rows = (row for model in apps.get_models() for row in model._base_manager.all())
    return serializers.serialize("json", rows, ensure_ascii=False).casefold()


def life(moderator) -> dict[str, Comment]:
    """Comments of one person in every state, with all that hangs on them."""
    article, comments = make_article(), {}

    def say(key: str, **values) -> Comment:
        Attempt.objects.exclude(key__startswith="report").delete()
        body = f"Vogon poetry, {key}"
        comments[key] = write(article, body, name="Zaphod B.", address=ADDRESS, **values)
        return comments[key]

    decided(say("root", is_confirmed=True, wants_replies=True), "approved", moderator)
    comments["answer"] = approved(article, moderator, parent=comments["root"])
    decided(say("rejected", parent=comments["answer"], is_confirmed=True), "rejected", moderator,
            reason="other", note="Vogon poetry by Zaphod")  # fmt: skip
    moderation.appeal(comments["rejected"], text="Beeblebrox protests")
    decided(say("spam"), "spam", moderator)
    hidden = decided(say("hidden"), "approved", moderator)
    comments["below"] = approved(article, moderator, parent=hidden)
    decided(hidden, "rejected", moderator)
    say("pending", network_hash="n1")
    moderation.report(comments["root"], reason="other", text="Zaphod again", address="r@x.example")
    moderation.report(comments["answer"], reason="other", text="I, Zaphod, object", address=ADDRESS)
    SpamText.objects.create(text_hash=comments["spam"].text_hash)
    Message.objects.update(note=f"550 no mailbox {ADDRESS}")
    for row in (comments["root"], comments["root"].author):
        LogEntry.objects.create(
            user=moderator, content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk), object_repr=str(row), action_flag=CHANGE,
        )  # fmt: skip
    moderation.block(comments["root"].author, by=moderator, note="Zaphod is rude")
    return comments


def test_after_an_erase_nothing_is_left_in_any_table(moderator):
    comments = life(moderator)
    hashes = [comments["spam"].text_hash, comments["root"].text_hash]
    before = dump()
    assert [trace for trace in [*TRACES, *hashes] if trace not in before] == []
    lines = ModerationAction.objects.count()
    out = StringIO()
    call_command("erase_person", " ZAPHOD@betelgeuse.example", stdout=out)
    assert "comments: 6" in out.getvalue()
    after = dump()
    assert [trace for trace in [*TRACES, *hashes] if trace in after] == []
    assert ModerationAction.objects.count() > lines
    assert Report.objects.count() == 2


def test_erased_author_leaves_the_shape_of_the_thread(moderator):
    comments = life(moderator)
    article = comments["root"].article
    assert visible(article) == {comments["root"].pk, comments["answer"].pk}
    moderation.erase(ADDRESS)
    assert visible(article) == {comments["answer"].pk}
    left = dict(Comment.objects.values_list("pk", "status"))
    assert left == {
        comments["root"].pk: "removed",
        comments["answer"].pk: "approved",
        comments["hidden"].pk: "rejected",
        comments["below"].pk: "approved",
    }
    hidden = Comment.objects.get(pk=comments["hidden"].pk)
    for target in ("approved", "pending"):
        with pytest.raises(moderation.Refused):
            moderation.decide({hidden.pk: hidden.version}, to=target, by=moderator)
    assert moderation.erase(ADDRESS) == 0


def test_erase_of_an_author_without_published_comments_deletes_the_author(moderator):
    comment = write(make_article(), address=ADDRESS)
    other = write(make_article())
    moderation.erase(ADDRESS)
    assert list(Comment.objects.all()) == [other]
    assert not CommentAuthor.objects.filter(pk=comment.author_id).exists()


def test_export_tells_all_that_is_kept(moderator):
    comments = life(moderator)
    out = StringIO()
    call_command("export_person", ADDRESS.upper(), stdout=out)
    found = json.loads(out.getvalue())["comments"]
    assert found["authors"][0]["name"] == "Zaphod B."
    assert [row["id"] for row in found["comments"]] == sorted(
        comment.pk for comment in comments.values() if comment.name == "Zaphod B."
    )
    assert [row["text"] for row in found["reports"]] == ["I, Zaphod, object"]
    assert len(found["decisions"]) == 6
    assert "r@x.example" not in out.getvalue()


def test_nobody_is_found_under_another_address(moderator):
    life(moderator)
    before = dump()
    assert persons.export("arthur@earth.example") == {
        "alerts": {},
        "comments": {"authors": [], "comments": [], "decisions": [], "reports": []},
        "jobs": {"jobs": []},
    }
    assert persons.erase("arthur@earth.example") == {"alerts": 0, "comments": 0, "jobs": 0}
    assert dump() == before


def test_staff_comments_are_found_by_the_accounts_address():
    user = UserFactory(email="ford@guide.example", role="Moderator")
    comment = write(make_article(), user=user)
    assert persons.export("Ford@guide.example")["comments"]["comments"][0]["id"] == comment.pk
    moderation.erase("ford@guide.example")
    assert Comment.objects.count() == 0


def test_undo_does_not_bring_back_who_was_erased_meanwhile(moderator):
    """Answers keep what readers did not see from being deleted: only its text goes."""
    article = make_article()
    comment = approved(article, moderator, address=ADDRESS)
    approved(article, moderator, parent=comment)
    batch = moderation.decide(
        {comment.pk: comment.version}, to="rejected", reason="insult", by=moderator
    ).batch
    assert moderation.erase(ADDRESS) == 1
    outcome = moderation.undo(batch, by=moderator)
    assert ([one.comment for one in outcome.conflicts], outcome.done) == ([comment.pk], [])
    assert visible(article) == set()
