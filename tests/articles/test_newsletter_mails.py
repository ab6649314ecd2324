"""The newsletter at a real mail server; and every kind of mail, with a promo under its label or
without one.
"""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from articles import alerts, newsletter, promos, workflow
from articles.alerts import links, scopes
from articles.models import Article, NewsletterIssue, Subscriber
from newsroom import delivery, tick
from newsroom.lib import antispam
from newsroom.models import Message
from tests.factories import (
    ImageFactory,
    PromoFactory,
    SectionFactory,
    UserFactory,
    make_article,
    make_draft,
)
from tests.pagelinks import hidden

pytestmark = pytest.mark.django_db

LABEL = "Advertisement · Affiliate link: we earn a commission"


@pytest.fixture(autouse=True)
def clock(time_machine):
    cache.clear()
    time_machine.move_to("2026-03-04 12:00:00+00:00", tick=False)
    return time_machine


def join(*choices: scopes.Choice, name: str = "anna", frequency: int = 0) -> Subscriber:
    address = f"{name}@example.org"
    alerts.ask(address, choices, frequency=frequency, page="/", language="en", network="")
    subscriber = Subscriber.objects.get(address=address)
    alerts.confirm(links.confirm_path(subscriber).split("/")[3])
    Message.objects.filter(kind="alert-confirm").delete()
    return subscriber


def send(clock, editor, *picks: Article, **values) -> NewsletterIssue:
    """Let an issue go out."""
    given = {"subject": "The week", "picks": [article.pk for article in picks], **values}
    issue = newsletter.save(None, newsletter.Contents(**given), by=editor)
    newsletter.schedule(issue, timezone.now() + timedelta(hours=1), by=editor, seen=1)
    clock.shift(timedelta(hours=1))
    tick.run_once()
    issue.refresh_from_db()
    return issue


def parts(mail) -> list[str]:
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]


def path_in(text: str, word: str) -> str:
    return urlsplit(re.search(rf"http://testserver(/\S*{word}/\S*?/)(?=[\s\"<>])", text)[0]).path


def test_story_from_sign_up_to_one_click_and_silence(client, mail_server, clock, editor):
    page = client.get("/newsletter/")
    assert 'value="newsletter:0"' in page.text
    token = antispam.form_token("alert")
    clock.shift(10)
    form = {"form": token, "page": "/newsletter/", "frequency": "0", "scope": "newsletter:0"}
    client.post(
        "/alerts/",
        {**form, "address": "anna@example.org"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    tick.run_once()
    (question,) = mail_server.mails
    assert all("The newsletter" in part for part in parts(question))
    confirm = path_in(parts(question)[0], "confirm")
    page = client.get(confirm)
    assert "with every issue" in page.text
    assert client.post(confirm, hidden(page)).status_code == 200

    issue = send(clock, editor, make_article(headline="Bridge"))
    tick.run_once()
    assert (issue.state, len(mail_server.raw)) == ("sent", 2)
    mail = mail_server.mails[1]
    assert (mail["Subject"], mail["To"]) == ("The week", "anna@example.org")
    head = mail_server.raw[1].partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert "List-Id: <newsletter.testserver>" in head
    (leave,) = (line for line in head if line.startswith("List-Unsubscribe: "))
    one_click = re.fullmatch(r"List-Unsubscribe: <http://testserver(/\S+)>", leave)[1]
    preferences = client.get(path_in(parts(mail)[0], "preferences"))
    assert "The newsletter" in preferences.text
    assert client.get(path_in(parts(mail)[0], "newsletter")).status_code == 200

    second = newsletter.save(None, newsletter.Contents("Next", intro="<p>Hi</p>"), by=editor)
    newsletter.schedule(second, timezone.now(), by=editor, seen=1)
    newsletter.send_due()
    assert client.post(one_click, {"List-Unsubscribe": "One-Click"}).status_code == 200
    tick.run_once()
    assert len(mail_server.raw) == 2
    second.refresh_from_db()
    assert (second.recipients, second.skipped) == (1, 1)
    third = send(clock, editor, make_article())
    assert (third.recipients, len(mail_server.raw)) == (0, 2)
    call_command("outbox")


def test_mail_says_the_same_in_both_parts_and_shows_nothing_from_elsewhere(
    mail_server, clock, editor
):
    join(scopes.newsletter())
    first = make_article(headline="Trams & <buses>", lead_image=ImageFactory(alt="A tram").pk)
    second = make_article(headline="Second", standfirst="“Yes” & no.")
    intro = '<p>See <a href="/topics/">all topics</a> &amp; <a href="https://e.org/">more</a></p>'
    send(clock, editor, first, second, intro=intro, closing="<h2>Until then</h2>")
    text, html = parts(mail_server.mails[0])
    assert "See all topics (http://testserver/topics/) & more (https://e.org/)" in text
    assert [text.count(word) for word in ("Trams & <buses>", "“Yes” & no.", "Until then")] == [
        1
    ] * 3
    assert "Trams &amp; &lt;buses&gt;" in html
    assert 'href="http://testserver/topics/"' in html
    assert len(re.findall(r"<img[^>]+>", html)) == 1
    assert {urlsplit(unescape(url)).netloc for url in re.findall(r'src="([^"]+)"', html)} == {
        "testserver"
    }
    assert text.index("Trams") < text.index("Second") < text.index("Until then")


def test_affiliate_link_in_the_words_of_an_issue_has_its_label(mail_server, clock, editor):
    join(scopes.newsletter())
    link = '<a href="https://www.amazon.de/dp/1?tag=paper-21">A book</a>'
    send(clock, editor, intro=f"<p>{link} for you.</p>")
    text, html = parts(mail_server.mails[0])
    assert "sponsored" in html
    assert all("Advertisement" in part for part in (text, html))


def test_article_that_is_gone_leaves_mails_that_wait(mail_server, clock, editor, chief):
    join(scopes.newsletter())
    join(scopes.newsletter(), name="otto")
    gone, stays = make_article(headline="Gone"), make_article(headline="Stays")
    issue = newsletter.save(
        None, newsletter.Contents("The week", picks=[gone.pk, stays.pk]), by=editor
    )
    newsletter.schedule(issue, timezone.now(), by=editor, seen=1)
    newsletter.send_due()
    workflow.withdraw(gone, by=chief, reason="No.")
    delivery.deliver()
    assert len(mail_server.raw) == 2
    for mail in mail_server.mails:
        text, html = parts(mail)
        assert "Stays" in text
        assert "Gone" not in text + html
    Message.objects.update(state="queued", ended_at=None)
    workflow.withdraw(stays, by=chief, reason="No.")
    delivery.deliver()
    notes = set(Message.objects.values_list("note", flat=True))
    assert notes == {"Readers cannot see anything of it any more."}


def test_erased_reader_and_deleted_issue_get_no_mail(mail_server, editor, chief):
    join(scopes.newsletter())
    for user in (editor, chief):
        user.email = f"{user.username}@example.org"
        user.save()
    issue = newsletter.save(None, newsletter.Contents("x", auto_count=1), by=editor)
    newsletter.send_test(issue, by=editor)
    newsletter.discard(issue, by=editor)
    make_article()
    second = newsletter.save(None, newsletter.Contents("y", auto_count=1), by=editor)
    newsletter.send_test(second, by=chief)
    newsletter.schedule(second, timezone.now(), by=editor, seen=1)
    newsletter.send_due()
    alerts.privacy.erase("anna@example.org")
    chief.is_active = False
    chief.save()
    delivery.deliver()
    assert mail_server.raw == []
    assert sorted(Message.objects.values_list("note", flat=True)) == [
        "Not wanted any more.",
        "The account or its address is gone.",
        "The issue has been deleted.",
    ]


# --- Promos in mails ------------------------------------------------------------------------------


def publish(**values) -> Article:
    article = make_draft(**values)
    workflow.publish(article, by=UserFactory(is_superuser=True))
    return Article.objects.get(pk=article.pk)


def offer(**values) -> None:
    for number in range(2):
        title, target = f"Offer {number}", f"https://shop.example/?partner={number}"
        PromoFactory(title=title, target=target, disclosure="affiliate", **values)


def every_mail(clock, editor, mail_server) -> dict[str, list[str]]:
    """Make a mail of every kind that alerts and newsletter have; return both parts by kind."""
    editor.email = "edgar@example.org"
    editor.save()
    join(scopes.everything(), name="anna")
    join(scopes.everything(), name="otto", frequency=1)
    article = publish(headline="Bridge")
    alerts.tell_due()
    join(scopes.of_comments(article), name="eva")
    join(scopes.newsletter(), name="lea")
    alerts.tell_of_comments(article.pk)
    for name in ("anna", "kim"):  # one that is known, one that is new
        choices = [scopes.everything()]
        alerts.ask(f"{name}@example.org", choices, frequency=0, page="/", language="en", network="")
    issue = newsletter.save(None, newsletter.Contents("The week", picks=[article.pk]), by=editor)
    newsletter.send_test(issue, by=editor)
    newsletter.schedule(issue, timezone.now(), by=editor, seen=1)
    clock.shift(timedelta(days=1))
    tick.run_once()
    tick.run_once()
    kinds = dict(Message.objects.filter(state="sent").values_list("message_id", "kind"))
    return {kinds[mail["Message-ID"].strip("<>")]: parts(mail) for mail in mail_server.mails}


ALL = {
    "alert", "alert-comments", "alert-confirm", "alert-digest", "newsletter", "newsletter-test",
}  # fmt: skip
WITH_PROMO = ALL - {"alert-confirm"}


def test_every_mail_about_articles_has_one_promo_under_its_label(clock, editor, mail_server):
    offer()
    found = every_mail(clock, editor, mail_server)
    own = [kind for kind in delivery.HANDLERS if kind.startswith(("alert", "newsletter"))]
    assert set(found) == ALL == set(own)
    for kind, (text, html) in found.items():
        count = 1 if kind in WITH_PROMO else 0
        for part in (text, html):
            assert len(re.findall(r"/r/\d+/mail/", part)) == count, kind
            assert len(re.findall(r"Offer \d", part)) == count, kind
        assert text.count(f"[{LABEL}]") == count, kind
        assert html.count(f"<strong>{LABEL}</strong>") == count, kind
        if count:
            assert 'rel="sponsored nofollow noopener"' in html, kind
            assert html.index(LABEL) < html.index("/mail/") < html.index("Offer"), kind
            assert text.index(LABEL) < text.index("Offer"), kind


def test_confirmation_to_a_known_address_has_no_promo(clock, mail_server):
    offer()
    join(scopes.everything())
    clock.shift(timedelta(days=2))
    alerts.ask(
        "anna@example.org", [scopes.everything()], frequency=0, page="/", language="", network=""
    )
    delivery.deliver()
    (mail,) = mail_server.mails
    assert "Offer" not in "".join(parts(mail))


def test_mail_about_a_sensitive_article_has_no_promo(clock, editor, mail_server):
    offer()
    join(scopes.everything())
    join(scopes.newsletter(), name="lea")
    publish(headline="Plain")
    sensitive = publish(headline="Grave", is_sensitive=True)
    send(clock, editor, make_article(), sensitive)
    by_subject = {mail["Subject"]: "".join(parts(mail)) for mail in mail_server.mails}
    has_promo = {subject: "Offer" in words for subject, words in by_subject.items()}
    assert has_promo == {"Plain": True, "Grave": False, "The week": False}


def test_promo_is_chosen_by_section_topic_and_slot():
    section, other = SectionFactory(), SectionFactory()
    article = make_article(section=section.pk, tags=["Trams"])
    promo = PromoFactory(title="Fits", slots=["mail"])
    promo.targets.create(tag=article.tags.get())
    PromoFactory(title="Elsewhere", slots=["end"])
    assert (
        "Fits" in promos.mail_context([Article.objects.for_card().get(pk=article.pk)])["promo_text"]
    )
    assert promos.mail_context([make_article(section=other.pk)]) == {}
    assert promos.mail_context([]) == {}


@pytest.mark.parametrize("number", [1, 3])
def test_issue_costs_the_same_queries_for_each_mail(
    number, clock, editor, mail_server, django_assert_num_queries
):
    join(scopes.newsletter())
    picks = [make_article(tags=[f"Topic {n}"]) for n in range(number)]
    issue = newsletter.save(
        None, newsletter.Contents("x", picks=[article.pk for article in picks]), by=editor
    )
    newsletter.schedule(issue, timezone.now(), by=editor, seen=1)
    newsletter.send_due()
    message = Message.objects.get(kind="newsletter")
    with django_assert_num_queries(6):
        delivery.HANDLERS["newsletter"](message)
