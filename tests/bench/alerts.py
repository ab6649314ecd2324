"""Telling 100,000 subscribers of an article, and how many mails a second one worker sends."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

from articles import alerts
from articles.models import Announcement, Article, Subscriber, Subscription
from newsroom import delivery
from newsroom.models import Message
from tests.factories import SectionFactory, make_article

SUBSCRIPTIONS, SECTIONS, MAILS = 100_000, 10, 1000


def run() -> dict[str, dict[str, float | int | str]]:
    """Fill, tell of an article that a tenth of them want and of one that all want, then send."""
    sections = [SectionFactory() for _number in range(SECTIONS)]
    fill([section.pk for section in sections])
    figures: dict[str, dict[str, float | int | str]] = {}
    for name, target in (("a tenth fits", sections[0].pk), ("all fit", None)):
        if target is None:
            Subscription.objects.update(scope="all", target=0)
        article = make_article(section=sections[0].pk)
        begun, written = time.perf_counter(), tell(article)
        spent = time.perf_counter() - begun
        figures[name] = {"matched": written, "s": spent, "of": SUBSCRIPTIONS}
    keep = Message.objects.order_by("pk").values("pk")[:MAILS]
    Message.objects.exclude(pk__in=list(keep.values_list("pk", flat=True))).delete()
    with sink() as port:
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port},
            }
        }
        begun = time.perf_counter()
        sent = delivery.deliver(seconds=300)
        spent = time.perf_counter() - begun
    figures["sending"] = {"mails": sent, "s": spent, "a second": sent / spent}
    return figures


def fill(sections: list[int]) -> None:
    """Every subscriber has one alert: for a section, at once."""
    now = timezone.now()
    readers = [Subscriber(address=f"reader{n}@example.org") for n in range(SUBSCRIPTIONS)]
    Subscriber.objects.bulk_create(readers, batch_size=5000)
    Subscription.objects.bulk_create(
        (
            Subscription(
                subscriber=reader,
                scope="section",
                target=sections[number % len(sections)],
                state=Subscription.State.ACTIVE,
                confirmed_at=now,
            )
            for number, reader in enumerate(readers)
        ),
        batch_size=5000,
    )


def tell(article: Article) -> int:
    """Do what tick does about a new article."""
    Announcement.objects.create(article=article)
    return alerts.tell_due()


@contextmanager
def sink() -> Iterator[int]:
    """A mail server in a process of its own, which throws everything away."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen([*command, "-l", f"127.0.0.1:{port}"])
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
