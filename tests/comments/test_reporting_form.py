"""Reporting a comment: without an account, once, with words where they are needed."""

import pytest

from comments.models import Comment, Report
from tests.factories import make_article

from .readers import SAME_ORIGIN, decide, hidden_fields, published, tree, write

pytestmark = pytest.mark.django_db


def url(comment: Comment) -> str:
    return f"/comments/{comment.pk}/report/"


def send(client, comment: Comment, headers=SAME_ORIGIN, **values):
    opened = client.get(url(comment))
    data = {**hidden_fields(opened), "reason": "insult", "text": "", **values}
    return client.post(url(comment), data, headers=headers)


def test_a_reader_reports_a_comment(client):
    comment = published(make_article(), "bad words")
    link = tree(client.get(comment.article.get_absolute_url())).css(".comment-tools a")[-1]
    assert link.attributes["href"] == url(comment)
    assert "bad words" in client.get(url(comment)).content.decode()
    response = send(client, comment, text="It names me.", address="me@example.org")
    assert response.status_code == 200
    assert "mail with the decision" in response.content.decode()
    report = Report.objects.get()
    assert (report.comment, report.reason, report.text) == (comment, "insult", "It names me.")
    assert report.address == "me@example.org"
    assert client.cookies == {}


def test_one_reader_reports_a_comment_once(client):
    comment = published(make_article())
    for _time in range(2):
        response = send(client, comment)
        assert response.status_code == 200
    assert "reported this comment before" in response.content.decode()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "boring"}, "reason"),
        ({"reason": "illegal"}, "text"),
        ({"reason": "other", "text": " "}, "text"),
        ({"text": "x" * 1_001}, "text"),
        ({"address": "nobody"}, "address"),
    ],
)
def test_what_is_missing_is_said_at_its_field(client, values, field):
    comment = published(make_article())
    response = send(client, comment, **values)
    assert response.status_code == 422
    wrong = tree(response).css_first(f'[name="{field}"]')
    assert wrong.attributes["aria-invalid"] == "true"
    assert "autofocus" in wrong.attributes
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("headers", "values"), [({"Sec-Fetch-Site": "cross-site"}, {}), (SAME_ORIGIN, {"form": "x"})]
)
def test_what_no_page_of_ours_has_sent_is_refused_and_kept(client, headers, values):
    comment = published(make_article())
    response = send(client, comment, headers=headers, text="Words.", **values)
    assert response.status_code == 403
    assert tree(response).css_first("textarea").text().strip() == "Words."
    assert not Report.objects.exists()


def test_too_many_reports_say_when_to_try_again(client):
    article = make_article()
    comments = [published(article, f"text {n}") for n in range(6)]
    for comment in comments[:5]:
        assert send(client, comment).status_code == 200
    response = send(client, comments[5], text="Words.")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert tree(response).css_first("textarea").text().strip() == "Words."


@pytest.mark.parametrize("kind", ["pending", "rejected", "below"])
def test_what_readers_do_not_see_cannot_be_reported(client, kind):
    article = make_article()
    comment = published(article, "secret") if kind == "below" else write(article, "secret")
    if kind == "below":
        root, comment = comment, published(article, "secret", parent=comment)
        decide(root, "rejected", "insult")
    elif kind == "rejected":
        decide(comment, "rejected", "insult")
    assert client.get(url(comment)).status_code == 404
    response = client.post(url(comment), {"text": "Words."}, headers=SAME_ORIGIN)
    assert response.status_code == 404
    assert tree(response).css_first("textarea").text().strip() == "Words."
    assert b"secret" not in response.content


def test_a_number_beyond_the_database_is_no_comment(client):
    assert client.get(f"/comments/{10**30}/report/").status_code == 404
