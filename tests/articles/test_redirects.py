"""Old addresses."""

import pytest

from articles import redirects, workflow
from articles.models import Redirect
from tests.factories import SectionFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/2019/05/12/old-title/", "/old", "/?p=12", "/alt/größe/"])
def test_old_address_leads_to_the_article_in_one_step(client, path):
    article = make_article()
    redirects.remember(path, article)
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


def test_trailing_slash_does_not_matter(client):
    article = make_article()
    redirects.remember("/old/", article)
    assert client.get("/old")["Location"] in {article.get_absolute_url(), "/old/"}


def test_two_changes_of_slug_leave_no_chain(client, editor):
    article = make_article(slug="one")
    paths = [article.get_absolute_url()]
    for slug in ("two", "three"):
        values = make_content(**{**article.head.content, "slug": slug})
        workflow.save_draft(article, values, by=editor, base=article.head)
        workflow.publish(article, by=editor)
        article.refresh_from_db()
        paths.append(article.get_absolute_url())
    for old in paths[:2]:
        assert client.get(old)["Location"] == paths[2]


def test_slug_changed_back_is_no_loop(client, editor):
    article = make_article(slug="one")
    for slug in ("two", "one"):
        values = make_content(**{**article.head.content, "slug": slug})
        workflow.save_draft(article, values, by=editor, base=article.head)
        workflow.publish(article, by=editor)
        article.refresh_from_db()
    assert list(Redirect.objects.values_list("old_path", flat=True)) == [
        article.get_absolute_url().replace("one", "two")
    ]
    assert client.get(article.get_absolute_url()).status_code == 200


def test_redirect_to_what_is_not_visible_is_a_plain_404(client):
    redirects.remember("/old/", make_draft())
    assert client.get("/old/").status_code == 404


def test_redirect_to_a_section_follows_its_slug(client):
    section = SectionFactory(slug="politics")
    Redirect.objects.create(old_path="/category/politics/", section=section)
    assert client.get("/category/politics/")["Location"] == "/politics/"


def test_post_is_not_redirected(client):
    redirects.remember("/old/", make_article())
    assert client.post("/old/").status_code in {403, 404, 405}
