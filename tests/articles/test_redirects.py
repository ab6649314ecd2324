"""Old addresses."""

import pytest

from articles import redirects, topics, workflow
from articles.models import DossierEntry, Redirect, Tag
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    SectionFactory,
    make_article,
    make_content,
    make_draft,
)

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


def test_a_path_that_leads_to_an_old_path_is_one_step(client):
    section = SectionFactory(slug="politics")
    Redirect.objects.create(old_path="/a/", new_path="/b/")
    Redirect.objects.create(old_path="/b/", new_path="/c")
    Redirect.objects.create(old_path="/c/", section=section)
    for path in ("/a/", "/b/", "/c/"):
        assert client.get(path)["Location"] == "/politics/"


@pytest.mark.parametrize("ring", [["/a/"], ["/a/", "/b/"], ["/a/", "/b/", "/c/"]])
def test_a_circle_of_paths_is_a_plain_404(client, ring):
    for old, new in zip(ring, [*ring[1:], ring[0]], strict=True):
        Redirect.objects.create(old_path=old, new_path=new.rstrip("/"))
    for path in ring:
        assert client.get(path).status_code == 404


def test_a_chain_that_ends_at_a_hidden_article_is_a_plain_404(client):
    Redirect.objects.create(old_path="/a/", new_path="/b/")
    redirects.remember("/b/", make_draft())
    assert client.get("/a/").status_code == 404


def test_the_feed_of_a_list_moves_with_the_list(client, chief):
    section, author = SectionFactory(slug="city"), AuthorFactory(slug="anna")
    redirects.remember("/local/", section)
    redirects.remember("/authors/ann/", author)
    make_article(tags=["Köln"])
    make_article(tags=["Cologne"])
    keep, gone = (Tag.objects.get(name=name) for name in ("Köln", "Cologne"))
    topics.merge([keep, gone], keep, by=chief)
    dossier = DossierFactory(slug="winter")
    DossierEntry.objects.create(dossier=dossier, article=make_article())
    redirects.remember("/dossiers/ice/", dossier)
    moved = {
        "/local/feed/": "/city/feed/",
        "/authors/ann/feed/": "/authors/anna/feed/",
        "/topics/cologne/feed/": "/topics/koeln/feed/",
        "/dossiers/ice/feed/": "/dossiers/winter/feed/",
        "/local/feed": "/city/feed/",
        "/local/feed.atom": "/city/feed.atom",
        "/topics/cologne/feed.json": "/topics/koeln/feed.json",
    }
    answers = {path: client.get(path, follow=False)["Location"] for path in moved}
    answers["/local/feed"] = redirects.target("/local/feed")
    assert answers == moved


def test_the_feed_of_an_article_is_that_of_its_comments(client, chief):
    article = make_article()
    redirects.remember("/old/", article)
    answer = client.get("/old/feed/")
    assert (answer.status_code, answer["Location"]) == (
        301,
        f"{article.get_absolute_url()}comments/feed/",
    )
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/old/feed.atom").status_code == 404
    workflow.withdraw(article, by=chief, reason="Wrong.")
    assert client.get("/old/feed/").status_code == 404


@pytest.mark.parametrize(
    "tail", ["page/2/", "page/2", "2/", "amp/", "embed/", "trackback/", "comment-page-3/"]
)
def test_further_pages_and_other_forms_lead_to_the_text_itself(client, tail):
    article = make_article()
    redirects.remember("/old/", article)
    assert client.get(f"/old/{tail}")["Location"] == article.get_absolute_url()
    assert client.get(f"/else/{tail}").status_code == 404


def test_further_page_with_a_redirect_of_its_own(client):
    first, second = make_article(slug="first"), make_article(slug="second")
    redirects.remember("/old/", first)
    redirects.remember("/old/2/", second)
    assert client.get("/old/2/")["Location"] == second.get_absolute_url()


@pytest.mark.parametrize("path", ["/feed/", "/", "//", "/feed/feed/", "/%00/", "/x" * 300 + "/"])
def test_odd_paths_lead_nowhere(path):
    assert redirects.target(path) is None


@pytest.mark.parametrize("count", [1, 50])
def test_an_old_address_costs_one_query(count, django_assert_num_queries):
    for n in range(count):
        redirects.remember(f"/old-{n}/", make_article())
    with django_assert_num_queries(1):
        assert redirects.target("/old-0/") is not None
    with django_assert_num_queries(1):
        assert redirects.target("/none/") is None
