"""Ghost exports: what becomes of every record, once and twice."""

import io
import json

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.management import CommandError, call_command

from articles import alerts, workflow
from articles.models import (
    Article,
    Author,
    Consent,
    Image,
    Redirect,
    Revision,
    Section,
    Subscriber,
    Subscription,
    Tag,
)
from newsroom.ghost.importing import Options, run
from newsroom.models import ImportedRecord
from newsroom.wordpress.reader import Unreadable
from tests.factories import UserFactory, make_content

from . import ghostsite as ghost

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(tmp_path, settings):
    """The content folder of the old site, with two pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "old" / "content" / "images" / "2021" / "05"
    folder.mkdir(parents=True)
    (folder / "bridge.jpg").write_bytes(ghost.jpeg("red"))
    (folder / "ada.jpg").write_bytes(ghost.jpeg("blue"))
    return tmp_path / "old"


@pytest.fixture
def load(tmp_path):
    """Import tables as an export; return the report."""

    def load(options=None, **tables):
        return run(ghost.write(tmp_path / "export.json", **tables), options)

    return load


def everything():
    """What the import may write, for comparison."""
    models = (Article, Revision, Author, Section, Tag, Redirect, FlatPage, Image, ImportedRecord)
    models += (Subscriber, Subscription, Consent)
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name != "seen_at"}
            for row in model.objects.order_by("pk").values()
        ]
        for model in models
    }


def numbers(report, kind):
    return tuple(report.numbers()[kind].values())


def reasons(report, kind):
    return {reason: number for (_end, reason), number in report.tallies[kind].reasons.items()}


SITE = {
    "users": [
        ghost.user(
            1, "Ada Byron", bio="Writes of <b> and &.", website="https://ada.example",
            profile_image="__GHOST_URL__/content/images/size/w100/2021/05/ada.jpg",
        ),
        ghost.user(2, "Idle Hand"),
    ],
    "tags": [
        ghost.tag(1, "Politics", description="What is decided."),
        ghost.tag(2, "Rain"),
        ghost.tag(3, "#import", visibility="internal"),
    ],
    "posts": [
        ghost.post(
            1,
            title="A < B & C",
            custom_excerpt="In short.",
            feature_image="__GHOST_URL__/content/images/2021/05/bridge.jpg",
            canonical_url="https://elsewhere.example/1",
            codeinjection_head="<script>track()</script>",
            html='<p>See <a href="__GHOST_URL__/text-2/">the [other] text</a>.</p>'
            '<figure class="kg-card kg-image-card kg-card-hascaption">'
            '<img src="__GHOST_URL__/content/images/size/w600/2021/05/bridge.jpg" alt="Bridge">'
            "<figcaption>The <i>bridge</i></figcaption></figure>",
        ),
        ghost.post(2),
        ghost.post(3, slug="about", type="page", html="<p>About us.</p>"),
    ],
    "posts_tags": ghost.tagged(1, 1, 2, 3) + ghost.tagged(2, 2),
    "posts_authors": ghost.signed(1, 1) + ghost.signed(2, 1) + ghost.signed(9, 1),
    "posts_meta": [
        {"id": "m1", "post_id": "p1", "meta_title": "SEO", "meta_description": "For machines",
         "og_title": "Social", "og_image": "__GHOST_URL__/content/images/2021/05/ada.jpg",
         "feature_image_caption": "By <b>Ada</b>", "feature_image_alt": "The bridge"},
    ],
    "members": [{"id": "m1", "email": "reader@example.org"}],
    "snippets": [{"id": "x"}],
}  # fmt: skip


def test_story_of_a_small_site(load, media, client):
    options = Options(media=media, site="https://www.old.example", sections=frozenset({"politics"}))
    report = load(options, **SITE)
    assert {kind: tuple(found.values()) for kind, found in report.numbers().items()} == {
        "user": (2, 1, 0, 0, 1, 0),
        "tag": (3, 2, 0, 0, 1, 0),
        "post": (2, 2, 0, 0, 0, 0),
        "page": (1, 1, 0, 0, 0, 0),
        "posts_tags": (4, 0, 0, 0, 4, 0),
        "posts_authors": (3, 0, 0, 0, 3, 0),
        "posts_meta": (1, 0, 0, 0, 1, 0),
        "member": (1, 0, 0, 0, 1, 0),
        "settings": (2, 0, 0, 0, 2, 0),
        "snippets": (1, 0, 0, 0, 1, 0),
    }
    assert reasons(report, "posts_authors") == {
        "read with the text": 2, "its text is not in the file": 1,
    }  # fmt: skip
    assert report.leftovers == {"code injection": 1}
    article = Article.objects.visible().get(slug="text-1")
    assert (article.headline, article.standfirst) == ("A < B & C", "In short.")
    assert (article.seo_title, article.seo_description) == ("SEO", "For machines")
    assert (article.social_title, article.canonical_url) == (
        "Social",
        "https://elsewhere.example/1",
    )
    assert (article.section.slug, article.section.description) == ("politics", "What is decided.")
    assert [tag.name for tag in article.tags.all()] == ["Rain"]
    assert article.published_at.isoformat() == "2021-05-02T08:00:00+00:00"
    assert article.updated_at.isoformat() == "2021-05-03T08:00:00+00:00"
    picture = Image.objects.get(pk=article.lead_image_id)
    assert (picture.alt, article.lead_caption) == ("The bridge", "By Ada")
    assert f'data-file="{picture.pk}"' in article.body
    assert "<figcaption>The <em>bridge</em></figcaption>" in article.body
    assert '<a href="/2021/05/text-2/">the [other] text</a>' in article.body
    assert article.live.content["body"] == article.body
    author = article.authors.get()
    assert (author.name, author.biography) == ("Ada Byron", "Writes of <b> and &.")
    assert (author.website, author.email) == ("https://ada.example", "")
    assert author.portrait.title == "ada"
    assert FlatPage.objects.get().url == "/about/"
    for old, new in {
        "/text-1/": "/2021/05/text-1/",
        "/text-1/amp/": "/2021/05/text-1/",
        "/tag/politics/": "/politics/",
        "/tag/rain/": "/topics/rain/",
        "/author/ada-byron/": "/authors/ada-byron/",
        "/rss/": "/feed/",
    }.items():
        response = client.get(old)
        assert (response.status_code, response.get("Location")) == (301, new), old


def test_second_run_changes_nothing(load, media):
    options = Options(media=media, site="https://old.example", members=True)
    load(options, **SITE)
    before = everything()
    report = load(options, **SITE)
    assert everything() == before
    assert numbers(report, "post") == (2, 0, 0, 2, 0, 0)
    assert numbers(report, "page") == (1, 0, 0, 1, 0, 0)


def test_change_there_comes_in_until_somebody_here_has_edited(load):
    load(posts=[ghost.post(1), ghost.post(2)])
    mine = Article.objects.get(slug="text-2")
    editor = UserFactory(is_superuser=True)
    mine_head = mine.head
    workflow.save_draft(
        mine, make_content(section=mine.section_id, headline="Ours"), by=editor, base=mine_head
    )
    report = load(posts=[ghost.post(1, title="New"), ghost.post(2, title="New")])
    assert numbers(report, "post") == (2, 0, 1, 0, 1, 0)
    assert reasons(report, "post") == {"edited here since": 1}
    assert Article.objects.get(slug="text-1").headline == "New"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"status": "draft", "published_at": None}, "draft"),
        ({"status": "sent"}, "draft"),
        ({"visibility": "members"}, "draft"),
        ({"visibility": "paid"}, "draft"),
        ({"visibility": "tiers"}, "draft"),
        ({"status": "scheduled", "published_at": "2190-01-01T00:00:00.000Z"}, "published"),
    ],
)
def test_what_not_everybody_could_read_is_not_public(load, values, status):
    load(posts=[ghost.post(1), ghost.post(2, **values)])
    assert Article.objects.get(slug="text-2").status == status
    assert [article.slug for article in Article.objects.visible()] == ["text-1"]


def test_page_for_members_is_not_public(load):
    report = load(posts=[ghost.post(1, type="page", visibility="members")])
    assert numbers(report, "page") == (1, 0, 0, 0, 1, 0)
    assert not FlatPage.objects.exists()


def test_tag_first_in_three_texts_is_a_section(load):
    load(
        tags=[ghost.tag(1, "Often"), ghost.tag(2, "Seldom")],
        posts=[ghost.post(n) for n in range(1, 6)],
        posts_tags=[*(row for n in (1, 2, 3) for row in ghost.tagged(n, 1)),
                    *ghost.tagged(4, 2, 1), *ghost.tagged(5, 2)],
    )  # fmt: skip
    assert {
        article.slug: (article.section.slug, [tag.name for tag in article.tags.all()])
        for article in Article.objects.all()
    } == {
        "text-1": ("often", []), "text-2": ("often", []), "text-3": ("often", []),
        "text-4": ("often", ["Seldom"]), "text-5": ("news", ["Seldom"]),
    }  # fmt: skip


def test_permalinks_of_routes_lead_here(load, client):
    options = Options(permalink="/{year}/{month}/{primary_tag}/{slug}/")
    load(options, tags=[ghost.tag(1, "Rain")], posts=[ghost.post(1)], posts_tags=ghost.tagged(1, 1))
    assert client.get("/2021/05/rain/text-1/")["Location"] == "/2021/05/text-1/"


def test_older_shape_without_wrapper_and_with_milliseconds(tmp_path):
    old = {
        "id": 7, "title": "Old", "slug": "old", "markdown": "# Head\n\nSome *words*.",
        "status": "published", "published_at": 1388404800000, "author_id": 1, "page": 0,
    }  # fmt: skip
    data = {"posts": [old], "users": [{"id": 1, "name": "Ada", "slug": "ada"}]}
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"meta": {"version": "003"}, "data": data}))
    report = run(path)
    article = Article.objects.visible().get()
    assert (article.published_at.year, article.authors.get().name) == (2013, "Ada")
    assert article.body == "<h2>Head</h2><p>Some <em>words</em>.</p>"
    assert numbers(report, "post") == (1, 1, 0, 0, 0, 0)


def test_member_is_taken_only_with_a_proof_and_only_if_wanted(load):
    members = [{"id": f"m{n}", "email": f"r{n}@example.org"} for n in range(1, 6)]
    at = "2022-02-02T02:02:02.000Z"

    def event(member, source, *, subscribed=1, at=at):
        return {"id": f"{member}e", "member_id": member, "source": source,
                "subscribed": subscribed, "created_at": at}  # fmt: skip

    events = [
        event("m1", "member"),
        event("m2", "admin"),
        event("m3", "import"),
        event("m4", "member"),
        event("m4", "member", subscribed=0, at="2023-01-01T00:00:00.000Z"),
    ]
    tables = {"members": members, "members_subscribe_events": events}
    report = load(**tables)
    assert numbers(report, "member") == (5, 0, 0, 0, 5, 0)
    assert reasons(report, "member") == {
        "no proof of consent in the file": 4, "subscribed there alone: taken with --members": 1,
    }  # fmt: skip
    assert not Subscriber.objects.exists()
    report = load(Options(members=True), **tables)
    assert numbers(report, "member") == (5, 1, 0, 0, 4, 0)
    row = Subscription.objects.select_related("subscriber").get()
    assert (row.subscriber.address, row.state, row.scope) == (
        "r1@example.org", "active", "newsletter",
    )  # fmt: skip
    proof = Consent.objects.get()
    assert (proof.kind, proof.at, proof.page) == (
        "confirmed", row.confirmed_at, "Old paper (Ghost, members_subscribe_events)",
    )  # fmt: skip


def test_who_has_left_here_is_not_taken_again(load):
    event = {"id": "e", "member_id": "m1", "source": "member", "subscribed": 1,
             "created_at": "2022-02-02T02:02:02.000Z"}  # fmt: skip
    tables = {"members": [{"id": "m1", "email": "R@example.org"}],
              "members_subscribe_events": [event]}  # fmt: skip
    load(Options(members=True), **tables)
    alerts.end(Subscriber.objects.get().pk)
    report = load(Options(members=True), **tables)
    assert numbers(report, "member") == (1, 0, 0, 1, 0, 0)
    assert not Subscription.objects.active().exists()


def test_dry_run_keeps_nothing(load, media):
    before = everything()
    report = load(Options(media=media, is_dry=True), **SITE)
    assert numbers(report, "post") == (2, 2, 0, 0, 0, 0)
    assert everything() == before
    assert not [path for path in (media.parent / "media").rglob("*") if path.is_file()]


def test_missing_pictures_are_named(load, tmp_path):
    tables = {"posts": [SITE["posts"][0], ghost.post(2, feature_image="https://far.example/x.jpg")]}
    report = load(**tables)
    assert report.missing_files == {"2021/05/bridge.jpg": 2}
    assert report.notes["pictures of other sites on top of texts: not taken"] == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"db": []}', '{"db": [{"data": {}}]}', "\x00"])
def test_no_export_changes_nothing(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(Unreadable, match=r"x\.json"):
        run(path)
    assert not ImportedRecord.objects.exists()


def test_command_prints_and_writes_the_report(tmp_path):
    path = ghost.write(tmp_path / "x.json", posts=[ghost.post(1)])
    out = io.StringIO()
    call_command("import_ghost", path, report=tmp_path / "r.json", stdout=out)
    assert "post" in out.getvalue()
    assert json.loads((tmp_path / "r.json").read_text())["records"]["post"]["imported"] == 1
    with pytest.raises(CommandError, match="--site"):
        call_command("import_ghost", path, download=True)
