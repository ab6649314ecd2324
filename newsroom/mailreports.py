"""What comes back of sent mails: a provider's webhook, or a mailbox that bounces go to.

Both end the alerts of an address that does not exist or complains. Called by urls.py and by
`manage.py read_bounces`.
"""

import imaplib
import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles import alerts
from articles.alerts.mails import HANDLERS
from articles.models import Subscriber

from .lib import bounces
from .lib.privacy import normalise_address
from .models import Message

# Words of providers for what may reach the address next time; anymail does not tell them apart.
_PASSING = {"softbounce", "soft_bounce", "soft", "transient", "temporary", "block", "blocked"}


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take the reports of the provider MAIL_WEBHOOK; django-anymail checks and reads them.

    Not there unless provider and secret are set. A wrong secret or signature answers 400.
    """
    if not (settings.MAIL_WEBHOOK and settings.MAIL_WEBHOOK_SECRET):
        raise Http404
    try:
        # anymail's own view, found by its address and used without its signals.
        found = resolve(f"/{settings.MAIL_WEBHOOK}/tracking/", urlconf="anymail.urls")
    except (Resolver404, ImportError) as error:
        raise ImproperlyConfigured("MAIL_WEBHOOK names no provider of django-anymail.") from error
    view: Any = found.func.view_class(webhook_secret=settings.MAIL_WEBHOOK_SECRET)  # type: ignore[attr-defined]
    view.run_validators(request)
    for event in view.parse_events(request):
        is_complaint = event.event_type == "complained"
        if is_complaint or (event.event_type == "bounced" and not _may_pass(event)):
            alerts.report(event.recipient or "", is_complaint=is_complaint)
    return HttpResponse()


def read_mailbox(address: str) -> int:
    """Read the new mails of imaps://user:password@host/Folder or maildir:///folder; mark them.

    Returns how many alerts ended. A report is believed of those alone whose mail it quotes.
    """
    ended = 0
    with _open(address) as mails:
        for raw in mails:
            if (report := bounces.read(raw)) is not None:
                named = set(map(normalise_address, report.addresses))
                for recipient in _recipients(report) & named:
                    ended += alerts.report(recipient, is_complaint=report.is_complaint)
    return ended


def _may_pass(event: Any) -> bool:
    words = event.esp_event.values() if isinstance(event.esp_event, dict) else ()
    return any(str(word).lower() in _PASSING for word in words)


def _recipients(report: bounces.Report) -> set[str]:
    """Return whom the alerts went to that a report quotes: who got one knows no other's."""
    quoted = Message.objects.filter(message_id__in=report.message_ids, kind__in=HANDLERS)
    told = Subscriber.objects.filter(pk__in=quoted.values("about"))
    return set(told.values_list("address", flat=True))


@contextmanager
def _open(address: str) -> Iterator[Iterator[bytes]]:
    parts = urlsplit(address)
    if parts.scheme == "maildir":
        yield _in_folder(Path(parts.path))
    elif parts.scheme == "imaps":
        with imaplib.IMAP4_SSL(parts.hostname or "", parts.port or 993, timeout=30) as server:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            yield _on_server(server, unquote(parts.path.strip("/")) or "INBOX")
    else:
        raise ImproperlyConfigured("BOUNCE_MAILBOX must start with imaps:// or maildir://")


def _in_folder(path: Path) -> Iterator[bytes]:
    folder = mailbox.Maildir(path, create=False)
    for key, mail in list(folder.items()):
        if "S" not in mail.get_flags():
            yield mail.as_bytes()
            mail.add_flag("S")
            mail.set_subdir("cur")
            folder[key] = mail


def _on_server(server: imaplib.IMAP4, folder: str) -> Iterator[bytes]:
    server.select(f'"{folder}"')
    _answer, numbers = server.search(None, "UNSEEN")
    for number in (numbers[0] or b"").split():
        # BODY.PEEK leaves it unread until it has been dealt with.
        _answer, parts = server.fetch(number.decode(), "(BODY.PEEK[])")
        yield from (part[1] for part in parts if isinstance(part, tuple))
        server.store(number.decode(), "+FLAGS", r"(\Seen)")
