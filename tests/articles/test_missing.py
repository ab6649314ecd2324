"""Addresses that readers ask for in vain: counted without noise or traces, led on by the desk."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse

from articles import missing, redirects, workflow
from articles.models import MissingPath, Redirect
from newsroom.lib.verbs import NotPermitted, Refused
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    SectionFactory,
    UserFactory,
    make_article,
    make_draft,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def counted() -> dict[str, int]:
    return dict(MissingPath.objects.values_list("path", "count"))


def test_what_ends_in_a_404_is_counted_with_its_times(client, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    assert client.get("/lost/page/").status_code == 404
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    client.get("/lost/page/?utm_source=x&person=1")
    client.get("/größe/")
    assert counted() == {"/lost/page/": 2, "/größe/": 1}
    row = MissingPath.objects.get(path="/lost/page/")
    assert (row.last_seen_at - row.first_seen_at).days == 1
    assert {field.name for field in MissingPath._meta.fields} == {
        "id", "path", "count", "first_seen_at", "last_seen_at",
    }  # fmt: skip


def test_what_is_found_or_led_on_is_not_counted(client, chief):
    article = make_article()
    redirects.remember("/old/", article)
    withdrawn = make_article()
    workflow.withdraw(withdrawn, by=chief, reason="Wrong.")
    client.post("/lost/")
    client.head("/lost/")
    answers = [
        client.get(path).status_code
        for path in ("/", "/old/", "/feed/", article.get_absolute_url(), "/impressum/")
    ]
    assert client.get(withdrawn.get_absolute_url()).status_code == 410
    assert answers[:4] == [200, 301, 200, 200]
    assert set(counted()) <= {"/impressum/"}


@pytest.mark.parametrize(
    "path",
    [
        "/wp-login.php", "/wp-admin/", "/blog/wp-login.php", "/xmlrpc.php", "/.env", "/.git/config",
        "/.well-known/acme/x", "/phpmyadmin/", "/cgi-bin/luci", "/a/b.php", "/index.PHP", "/x.sql",
        "/backup.zip", "/vendor/phpunit/x", "/media/x.jpg", "/static/x.css", "/preview/token/",
        "/api/v1/x", "/favicon.ico", "/apple-touch-icon.png", "/ads.txt", "/person@example.org/",
        "/a%00b/", "/a%0Ab/", "/<script>/", "/a//b/", "/" + "x" * 300, "/admin/x/", "/alerts/t0k/",
    ],
)  # fmt: skip
def test_noise_and_secrets_are_not_counted(client, path):
    client.get(path)
    assert counted() == {}


@pytest.mark.parametrize(
    "path",
    ["/comments/own/{}/", "/comments/confirm/{}/", "/comments/no-replies/{}/", "/jobs/manage/{}/",
     "/jobs/manage/{}/edit/", "/alerts/off/{}/", "/alerts/preferences/{}/", "/preview/{}/"],
)  # fmt: skip
def test_keys_of_readers_are_not_shown_to_the_desk(client, path):
    """A mail program that takes the full stop into a link sends all of the key to a 404."""
    assert client.get(path.format("WzFd.1abcde.signature.")).status_code in {404, 410}
    assert counted() == {}


def test_a_full_table_lets_the_least_wanted_go(client, monkeypatch):
    monkeypatch.setattr(missing, "MOST_ROWS", 20)
    for n in range(20):
        MissingPath.objects.create(path=f"/{n}/", count=n + 1)
    client.get("/new/")
    assert set(counted()) == {"/new/", *(f"/{n}/" for n in range(2, 20))}
    for n in range(100):
        missing.note(f"/flood-{n}/")
    assert MissingPath.objects.count() <= 20
    assert {f"/{n}/" for n in range(10, 20)} <= set(counted())


def test_a_flood_is_not_counted_beyond_its_minute(monkeypatch, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    monkeypatch.setattr(missing, "MOST_A_MINUTE", 3)
    for _ in range(10):
        missing.note("/lost/")
    assert counted() == {"/lost/": 3}
    time_machine.move_to("2026-03-01T12:01:00Z", tick=False)
    missing.note("/lost/")
    assert counted() == {"/lost/": 4}


def test_a_failure_to_count_costs_no_reader_an_answer(client, monkeypatch):
    def fail(path: str) -> None:
        raise DatabaseError("full")

    monkeypatch.setattr(missing, "_count", fail)
    assert client.get("/lost/").status_code == 404


def test_counting_again_is_one_query(django_assert_num_queries):
    missing.note("/lost/")
    with django_assert_num_queries(1):
        missing.note("/lost/")
    assert counted() == {"/lost/": 2}


def test_suggestions_are_rows_with_the_same_last_word():
    article = make_article(slug="bridge-closed-for-weeks")
    make_draft(slug="bridge-closed-for-weeks")
    section, author = SectionFactory(slug="politics"), AuthorFactory(slug="politics")
    dossier = DossierFactory(slug="politics")
    near = make_article(slug="bridge-closed-for-good")
    expected = {
        "/2019/05/12/bridge-closed-for-weeks/": [article, near],
        "/blog/Bridge_Closed-for-Weeks.html": [article, near],
        "/category/politics": [section, author, dossier],
        "/nothing/like/it/": [],
        "/": [],
    }
    for path, rows in expected.items():
        assert missing.suggestions(MissingPath(path=path)) == rows, path


def test_a_missing_address_leads_on_for_ever(client, chief):
    article = make_article()
    row = MissingPath.objects.create(path="/lost/")
    for to in ("http://testserver" + article.get_absolute_url(), article.get_absolute_url()):
        assert redirects.row_at(to) == article
    assert missing.lead(row, article.get_absolute_url(), by=chief) == article.get_absolute_url()
    response = client.get("/lost/")
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())
    assert counted() == {}


@pytest.mark.parametrize(
    "to",
    [
        "", "/", "/nowhere/", "https://evil.example/", "//evil.example/", "/admin/", "x", "\x00",
        "/2026/03/none/", "javascript:alert(1)", "/lost/", "http://[", "/%00/", "/feed/",
    ],
)  # fmt: skip
def test_an_address_does_not_lead_to_what_is_not_there(chief, to):
    row = MissingPath.objects.create(path="/lost/")
    with pytest.raises(Refused):
        missing.lead(row, to, by=chief)
    assert counted() == {"/lost/": 1}
    assert Redirect.objects.count() == 0


def test_hidden_articles_are_no_goal(chief):
    draft = make_draft()
    row = MissingPath.objects.create(path="/lost/")
    with pytest.raises(Refused):
        missing.lead(row, f"/2026/03/{draft.slug}/", by=chief)


@pytest.mark.parametrize("role", ["Reporter", "Editor", "Moderator"])
def test_only_those_who_may_redirect_may_lead(role):
    row = MissingPath.objects.create(path="/lost/")
    with pytest.raises(NotPermitted):
        missing.lead(row, make_article().get_absolute_url(), by=UserFactory(role=role))


def change(row: MissingPath) -> str:
    return reverse("admin:articles_missingpath_change", args=[row.pk])


def test_the_report_lists_the_most_wanted_first(client, editor):
    for n in (1, 3, 2):
        MissingPath.objects.create(path=f"/{n}/", count=n)
    client.force_login(editor)
    html = client.get(reverse("admin:articles_missingpath_changelist")).content.decode()
    places = [html.index(f">/{n}/<") for n in (3, 2, 1)]
    assert places == sorted(places)


def test_one_click_leads_an_address_on(client, chief):
    article = make_article(slug="bridge")
    row = MissingPath.objects.create(path="/2019/05/12/bridge/", count=7)
    client.force_login(chief)
    html = client.get(change(row)).content.decode()
    assert f'name="to" value="{article.get_absolute_url()}"' in html
    assert "Asked for 7 times" in html
    assert Redirect.objects.count() == 0
    response = client.post(change(row), {"to": article.get_absolute_url()}, follow=True)
    assert f"/2019/05/12/bridge/ now leads to {article.get_absolute_url()}." in (
        response.content.decode()
    )
    assert client.get("/2019/05/12/bridge/")["Location"] == article.get_absolute_url()


def test_a_refusal_keeps_what_was_typed(client, chief):
    row = MissingPath.objects.create(path="/lost/")
    client.force_login(chief)
    html = client.post(change(row), {"to": "/no<where>/"}).content.decode()
    assert "Readers find nothing at this address." in html
    assert 'value="/no&lt;where&gt;/"' in html


@pytest.mark.parametrize(("role", "status"), [("Editor", 200), ("Reporter", 403)])
def test_others_may_read_the_report_at_most(client, role, status):
    row = MissingPath.objects.create(path="/lost/")
    client.force_login(UserFactory(role=role))
    response = client.get(change(row))
    assert response.status_code == status
    assert b"Lead there" not in response.content
    client.post(change(row), {"to": make_article().get_absolute_url()})
    assert Redirect.objects.count() == 0
