"""Whatever stands in an address or in a text: never a 500."""

from datetime import UTC, datetime

import pytest
from django.views.defaults import bad_request, permission_denied, server_error

from articles.models import Article
from tests.factories import AuthorFactory, SectionFactory, make_article

pytestmark = pytest.mark.django_db

PATHS = ["/", "/politics/", "/topics/ferries/", "/authors/anna/", "/archive/2026/03/"]
QUERIES = [
    "page=abc",
    "page=-1",
    "before=abc",
    "after=",
    "before=%00",
    "after=1.%00",
    "before=999999999999999999.999999999999999999",
    "after=-999999999999999999.1",
    "before=9223372036854775808.1",
    "after=1.9223372036854775808",
    "before=%ff%fe",
    "before=1.1&before=2.2&after=x",
    "p=%00",
    "p=99999999999999999999999",
    "page_id=%ff",
    "q=" + "x" * 3000,
]


@pytest.fixture
def filled():
    author = AuthorFactory(slug="anna")
    section = SectionFactory(slug="politics").pk
    article = make_article(
        section=section,
        bylines=[{"author": author.pk}],
        tags=["Ferries"],
        at=datetime(2026, 3, 10, tzinfo=UTC),
    )
    Article.objects.filter(pk=article.pk).update(slug="known")
    return article


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", PATHS)
def test_garbage_in_the_query_shows_the_page(client, filled, path, query):
    response = client.get(f"{path}?{query}")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/2026/13/x/",
        "/2026/00/x/",
        "/9999/01/x/",
        "/0000/01/x/",
        "/2026/3/known/",
        "/2026/02/",
        "/2025/",
        "/2026/03/unknown/",
        "/2026/03/known%00/",
        "/2026/03/%00/",
        "/%00",
        "/%00/",
        "/topics/%00/",
        "/authors/a%00b/",
        "/dossiers/%ff/",
        "/%ff%fe/",
        "/%E2%80%AE/",
        "/archive/2026/13/",
        "/archive/1899/01/",
        "/archive/2199/12/",
        "/archive/99999999999999999999/01/",
        "/media/00000000-0000-0000-0000-000000000000/full-320-5050.jpg",
        "/media/x/full-320-5050.jpg",
        "/media/00000000-0000-0000-0000-000000000000/%00.jpg",
        "/preview/%00/",
        "/preview/x/",
        "/preview/x/media/00000000-0000-0000-0000-000000000000/full-320-5050.jpg",
        "/politics/%2e%2e/admin/",
        "/wp-login.php",
        "/" + "x" * 3000 + "/",
        "/" + "a/" * 500,
        "/😀/",
    ],
)
def test_wrong_addresses_are_not_found(client, filled, path):
    response = client.get(path, follow=True)
    assert response.status_code == 404
    assert b"There is nothing at this address" in response.content or path.startswith("/preview/")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", [*PATHS, "/2026/03/known/"])
def test_other_methods_are_refused(client, filled, path, method):
    assert getattr(client, method)(path).status_code == 405


TEXTS = {
    "long": "Wort" * 125,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 😀",
    "right to left": "القطارات الليلية \u202e evil",
    "markup": "<script>alert(1)</script>{{ 1|add:1 }}{% now 'Y' %}&lt;",
    "control": "a\x00b\x1fc\u2028d",
    "quotes": "\"'`</title></textarea>",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_can_be_read_everywhere(client, text):
    section = SectionFactory(
        name=text[:80].replace("\x00", ""),
        slug="politics",
        description=text[:99].replace("\x00", ""),
    )
    author = AuthorFactory(name=text[:100].replace("\x00", ""), slug="anna")
    article = make_article(
        section=section.pk,
        bylines=[{"author": author.pk}],
        tags=[text],
        body=f"<h2>{text}</h2><p>{text}</p>",
        **dict.fromkeys(["kicker", "headline", "front_headline", "seo_title", "standfirst"], text),
        dateline=[text],
    )
    paths = [
        article.get_absolute_url(),
        *("/", "/politics/", "/authors/anna/", "/topics/", "/archive/"),
        *(tag.get_absolute_url() for tag in article.tags.all()),
    ]
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200, path
        assert b"<script>alert" not in response.content


def test_head_answers_like_get_without_a_body(client, filled):
    response = client.head("/2026/03/known/")
    assert (response.status_code, response.content) == (200, b"")


def test_a_server_error_needs_no_database(client, filled, django_assert_num_queries):
    request = client.get("/").wsgi_request
    with django_assert_num_queries(0):
        broken = server_error(request)
        refused = permission_denied(request, Exception())
        unread = bad_request(request, Exception())
    assert (broken.status_code, refused.status_code, unread.status_code) == (500, 403, 400)
    assert b"Something broke on our side" in broken.content
    assert b"You may not do that" in refused.content
    assert b"site.css" in unread.content


def test_a_form_without_token_is_told_in_our_words(client):
    client.handler.enforce_csrf_checks = True
    response = client.post("/admin/login/", {"username": "x"})
    assert response.status_code == 403
    assert b"This form has expired" in response.content
