"""Alerts as they arrive at a real mail server, and that nothing but a POST changes anything."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from articles import alerts, workflow
from articles.alerts import links, scopes
from articles.models import Article, Subscriber, Subscription
from newsroom import delivery, tick
from newsroom.lib import antispam
from newsroom.models import Message
from tests.factories import ImageFactory, SectionFactory, UserFactory, make_article, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    cache.clear()
    time_machine.move_to("2026-03-04 12:00:00+00:00", tick=False)
    return time_machine


def follow(*choices: scopes.Choice, frequency: int = 0, address: str = "anna@example.org"):
    alerts.ask(address, choices, frequency=frequency, page="/", language="en", network="")
    subscriber = Subscriber.objects.get(address=address)
    alerts.confirm(links.confirm_path(subscriber).split("/")[3])
    # The question itself is not what these tests are about.
    Message.objects.filter(kind="alert-confirm").delete()
    return subscriber


def publish(**values) -> Article:
    article = make_draft(**values)
    workflow.publish(article, by=UserFactory(is_superuser=True))
    return Article.objects.get(pk=article.pk)


def parts(mail) -> list[str]:
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]


def path_in(text: str, word: str) -> str:
    """The path of the first link of ours with a word in it."""
    return urlsplit(re.search(rf"http://testserver(/\S*{word}/\S*?/)(?=[\s\"<>])", text)[0]).path


def test_story_from_request_to_one_click_and_silence(client, mail_server, clock):
    seen = make_article(tags=["Trams"], headline="Seen before")
    token = antispam.form_token("alert")
    clock.shift(10)
    client.post(
        "/alerts/",
        {
            "form": token, "page": seen.get_absolute_url(), "frequency": "0",
            "scope": [f"tag:{seen.tags.get().pk}"], "address": "anna@example.org",
        },
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    tick.run_once()
    (question,) = mail_server.mails
    assert question["To"] == "anna@example.org"
    assert "List-Unsubscribe" not in question
    assert all("Topic Trams" in part for part in parts(question))
    confirm = path_in(parts(question)[0], "confirm")
    shown = re.findall(r'name="shown" value="([^"]+)"', client.get(confirm).text)
    assert client.post(confirm, {"shown": shown}).status_code == 200

    publish(tags=["Trams"], headline="New line opened")
    tick.run_once()
    tick.run_once()
    assert len(mail_server.mails) == 2
    told = mail_server.mails[1]
    assert told["Subject"] == "New line opened"
    head = mail_server.raw[1].partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    (leave,) = (line for line in head if line.startswith("List-Unsubscribe: "))
    one_click = re.fullmatch(r"List-Unsubscribe: <http://testserver(/\S+)>", leave)[1]
    assert "List-Id: <alerts.testserver>" in head

    publish(tags=["Trams"], headline="Another line")
    alerts.tell_due()
    assert Message.objects.get(state="queued").kind == "alert"
    assert client.post(one_click, {"List-Unsubscribe": "One-Click"}).status_code == 200
    tick.run_once()
    assert len(mail_server.mails) == 2
    skipped = Message.objects.get(state="skipped")
    assert skipped.note == "Not wanted any more."
    publish(tags=["Trams"], headline="A third line")
    tick.run_once()
    assert len(mail_server.mails) == 2
    call_command("outbox")


def test_headers_stay_on_one_line_however_long(mail_server):
    sections = [SectionFactory() for _number in range(20)]
    follow(*(scopes.of_section(section) for section in sections[:19]), scopes.everything())
    publish(section=sections[0].pk)
    tick.run_once()
    (raw,) = mail_server.raw
    head = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    names = [line.partition(":")[0] for line in head if not line.startswith((" ", "\t"))]
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Message-ID"):
        assert names.count(name) == 1
        place = next(n for n, line in enumerate(head) if line.startswith(f"{name}:"))
        assert not head[place + 1].startswith((" ", "\t"))


def test_mail_shows_nothing_from_elsewhere_and_follows_nobody(mail_server):
    image = ImageFactory(alt="A tram")
    follow(scopes.everything())
    article = publish(lead_image=image.pk, headline="Trams & <buses>", standfirst="“Yes” & no.")
    tick.run_once()
    text, html = parts(mail_server.mails[0])
    assert "Trams & <buses>" in mail_server.mails[0]["Subject"]
    assert "“Yes” & no." in text
    assert "Trams &amp; &lt;buses&gt;" in html
    address = f"http://testserver{article.get_absolute_url()}"
    assert address in text
    links_in_it = [unescape(link) for link in re.findall(r'(?:href|src)="([^"]+)"', html)]
    assert {urlsplit(link).netloc for link in links_in_it} == {"testserver"}
    assert address in links_in_it
    pictures = re.findall(r"<img[^>]+>", html)
    assert len(pictures) == 1
    assert 'alt="A tram"' in pictures[0]
    assert "prefers-color-scheme: dark" in html


def test_digest_tells_every_story_once_and_nothing_that_is_gone(mail_server, clock, chief):
    section = SectionFactory()
    follow(scopes.everything(), scopes.of_section(section), frequency=1)
    first = publish(headline="First", section=section.pk)
    gone = publish(headline="Gone")
    clock.shift(60)
    publish(headline="Second")
    tick.run_once()
    workflow.withdraw(gone, by=chief, reason="No.")
    assert mail_server.raw == []
    clock.move_to("2026-03-05 06:00:10+00:00", tick=False)
    tick.run_once()
    (mail,) = mail_server.mails
    assert mail["Subject"] == "Newsroom: 2 new articles, among them “Second”"
    text, html = parts(mail)
    assert [text.count(word) for word in ("First", "Second", "Gone")] == [1, 2 - 1, 0]
    assert first.get_absolute_url() in html
    for _day in range(8):
        clock.shift(timedelta(days=1))
        tick.run_once()
    assert len(mail_server.raw) == 1


def test_digest_leaves_out_what_is_not_wanted_any_more(mail_server, clock):
    section = SectionFactory()
    subscriber = follow(scopes.everything(), scopes.of_section(section), frequency=1)
    publish(headline="Elsewhere")
    publish(headline="Here", section=section.pk)
    tick.run_once()
    alerts.end(subscriber.pk, [Subscription.objects.get(scope="all").pk])
    clock.move_to("2026-03-05 06:00:10+00:00", tick=False)
    tick.run_once()
    assert [mail["Subject"] for mail in mail_server.mails] == ["Newsroom: Here"]


def test_article_that_is_gone_and_address_that_is_erased_get_no_mail(mail_server, chief):
    follow(scopes.everything())
    alerts.privacy.erase("otto@example.org")
    article = publish()
    alerts.tell_due()
    workflow.withdraw(article, by=chief, reason="No.")
    delivery.deliver()
    assert Message.objects.get().note == "Readers cannot see the article any more."
    follow(scopes.everything(), frequency=1, address="otto@example.org")
    publish()
    alerts.tell_due()
    alerts.privacy.erase("otto@example.org")
    Message.objects.filter(kind="alert-digest").update(due_at=timezone.now())
    delivery.deliver()
    assert Message.objects.get(kind="alert-digest").note == "The address has been deleted."
    assert len(mail_server.raw) == 1


def test_active_address_that_asks_again_is_shown_its_alerts(mail_server, clock):
    follow(scopes.everything())
    clock.shift(timedelta(days=2))
    alerts.ask(
        "anna@example.org", [scopes.everything()],
        frequency=0, page="/", language="en", network="",
    )  # fmt: skip
    delivery.deliver()
    (mail,) = mail_server.mails
    assert mail["Subject"] == "Your alerts from Newsroom"
    assert "/alerts/preferences/" in parts(mail)[0]


def test_mail_speaks_the_language_of_its_reader(mail_server):
    follow(scopes.everything())
    Subscriber.objects.update(language="de")
    publish()
    tick.run_once()
    assert "Abbestellen" in parts(mail_server.mails[0])[0]


def test_comments_of_an_article_are_told_in_one_mail(mail_server, clock):
    article = make_article(headline="Bridge")
    follow(scopes.of_comments(article))
    for _number in range(3):
        alerts.tell_of_comments(article.pk)
    clock.shift(3600)
    delivery.deliver()
    (mail,) = mail_server.mails
    assert mail["Subject"] == "New comments on “Bridge”"
    assert f"{article.get_absolute_url()}#comments" in parts(mail)[0]


@pytest.mark.parametrize("number", [1, 3])
def test_alert_costs_the_same_queries_for_each_mail(number, django_assert_num_queries, mail_server):
    sections = [SectionFactory() for _number in range(number)]
    follow(scopes.everything(), *(scopes.of_section(section) for section in sections))
    publish(section=sections[0].pk, tags=[f"Topic {n}" for n in range(number)])
    alerts.tell_due()
    message = Message.objects.get(kind="alert")
    with django_assert_num_queries(8):
        delivery.HANDLERS["alert"](message)


def tables() -> dict[str, list]:
    """Every row of every table, but for caches and what counts readers."""
    counters = {
        "articles_readcount", "articles_zerohit", "articles_missingpath", "newsroom_networkkey",
    }  # fmt: skip
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names(cursor):
            if name not in counters and not name.startswith(("django_session", "sqlite_")):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
                found[name] = sorted(map(repr, cursor.fetchall()))
    return found


def test_no_link_in_pages_and_mails_changes_anything_when_it_is_opened(client, mail_server, clock):
    section = SectionFactory(slug="city")
    follow(scopes.everything())
    follow(scopes.everything(), frequency=1, address="otto@example.org")
    publish(tags=["Trams"], section=section.pk, lead_image=ImageFactory().pk)
    alerts.ask(
        "eva@example.org", [scopes.everything()], frequency=0, page="/", language="", network=""
    )
    clock.move_to("2026-03-05 06:00:10+00:00", tick=False)
    tick.run_once()
    waiting = ["/", "/alerts/", "/search/?q=bridge"]
    for raw in mail_server.raw:
        text, html = parts(message_from_bytes(raw, policy=policy.default))
        waiting += re.findall(r"http://testserver[^\s\"<>]+", text + unescape(html))
    mailed = {urlsplit(link).path.split("/")[2] for link in waiting if "/alerts/" in link}
    assert mailed >= {"confirm", "off", "preferences"}
    before, opened = tables(), set()
    while waiting:
        parted = urlsplit(waiting.pop().removeprefix("http://testserver"))
        path = f"{parted.path}?{parted.query}" if parted.query else parted.path
        if path in opened or parted.netloc or not path.startswith("/"):
            continue
        opened.add(path)
        response = client.get(path)
        if response.get("Content-Type", "").startswith("text/html"):
            found = re.findall(r'(?:href|src|action)="([^"]+)"', response.text)
            waiting += [unescape(link) for link in found if not link.startswith("/static/")]
    assert len(opened) > 25
    assert any("data.json" in path for path in opened)
    assert tables() == before
