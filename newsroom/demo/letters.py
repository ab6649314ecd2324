"""The demo's newsletter: a list, two issues that went out, one that is to go out.

Made by the verbs; afterwards the two are put back to the days on which they would have gone out.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles import alerts, newsletter
from articles.alerts import links, scopes
from articles.models import NewsletterIssue, Subscriber
from newsroom import delivery
from newsroom.lib import outbox
from newsroom.lib.outboxwork import work_off
from newsroom.models import Message, User

from . import texts
from .memory import Memory

_READERS = ("mia", "jan", "ida", "noah", "ella", "finn")
_EVENING = time(18)


def build(language: str, memory: Memory) -> None:
    """Bring in the list and every issue that was not brought in before."""
    missing = [one for one in texts.letters(language) if memory.find("letter", one["key"]) is None]
    if missing:
        with transaction.atomic():
            _join(language)
            for values in missing:
                memory.remember("letter", [(values["key"], _issue(values, memory))])


def _join(language: str) -> None:
    """Let readers ask for the newsletter, be asked by mail, and confirm."""
    new = [name for name in _READERS if not _found(name).exists()]
    choices = [scopes.newsletter()]
    for name in new:
        address = f"{name}@example.org"
        alerts.ask(
            address, choices, frequency=0, page="/newsletter/", language=language, network=""
        )
    work_off(delivery.HANDLERS)
    for name in new:
        alerts.confirm(links.confirm_path(_found(name).get()).rstrip("/").rpartition("/")[2])


def _found(name: str) -> QuerySet[Subscriber]:
    return Subscriber.objects.filter(address=f"{name}@example.org")


def _issue(values: dict[str, Any], memory: Memory) -> NewsletterIssue:
    editor = User.objects.get(pk=memory.id_of("account", "editor"))
    given = newsletter.Contents(
        subject=values["subject"],
        intro=values["intro"],
        closing=values["closing"],
        auto_count=values.get("auto_count", 0),
        picks=[memory.id_of("article", key) for key in values.get("picks", [])],
    )
    issue = newsletter.save(None, given, by=editor)
    if days := values.get("in_days"):
        newsletter.schedule(issue, _at(days), by=editor, seen=issue.version)
    elif days := values.get("days_ago"):
        newsletter.schedule(issue, timezone.now(), by=editor, seen=issue.version)
        newsletter.send_due()
        if values.get("leaves"):
            alerts.end(_found(values["leaves"]).get().pk)  # before it was sent: it is skipped
        work_off({**delivery.HANDLERS, "newsletter": _refusing_one})
        newsletter.count_mails()
        at = _at(-days)
        NewsletterIssue.objects.filter(pk=issue.pk).update(sent_at=at, scheduled_for=at)
        issue.entries.update(at=at)
    return issue


def _at(days: int) -> datetime:
    zone = timezone.get_current_timezone()
    return datetime.combine(timezone.localdate() + timedelta(days=days), _EVENING, zone)


def _refusing_one(message: Message) -> EmailMessage | None:
    """Send an issue, except to an address that some server does not know."""
    if _found("finn").filter(pk=message.about).exists():
        raise outbox.Undeliverable("SMTPRecipientsRefused: 550 5.1.1 User unknown")
    return delivery.HANDLERS["newsletter"](message)
