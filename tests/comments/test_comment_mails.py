"""The mails that comments owe: what they say, to whom, and when they are not sent after all."""

import re

import pytest

from articles import workflow
from comments import links, mails, moderation
from comments.models import Comment, Report
from newsroom.lib.outbox import Skip
from newsroom.models import Message, SiteSettings
from tests.factories import UserFactory, make_article

from .readers import decide, published, write

pytestmark = pytest.mark.django_db

ANN = "ann@example.org"


@pytest.fixture(autouse=True)
def _site():
    SiteSettings.objects.create(pk=1, name="The Post", contact_email="desk@post.example")


def mail(kind: str):
    """The mail that the newest message of a kind turns into."""
    message = Message.objects.filter(kind=f"comments.{kind}").latest("pk")
    return mails.HANDLERS[message.kind](message)


def both(made) -> list[str]:
    (html,) = [part.content for part in made.alternatives]
    return [made.body, html]


def link_in(text: str) -> str:
    return re.search(r"http://testserver(/comments/\S+/)", text)[1]


def confirmed(article, body="mine", **values) -> Comment:
    values = {"address": ANN, "wants_replies": True, **values}
    return write(article, body, is_confirmed=True, **values)


def test_every_kind_that_the_verbs_write_has_a_handler():
    assert set(mails.HANDLERS) == {
        "comments.verify", "comments.reply", "comments.decision", "comments.report_decision",
    }  # fmt: skip


def test_an_address_is_asked_whether_it_wrote(client):
    """Anybody can have such a mail sent to anybody: what was typed stands behind the link alone."""
    article = make_article(headline="Bridge & tunnel")
    bait = "Your prize: https://evil.example/ <b>"
    comment = write(article, bait, name="evil.example", address=ANN, wants_replies=True)
    made = mail("verify")
    assert made.to == [ANN]
    assert made.subject == "Confirm your address for comments on The Post"
    text, html = both(made)
    assert "“Bridge & tunnel”" in text
    assert all("evil.example" not in part and "prize" not in part for part in (text, html))
    assert link_in(text) in html
    asked = client.get(link_in(text)).text
    assert ("evil.example" in asked, "Your prize" in asked, "&lt;b&gt;" in asked) == (True,) * 3
    assert client.post(link_in(text)).status_code == 200
    comment.refresh_from_db()
    assert comment.confirmed_at is not None
    with pytest.raises(Skip):
        mail("verify")


def test_a_hidden_article_is_not_named_to_who_is_asked(client):
    comment = write(make_article(headline="Bridge & tunnel"), address=ANN, wants_replies=True)
    link = link_in(mail("verify").body)
    assert client.get(comment.article.get_absolute_url()).status_code == 200
    chief = UserFactory(role="Chief editor")
    workflow.withdraw(comment.article, by=chief, reason="It was wrong.")
    page = client.get(link)
    assert (page.status_code, "tunnel" in page.text) == (200, False)
    with pytest.raises(Skip):
        mail("verify")


def test_nobody_is_asked_for_spam_or_for_what_is_gone():
    comment = write(make_article(), address=ANN, wants_replies=True)
    decide(comment, "spam")
    with pytest.raises(Skip):
        mail("verify")
    Comment.objects.filter(pk=comment.pk).delete()
    with pytest.raises(Skip):
        mail("verify")


def replied():
    article = make_article(headline="Bridge & tunnel")
    above = decide(confirmed(article))
    return above, published(article, "answer <i>", name="Bob & Co", parent=above)


def test_an_author_hears_of_a_reply(client):
    above, answer = replied()
    made = mail("reply")
    assert made.to == [ANN]
    assert made.subject == "Bob & Co has replied to your comment on “Bridge & tunnel”"
    text, html = both(made)
    assert "answer <i>" in text
    assert "answer &lt;i&gt;" in html
    assert f"http://testserver{links.place(answer)}" in text
    stop = made.extra_headers["List-Unsubscribe"].strip("<>")
    assert made.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made.extra_headers["List-Id"] == "<comments.testserver>"
    assert stop in text
    assert stop in html
    assert client.post(stop.removeprefix("http://testserver")).status_code == 200
    with pytest.raises(Skip):
        mail("reply")
    above.refresh_from_db()
    assert not above.wants_replies


@pytest.mark.parametrize("change", ["hidden", "parent", "withdrawn", "erased", "blocked"])
def test_a_reply_that_has_no_place_any_more_is_not_told(change):
    above, answer = replied()
    chief = UserFactory(role="Chief editor")
    if change == "hidden":
        decide(answer, "rejected", "insult")
    elif change == "parent":
        decide(above, "rejected", "insult")
    elif change == "withdrawn":
        workflow.withdraw(above.article, by=chief, reason="It was wrong.")
    elif change == "erased":
        moderation.erase(ANN)
    else:
        moderation.block(above.author, by=UserFactory(role="Moderator"))
    with pytest.raises(Skip):
        mail("reply")


def test_a_rejection_is_told_with_its_reason_and_the_way_to_object(client):
    comment = confirmed(make_article(), "mine <b>")
    decide(comment, "rejected", "off_topic", "It is about the <tunnel>.")
    made = mail("decision")
    assert made.to == [ANN]
    text, html = both(made)
    for words in ("Off topic", "14 days", "dispute settlement", "by a person"):
        assert words in text
        assert words in html
    assert "It is about the <tunnel>." in text
    assert "It is about the &lt;tunnel&gt;." in html
    link = link_in(text)
    assert client.post(link, {"do": "appeal", "appeal": "No."}).status_code == 303
    decide(comment)
    made = mail("decision")
    assert "looked at again" in made.body
    assert f"http://testserver{links.place(comment)}" in made.body


def test_decisions_do_not_name_a_text_that_was_withdrawn():
    article = make_article(headline="Nobody reads this any more")
    decide(confirmed(article), "rejected", "off_topic")
    other = published(article, "theirs", name="Bob")
    moderation.report(other, reason="insult", text="It names me.", address="me@example.org")
    decide(other, "rejected", "insult")
    kinds = ["decision", "report_decision"]
    for kind in kinds:
        assert "Nobody reads this any more" in mail(kind).subject
    workflow.withdraw(article, by=UserFactory(role="Chief editor"), reason="It was wrong.")
    for kind in kinds:
        made = mail(kind)
        assert [text for text in [made.subject, *both(made)] if "Nobody reads" in text] == []


def test_a_decision_that_was_taken_back_is_not_told():
    comment = confirmed(make_article())
    decide(comment, "rejected", "off_topic")
    decide(comment)
    message = Message.objects.filter(kind="comments.decision").earliest("pk")
    with pytest.raises(Skip):
        mails.decision(message)


def test_an_address_that_nobody_confirmed_hears_of_no_decision():
    comment = write(make_article(), address=ANN, wants_replies=True)
    decide(comment, "rejected", "off_topic")
    assert not Message.objects.filter(kind="comments.decision").exists()


def reported(to: str, reason: str = "") -> Report:
    comment = published(make_article(), "theirs", name="Bob")
    moderation.report(comment, reason="insult", text="It names me.", address="me@example.org")
    decide(comment, to, reason, "Within the rules." if to == "approved" else "")
    return Report.objects.get()


@pytest.mark.parametrize(
    ("to", "reason", "says"),
    [("approved", "", "that it stays"), ("rejected", "insult", "does not appear any more")],
)
def test_who_reported_hears_of_the_decision_and_why(to, reason, says):
    reported(to, reason)
    made = mail("report_decision")
    assert made.to == ["me@example.org"]
    for part in both(made):
        assert says in part
        assert "Bob (Insult)" in part
        assert "desk@post.example" in part
        assert ("Within the rules." in part) is (to == "approved")


def test_a_report_without_an_address_and_a_later_decision_are_not_told():
    report = reported("approved")
    decide(report.comment, "rejected", "insult")
    with pytest.raises(Skip):
        mail("report_decision")
    Report.objects.update(address="")
    with pytest.raises(Skip):
        mail("report_decision")


def test_mails_speak_the_language_of_the_article():
    write(make_article(language="de"), address=ANN, wants_replies=True)
    assert mail("verify").subject == "Adresse für Kommentare bei The Post bestätigen"


def test_nothing_of_a_person_stands_in_the_outbox():
    replied()
    reported("approved")
    for message in Message.objects.all():
        assert "@" not in f"{message.key} {message.payload}"
