"""Readers with alerts in every state, and an outbox that has something of everything to show.

Made by the verbs and the worker. What is left waiting goes out as soon as the site is served: a
question to confirm, and an alert about the article that was published last.
"""

from django.core.mail import EmailMessage
from django.db import transaction

from articles import alerts
from articles.alerts import links, scopes
from articles.models import Section, Subscriber, Subscription
from newsroom import delivery
from newsroom.lib import outbox
from newsroom.lib.outboxwork import work_off
from newsroom.models import Message

from .memory import Memory

_AT_ONCE, _DAILY, _WEEKLY = Subscription.Frequency.values
_READERS = {
    "anna": _AT_ONCE, "lea": _DAILY, "tom": _WEEKLY, "eva": _AT_ONCE, "kim": _DAILY,
    "paul": _AT_ONCE, "zoe": _AT_ONCE, "otto": _DAILY,
}  # fmt: skip
_ACTIVE = ("anna", "lea", "tom", "eva", "kim")


def build(language: str, memory: Memory) -> None:
    """Bring in the readers, once."""
    if memory.find("subscriber", "anna") is not None:
        return
    with transaction.atomic():
        for name in ("anna", "lea", "tom", "eva", "kim", "paul", "zoe"):
            _ask(name, language)
        alerts.end(_find("zoe").pk)  # before the question went out: it is skipped
        work_off({**delivery.HANDLERS, "alert-confirm": _refusing_one})
        for name in _ACTIVE:
            alerts.confirm(links.confirm_path(_find(name)).rstrip("/").rpartition("/")[2])
        alerts.end(_find("eva").pk)
        alerts.report(_find("paul").address, is_complaint=False)
        alerts.report(_find("kim").address, is_complaint=True)
        _ask("otto", language)
        memory.remember("subscriber", [(name, _find(name)) for name in _READERS])


def _ask(name: str, language: str) -> None:
    sections = list(Section.objects.for_menu()[:2])
    choices = [scopes.of_section(section) for section in sections]
    alerts.ask(
        f"{name}@example.org",
        [scopes.everything()] if name in {"anna", "eva"} else choices,
        frequency=_READERS[name],
        page="/alerts/",
        language=language,
        network="",
    )


def _find(name: str) -> Subscriber:
    return Subscriber.objects.get(address=f"{name}@example.org")


def _refusing_one(message: Message) -> EmailMessage | None:
    """Send the question, except to an address that some server does not know."""
    if message.about == _find("paul").pk:
        raise outbox.Undeliverable("SMTPRecipientsRefused: 550 5.1.1 User unknown")
    return delivery.HANDLERS["alert-confirm"](message)
