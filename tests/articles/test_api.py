"""The JSON API: what it tells and to whom, pages, filters, freshness, refusals, its description."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import pytest

from articles import workflow
from articles.api_fields import FIELDS, LIST_FIELDS
from articles.models import Article
from tests.factories import (
    AuthorFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
LIST = "/api/v1/articles/"


def get(client, path=LIST, status=200, **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == status, response.content[:300]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Set-Cookie" not in response
    kind = "application/json" if status == 200 else "application/problem+json"
    assert response["Content-Type"] == kind
    return json.loads(response.content)


def headlines(client, query="") -> list[str]:
    return [item["headline"] for item in get(client, f"{LIST}{query}")["items"]]


def full_article() -> Article:
    image = ImageFactory(alt="A bridge", caption="Own", credit="Mira")
    return make_article(
        headline="Bridge closed",
        kicker="Traffic",
        slug="bridge",
        standfirst="For two weeks.",
        body='<p>Go <a href="/topics/">on</a></p>',
        section=SectionFactory(name="Politics", slug="politics").pk,
        tags=["Köln"],
        dateline=["Rom"],
        bylines=[{"author": AuthorFactory(name="Anna", slug="anna").pk, "role": "text"}],
        lead_image=image.pk,
        genre="analysis",
        ai_use="assisted",
        at=AT,
    )


def test_an_article_is_told_with_every_field(client, editor):
    article = full_article()
    corrected_at = AT + timedelta(hours=1)
    workflow.correct(article, by=editor, kind="update", text="Two.", at=corrected_at)
    workflow.correct(article, by=editor, kind="update", text="Secret", is_public=False)
    data = get(client, f"{LIST}{article.pk}/")
    assert data == {
        "id": article.pk,
        "url": "http://testserver/2026/03/bridge/",
        "headline": "Bridge closed",
        "kicker": "Traffic",
        "standfirst": "For two weeks.",
        "genre": "analysis",
        "language": "en",
        "published_at": "2026-03-01T14:05:00+01:00",
        "updated_at": "2026-03-01T15:05:00+01:00",
        "section": {
            "slug": "politics",
            "name": "Politics",
            "url": "http://testserver/politics/",
        },
        "topics": [
            {"slug": "koeln", "name": "Köln", "url": "http://testserver/topics/koeln/"},
        ],
        "authors": [
            {
                "slug": "anna",
                "name": "Anna",
                "role": "text",
                "url": "http://testserver/authors/anna/",
            }
        ],
        "dateline": ["Rom"],
        "image": {
            "url": f"http://testserver{article.lead_image.rendition_url('16x9', 1280, 'jpg')}",
            "width": 1280,
            "height": 720,
            "alt": "A bridge",
            "caption": "Own",
            "credit": "Mira",
        },
        "word_count": 2,
        "canonical_url": "http://testserver/2026/03/bridge/",
        "ai": {"use": "assisted", "reviewed_at": None},
        "corrections": [
            {"kind": "update", "text": "Two.", "corrected_at": "2026-03-01T15:05:00+01:00"}
        ],
        "body_html": '<p>Go <a href="http://testserver/topics/">on</a></p>',
    }
    assert tuple(data) == tuple(FIELDS)
    listed = get(client)["items"]
    assert listed == [{name: data[name] for name in LIST_FIELDS}]
    assert "body_html" not in listed[0]


def test_only_the_wanted_fields_are_told(client):
    article = full_article()
    expected = {"id": article.pk, "headline": "Bridge closed"}
    assert get(client, f"{LIST}?fields=headline,id")["items"] == [expected]
    assert get(client, f"{LIST}{article.pk}/?fields=id,%20headline") == expected
    assert "Go" in get(client, f"{LIST}?fields=body_html")["items"][0]["body_html"]


def test_pages_by_cursor_show_every_article_once(client):
    section = SectionFactory().pk
    for n in range(7):
        make_article(headline=f"No {n}", section=section, at=AT + timedelta(minutes=n // 3))
    path, seen = f"{LIST}?limit=3&fields=headline", []
    while path:
        response = client.get(path)
        data = json.loads(response.content)
        seen.append([item["headline"] for item in data["items"]])
        expected = f'<{data["next"]}>; rel="next"' if data["next"] else None
        assert response.get("Link") == expected
        parts = urlsplit(data["next"] or "")
        path = f"{parts.path}?{parts.query}" if data["next"] else ""
    assert seen == [["No 6", "No 5", "No 4"], ["No 3", "No 2", "No 1"], ["No 0"]]


def test_a_cursor_beyond_the_end_is_an_empty_page(client):
    make_article(at=AT)
    assert get(client, f"{LIST}?cursor=1.1") == {"items": [], "next": None}


def test_filters(client):
    top = SectionFactory(slug="politics")
    below = SectionFactory(slug="europe", parent=top)
    anna = AuthorFactory(slug="anna")
    hour = timedelta(hours=1)
    one = make_article(headline="One", section=top.pk, tags=["Ice"], at=AT)
    make_article(
        headline="Two", section=below.pk, bylines=[{"author": anna.pk}], tags=["Ice"], at=AT + hour
    )
    make_article(headline="Three", at=AT + 2 * hour)
    queries = {
        "": ["Three", "Two", "One"],
        "?section=politics": ["Two", "One"],
        "?section=europe": ["Two"],
        "?section=none": [],
        "?tag=ice": ["Two", "One"],
        "?tag=none": [],
        "?author=anna": ["Two"],
        "?section=politics&tag=ice&author=anna": ["Two"],
        "?since=2026-03-01T15:05:00%2B01:00": ["Three", "Two"],
        "?since=2026-03-01T15:05:00+01:00": ["Three", "Two"],
        "?since=2026-03-01T14:05:00Z": ["Three", "Two"],
        "?since=2026-03-02": [],
        "?limit=1": ["Three"],
    }
    assert {query: headlines(client, query) for query in queries} == queries
    Article.objects.filter(pk=one.pk).update(updated_at=AT + 48 * hour)
    assert headlines(client, "?since=2026-03-02") == ["One"]


BAD = [
    "?limit=0", "?limit=101", "?limit=-1", "?limit=x", "?limit=1e1", "?limit=٣", "?limit=99999999",
    "?cursor=x", "?cursor=1", "?cursor=-1.1", "?cursor=%00", "?cursor=" + "9" * 40,
    "?fields=secret", "?fields=id,,", "?fields=head", "?fields=" + "x," * 500,
    "?since=yesterday", "?since=2026-02-30", "?since=0001-01-01T00:00:00%2B14:00",
    "?since=2026-13-01T00:00", "?since=%00", "?since=9999-12-31T23:59:59-14:00",
    "?tag=%00", "?section=" + "x" * 300, "?author=a%00b", "?page=2", "?status=draft",
]  # fmt: skip


@pytest.mark.parametrize("query", BAD)
def test_what_is_wrong_is_said_in_a_problem_document(client, query):
    make_article(at=AT)
    data = get(client, f"{LIST}{query}", 400)
    assert (data["type"], data["title"], data["status"]) == ("about:blank", "Bad Request", 400)
    assert data["detail"]
    assert len(data["detail"]) < 400


@pytest.mark.parametrize(
    "query",
    ["?tag=' OR 1=1", "?author=<script>", "?section=../..", "?tag=\ufffe", "?tag=%F0%9F%8E%89"],
)
def test_odd_filters_find_nothing(client, query):
    make_article(at=AT)
    assert get(client, LIST + quote(query, safe="?=%")) == {"items": [], "next": None}


def test_hidden_articles_do_not_exist(client, chief):
    later = AT + timedelta(days=36500)
    scheduled = make_draft(headline="Later")
    workflow.publish(scheduled, by=chief, at=later)
    expired, embargoed = make_article(at=AT), make_article(at=AT)
    Article.objects.filter(pk=expired.pk).update(expires_at=AT)
    Article.objects.filter(pk=embargoed.pk).update(embargo_until=later)
    for article in (make_draft(), scheduled, expired, embargoed):
        assert get(client, f"{LIST}{article.pk}/", 404)["title"] == "Not Found"
    for pk in ("0", "999999", "9" * 30):
        assert get(client, f"{LIST}{pk}/", 404)["status"] == 404
    assert get(client)["items"] == []


def test_a_withdrawn_article_is_gone(client, chief):
    article = make_article(headline="Rumour")
    workflow.withdraw(article, by=chief, reason="Wrong.")
    data = get(client, f"{LIST}{article.pk}/", 410)
    assert data["title"] == "Gone"
    assert "Rumour" not in json.dumps(data)


def test_a_working_copy_is_never_told(client, editor):
    article = make_article(headline="Live", at=AT)
    before = client.get(f"{LIST}{article.pk}/")
    values = make_content(**{**article.head.content, "headline": "Secret"})
    workflow.save_draft(article, values, by=editor, base=article.head)
    assert get(client, f"{LIST}{article.pk}/")["headline"] == "Live"
    assert client.get(f"{LIST}{article.pk}/")["ETag"] == before["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_is_for_reading(client, method):
    article = make_article()
    for path in (LIST, f"{LIST}{article.pk}/", "/api/v1/openapi.json"):
        response = getattr(client, method)(path)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, OPTIONS"
        assert response["Content-Type"] == "application/problem+json"
        assert response["Access-Control-Allow-Origin"] == "*"


def test_browsers_of_other_sites_may_ask(client):
    response = client.options(LIST, headers={"Origin": "https://other.example"})
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]
    assert "ETag" in response["Access-Control-Expose-Headers"]
    head = client.head(LIST)
    assert (head.status_code, head.content) == (200, b"")


def fill(count: int) -> Article:
    authors = [AuthorFactory(), AuthorFactory()]
    for n in range(count):
        article = make_article(
            tags=["Ice", f"Topic {n}"],
            bylines=[{"author": author.pk} for author in authors],
            lead_image=ImageFactory().pk,
            at=AT + timedelta(hours=n),
        )
        article.corrections.create(text="Wrong.")
    return article


@pytest.mark.parametrize("count", [1, 3, 15])
def test_answers_cost_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    article = fill(count)
    costs = {LIST: 7, f"{LIST}?fields=id": 7, f"{LIST}?tag=ice": 7, f"{LIST}{article.pk}/": 7}
    for path, cost in costs.items():
        with django_assert_num_queries(cost):
            get(client, path)


@pytest.mark.parametrize("count", [1, 15])
def test_unchanged_answers_cost_one_query(client, count, django_assert_num_queries):
    article = fill(count)
    for path in (LIST, f"{LIST}?tag=ice&limit=5", f"{LIST}{article.pk}/"):
        first = client.get(path)
        for headers in (
            {"If-None-Match": first["ETag"]},
            {"If-Modified-Since": first["Last-Modified"]},
        ):
            with django_assert_num_queries(1):
                again = client.get(path, headers=headers)
            assert (again.status_code, again.content) == (304, b"")
            assert again["Access-Control-Allow-Origin"] == "*"
    article.refresh_from_db()
    etag = client.get(LIST)["ETag"]
    make_article()
    assert client.get(LIST, headers={"If-None-Match": etag}).status_code == 200


def test_the_description_names_every_field_and_parameter(client):
    data = get(client, "/api/v1/openapi.json")
    assert data["openapi"] == "3.1.0"
    assert data["servers"] == [{"url": "http://testserver/api/v1"}]
    assert list(data["paths"]) == ["/articles/", "/articles/{id}/"]
    parameters = [p["name"] for p in data["paths"]["/articles/"]["get"]["parameters"]]
    assert parameters == ["cursor", "limit", "fields", "section", "tag", "author", "since"]
    schema = data["components"]["schemas"]["Article"]["properties"]
    assert list(schema) == list(FIELDS)
    references = {
        part.split('"')[0] for part in json.dumps(data).split('"$ref": "#/components/')[1:]
    }
    for reference in references:
        group, name = reference.split("/")
        assert name in data["components"][group]


TYPES = {"string": str, "integer": int, "array": list, "object": dict, "null": type(None)}


def test_answers_keep_to_the_description(client, editor):
    article = full_article()
    workflow.correct(article, by=editor, kind="update", text="Two.")
    schemas = get(client, "/api/v1/openapi.json")["components"]["schemas"]["Article"]
    bare = make_article(at=AT)
    for pk in (article.pk, bare.pk):
        check(get(client, f"{LIST}{pk}/"), schemas)


def check(value, schema) -> None:
    """Hold a value against a JSON schema, as far as the description uses the language."""
    if "oneOf" in schema:
        (schema,) = [
            one for one in schema["oneOf"] if isinstance(value, TYPES[one["type"]])
        ]  # exactly one
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert isinstance(value, tuple(TYPES[kind] for kind in kinds)), (value, schema)
    if "enum" in schema:
        assert value in schema["enum"]
    if isinstance(value, list):
        for one in value:
            check(one, schema["items"])
    if isinstance(value, dict):
        assert set(value) == set(schema["properties"])
        for name, one in value.items():
            check(one, schema["properties"][name])
