"""What a whole site brings beside its texts: links between them, dates, portraits, long words."""

import pytest
from django.contrib.flatpages.models import FlatPage
from PIL import Image as Pixels

from articles import workflow
from articles.models import Article, Author, Redirect, Section, Tag
from newsroom.models import ImportedRecord
from tests.factories import UserFactory

from .wordpress import export
from .wordpress.export import row

pytestmark = pytest.mark.django_db


def article(number):
    line = ImportedRecord.objects.get(kind="post", key=str(number))
    return Article.objects.get(pk=line.target_id)


def linking(*hrefs):
    return "".join(f'<p><a href="{href}">Read on</a> about it.</p>' for href in hrefs)


TO_SECOND = (
    "http://old.example/2019/05/12/second/",
    "https://www.old.example/2019/05/12/second#more",
    "https://old.example/?p=2",
    "/?p=2",
    "/2019/05/12/second/?utm=1",
)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_links_lead_straight_to_the_text_whatever_the_order(load, order):
    items = {
        1: export.item(1, slug="first", body=linking(*TO_SECOND)),
        2: export.item(2, slug="second", body=linking("/?p=1", "https://else.example/?p=1")),
    }
    parts = [items[number] for number in order]
    report = load(*parts)
    assert report.notes["text with links that lead straight to other texts now"] == 2
    first, second = article(1), article(2)
    there = second.get_absolute_url()
    wanted = [there, f"{there}#more", there, there, there]
    for html in (first.body, first.body_html, first.head.content["body"]):
        assert html == linking(*wanted)
    assert first.get_absolute_url() in second.body and "https://else.example/?p=1" in second.body
    again = load(*parts)
    assert row(again, "post") == (2, 0, 0, 2, 0, 0)
    assert article(1).body == first.body and first.revisions.count() == 1


def test_link_to_what_readers_may_not_see_stays_as_it_was(load):
    load(
        export.item(1, body=linking("/?p=2", "/?p=3", "/?p=99")),
        export.item(2, status="draft"),
        export.item(3, date_gmt="2190-01-01 10:00:00", status="future"),
    )
    assert Redirect.objects.filter(old_path__in=["/?p=2", "/?p=3"]).count() == 2
    assert article(1).body == linking("/?p=2", "/?p=3", "/?p=99")


def test_link_to_another_site_stays_one(load):
    load(export.item(1, body=linking("//else.example/?p=2", "/?p=2")), export.item(2))
    there = article(2).get_absolute_url()
    assert article(1).body == linking("//else.example/?p=2", there)


def test_links_of_a_text_changed_there_are_followed_anew(load):
    second = export.item(2, slug="second")
    load(export.item(1, body=linking("/?p=2")), second)
    report = load(export.item(1, body=linking("/?p=2") + "<p>And more.</p>"), second)
    assert row(report, "post") == (2, 0, 1, 1, 0, 0)
    first = article(1)
    assert first.body == linking(article(2).get_absolute_url()) + "<p>And more.</p>"
    assert first.live.content["body"] == first.body


def test_text_edited_here_is_not_touched(load):
    load(export.item(1, body=linking("/?p=2")))
    first = article(1)
    editor = UserFactory(role="Chief editor")
    workflow.save_draft(
        first, {**first.head.content, "headline": "Ours"}, by=editor, base=first.head
    )
    ImportedRecord.objects.filter(kind="post", key="1").update(note="links")
    load(export.item(1, body=linking("/?p=2")), export.item(2))
    assert article(1).body == linking("/?p=2")


def test_links_of_pages_are_followed_and_nobody_is_taken_for_an_editor(load):
    second = export.item(2, slug="second")
    page = export.item(
        7, kind="page", link="https://old.example/about/", body=linking("/?p=2"), title="About"
    )
    load(page, second)
    shown = FlatPage.objects.get()
    assert shown.content == linking(article(2).get_absolute_url())
    assert row(load(page, second), "page") == (1, 0, 0, 1, 0, 0)
    changed = page.replace("about it", "about that")
    assert row(load(changed, second), "page") == (1, 0, 1, 0, 0, 0)
    shown.refresh_from_db()
    assert "about that" in shown.content and article(2).get_absolute_url() in shown.content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/2019/05/", "/archive/2019/05/"),
        ("/2019/5", "/archive/2019/05/"),
        ("/2019/05/07/", "/archive/2019/05/"),
        ("/2019/05/page/2/", "/archive/2019/05/"),
        ("/2019/", "/archive/"),
        ("/2019", "/archive/"),
    ],
)
def test_list_of_a_date_leads_to_the_archive(load, client, old, new):
    load(export.item(1))
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, new)
    assert client.get(new).status_code == 200


@pytest.mark.parametrize(
    "old", ["/2018/", "/2019/04/", "/2019/13/", "/2019/00/", "/2019/05/07/08/"]
)
def test_list_of_a_date_without_articles_is_nowhere(load, client, old):
    load(export.item(1), export.item(2, date_gmt="2018-05-12 10:00:00", status="draft"))
    assert client.get(old).status_code == 404


def guest(number=5, **meta):
    meta = {"cap-display_name": "Grace Guest", "cap-user_login": "grace"} | meta
    return export.item(number, kind="guest-author", meta=meta, slug="cap-grace")


@pytest.mark.parametrize("is_before", [True, False])
def test_guest_author_has_the_portrait(load, tmp_path, settings, is_before):
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "uploads"
    folder.mkdir()
    Pixels.new("RGB", (40, 30), "red").save(folder / "grace.jpg")
    url = "https://old.example/wp-content/uploads/grace.jpg"
    picture = export.item(9, kind="attachment", status="inherit", url=url)
    parts = (
        [guest(_thumbnail_id="9"), picture] if is_before else [picture, guest(_thumbnail_id="9")]
    )
    load(*parts, media=folder)
    grace = Author.objects.get(name="Grace Guest")
    assert grace.portrait is not None and grace.portrait.width == 40
    grace.portrait = None
    grace.save()
    load(*parts, media=folder)
    grace.refresh_from_db()
    assert grace.portrait is None  # taken down here


def test_long_description_stays_whole_and_is_told(load):
    long = "All about the harbour. " * 40
    report = load(export.tag("port", "Port", long), export.item(1))
    assert Tag.objects.get().description == long.strip()
    assert report.notes["description longer than usual here, kept whole"] == 1


def test_what_a_column_cannot_hold_is_told_and_kept_whole_in_the_record(load):
    title, excerpt = "Word " * 60, "Words " * 300
    about = "Writes. " * 300
    report = load(
        export.item(1, title=title, excerpt=excerpt),
        export.category("x", "Name " * 30),
        export.author("ada", "Ada " * 40),
        export.tag("t", "Topic " * 30),
        guest(**{"cap-display_name": "Grace " * 30, "cap-description": about}),
    )
    told = [note for note in report.notes if "the record keeps it whole" in note]
    assert len(told) == 6
    others = ImportedRecord.objects.exclude(kind="post").exclude(fields={})
    kept = {f"{line.kind}{line.key}": line.fields for line in others}
    assert kept == {
        "categoryx": {"(name)": [("Name " * 30).strip()]},
        "authorada": {"(name)": [("Ada " * 40).strip()]},
        "tagt": {"(name)": [("Topic " * 30).strip()]},
        "authorcap:grace": {
            "(name)": [("Grace " * 30).strip()], "(biography)": [about.strip()]
        },
    }  # fmt: skip
    line = ImportedRecord.objects.get(kind="post")
    assert line.fields == {"(title)": [title.strip()], "(excerpt)": [excerpt.strip()]}
    assert article(1).headline.endswith("…") and len(article(1).headline) <= 200
    assert Section.objects.filter(name__startswith="Name Name").exists()


def test_files_that_are_no_pictures_are_told_with_their_links(load):
    url = "https://old.example/wp-content/uploads/2019/report.pdf"
    report = load(
        export.item(9, kind="attachment", status="inherit", url=url),
        export.item(1, body=linking(url, "/wp-content/uploads/b.zip")),
        export.item(2, body=linking(url)),
    )
    assert dict(report.other_files) == {url: 2, "/wp-content/uploads/b.zip": 1}
    assert row(report, "attachment") == (1, 0, 0, 0, 1, 0)
    assert url in article(1).body
    assert "2 × " + url in "\n".join(report.lines())
    assert report.as_json()["other_files"][url] == 2
