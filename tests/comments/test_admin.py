"""The tables of comments in the admin: who sees them, what nobody may change."""

import pytest

from comments import moderation
from comments.models import Comment, CommentAuthor, CommentRules, ModerationAction
from tests.factories import UserFactory, make_article

from .queueing import make_comment, make_reported

pytestmark = pytest.mark.django_db

TABLES = ("comment", "commentauthor", "moderationaction", "report", "commentrules", "sectionrules")


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def test_moderators_read_every_table_others_none(sign_in, moderator, reporter, editor):
    comment = make_reported(by=moderator)
    pages = {
        "comment": comment.pk,
        "commentauthor": comment.author_id,
        "moderationaction": ModerationAction.objects.get().pk,
        "report": comment.reports.get().pk,
        "commentrules": 1,
    }
    for user, status in ((moderator, 200), (reporter, 403), (editor, 403)):
        client = sign_in(user)
        for name, pk in pages.items():
            page = client.get(f"/admin/comments/{name}/", follow=True)
            assert page.status_code == status, name
            assert client.get(f"/admin/comments/{name}/{pk}/change/").status_code == status, name


def test_not_even_a_superuser_changes_the_log_or_what_readers_wrote(sign_in, moderator):
    comment = make_reported(by=moderator)
    action = ModerationAction.objects.get()
    client = sign_in(UserFactory(is_superuser=True))
    for name, pk in (
        ("moderationaction", action.pk),
        ("comment", comment.pk),
        ("report", comment.reports.get().pk),
        ("commentauthor", comment.author_id),
    ):
        assert client.get(f"/admin/comments/{name}/add/").status_code == 403
        assert (
            client.post(f"/admin/comments/{name}/{pk}/delete/", {"post": "yes"}).status_code == 403
        )
        assert client.post(f"/admin/comments/{name}/{pk}/change/", {"note": "x"}).status_code == 403
        data = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        client.post(f"/admin/comments/{name}/", data)
    action.refresh_from_db()
    assert (action.note, Comment.objects.count(), CommentAuthor.objects.count()) == ("", 1, 1)


def test_authors_are_found_by_address_and_blocked(sign_in, moderator):
    make_comment(name="Anna", address="Anna@Example.org")
    make_comment(name="Ole")
    client = sign_in(moderator)
    found = client.get("/admin/comments/commentauthor/", {"q": "anna@example.ORG"})
    assert [row.name for row in found.context["cl"].result_list] == ["Anna"]
    author = CommentAuthor.objects.get(name="Anna")
    data = {"action": "block_for_a_month", "_selected_action": [author.pk]}
    client.post("/admin/comments/commentauthor/", data)
    author.refresh_from_db()
    assert author.is_blocked
    assert author.blocked_until is not None
    client.post("/admin/comments/commentauthor/", {**data, "action": "unblock"})
    author.refresh_from_db()
    assert not author.is_blocked


def test_rules_are_changed_by_chiefs_alone(sign_in, moderator, chief):
    address = "/admin/comments/commentrules/1/change/"
    assert "banned_words" not in sign_in(moderator).get(address).context["adminform"].form.fields
    assert sign_in(moderator).post(address, {}).status_code == 403
    client = sign_in(chief)
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    assert client.post(address, {**values, "banned_words": "casino*"}).status_code == 302
    assert CommentRules.load().banned_words == "casino*"
    assert client.get("/admin/comments/commentrules/").url == address
    assert client.get("/admin/comments/commentrules/2/change/").status_code == 302


def test_a_person_is_told_and_forgotten(sign_in, moderator, chief):
    comment = make_comment(make_article(), name="Anna", address="anna@example.org", body="My word.")
    moderation.decide({comment.pk: comment.version}, to="approved", by=moderator)
    client = sign_in(moderator)
    assert client.get("/admin/persons/").status_code == 403
    assert client.post("/admin/persons/", {"address": "anna@example.org"}).status_code == 403
    client = sign_in(chief)
    told = client.post("/admin/persons/", {"address": "ANNA@example.org", "export": "1"})
    assert told["Content-Disposition"] == 'attachment; filename="person.json"'
    assert "My word." in told.text
    page = client.post("/admin/persons/", {"address": "anna@example.org", "erase": "1"})
    assert "Tick this to erase." in page.text
    assert Comment.objects.get().body == "My word."
    data = {"address": "anna@example.org", "erase": "1", "is_sure": "on"}
    assert "Erased." in client.post("/admin/persons/", data, follow=True).text
    assert Comment.objects.filter(body="My word.").count() == 0
    assert CommentAuthor.objects.filter(name="Anna").count() == 0


@pytest.mark.parametrize(
    "query",
    ["commentauthor/?address__startswith=r", "commentauthor/?address_hash__gt=a",
     "report/?address__contains=@"],
)  # fmt: skip
def test_no_list_tells_an_address_letter_by_letter(sign_in, moderator, query):
    make_reported(by=moderator)
    desk = sign_in(moderator)
    assert desk.get("/admin/comments/commentauthor/?state__exact=ok").status_code == 200
    assert desk.get(f"/admin/comments/{query}").status_code == 400
