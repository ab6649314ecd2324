"""Feeds: what a real reader finds in them, what must never change, the limits, the 304."""

import json
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from defusedxml import ElementTree
from django.utils import timezone

from articles import workflow
from articles.facts import portable
from articles.models import Article, DossierEntry
from newsroom.models import SiteSettings
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_content,
    make_draft,
)

from . import feed_rules

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
MAIN = ["/feed/", "/feed.atom", "/feed.json"]


def configure(**values) -> None:
    SiteSettings.objects.update_or_create(pk=1, defaults=values)


def parsed(client, path="/feed/"):
    response = client.get(path)
    assert response.status_code == 200
    feed_rules.check(response.content)
    found = feedparser.parse(response.content)
    assert not found.bozo, found.get("bozo_exception")
    return found


def headlines(client, path) -> list[str]:
    return [entry.title for entry in parsed(client, path).entries]


def read_json(client, path) -> dict:
    content = client.get(path).content
    feed_rules.check(content)
    return json.loads(content)


def items(client) -> list[dict]:
    return read_json(client, "/feed.json")["items"]


def full_article(**values) -> Article:
    authors = [AuthorFactory(name=name, slug=name.lower()) for name in ("Anna", "Ben", "Cleo")]
    roles = zip(authors, ["text", "text", "photo"], strict=True)
    image = ImageFactory(alt="A <bridge>", credit="Mira & Co", caption="Closed")
    article = make_article(
        **{
            "headline": "Bridge & <tunnel> closed",
            "slug": "bridge",
            "standfirst": "For two weeks.",
            "body": '<p>The <a href="/topics/">city</a> closed it.</p>',
            "section": SectionFactory(name="Politics", slug="politics").pk,
            "tags": ["Bridges", "Köln"],
            "bylines": [{"author": a.pk, "role": role} for a, role in roles],
            "lead_image": image.pk,
            "at": AT,
            **values,
        }
    )
    Article.objects.filter(pk=article.pk).update(created_at=AT)
    return Article.objects.get(pk=article.pk)


@pytest.mark.parametrize("path", ["/feed/", "/feed.atom"])
def test_an_item_tells_all_that_belongs_to_the_article(client, path):
    configure(name="The Post", tagline="News")
    article = full_article()
    found = parsed(client, path)
    assert (found.feed.title, found.feed.link) == ("The Post", "http://testserver/")
    assert found.feed.get("language", "en") == "en"
    (entry,) = found.entries
    title = ElementTree.fromstring(client.get(path).content).findall(".//{*}title")[1].text
    assert title == "Bridge & <tunnel> closed"
    assert entry.id == f"tag:testserver,2026-03-01:article/{article.pk}"
    assert entry.link == "http://testserver/2026/03/bridge/"
    assert [author.name for author in entry.authors] == ["Anna", "Ben"]
    assert [tag.term for tag in entry.tags] == ["Politics", "Bridges", "Köln"]
    assert entry.summary == "For two weeks."
    assert entry.published_parsed[:6] == entry.updated_parsed[:6] == (2026, 3, 1, 13, 5, 0)
    picture = entry.media_content[0]
    assert (picture["width"], picture["height"]) == ("1280", "720")
    assert entry.enclosures[0].href == picture["url"]
    assert picture["url"] == "http://testserver" + article.lead_image.rendition_url(
        "16x9", 1280, "jpg"
    )
    assert entry.media_credit[0]["content"] == "Mira & Co"


def test_a_json_feed_has_what_version_1_1_asks_for(client):
    configure(name="The Post")
    article = full_article()
    response = client.get("/feed.json")
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(response.content)
    (item,) = feed.pop("items")
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Post",
        "home_page_url": "http://testserver/",
        "feed_url": "http://testserver/feed.json",
        "language": "en",
        "icon": "http://testserver/static/newsroom/favicon.svg",
        "authors": [{"name": "The Post", "url": "http://testserver/"}],
    }
    html = item.pop("content_html")
    assert "<strong>For two weeks.</strong>" in html
    assert item == {
        "id": f"tag:testserver,2026-03-01:article/{article.pk}",
        "url": "http://testserver/2026/03/bridge/",
        "title": "Bridge & <tunnel> closed",
        "summary": "For two weeks.",
        "image": "http://testserver" + article.lead_image.rendition_url("16x9", 1280, "jpg"),
        "date_published": "2026-03-01T13:05:00Z",
        "date_modified": "2026-03-01T13:05:00Z",
        "authors": [
            {"name": "Anna", "url": "http://testserver/authors/anna/"},
            {"name": "Ben", "url": "http://testserver/authors/ben/"},
        ],
        "tags": ["Politics", "Bridges", "Köln"],
        "language": "en",
    }


def test_the_id_survives_a_new_headline_and_address(client, editor):
    article = full_article()
    before = [parsed(client, path).entries[0].id for path in MAIN[:2]] + [items(client)[0]["id"]]
    values = make_content(**{**article.head.content, "headline": "Other", "slug": "other"})
    workflow.save_draft(article, values, by=editor, base=article.head)
    workflow.publish(article, by=editor)
    entry = parsed(client).entries[0]
    assert (entry.title, entry.link) == ("Other", "http://testserver/2026/03/other/")
    after = [parsed(client, path).entries[0].id for path in MAIN[:2]] + [items(client)[0]["id"]]
    assert before == after
    assert len(set(after)) == 1


def test_the_guid_is_no_address_and_pub_date_tells_of_a_substantial_update(client, editor):
    article = full_article()
    workflow.correct(article, by=editor, kind="correction", text="It was <Tuesday>.")
    article.refresh_from_db()
    item = ElementTree.fromstring(client.get("/feed/").content).find("channel/item")
    assert item.find("guid").attrib == {"isPermaLink": "false"}
    stamp = article.updated_at.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert item.find("pubDate").text == stamp
    assert item.find("{http://www.w3.org/2005/Atom}published").text == "2026-03-01T13:05:00Z"


def test_full_text_or_standfirst_as_the_site_wants(client):
    article = full_article()
    assert "closed it." in article.body_html
    assert "closed it." not in items(client)[0]["content_html"]
    configure(feeds_full_text=True)
    html = items(client)[0]["content_html"]
    assert '<a href="http://testserver/topics/">city</a> closed it.' in html
    item = ElementTree.fromstring(client.get("/feed/").content).find("channel/item")
    assert item.find("{http://purl.org/rss/1.0/modules/content/}encoded").text == html


def test_corrections_and_the_use_of_ai_stand_in_the_item(client, editor):
    article = full_article(ai_use="generated")
    workflow.correct(article, by=editor, kind="correction", text="It was <Tuesday>.")
    workflow.correct(article, by=editor, kind="update", text="Internal", is_public=False)
    html = items(client)[0]["content_html"]
    assert "<strong>Correction</strong>" in html
    assert "It was &lt;Tuesday&gt;." in html
    assert "This text was generated by artificial intelligence." in html
    assert "No person has checked it before publication." in html
    assert "Internal" not in html


def test_what_is_paid_for_is_called_so(client):
    full_article(genre="advertising")
    assert items(client)[0]["title"] == "Advertisement: Bridge & <tunnel> closed"


def test_portable_html_needs_nothing_of_this_site():
    html = (
        '<p><a href="/a/">x</a> <a href="https://b.example/">y</a></p><picture><source srcset="/m">'
        '<img src="/m/1.jpg" srcset="/m/2.jpg 2x" loading="lazy" alt="A"></picture>'
        '<div><button type="button" hidden>Play</button><p hidden>Only then</p></div>'
    )
    assert portable(html) == (
        '<p><a href="http://testserver/a/">x</a> <a href="https://b.example/">y</a></p>'
        '<img src="http://testserver/m/1.jpg" alt="A"><div></div>'
    )


def test_each_feed_has_its_own_articles_newest_first(client):
    top = SectionFactory(slug="politics")
    below = SectionFactory(slug="europe", parent=top)
    author, dossier = AuthorFactory(slug="anna"), DossierFactory(slug="winter")
    one = make_article(headline="One", section=top.pk, tags=["Ice"], at=AT)
    two = make_article(
        headline="Two", section=below.pk, bylines=[{"author": author.pk}], tags=["Ice"],
        at=AT + timedelta(hours=1),
    )  # fmt: skip
    make_article(headline="Three", at=AT + timedelta(hours=2))
    for position, article in enumerate([one, two]):
        DossierEntry.objects.create(dossier=dossier, article=article, position=position)
    assert {path: headlines(client, path) for path in (
        "/feed/", "/politics/feed/", "/europe/feed/", "/topics/ice/feed/", "/authors/anna/feed/",
        "/dossiers/winter/feed/",
    )} == {
        "/feed/": ["Three", "Two", "One"],
        "/politics/feed/": ["Two", "One"],
        "/europe/feed/": ["Two"],
        "/topics/ice/feed/": ["Two", "One"],
        "/authors/anna/feed/": ["Two"],
        "/dossiers/winter/feed/": ["Two", "One"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/x/feed/", "/topics/x/feed/", "/authors/x/feed/", "/dossiers/x/feed/"]
)
def test_a_feed_of_nothing_is_a_404(client, path):
    assert client.get(path).status_code == 404


def test_a_topic_or_dossier_of_hidden_articles_has_no_feed(client):
    draft = make_draft(tags=["Ice"])
    dossier = DossierFactory(slug="winter")
    DossierEntry.objects.create(dossier=dossier, article=draft, position=0)
    assert client.get("/topics/ice/feed/").status_code == 404
    assert client.get("/dossiers/winter/feed/").status_code == 404


def test_empty_feeds_are_valid(client):
    SectionFactory(slug="politics")
    AuthorFactory(slug="anna")
    for path in (*MAIN[:2], "/politics/feed/", "/authors/anna/feed/", "/corrections/feed/"):
        assert parsed(client, path).entries == []
    assert items(client) == []


def test_every_list_has_its_feed_in_three_kinds(client):
    fill(1)
    lists = ["/", "/politics/", "/topics/ice/", "/authors/anna/", "/dossiers/w/", "/corrections/"]
    for path in lists:
        page = client.get(path).content.decode()
        (rss,), (atom,) = (parsed(client, path + end).entries for end in ("feed/", "feed.atom"))
        (item,) = read_json(client, f"{path}feed.json")["items"]
        assert rss.id == atom.id == item["id"], path
        for kind in ("feed/", "feed.atom", "feed.json"):
            assert f'href="{path}{kind}"' in page


def test_a_feed_has_fifty_items(client):
    section = SectionFactory().pk
    for n in range(52):
        make_article(headline=f"No {n}", section=section, at=AT + timedelta(minutes=n))
    assert headlines(client, "/feed/") == [f"No {n}" for n in range(51, 1, -1)]


def test_corrections_have_a_feed_of_visible_articles_newest_first(client, editor):
    shown = make_article(headline="Shown", slug="shown", at=AT)
    hidden = make_article(headline="Hidden", at=AT)
    for hours, article, words, public in [
        (3, shown, "Older", True), (2, shown, "Newer", True), (1, shown, "Internal", False),
        (1, hidden, "Gone", True),
    ]:  # fmt: skip
        at = timezone.now() - timedelta(hours=hours)
        workflow.correct(
            article, by=editor, kind="clarification", text=words, is_public=public, at=at
        )
    Article.objects.filter(pk=hidden.pk).update(expires_at=AT)
    entries = parsed(client, "/corrections/feed/").entries
    assert [(e.title, e.summary, e.link) for e in entries] == [
        ("Clarification: Shown", words, "http://testserver/2026/03/shown/#corrections")
        for words in ("Newer", "Older")
    ]


@pytest.mark.parametrize("path", MAIN)
def test_too_long_a_text_gives_way_to_its_summary(client, path):
    configure(feeds_full_text=True)
    make_article(headline="Long", standfirst="In short", body=f"<p>{'ä' * 600_000}</p>", at=AT)
    body = client.get(path).content
    assert len(body) < 10_000
    assert b"In short" in body


@pytest.mark.parametrize("path", MAIN)
def test_a_feed_stays_below_two_megabytes_by_fewer_items(client, path):
    configure(feeds_full_text=True)
    for n in range(4):
        make_article(
            headline=f"No {n}", body=f"<p>{'a' * 700_000}</p>", at=AT + timedelta(minutes=n)
        )
    body = client.get(path).content
    assert 1_400_000 < len(body) <= 2_000_000
    assert [f"No {n}".encode() in body for n in range(4)] == [False, False, True, True]


@pytest.mark.parametrize("path", MAIN)
def test_characters_that_xml_forbids_break_no_feed(client, path):
    section = SectionFactory(name="Bad \x01\x0b\ufffe & <name>")
    author = AuthorFactory(name="An\x02na ]]> \U0001f389")
    configure(name="The \x03 Post & <Co>", description="\x04")
    make_article(
        headline="<b> ]]> & \ufffe",
        standfirst="a\x00b\x1fc ]]>",
        section=section.pk,
        bylines=[{"author": author.pk}],
        tags=["<i>&"],
        lead_image=ImageFactory(alt="\x05", credit="\x06").pk,
        at=AT,
    )
    response = client.get(path)
    assert response.status_code == 200
    if path.endswith("json"):
        assert len(read_json(client, path)["items"]) == 1
    else:
        assert len(parsed(client, path).entries) == 1


ALL = [*MAIN, "/politics/feed/", "/topics/ice/feed/", "/authors/anna/feed/", "/dossiers/w/feed/"]


def fill(count: int) -> None:
    section, dossier = SectionFactory(slug="politics"), DossierFactory(slug="w")
    authors = [AuthorFactory(slug="anna"), AuthorFactory()]
    for n in range(count):
        article = make_article(
            section=section.pk,
            tags=["Ice", f"Topic {n}"],
            bylines=[{"author": author.pk} for author in authors],
            lead_image=ImageFactory().pk,
            at=AT + timedelta(hours=n),
        )
        article.corrections.create(text="Wrong.")
        DossierEntry.objects.create(dossier=dossier, article=article, position=n)


@pytest.mark.parametrize("count", [1, 3, 12])
def test_a_feed_costs_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    fill(count)
    costs = dict.fromkeys(MAIN, 6) | dict.fromkeys(ALL[3:], 7) | {"/corrections/feed/": 4}
    for path, cost in costs.items():
        with django_assert_num_queries(cost):
            response = client.get(path)
        assert response.content.count(b"article/") >= count or path == "/corrections/feed/"


@pytest.mark.parametrize("count", [1, 12])
def test_an_unchanged_feed_is_answered_by_one_query(client, count, django_assert_num_queries):
    fill(count)
    # A section has a family: the tree of sections is read first, and whether it is as remembered.
    costs = {path: 3 if path == "/politics/feed/" else 1 for path in [*ALL, "/corrections/feed/"]}
    for path, cost in costs.items():
        first = client.get(path)
        for headers in (
            {"If-None-Match": first["ETag"]},
            {"If-Modified-Since": first["Last-Modified"]},
        ):
            with django_assert_num_queries(cost):
                again = client.get(path, headers=headers)
            assert (again.status_code, again.content) == (304, b""), path
            assert again["ETag"] == first["ETag"]


def changes(editor):
    """What must make a new answer, by name."""

    def silently(article):
        values = make_content(**{**article.head.content, "headline": "Typo"})
        workflow.save_draft(article, values, by=editor, base=article.head)
        workflow.publish(article, by=editor, is_substantial=False)

    return {
        "new article": lambda article: make_article(),
        "silent change": silently,
        "correction": lambda article: workflow.correct(
            article, by=editor, kind="correction", text="Wrong."
        ),
        "expiry": lambda article: Article.objects.update(expires_at=AT),
        "settings": lambda article: configure(name="New name"),
    }


@pytest.mark.parametrize(
    "change", ["new article", "silent change", "correction", "expiry", "settings"]
)
def test_a_change_is_told_to_those_who_have_the_old_state(client, editor, change, time_machine):
    time_machine.move_to(AT + timedelta(days=1), tick=False)
    configure(name="Old name")
    article = make_article(at=AT)
    make_article(at=AT - timedelta(hours=1))
    etags = {path: client.get(path)["ETag"] for path in MAIN}
    time_machine.move_to(AT + timedelta(days=1, minutes=1), tick=False)
    for path, etag in etags.items():
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    changes(editor)[change](article)
    for path, etag in etags.items():
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200, path


def test_a_draft_beside_the_live_text_is_no_change(client, editor):
    article = make_article(at=AT)
    etag = client.get("/feed/")["ETag"]
    values = make_content(**{**article.head.content, "headline": "Secret"})
    workflow.save_draft(article, values, by=editor, base=article.head)
    assert client.get("/feed/", headers={"If-None-Match": etag}).status_code == 304


def test_a_scheduled_article_is_told_when_its_time_comes(client, chief, time_machine):
    time_machine.move_to(AT, tick=False)
    make_article(at=AT - timedelta(hours=1))
    workflow.publish(make_draft(headline="Later"), by=chief, at=AT + timedelta(hours=1))
    first = client.get("/feed/")
    assert headlines(client, "/feed/") == ["Bridge closed"]
    time_machine.move_to(AT + timedelta(hours=1), tick=False)
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get("/feed/", headers=since).status_code == 200
    assert headlines(client, "/feed/") == ["Later", "Bridge closed"]


@pytest.mark.parametrize("path", [*MAIN, "/corrections/feed/"])
def test_a_hub_is_named_in_head_and_feed(client, path):
    make_article()
    assert "Link" not in client.get(path)
    assert b'rel="hub"' not in client.get(path).content
    configure(websub_hub="https://hub.example/?a=1&b=2")
    response = client.get(path)
    assert response["Link"] == (
        f'<https://hub.example/?a=1&b=2>; rel="hub", <http://testserver{path}>; rel="self"'
    )
    if path == "/feed.json":
        hubs = json.loads(response.content)["hubs"]
        assert hubs == [{"type": "WebSub", "url": "https://hub.example/?a=1&b=2"}]
    else:
        links = {link.rel: link.href for link in parsed(client, path).feed.links}
        assert links["hub"] == "https://hub.example/?a=1&b=2"
        assert links["self"] == f"http://testserver{path}"


@pytest.mark.parametrize("path", ["/feed/", "/feed.atom"])
def test_a_browser_gets_xml_that_it_shows_by_the_stylesheet(client, path):
    own = "application/rss+xml" if path == "/feed/" else "application/atom+xml"
    assert client.get(path)["Content-Type"] == f"{own}; charset=utf-8"
    response = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    assert response["Vary"] == "Accept"
    style = b'<?xml-stylesheet type="text/css" href="/static/newsroom/feed.css"?>'
    assert response.content.splitlines()[1] == style


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_feeds_are_for_reading(client, method):
    assert getattr(client, method)("/feed/").status_code == 405


def test_pages_name_their_feeds(client):
    make_article(section=SectionFactory(slug="politics").pk, tags=["Ice"])
    for path in ("/", "/politics/", "/topics/ice/"):
        html = client.get(path).content.decode()
        for feed in MAIN:
            assert f'href="{feed}"' in html, path
