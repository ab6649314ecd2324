"""Links of mails: nothing happens by opening one, the button works without a cookie, twice too."""

from datetime import timedelta

import pytest
from django.test import Client

from comments import links, moderation
from comments.models import Comment
from tests.factories import make_article

from .readers import tree, write

pytestmark = pytest.mark.django_db


def wanted(**values) -> Comment:
    return write(make_article(), address="ann@example.org", wants_replies=True, **values)


def test_an_address_is_confirmed_by_the_button_alone():
    comment = wanted()
    browser = Client(enforce_csrf_checks=True)
    link = links.confirm(comment)
    opened = browser.get(link)
    assert tree(opened).css_first("form button") is not None
    comment.refresh_from_db()
    assert comment.confirmed_at is None
    for _time in range(2):
        response = browser.post(link)
        assert response.status_code == 200
        assert "confirmed" in tree(response).css_first("h1").text()
        assert response.cookies == {}
    comment.refresh_from_db()
    assert comment.confirmed_at is not None


def test_a_link_to_confirm_ends_after_two_weeks(client, time_machine):
    time_machine.move_to("2026-05-04 12:00:00+02:00", tick=False)
    comment = wanted()
    link = links.confirm(comment)
    time_machine.shift(links.CONFIRM_TIME + timedelta(seconds=1))
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    comment.refresh_from_db()
    assert comment.confirmed_at is None


def test_mails_about_replies_end_with_one_click_and_for_all_comments():
    one, other = wanted(body="one"), wanted(body="two")
    program = Client(enforce_csrf_checks=True)
    link = links.stop_replies(one)
    assert program.get(link).status_code == 200
    assert Comment.objects.filter(wants_replies=True).count() == 2
    for _time in range(2):
        response = program.post(
            link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code == 200
    assert not Comment.objects.filter(wants_replies=True, author=other.author).exists()


@pytest.mark.parametrize("door", ["confirm", "no-replies"])
def test_made_up_links_and_those_of_gone_comments_do_nothing(client, door):
    comment = wanted()
    make = {"confirm": links.confirm, "no-replies": links.stop_replies}[door]
    link = make(comment)
    assert client.get(f"/comments/{door}/x.y/").status_code == 404
    moderation.delete(comment)
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404


@pytest.mark.parametrize("link", [links.own, links.confirm, links.stop_replies])
def test_pages_behind_a_key_stay_between_us_and_who_has_it(client, link):
    comment = wanted()
    path = link(comment)
    for response in (client.get(path), client.get(path.replace("W", "X", 1))):
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
