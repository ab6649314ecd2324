"""An author's own comment by signed link: how it stands, changing, taking back, objecting."""

from datetime import timedelta

import pytest
from django.test import Client

from comments import links, moderation
from comments.models import Comment
from newsroom.lib import tokens
from tests.factories import make_article

from .readers import decide, published, shown, tree, write

pytestmark = pytest.mark.django_db


def said(response) -> str:
    return tree(response).css_first("main").text(separator=" ", strip=True)


def buttons(response) -> list[str]:
    return [node.attributes.get("value") or "" for node in tree(response).css("main button")]


def test_the_page_tells_how_it_stands(client):
    article = make_article()
    comment = write(article, "mine")
    link = links.own(comment)
    assert "waiting for approval" in said(client.get(link))
    decide(comment)
    page = client.get(link)
    assert "has appeared" in said(page)
    place = tree(page).css_first(".comment-state a").attributes["href"]
    assert shown(client.get(place.partition("#")[0])) == ["mine"]
    decide(comment, "rejected", "off_topic", "It is about the tunnel.")
    page = said(client.get(link))
    assert "not approved" in page
    assert "Off topic" in page
    assert "It is about the tunnel." in page


@pytest.mark.parametrize("wants_replies", [True, False])
def test_the_page_tells_who_wants_mails_to_confirm_the_address(client, wants_replies):
    comment = write(make_article(), "mine", address="a@example.org", wants_replies=wants_replies)
    page = said(client.get(links.own(comment)))
    assert ("A mail asks you to confirm the address" in page) == wants_replies


def test_a_comment_below_a_hidden_one_is_told_to_be_hidden(client):
    article = make_article()
    root = published(article)
    reply = published(article, "mine", parent=root)
    decide(root, "rejected", "insult")
    assert "is not visible" in said(client.get(links.own(reply)))


def test_its_text_can_be_changed_for_ten_minutes(client, time_machine):
    time_machine.move_to("2026-05-04 12:00:00+02:00", tick=False)
    comment = write(make_article(), "frist")
    link = links.own(comment)
    opened = client.get(link)
    assert tree(opened).css_first("textarea").text().strip() == "frist"
    assert buttons(opened) == ["edit", "delete"]
    time_machine.shift(timedelta(minutes=9))
    response = client.post(link, {"do": "edit", "body": "first"})
    assert (response.status_code, response.url) == (303, link)
    assert "first" in said(client.get(link))
    time_machine.shift(timedelta(minutes=2))
    assert buttons(client.get(link)) == []
    late = client.post(link, {"do": "edit", "body": "too <late>"})
    assert late.status_code == 422
    assert tree(late).css_first("textarea").text().strip() == "too <late>"
    assert "10 minutes" in tree(late).css_first("[role=alert]").text()
    comment.refresh_from_db()
    assert comment.body == "first"


def test_a_decision_ends_the_time_for_changes(client):
    comment = published(make_article(), "mine")
    assert client.post(links.own(comment), {"do": "edit", "body": "other"}).status_code == 422
    assert client.post(links.own(comment), {"do": "delete"}).status_code == 422
    assert Comment.objects.get().body == "mine"


def test_an_empty_change_is_refused(client):
    comment = write(make_article(), "mine")
    response = client.post(links.own(comment), {"do": "edit", "body": " "})
    assert response.status_code == 422
    assert tree(response).css_first("textarea").attributes["aria-invalid"] == "true"


def test_a_comment_can_be_taken_back(client):
    comment = write(make_article(), "mine")
    link = links.own(comment)
    client.get(link, {"do": "delete"})
    assert Comment.objects.exists()
    assert "has been deleted" in said(client.post(link, {"do": "delete"}))
    assert not Comment.objects.exists()
    assert client.get(link).status_code == 410
    assert client.post(link, {"do": "delete"}).status_code == 410


def test_a_rejection_can_be_objected_to_once(client):
    comment = write(make_article(), "mine")
    decide(comment, "rejected", "insult")
    link = links.own(comment)
    assert buttons(client.get(link)) == ["appeal"]
    assert client.post(link, {"do": "appeal", "appeal": " "}).status_code == 422
    response = client.post(link, {"do": "appeal", "appeal": "It insults nobody."})
    assert (response.status_code, response.url) == (303, link)
    comment.refresh_from_db()
    assert (comment.status, comment.appeal) == ("pending", "It insults nobody.")
    assert "looks at your comment again" in said(client.get(link))
    decide(comment, "rejected", "insult")
    assert buttons(client.get(link)) == []
    again = client.post(link, {"do": "appeal", "appeal": "But no."})
    assert again.status_code == 422
    assert tree(again).css_first("textarea").text().strip() == "But no."


def test_the_time_for_an_objection_ends(client, time_machine):
    time_machine.move_to("2026-05-04 12:00:00+02:00", tick=False)
    comment = decide(write(make_article(), "mine"), "rejected", "insult")
    time_machine.shift(moderation.APPEAL_TIME + timedelta(seconds=1))
    assert buttons(client.get(links.own(comment))) == []


@pytest.mark.parametrize("purpose", [links.CONFIRM, links.STOP])
def test_a_key_opens_its_own_door_only(client, purpose):
    comment = write(make_article(), "mine")
    token = tokens.make(purpose, comment.pk)
    assert client.get(links.own(comment)).status_code == 200
    for door in ("own", "confirm", "no-replies"):
        status = client.get(f"/comments/{door}/{token}/").status_code
        mine = {links.CONFIRM: "confirm", links.STOP: "no-replies"}[purpose]
        assert (status == 200) is (door == mine), door


def test_a_made_up_key_opens_nothing(client):
    write(make_article(), "mine")
    for token in ("x", tokens.make(links.OWN, 999_999)):
        response = client.get(f"/comments/own/{token}/")
        assert response.status_code == 410
        assert b"mine" not in response.content


def test_an_erased_comment_is_gone_for_its_link_too(client):
    article = make_article()
    comment = published(article, "mine", address="ann@example.org")
    published(article, "answer", parent=comment)
    moderation.erase("ann@example.org")
    assert client.get(links.own(comment)).status_code == 410


def test_the_key_needs_no_cookie_and_leaves_none():
    comment = write(make_article(), "mine")
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(links.own(comment)).cookies == {}
    assert strict.post(links.own(comment), {"do": "edit", "body": "new"}).status_code == 303
