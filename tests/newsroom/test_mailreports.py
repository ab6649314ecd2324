"""What comes back of sent mails: who is believed, and that their alerts end."""

import json
import mailbox
from base64 import b64encode

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from articles.models import Subscriber, Subscription
from newsroom.lib import bounces, outbox
from newsroom.models import Message

pytestmark = pytest.mark.django_db

DSN = """From: MAILER-DAEMON@mail.example
To: bounces@testserver
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
{fields}
--b
Content-Type: {quoted}

From: newsroom@testserver
Message-ID: <{message_id}>
Subject: News

--b--
"""
FAILED = """Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user
"""
COMPLAINT = """Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1
Original-Rcpt-To: <{address}>
"""


def dsn(
    message_id: str, *, address="anna@example.org", action="failed", status="5.1.1",
    quoted="text/rfc822-headers",
) -> bytes:  # fmt: skip
    fields = FAILED.format(address=address, action=action, status=status)
    return DSN.format(
        kind="delivery-status", fields=fields, quoted=quoted, message_id=message_id
    ).encode()


def complaint(message_id: str) -> bytes:
    fields = COMPLAINT.format(address="anna@example.org")
    return DSN.format(
        kind="feedback-report", fields=fields, quoted="message/rfc822", message_id=message_id
    ).encode()


@pytest.fixture
def message() -> Message:
    """A mail of ours to a subscriber with one active alert."""
    subscriber = Subscriber.objects.create(address="anna@example.org")
    subscriber.subscriptions.create(scope="all", state="active")
    with transaction.atomic():
        outbox.put("alert", "alert:1:1", about=subscriber.pk)
    return Message.objects.get()


@pytest.fixture
def folder(tmp_path, settings) -> mailbox.Maildir:
    settings.BOUNCE_MAILBOX = f"maildir://{tmp_path}/bounces"
    return mailbox.Maildir(tmp_path / "bounces")


def state() -> str:
    return Subscription.objects.get().state


def states() -> list[tuple[str, str]]:
    rows = Subscription.objects.order_by("subscriber__address")
    return list(rows.values_list("subscriber__address", "state"))


def test_address_that_does_not_exist_gets_no_more(message, folder):
    folder.add(dsn(message.message_id))
    call_command("read_bounces")
    assert state() == "bounced"
    assert [mail.get_flags() for mail in folder] == ["S"]
    Subscription.objects.update(state="active")
    call_command("read_bounces")
    assert state() == "active"  # read once


def test_complaint_ends_alerts_for_good(message, folder):
    folder.add(complaint(message.message_id))
    call_command("read_bounces")
    assert state() == "complained"


@pytest.mark.parametrize(
    "raw",
    [
        dsn("guessed@testserver"),
        dsn("guessed@testserver", quoted="message/rfc822"),
        b"Subject: Holiday\n\nI am away.",
    ],
)
def test_report_without_a_mail_of_ours_is_not_believed(message, folder, raw):
    folder.add(raw)
    call_command("read_bounces")
    assert state() == "active"


def test_report_about_ones_own_mail_ends_nobody_elses_alerts(message, folder):
    """Whoever gets alerts knows these mails' Message-IDs, and may write reports about them."""
    other = Subscriber.objects.create(address="ben@example.org")
    other.subscriptions.create(scope="all", state="active")
    folder.add(dsn(message.message_id, address="ben@example.org"))
    call_command("read_bounces")
    assert states() == [("anna@example.org", "active"), ("ben@example.org", "active")]
    folder.add(dsn(message.message_id, address="Anna@Example.org"))
    call_command("read_bounces")
    assert states() == [("anna@example.org", "bounced"), ("ben@example.org", "active")]


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("failed", "4.2.2")])
def test_what_may_pass_ends_nothing(message, folder, action, status):
    folder.add(dsn(message.message_id, action=action, status=status))
    call_command("read_bounces")
    assert state() == "active"


def test_command_says_when_there_is_no_mailbox():
    with pytest.raises(CommandError):
        call_command("read_bounces")


def test_report_names_addresses_and_the_mail_in_either_quotation():
    for quoted in ("text/rfc822-headers", "message/rfc822"):
        report = bounces.read(dsn("1@testserver", quoted=quoted))
        assert report == bounces.Report(
            frozenset({"anna@example.org"}), frozenset({"1@testserver"})
        )


def test_endless_line_is_read_in_no_time():
    """Anybody can send such a mail; sign by sign it would keep tick busy for hours."""
    assert bounces.read(dsn("1@testserver", address="a" * 500_000)) is None


@pytest.fixture
def post(client, settings):
    settings.MAIL_WEBHOOK, settings.MAIL_WEBHOOK_SECRET = "postmark", "news:secret"

    def post(event: dict, secret: str = "news:secret"):
        headers = {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}
        return client.post(
            "/mail-reports/", json.dumps(event), content_type="application/json", headers=headers
        )

    return post


HARD = {"RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Email": "anna@example.org",
        "MessageID": "1", "ID": 4, "Details": "", "BouncedAt": "2026-03-01T12:00:00Z"}  # fmt: skip


def test_providers_report_is_taken_with_its_secret_only(message, post, client, settings):
    assert post(HARD, secret="news:wrong").status_code == 400
    assert state() == "active"
    assert post(HARD).status_code == 200
    assert state() == "bounced"
    settings.MAIL_WEBHOOK_SECRET = ""
    assert post(HARD).status_code == 404
    assert client.get("/mail-reports/").status_code == 405


def test_provider_tells_soft_bounces_and_complaints_apart(message, post):
    assert post({**HARD, "Type": "SoftBounce", "TypeCode": 4096}).status_code == 200
    assert state() == "active"
    spam = {**HARD, "RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512}
    assert post(spam).status_code == 200
    assert state() == "complained"
