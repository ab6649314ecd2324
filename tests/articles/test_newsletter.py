"""The newsletter: composing, scheduling, going out once to those who confirmed, and the archive."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import alerts, mostread, newsletter, workflow
from articles.alerts import links, scopes
from articles.models import (
    Consent,
    NewsletterEntry,
    NewsletterIssue,
    ReadCount,
    Subscriber,
    Subscription,
)
from newsroom import delivery
from newsroom.lib.verbs import Conflict, NotPermitted, Refused
from newsroom.models import Message
from tests.factories import SectionFactory, UserFactory, make_article, make_draft

pytestmark = pytest.mark.django_db

NOW = "2026-03-04 12:00:00+00:00"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def letter(*picks, by, **values) -> NewsletterIssue:
    given = {"subject": "The week", "picks": [article.pk for article in picks], **values}
    return newsletter.save(None, newsletter.Contents(**given), by=by)


def due(issue: NewsletterIssue, by, clock) -> NewsletterIssue:
    """Schedule an issue for in an hour, and let the hour pass."""
    at = timezone.now() + timedelta(hours=1)
    newsletter.schedule(issue, at, by=by, seen=issue.version)
    clock.shift(timedelta(hours=1))
    return issue


def join(name: str, *choices: scopes.Choice) -> Subscriber:
    address = f"{name}@example.org"
    chosen = choices or [scopes.newsletter()]
    alerts.ask(address, chosen, frequency=0, page="/newsletter/", language="en", network="")
    subscriber = Subscriber.objects.get(address=address)
    alerts.confirm(links.confirm_path(subscriber).rstrip("/").rpartition("/")[2])
    Message.objects.all().delete()
    return subscriber


def readers() -> list[str]:
    """Whose mails of an issue are in the outbox."""
    names = dict(Subscriber.objects.values_list("pk", "address"))
    rows = Message.objects.filter(kind="newsletter").order_by("about")
    return [names[row.about].partition("@")[0] for row in rows]


def logged(issue: NewsletterIssue) -> list[str]:
    return list(issue.entries.order_by("pk").values_list("verb", flat=True))


def headlines(issue: NewsletterIssue, at=None) -> list[str]:
    row = NewsletterIssue.objects.get(pk=issue.pk)
    return [article.headline for article in newsletter.read(row, at).articles]


def test_issue_is_begun_and_saved_with_its_history(editor):
    first, second = make_article(headline="First"), make_article(headline="Second")
    issue = letter(first, second, by=editor, intro="<p>Hi <img src=x><script>x</script></p>")
    assert (issue.version, issue.intro) == (1, "<p>Hi </p>")
    given = newsletter.Contents(
        subject=" New \x00 words ", picks=[second.pk, first.pk, second.pk, 10**6]
    )
    newsletter.save(issue, given, by=editor, seen=1)
    issue.refresh_from_db()
    assert (issue.subject, issue.version) == ("New words", 2)
    assert headlines(issue) == ["Second", "First"]
    assert logged(issue) == ["created", "saved"]
    assert set(issue.entries.values_list("by", flat=True)) == {editor.pk}


def test_save_refuses_strangers_collisions_and_what_nobody_reads(editor, reporter):
    with pytest.raises(NotPermitted):
        letter(by=reporter)
    issue = letter(by=editor)
    with pytest.raises(Conflict):
        newsletter.save(issue, newsletter.Contents(subject="Late"), by=editor, seen=0)
    refused = [{"subject": " "}, {"subject": "x", "auto_count": 21}]
    refused.append({"subject": "x", "picks": list(range(21))})
    for given in refused:
        with pytest.raises(Refused):
            newsletter.save(issue, newsletter.Contents(**given), by=editor, seen=1)
    issue.refresh_from_db()
    assert (issue.subject, issue.version, logged(issue)) == ("The week", 1, ["created"])


def test_schedule_refuses_past_far_empty_and_changed_issues(editor, reporter):
    issue, now = letter(by=editor, auto_count=3), timezone.now()
    empty = letter(by=editor)
    for row, at, by, seen in (
        (issue, now - timedelta(seconds=61), editor, 1),
        (issue, now + timedelta(days=400), editor, 1),
        (issue, now + timedelta(days=1), reporter, 1),
        (issue, now + timedelta(days=1), editor, 0),
        (empty, now + timedelta(days=1), editor, 1),
    ):
        with pytest.raises(Refused):
            newsletter.schedule(row, at, by=by, seen=seen)
    assert set(NewsletterIssue.objects.values_list("state", flat=True)) == {"draft"}


def test_scheduled_issue_cannot_be_changed_until_it_is_taken_off(editor, reporter):
    issue = letter(by=editor, auto_count=3)
    with pytest.raises(Conflict):
        newsletter.unschedule(issue, by=editor)
    newsletter.schedule(issue, timezone.now() + timedelta(days=1), by=editor, seen=1)
    with pytest.raises(Refused):
        newsletter.save(issue, newsletter.Contents(subject="x"), by=editor, seen=1)
    with pytest.raises(Refused):
        newsletter.discard(issue, by=editor)
    with pytest.raises(NotPermitted):
        newsletter.unschedule(issue, by=reporter)
    newsletter.unschedule(issue, by=editor)
    assert logged(issue) == ["created", "scheduled", "unscheduled"]
    with pytest.raises(NotPermitted):
        newsletter.discard(issue, by=reporter)
    newsletter.discard(issue, by=editor)
    assert not NewsletterIssue.objects.exists()


def test_issue_goes_out_once_to_those_who_confirmed(editor, clock):
    for name in ("anna", "otto", "eva"):
        join(name)
    join("tom", scopes.everything())
    alerts.ask(
        "kim@example.org", [scopes.newsletter()], frequency=0, page="/", language="", network=""
    )
    alerts.end(Subscriber.objects.get(address="eva@example.org").pk)
    issue = letter(make_article(), by=editor)
    assert newsletter.send_due() == 0
    due(issue, editor, clock)
    assert newsletter.send_due() == 2
    assert newsletter.send_due() == 0
    assert readers() == ["anna", "otto"]
    issue.refresh_from_db()
    assert (issue.state, issue.sent_at, issue.recipients) == ("sent", timezone.now(), 2)
    assert logged(issue) == ["created", "scheduled", "sent"]
    for verb in (
        lambda: newsletter.unschedule(issue, by=editor),
        lambda: newsletter.discard(issue, by=editor),
        lambda: newsletter.save(issue, newsletter.Contents(subject="x"), by=editor, seen=1),
    ):
        with pytest.raises(Conflict):
            verb()


@pytest.mark.parametrize("number", [1, 4])
def test_sending_costs_the_same_queries_for_any_list(
    number, editor, clock, django_assert_num_queries
):
    for reader in range(number):
        join(f"reader{reader}")
    due(letter(*(make_article() for _n in range(number)), by=editor), editor, clock)
    with django_assert_num_queries(10):
        newsletter.send_due()
    assert len(readers()) == number


def test_nothing_goes_out_that_readers_cannot_see_then(editor, chief, clock):
    draft = make_draft(headline="Draft")
    coming = make_draft(headline="Coming")
    gone = make_article(headline="Gone")
    issue = letter(draft, coming, gone, by=editor, auto_count=2)
    at = timezone.now() + timedelta(hours=1)
    workflow.publish(coming, by=chief, at=at - timedelta(minutes=1))
    workflow.withdraw(gone, by=chief, reason="No.")
    assert headlines(issue) == []
    assert headlines(issue, at) == ["Coming"]
    due(issue, editor, clock)
    newsletter.send_due()
    issue.refresh_from_db()
    assert issue.articles == [coming.pk]
    workflow.publish(draft, by=chief)
    assert headlines(issue) == ["Coming"]


def test_issue_with_nothing_in_it_becomes_a_draft_again(editor, clock):
    join("anna")
    issue = due(letter(make_draft(), by=editor), editor, clock)
    assert newsletter.send_due() == 0
    issue.refresh_from_db()
    assert (issue.state, readers(), logged(issue)[-1]) == ("draft", [], "empty")


def test_issue_fills_itself_with_the_newest_since_the_last_one(editor, clock):
    section, below = SectionFactory(), SectionFactory()
    below.parent = section
    below.save()
    old = make_article(headline="Old", section=section.pk)
    due(letter(old, by=editor), editor, clock)
    newsletter.send_due()
    clock.shift(timedelta(hours=1))
    make_article(headline="Elsewhere")
    make_article(headline="Paid", section=section.pk, genre="advertising")
    make_article(headline="Before", section=below.pk)
    clock.shift(60)
    picked = make_article(headline="Picked", section=section.pk)
    clock.shift(60)
    make_article(headline="Newest", section=section.pk)
    here = letter(picked, by=editor, auto_count=5, sections=[section])
    assert headlines(here) == ["Picked", "Newest", "Before"]
    assert headlines(letter(by=editor, auto_count=3)) == ["Newest", "Picked", "Before"]


def test_issue_fills_itself_with_the_most_read_since_the_last_one(editor, clock):
    told, much, little, unread = (make_article(headline=word) for word in "tmlu")
    due(letter(told, by=editor), editor, clock)
    newsletter.send_due()
    clock.shift(timedelta(hours=2))
    hour = int(timezone.now().timestamp() // 3600)
    mostread.write({(told.pk, hour): 9, (much.pk, hour): 5, (little.pk, hour): 2})
    mostread.write({(unread.pk, hour - 9): 50})
    assert ReadCount.objects.count() == 4
    issue = letter(by=editor, auto_count=3, auto_source="most_read")
    assert headlines(issue) == ["m", "l"]


def test_counts_are_written_back_from_the_outbox(editor, clock, mail_server):
    for name in ("anna", "otto", "eva", "kim"):
        join(name)
    mail_server.answers["otto@example.org"] = "550 Nobody of that name"
    issue = due(letter(make_article(), by=editor), editor, clock)
    newsletter.send_due()
    alerts.end(Subscriber.objects.get(address="eva@example.org").pk)
    assert newsletter.count_mails() == 1
    issue.refresh_from_db()
    assert (issue.recipients, issue.waiting) == (4, 4)
    delivery.deliver()
    newsletter.count_mails()
    issue.refresh_from_db()
    counts = (issue.recipients, issue.delivered, issue.failed, issue.skipped, issue.waiting)
    assert counts == (4, 2, 1, 1, 0)
    assert newsletter.count_mails() == 0


def test_test_mail_goes_to_the_own_account_only(editor, reporter, mail_server):
    editor.email = "edgar@example.org"
    editor.save()
    join("anna")
    issue = letter(make_article(headline="Bridge"), by=editor)
    for by in (reporter, UserFactory(role="Editor")):
        with pytest.raises(Refused):
            newsletter.send_test(issue, by=by)
    newsletter.send_test(issue, by=editor)
    delivery.deliver()
    (mail,) = mail_server.mails
    assert (mail["To"], mail["Subject"]) == ("edgar@example.org", "[Test] The week")
    assert "List-Unsubscribe" not in mail
    assert "Bridge" in mail.get_body(("plain",)).get_content()
    assert (issue.entries.first().verb, issue.is_draft) == (NewsletterEntry.Verb.TESTED, True)


def test_consent_names_the_text_of_what_was_asked_for():
    join("anna", scopes.everything(), scopes.newsletter())
    rows = Consent.objects.order_by("pk").values_list("kind", "text_version", "scopes")
    assert [(kind, version, [one["scope"] for one in told]) for kind, version, told in rows] == [
        ("requested", 2, ["all"]), ("requested", 3, ["newsletter"]),
        ("confirmed", 2, ["all"]), ("confirmed", 3, ["newsletter"]),
    ]  # fmt: skip
    assert rows[1][2][0]["frequency"] == "with every issue"
    assert Subscription.objects.active().count() == 2
