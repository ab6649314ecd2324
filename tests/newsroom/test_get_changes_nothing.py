"""No GET changes anything: every link of every page and of every mail is opened, twice as machines
do that look into mails, and the database is the same afterwards, counters of misses aside.
"""

import re
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import alerts, workflow
from articles.alerts import scopes
from articles.models import MissingPath, Subscriber, ZeroHit
from comments import moderation
from newsroom import delivery
from newsroom.models import Message
from tests.factories import UserFactory, make_draft
from tests.jobs.makers import make_draft as make_job_draft

# What is asked for and not found is counted on purpose, without a trace of who.
COUNTERS = {MissingPath, ZeroHit}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}


def dump() -> dict[str, str]:
    """Every row of every table, as text."""
    return {
        model._meta.label: serializers.serialize("json", model._base_manager.order_by("pk"))
        for model in apps.get_models()
        if model not in COUNTERS
    }


def links_of(html: str) -> list[str]:
    """The addresses of this site that a page or a mail leads to, without its pictures."""
    nodes = LexborHTMLParser(html).css("a[href], link[href], form[action]")
    addresses = [node.attributes.get("href") or node.attributes.get("action") for node in nodes]
    return [local for address in addresses if (local := on_this_site(address or ""))]


def on_this_site(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc not in {"", "testserver"} or not parts.path.startswith("/"):
        return ""
    if parts.path.startswith(("/static/", "/media/", "/r/")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def cause_mails() -> None:
    """Have one of each kind written that holds a key: to alerts, to a comment, to a job."""
    alerts.ask(
        "anna-asks@example.org",
        [scopes.everything()],
        frequency=0,
        page="/",
        language="en",
        network="",
    )
    asked = Subscriber.objects.create(address="otto-reads@example.org")
    asked.subscriptions.create(scope="all", target=0, state="active", confirmed_at=timezone.now())
    article = make_draft()
    workflow.publish(article, by=UserFactory(is_superuser=True))
    article.refresh_from_db()
    alerts.tell_due()
    entry = moderation.Entry(
        article=article, body="A word.", name="Ann", address="ann@example.org", wants_replies=True
    )
    moderation.submit(entry)
    make_job_draft()
    Message.objects.filter(state=Message.State.QUEUED).update(due_at=timezone.now())


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_opening_every_link_of_pages_and_mails_changes_nothing(demo, client, mail_server):
    cause_mails()
    delivery.deliver(seconds=60)
    mailed = {
        local
        for mail in mail_server.mails
        for address in re.findall(r"https?://[^\s<>\"]+", text_of(mail))
        if (local := on_this_site(address))
    }
    doors = ("/alerts/confirm/", "/alerts/off/", "/alerts/preferences/", "/jobs/manage/")
    for door in (*doors, "/comments/"):
        assert any(door in path for path in mailed), door
    before = dump()
    waiting, seen = ["/", *mailed], set()
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) >= 600:
            continue
        seen.add(path)
        response = client.get(path, headers=BROWSER)
        assert response.status_code < 500, path
        if response.get("Content-Type", "").startswith("text/html"):
            waiting += links_of(response.text)
    for path in mailed:
        client.get(path)
        client.head(path)
    assert len(seen) > 200
    after = dump()
    assert {label for label in before if before[label] != after[label]} == set()


def text_of(mail) -> str:
    """Every part of a mail as text."""
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail.get("List-Unsubscribe", "")), *(p.get_content() for p in parts)])
