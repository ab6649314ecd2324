"""The form without JavaScript: what is taken, what is refused, and that no text is ever lost."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles import workflow
from articles.models import Article
from comments import links
from comments.forms import AppealForm, CommentForm, ReportForm
from comments.models import Comment, CommentAuthor, CommentRules, SectionRules
from newsroom.lib import antispam
from newsroom.models import Attempt, Message, User
from tests.factories import UserFactory, make_article, make_draft

from .readers import (
    SAME_ORIGIN,
    decide,
    hidden_fields,
    published,
    send,
    shown,
    thread_url,
    tree,
    write,
)

pytestmark = pytest.mark.django_db

TEXT = "  Two <b>lines</b>\nof “text” & more.  "
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    'https://example.org/"onmouseover=alert(1)',
    "{{ 7|add:7 }}{% load x %}",
    "\u202egpj.exe\u202c",
    "</textarea><script>alert(1)</script>",
    "<!--<svg onload=alert(1)>-->",
    "&lt;script&gt;",
    "a\x00b",
    "Z̸͔̈́̓a̴͉̿l̵͇̿g̶̰͝o̷̜͝" * 20,
]


def text_on(response) -> str:
    return tree(response).css_first('textarea[name="body"]').text().strip()


def test_a_comment_is_sent_and_waits_where_its_author_sees_it(client):
    article = make_article()
    response = send(client, article, body="First.\n\nSecond.", name=" Ann  B. ")
    comment = Comment.objects.get()
    assert response.status_code == 303
    assert client.cookies == {}
    assert (comment.name, comment.body, comment.status) == (
        "Ann B.",
        "First.\n\nSecond.",
        "pending",
    )
    own = client.get(response.url)
    said = tree(own).css_first("main").text(separator=" ", strip=True)
    assert "waiting for approval" in said
    assert "Second." in said
    assert own["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert shown(client.get(article.get_absolute_url())) == []
    decide(comment)
    assert shown(client.get(article.get_absolute_url())) == ["First.Second."]
    assert "has appeared" in client.get(response.url).content.decode()


def test_a_reply_is_sent_by_a_plain_link(client):
    article = make_article()
    parent = published(article, "question")
    link = tree(client.get(article.get_absolute_url())).css_first(".comment-tools a")
    page = link.attributes["href"].partition("#")[0]
    opened = client.get(page)
    assert "question" in tree(opened).css_first(".comment-quote").text()
    response = send(client, article, page=page, body="answer")
    assert response.status_code == 303
    assert Comment.objects.get(body="answer").parent == parent


def test_sent_twice_is_one_comment(client):
    article = make_article()
    first, second = send(client, article), send(client, article)
    assert (first.status_code, second.status_code) == (303, 303)
    assert Comment.objects.count() == 1


def test_an_address_is_optional(client):
    article = make_article()
    send(client, article, body="without")
    assert [(a.address, a.address_hash) for a in CommentAuthor.objects.all()] == [("", "")]
    assert not Message.objects.exists()
    Attempt.objects.all().delete()
    send(client, article, body="with", address=" Ann@Example.org ", wants_replies="on")
    author = CommentAuthor.objects.exclude(address_hash="").get()
    assert (author.address, author.verified_at) == ("ann@example.org", None)
    assert Message.objects.get().kind == "comments.verify"


def test_without_an_address_one_name_from_one_network_is_one_author_for_a_day(client, time_machine):
    time_machine.move_to("2026-05-04 12:00:00+02:00", tick=False)
    article = make_article()
    for name, network in [("Ann", "10.0.0.1"), ("Ann", "10.0.0.9"), ("Ben", "10.0.0.1")]:
        time_machine.shift(20)
        opened = hidden_fields(client.get(article.get_absolute_url()))
        data = {**opened, "name": name, "body": f"From {name} at {network}."}
        client.post(thread_url(article), data, headers=SAME_ORIGIN, REMOTE_ADDR=network)
    time_machine.shift(timedelta(days=1))
    send(client, article, body="The next day.")
    authors = CommentAuthor.objects.order_by("pk")
    assert [(a.name, a.comments.count()) for a in authors] == [("Ann", 2), ("Ben", 1), ("Ann", 1)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": " \u200b "}, "body"),
        ({"body": "x" * 5_001}, "body"),
        ({"name": ""}, "name"),
        ({"name": "\u202e"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"address": "nobody"}, "address"),
        ({"wants_replies": "on"}, "address"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_the_rest_is_kept(client, values, field):
    article = make_article()
    sent = {"body": TEXT, "name": "Ann", **values}
    response = send(client, article, **sent)
    assert response.status_code == 422
    assert Comment.objects.count() == 0
    found = tree(response)
    wrong = found.css_first(f'.comment-form [name="{field}"]')
    assert wrong.attributes["aria-invalid"] == "true"
    assert "autofocus" in wrong.attributes
    assert f"id_{field}_error" in wrong.attributes["aria-describedby"].split()
    assert found.css_first(f"#id_{field}_error").text(strip=True)
    assert found.css_first("#id_name").attributes.get("value", "") == sent["name"]
    if field != "body":
        assert text_on(response) == TEXT.strip()
    assert len(found.css("[autofocus]")) == 1
    # The same form works when it is put right.
    again = {**hidden_fields(response), "body": TEXT, "name": "Ann"}
    assert client.post(thread_url(article), again, headers=SAME_ORIGIN).status_code == 303


def test_a_form_that_was_open_for_long_comes_back_filled(client, time_machine):
    time_machine.move_to("2026-05-04 12:00:00+02:00")
    article = make_article()
    opened = hidden_fields(client.get(article.get_absolute_url()))
    time_machine.shift(antispam.TOKEN_AGE + timedelta(minutes=1))
    data = {**opened, "body": TEXT, "name": "Ann"}
    response = client.post(thread_url(article), data, headers=SAME_ORIGIN)
    assert response.status_code == 422
    assert text_on(response) == TEXT.strip()
    assert "open for long" in tree(response).css_first("[role=alert]").text()
    again = {**hidden_fields(response), "body": TEXT, "name": "Ann"}
    assert client.post(thread_url(article), again, headers=SAME_ORIGIN).status_code == 303


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Origin": "https://elsewhere.example"}, None),
        ({}, None),
        (SAME_ORIGIN, ""),
        (SAME_ORIGIN, "made-up"),
    ],
)
def test_what_no_page_of_ours_has_sent_is_refused_and_kept(client, headers, form):
    article = make_article()
    values = {} if form is None else {"form": form}
    response = send(client, article, headers=headers, body=TEXT, **values)
    assert response.status_code == 403
    assert text_on(response) == TEXT.strip()
    assert Comment.objects.count() == 0


def test_the_form_of_another_article_is_refused(client):
    one, other = make_article(), make_article()
    data = {**hidden_fields(client.get(one.get_absolute_url())), "body": "x y", "name": "Ann"}
    assert client.post(thread_url(other), data, headers=SAME_ORIGIN).status_code == 403


def test_too_much_at_once_says_when_to_try_again(client):
    article = make_article()
    assert send(client, article, body="one").status_code == 303
    response = send(client, article, body=TEXT)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 15
    assert text_on(response) == TEXT.strip()


def close(article: Article, how: str) -> None:
    if how == "article":
        Article.objects.filter(pk=article.pk).update(comments_enabled=False)
    elif how == "section":
        SectionRules.objects.create(section=article.section, is_closed=True)
    elif how == "age":
        SectionRules.objects.create(section=article.section, closes_after_days=3)
        old = timezone.now() - timedelta(days=4)
        Article.objects.filter(pk=article.pk).update(published_at=old)
    else:
        CommentRules.objects.create(
            duty_from="08:00", duty_until="18:00", closed_off_duty=True, policy="Be kind."
        )


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("article", "closed"),
        ("section", "section"),
        ("age", "has ended"),
        ("duty", "8 a.m. to 6 p.m."),
    ],
)
def test_closed_comments_say_so_and_keep_what_was_written(client, how, says, time_machine):
    time_machine.move_to("2026-05-04 23:00:00+02:00")
    article = make_article()
    published(article, "there")
    opened = hidden_fields(client.get(article.get_absolute_url()))
    close(article, how)
    page = client.get(article.get_absolute_url())
    assert shown(page) == ["there"]
    assert tree(page).css_first(".comment-form") is None
    assert says in tree(page).css_first(".comments-closed").text()
    data = {**opened, "body": TEXT, "name": "Ann"}
    response = client.post(thread_url(article), data, headers=SAME_ORIGIN)
    assert response.status_code == 403
    assert tree(response).css_first("textarea").text().strip() == TEXT.strip()
    assert Comment.objects.count() == 1


def test_an_article_that_goes_while_somebody_writes_gives_the_text_back(client):
    article = make_article()
    opened = hidden_fields(client.get(article.get_absolute_url()))
    workflow.withdraw(article, by=UserFactory(role="Chief editor"), reason="It was wrong.")
    data = {**opened, "body": TEXT, "name": "Ann"}
    response = client.post(thread_url(article), data, headers=SAME_ORIGIN)
    assert response.status_code == 410
    assert tree(response).css_first("textarea").text().strip() == TEXT.strip()
    assert client.get(thread_url(article)).status_code == 410


def test_an_address_without_an_article_gives_the_text_back_and_tells_nothing(client):
    draft = make_draft(slug="secret", headline="Secret")
    assert Article.objects.filter(pk=draft.pk).exists()
    for slug in ("secret", "nothing"):
        response = client.post(f"/2026/05/{slug}/comments/", {"body": TEXT}, headers=SAME_ORIGIN)
        assert response.status_code == 404
        assert tree(response).css_first("textarea").text().strip() == TEXT.strip()
        assert b"Secret" not in response.content
        assert client.get(f"/2026/05/{slug}/comments/").status_code == 404


def test_a_parent_that_goes_while_somebody_writes_gives_the_text_back(client):
    article = make_article()
    parent = published(article, "question")
    page = f"{thread_url(article)}?reply={parent.pk}"
    opened = hidden_fields(client.get(page))
    decide(parent, "rejected", "insult")
    data = {**opened, "body": TEXT, "name": "Ann"}
    response = client.post(thread_url(article), data, headers=SAME_ORIGIN)
    assert response.status_code == 422
    assert text_on(response) == TEXT.strip()
    again = {**hidden_fields(response), "body": TEXT, "name": "Ann"}
    assert again["parent"] == ""
    assert client.post(thread_url(article), again, headers=SAME_ORIGIN).status_code == 303


@pytest.fixture
def edgar() -> User:
    values = {"username": "ed gar", "first_name": "Edgar", "last_name": "Ehm"}
    return UserFactory(**values, email="edgar@house.example")


@pytest.mark.parametrize("name", ["Edgar Ehm", "edgar  EHM"])
def test_a_name_of_staff_is_theirs(client, edgar, name):
    response = send(client, make_article(), body=TEXT, name=name)
    assert response.status_code == 403
    assert text_on(response) == TEXT.strip()
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("values", [{"name": "ED GAR"}, {"address": "Edgar@House.example"}])
def test_the_form_tells_nobody_which_logins_and_addresses_are_staffs(client, edgar, values):
    assert send(client, make_article(), body=TEXT, **values).status_code == 303
    comment = Comment.objects.get()
    assert (comment.status, comment.author.is_staff) == ("pending", False)


def test_the_trap_holds_a_comment_and_does_not_say_so(client):
    article = make_article()
    response = send(client, article, website="https://spam.example")
    assert response.status_code == 303
    assert Comment.objects.get().status == "spam"
    assert "waiting for approval" in client.get(response.url).content.decode()


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_in_every_field_come_out_as_text(client, attack):
    article = make_article()
    ours = tree(client.get(article.get_absolute_url()))
    scripts, images = len(ours.css("script")), len(ours.css("img"))
    comment = published(article, f"{attack} body", name=f"{attack} n"[:60].strip())
    again = send(client, article, body=attack, name=attack, address=attack, parent=attack)
    pages = [
        client.get(article.get_absolute_url()),
        client.get(f"{thread_url(article)}?reply={comment.pk}"),
        client.get(links.own(comment)),
        client.get(f"/comments/{comment.pk}/report/"),
        again,
    ]
    for page in pages:
        found = tree(page)
        assert len(found.css("script")) <= scripts + 1  # ours, and the count for machines
        assert len(found.css("img")) <= images
        for node in found.css("*"):
            assert not [name for name in node.attributes if name.startswith("on")], attack
            assert not (node.attributes.get("href") or "").lower().startswith("javascript")
    assert b"\x00" not in pages[0].content
    assert "\u202e" not in pages[0].content.decode()


def test_comments_are_written_by_post_and_read_by_get_only(client):
    article = make_article()
    assert client.put(thread_url(article)).status_code == 405
    client.get(thread_url(article), {"body": "x y", "name": "Ann"})
    assert Comment.objects.count() == 0


def test_links_in_comments_are_nobodys_recommendation(client):
    article = make_article()
    published(article, "See https://example.org/a?b=1&c=2, please.")
    link = tree(client.get(article.get_absolute_url())).css_first(".comment-text a")
    assert link.attributes["href"] == "https://example.org/a?b=1&c=2"
    assert set(link.attributes["rel"].split()) == {"ugc", "nofollow", "noopener"}


def test_a_comment_that_waits_is_its_authors_alone(client):
    article = make_article()
    comment = write(article, "secret words")
    for address in (article.get_absolute_url(), thread_url(article), f"{thread_url(article)}feed/"):
        assert b"secret words" not in client.get(address).content
    assert b"secret words" in client.get(links.own(comment)).content


@pytest.mark.parametrize("form", [CommentForm, AppealForm, ReportForm])
def test_millions_of_marks_on_one_letter_are_refused_before_they_are_put_into_order(form):
    """Their order takes time that grows with the square of their number: hours, for one post."""
    name = next(iter({"body", "appeal", "text"} & set(form.base_fields)))
    field = form.base_fields[name]
    with pytest.raises(ValidationError, match="characters; "):
        field.clean("a" + "\u0316\u0301" * 500_000)
