"""The page on which moderators decide: who may, what it shows, what its buttons do."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from comments import links, mails, moderation
from comments.models import Comment, CommentAuthor, ModerationAction
from newsroom.models import Message
from tests.factories import UserFactory, make_article

from .queueing import make_comment, make_reported, make_spam

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/comments/"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def desk(sign_in, moderator):
    return sign_in(moderator)


def names(response) -> list[str]:
    page = LexborHTMLParser(response.content)
    return [node.text() for node in page.css(".queue-who")]


def press(client, action, comment, choice="", path=QUEUE, **fields):
    """Press a button of a card, as its form sends it."""
    value = f"{action}:{comment.pk}:{comment.version}" + (f":{choice}" if choice else "")
    extra = fields.pop("extra", {})
    return client.post(path, {"do": value, **fields}, **extra)


def status(comment) -> str:
    return Comment.objects.get(pk=comment.pk).status


# --- Who may ------------------------------------------------------------------------------------


def test_only_moderators_open_the_queue(client, sign_in, moderator, reporter, editor, chief):
    comment = make_comment(name="Anna Berg")
    assert client.get(QUEUE).url.startswith("/admin/login/")
    assert press(client, "approve", comment).status_code == 302
    for user in (reporter, editor, UserFactory(role="Job desk"), UserFactory(role="Commercial")):
        sign_in(user)
        assert client.get(QUEUE).status_code == 403
        assert client.get(f"{QUEUE}decided/").status_code == 403
        assert client.get(QUEUE, **JSON).status_code == 403
        assert press(client, "approve", comment).status_code == 403
        assert client.post(QUEUE, {"undo": "x"}).status_code == 403
        assert client.get("/admin/comments/comment/").status_code == 403
        assert client.get("/admin/comments/commentrules/precision/").status_code == 403
        assert "Comments to decide" not in client.get("/admin/").text
    assert status(comment) == "pending"
    for user in (moderator, chief):
        assert names(sign_in(user).get(QUEUE)) == ["Anna Berg"]


def test_a_moderator_sees_nothing_of_the_job_desk(desk):
    assert desk.get(QUEUE).status_code == 200
    assert desk.get("/admin/queue/jobs/").status_code == 403
    assert desk.post("/admin/queue/jobs/", {"do": "approve:1:1"}).status_code == 403
    assert desk.get("/admin/jobs/job/").status_code == 403
    assert "/admin/queue/jobs/" not in desk.get("/admin/").text


def test_blocking_asks_for_its_own_permission(sign_in, moderator):
    comment = make_comment()
    moderator.groups.clear()
    from_role = moderator.user_permissions.model.objects.get(codename="moderate_comment")
    moderator.user_permissions.add(from_role)
    client = sign_in(moderator)
    page = client.get(QUEUE)
    assert 'data-key="a"' in page.text
    assert 'data-key="b"' not in page.text
    response = press(client, "block", comment, "week", extra=JSON)
    assert response.status_code == 403
    assert CommentAuthor.objects.get().state == "ok"


def test_tabs_have_one_address_each(desk):
    assert desk.get(f"{QUEUE}reported/").status_code == 200
    assert desk.get(f"{QUEUE}pending/").status_code == 404
    assert desk.get(f"{QUEUE}nonsense/").status_code == 404


# --- What it shows ------------------------------------------------------------------------------


def test_flagged_first_then_the_longest_waiting(desk):
    now = timezone.now()
    article = make_article()
    make_comment(article, name="Second", queued_at=now - timedelta(minutes=30))
    make_comment(article, name="First", queued_at=now - timedelta(minutes=150))
    make_comment(
        article,
        name="Flagged",
        body="See https://a.example https://b.example https://c.example https://d.example",
        queued_at=now - timedelta(minutes=1),
    )
    response = desk.get(QUEUE)
    assert names(response) == ["Flagged", "First", "Second"]
    page = LexborHTMLParser(response.content)
    late = [node.css_first(".queue-who").text() for node in page.css(".queue-card.is-late")]
    assert late == ["First"]  # the answer goal is two hours
    assert "2 hours, 30 minutes" in page.css_first(".is-late .queue-age").text().replace(
        "\xa0", " "
    )
    assert page.css_first("mark.link").text() == "https://a.example"
    assert page.css_first(".queue-signals").text(strip=True).startswith("+3")


def test_a_card_tells_of_parent_record_and_article(desk, moderator):
    article = make_article(headline="Bridge closed")
    parent = make_comment(article, name="Ole", body="Who decided this?")
    moderation.decide({parent.pk: parent.version}, to="approved", by=moderator)
    make_comment(article, name="Ole", address="ole@example.org", parent=parent.pk)
    card = LexborHTMLParser(desk.get(QUEUE).content).css_first(".queue-card")
    assert "In reply to Ole: Who decided this?" in " ".join(card.text().split())
    link = card.css_first(".queue-about a")
    assert (link.text(), link.attributes["href"]) == ("Bridge closed", article.get_absolute_url())
    assert "First comment by this author" in card.text()


def test_marked_words_are_those_of_the_lists(desk):
    make_spam(name="Spammer")
    page = LexborHTMLParser(desk.get(f"{QUEUE}spam/").content)
    assert [node.text() for node in page.css("mark.word")] == ["Casino"]


def test_every_field_is_shown_as_text(desk, moderator):
    attack = "<script>alert(1)</script><b onclick=x>"
    article = make_article(headline=f"Head {attack}")
    comment = make_comment(article, name=f"N {attack}"[:60], body=f"T {attack}")
    moderation.decide({comment.pk: comment.version}, to="approved", by=moderator)
    moderation.report(comment, reason="other", text=f"R {attack}", address="r@example.org")
    make_comment(article, name="Reply", body=f"Answer {attack}", parent=comment.pk)
    for tab in ("", "reported/"):
        html = desk.get(f"{QUEUE}{tab}").text
        assert "<script>alert" not in html
        assert "<b onclick" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    comment.refresh_from_db()
    press(desk, "reject", comment, "other", **{f"note-reject-{comment.pk}": f"Note {attack}"})
    html = desk.get(f"{QUEUE}decided/").text
    assert "Note &lt;script&gt;" in html
    assert "<script>alert" not in html


def test_counts_are_exact_and_every_tab_holds_its_own(desk, moderator):
    article = make_article()
    for _number in range(3):
        make_comment(article)
    spam = make_spam(article, name="Spammer")
    reported = make_reported(article, by=moderator)
    response = desk.get(QUEUE)
    page = LexborHTMLParser(response.content)
    counts = {node.attributes["data-count"]: node.text() for node in page.css("[data-count]")}
    assert counts == {"pending": "3", "reported": "1", "spam": "1"}
    assert names(desk.get(f"{QUEUE}spam/")) == [spam.name]
    assert names(desk.get(f"{QUEUE}reported/")) == [reported.name]
    assert names(desk.get(f"{QUEUE}decided/")) == [reported.name]


@pytest.mark.parametrize("number", [1, 3, 60])
@pytest.mark.parametrize(
    ("tab", "own"),
    # Rows, rules, counts, the last decision; reports; last words.
    [("", 4), ("reported/", 5), ("decided/", 6)],
)
def test_the_page_takes_the_same_queries_for_any_number(
    desk, moderator, django_assert_num_queries, number, tab, own
):
    article = make_article()
    make = make_comment if not tab else lambda article: make_reported(article, by=moderator)
    for _number in range(number):
        make(article)
    desk.get(f"{QUEUE}{tab}")
    # Every page of the admin: session, account, two for its rights, second factor, settings.
    with django_assert_num_queries(6 + own, is_warm=True):
        assert len(names(desk.get(f"{QUEUE}{tab}"))) == min(number, 50)


def test_a_page_begins_where_the_last_one_ended(desk, moderator):
    article, now = make_article(), timezone.now()
    rows = [
        make_comment(article, name=f"No {n:02}", queued_at=now - timedelta(minutes=100 - n))
        for n in range(60)
    ]
    first = desk.get(QUEUE)
    cursor = first.context["page"].next
    assert names(first) == [f"No {n:02}" for n in range(50)]
    # What is decided meanwhile, and what comes in, shifts nothing.
    moderation.decide({row.pk: row.version for row in rows[:20]}, to="approved", by=moderator)
    make_comment(article, name="Newcomer")
    assert names(desk.get(QUEUE, {"before": cursor})) == [f"No {n}" for n in range(50, 60)] + [
        "Newcomer"
    ]
    told = desk.get(QUEUE, {"before": cursor}, **JSON).json()
    assert told["html"].count("queue-who") == 11
    assert (told["next"], told["counts"]["pending"]) == ("", 41)


# --- What it does -------------------------------------------------------------------------------


def test_approve_without_a_script_leads_back_to_the_same_place(desk, moderator):
    comment = make_comment(name="Anna")
    response = press(desk, "approve", comment, path=f"{QUEUE}?before=1.2.3")
    assert (response.status_code, response.url) == (303, f"{QUEUE}?before=1.2.3")
    assert status(comment) == "approved"
    action = ModerationAction.objects.get()
    assert (action.actor, action.source, action.reason) == (moderator, "queue", "")
    page = desk.get(QUEUE)
    assert "Approved" in page.text
    assert "Everything is decided." in page.text
    assert "Your last decision" in page.text


def test_rejection_needs_a_reason_and_another_reason_a_note(desk):
    comment = make_comment()
    for choice in ("", "nonsense", "spam", "other"):
        response = press(desk, "reject", comment, choice)
        assert response.status_code == 422, choice
        assert press(desk, "reject", comment, choice, extra=JSON).status_code == 422
    long = {f"note-reject-{comment.pk}": "x" * 501}
    assert press(desk, "reject", comment, "other", **long).status_code == 422
    assert status(comment) == "pending"
    assert not ModerationAction.objects.exists()
    many = {"all": "reject", "item": [f"{comment.pk}:{comment.version}"]}
    assert desk.post(QUEUE, many).status_code == 422
    press(desk, "reject", comment, "other", **{f"note-reject-{comment.pk}": "Again and again"})
    action = ModerationAction.objects.get()
    assert (action.to_status, action.reason, action.note) == (
        "rejected",
        "other",
        "Again and again",
    )


def test_moderators_are_told_that_the_author_reads_their_note(desk, client):
    comment = make_comment()
    Comment.objects.filter(pk=comment.pk).update(confirmed_at=timezone.now())
    field = f"note-reject-{comment.pk}"
    asked = LexborHTMLParser(desk.get(QUEUE).content).css_first(f'label:has(input[name="{field}"])')
    assert "A sentence for the author" in asked.text()
    press(desk, "reject", comment, "insult", **{field: "Not in this tone."})
    assert "Not in this tone." in client.get(links.own(comment)).text
    message = Message.objects.get(kind="comments.decision")
    assert "Not in this tone." in mails.HANDLERS[message.kind](message).body


def test_a_note_that_was_not_taken_stands_in_its_field_again(desk):
    comment = make_comment()
    response = press(desk, "reject", comment, **{f"note-reject-{comment.pk}": "My thoughts"})
    page = LexborHTMLParser(response.content)
    field = page.css_first(f"input[name='note-reject-{comment.pk}']")
    assert field.attributes["value"] == "My thoughts"
    assert "open" in page.css_first("details[open]").attributes


def test_spam_held_by_rules_is_confirmed_or_refuted(desk):
    article = make_article()
    bad, good = make_spam(article), make_spam(article, name="Honest")
    press(desk, "spam", bad, path=f"{QUEUE}spam/")
    press(desk, "approve", good, path=f"{QUEUE}spam/")
    assert (status(bad), status(good)) == ("spam", "approved")
    assert names(desk.get(f"{QUEUE}spam/")) == []
    report = desk.get("/admin/comments/commentrules/precision/").text
    assert "50 %" in report


def test_reports_are_decided(desk, moderator):
    kept = make_reported(by=moderator)
    gone = make_reported(by=moderator, reason="illegal")
    page = desk.get(f"{QUEUE}reported/")
    assert names(page) == [gone.name, kept.name]  # an unlawful one stands on top
    assert "Look at this" in page.text
    press(desk, "keep", kept, path=f"{QUEUE}reported/")
    press(desk, "reject", gone, "illegal", path=f"{QUEUE}reported/")
    assert (status(kept), status(gone)) == ("approved", "rejected")
    assert names(desk.get(f"{QUEUE}reported/")) == []


def test_an_author_is_blocked_and_the_comment_still_waits(desk):
    comment = make_comment()
    told = press(desk, "block", comment, "week", extra=JSON).json()
    author = CommentAuthor.objects.get()
    assert author.is_blocked
    assert author.blocked_until < timezone.now() + timedelta(days=8)
    assert "Blocked" in told["cards"][str(comment.pk)]
    assert status(comment) == "pending"


def test_the_newsroom_answers_and_both_are_approved(desk, moderator):
    comment = make_comment(body="Which bridge?")
    assert press(desk, "reply", comment).status_code == 422  # without a word
    press(desk, "reply", comment, **{f"note-reply-{comment.pk}": "The old one."})
    reply = Comment.objects.get(parent=comment)
    assert (status(comment), reply.status, reply.body) == ("approved", "approved", "The old one.")
    assert reply.author.user == moderator


def test_the_newsrooms_answer_is_kept_where_it_cannot_be_taken(desk):
    article = make_article(at=timezone.now() - timedelta(days=29, hours=23))
    comment = make_comment(article)
    type(article).objects.filter(pk=article.pk).update(comments_enabled=False)
    response = press(desk, "reply", comment, **{f"note-reply-{comment.pk}": "The old one."})
    assert response.status_code == 422
    assert "The old one." in response.text
    assert status(comment) == "pending"
    assert Comment.objects.count() == 1


def test_decided_comments_are_decided_anew(desk, moderator):
    comment = make_comment()
    moderation.decide({comment.pk: comment.version}, to="rejected", reason="insult", by=moderator)
    comment.refresh_from_db()
    page = desk.get(f"{QUEUE}decided/")
    assert "Insult" in page.text
    assert "Mona" in page.text
    told = press(desk, "approve", comment, path=f"{QUEUE}decided/", extra=JSON).json()
    assert told["done"] == [comment.pk]
    assert "queue-tag good" in told["cards"][str(comment.pk)]  # it stays in this list
    assert status(comment) == "approved"


def test_what_no_page_of_ours_sends_is_a_bad_request(desk):
    comment = make_comment()
    for data in (
        {},
        {"do": "approve"},
        {"do": f"destroy:{comment.pk}:1"},
        {"do": f"approve:{comment.pk}"},
        {"do": f"approve:{comment.pk}:x"},
        {"do": f"approve:{10**18}:1"},
        {"do": f"approve:{comment.pk}:1:a:b"},
        {"all": "block:week", "item": f"{comment.pk}:1"},
        {"all": "approve", "item": "1 OR 1=1:2"},
        {"undo": "\x00"},
    ):
        assert desk.post(QUEUE, data).status_code == 400, data
    assert status(comment) == "pending"
