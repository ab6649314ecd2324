"""The page that tells the desk why articles stand beside one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import workflow
from articles.models import Article
from tests.factories import SectionFactory, UserFactory, make_article, make_draft

pytestmark = pytest.mark.django_db

FLOOD = {"headline": "Flood in the old town", "standfirst": "The river rises by the hour."}


def at(article: Article) -> str:
    return reverse("admin:articles_article_related", args=[article.pk])


def content(response) -> str:
    assert response.status_code == 200
    page = response.content.decode()
    return page[page.index('id="content"') :]


def test_page_says_what_was_found_and_why_and_what_was_chosen(sign_in, chief):
    section = SectionFactory().pk
    near = make_article(**{**FLOOD, "headline": "River floods again"}, tags=["Rivers"])
    pinned = make_article(headline="How dams work")
    banned = make_article(**{**FLOOD, "headline": "Floods of 1954"})
    gone = workflow.withdraw(
        make_article(**{**FLOOD, "headline": "Flood hoax"}), by=chief, reason="Wrong"
    )
    choices = [
        {"article": pinned.pk, "kind": "pinned"},
        {"article": banned.pk, "kind": "banned"},
    ]
    draft = make_draft(by=chief, **FLOOD, section=section, tags=["Rivers"], related=choices)
    client = sign_in(chief)
    assert "The list is made when the article is published." in content(client.get(at(draft)))
    workflow.publish(draft, by=chief)
    page = content(client.get(at(draft)))
    found, chosen = page.split('id="pinned-title"')
    always, never = chosen.split('id="banned-title"')
    assert near.headline in found
    assert "Topics in common: Rivers." in found
    assert "Words in common: " in found
    assert '<span class="status status-withdrawn">Never beside it</span>' in found
    assert (pinned.headline in always, banned.headline in always) == (True, False)
    assert (pinned.headline in never, banned.headline in never) == (False, True)
    assert gone.headline not in page
    assert (
        f'href="{at(draft)}"'
        in client.get(reverse("admin:articles_article_change", args=[draft.pk])).content.decode()
    )


def test_page_tells_what_readers_do_not_see(sign_in, chief):
    later = make_article(
        **{**FLOOD, "headline": "Flood tomorrow"}, at=timezone.now() + timedelta(days=1)
    )
    draft = make_draft(by=chief, **FLOOD, is_sensitive=True)
    workflow.publish(draft, by=chief)
    page = content(sign_in(chief).get(at(draft)))
    assert later.headline in page
    assert "Not on the site" in page
    assert "readers see only what was picked" in page


def test_whoever_may_see_articles_may_see_why_and_nobody_else(client, sign_in, moderator):
    article = make_article(**FLOOD)
    assert client.get(at(article)).status_code == 302
    assert sign_in(moderator).get(at(article)).status_code == 403
    client = sign_in(UserFactory(role="Reporter"))
    assert "Nothing resembles this text yet." in content(client.get(at(article)))
    assert client.post(at(article)).status_code == 405
    assert client.get(at(article).replace(str(article.pk), "999999")).status_code == 404


@pytest.mark.parametrize("count", [1, 8])
def test_page_costs_the_same_however_long_the_list(
    sign_in, chief, count, django_assert_num_queries
):
    for _ in range(count):
        make_article(**FLOOD)
    article = make_draft(by=chief, **FLOOD)
    workflow.publish(article, by=chief)
    client = sign_in(chief)
    client.get(at(article))
    # Session, user, second factor, settings, permissions; article, choices, list, profile.
    with django_assert_num_queries(10, is_warm=True):
        client.get(at(article))
