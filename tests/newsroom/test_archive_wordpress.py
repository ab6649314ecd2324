"""The export for WordPress: its shape as WordPress reads it, and what comes back from it."""

import shutil
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from articles import images, workflow
from articles.models import Article, Author, Image, Redirect, Revision, Section, Tag
from newsroom.wordpress.importing import Options, run
from tests.comments.conftest import approved, decided, write

from ..factories import AuthorFactory, SectionFactory, make_article, make_draft
from . import wxr_rules
from .test_archive_refused import empty_the_site
from .test_images import picture
from .wordpress.export import row

pytestmark = pytest.mark.django_db
NAMES = {
    "wp": "http://wordpress.org/export/1.2/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
}
MOMENT = datetime(2024, 7, 1, 22, 30, tzinfo=UTC)  # the next day in Berlin


@pytest.fixture
def channel(tmp_path):
    """Export and read the file by other means than our reader's."""

    def channel():
        call_command("export_wordpress", tmp_path / "site.xml")
        return ET.parse(tmp_path / "site.xml").getroot().find("channel")  # noqa: S314 - our own

    return channel


def of_kind(channel, kind):
    return [item for item in channel.iter("item") if text(item, "wp:post_type") == kind]


def text(element, path):
    return element.findtext(path, namespaces=NAMES)


def texts(element, path):
    return [found.text for found in element.iterfind(path, NAMES)]


def metas(item):
    keys, values = texts(item, "wp:postmeta/wp:meta_key"), texts(item, "wp:postmeta/wp:meta_value")
    return dict(zip(keys, values, strict=True))


@pytest.fixture
def story(settings, tmp_path):
    """An article with everything that WordPress knows."""
    settings.MEDIA_ROOT = tmp_path / "media"
    city = SectionFactory(name="City & Land", slug="city", description="All <around> us")
    FlatPage.objects.create(url="/about/us/", title="About us", content="<p>We write.</p>")
    image = images.store(
        ContentFile(picture(size=(2400, 1200)), name="a.jpg"),
        by=None,
        title="Bridge",
        alt="A bridge",
        caption="Closed",
        credit="Zoë Ähre",
    )
    body = (
        f'<p>Text ]]&gt; &amp; more, <a href="/2024/07/other/">other</a></p>'
        f'<figure class="figure"><img data-file="{image.pk}" src="/media/x.jpg" alt="Here">'
        "<figcaption>Below</figcaption></figure>"
        '<figure class="embed" data-embed="https://www.youtube.com/watch?v=aqz-KE-bpKQ">'
        '<a href="https://www.youtube.com/watch?v=aqz-KE-bpKQ">x</a></figure>'
    )
    people = [AuthorFactory(name="Ada", slug="ada").pk, AuthorFactory(name="Bo", slug="bo").pk]
    return make_article(
        at=MOMENT,
        headline="Bridge ]]> closed",
        kicker="Traffic",
        standfirst="For two weeks & more.",
        body=body,
        section=SectionFactory(name="Streets", slug="streets", parent=city).pk,
        tags=["Brücken", "Köln"],
        bylines=[{"author": pk} for pk in people],
        lead_image=image.pk,
        seo_title="Bridge",
        seo_description="Closed for long",
    )


def test_the_channel_is_what_wordpress_reads(story, channel):
    found = channel()
    assert text(found, "wp:wxr_version") == "1.2"
    assert text(found, "wp:base_blog_url") == "http://testserver"
    assert texts(found, "wp:author/wp:author_login") == ["ada", "bo"]
    assert texts(found, "wp:author/wp:author_email") == [None, None]
    assert texts(found, "wp:category/wp:category_nicename") == ["city", "streets"]
    assert texts(found, "wp:category/wp:category_parent") == [None, "city"]
    assert texts(found, "wp:category/wp:cat_name") == ["City & Land", "Streets"]
    assert texts(found, "wp:tag/wp:tag_slug") == ["bruecken", "koeln"]
    numbers = texts(found, "item/wp:post_id")
    terms = texts(found, "wp:category/wp:term_id") + texts(found, "wp:tag/wp:term_id")
    assert len(numbers) == len(set(numbers)) == 3
    assert len(terms) == len(set(terms)) == 4


def test_a_post_has_its_text_labels_and_picture(story, channel):
    found = channel()
    (post,), (attachment,) = of_kind(found, "post"), of_kind(found, "attachment")
    assert text(post, "title") == "Bridge ]]> closed"
    assert text(post, "link") == f"http://testserver{story.get_absolute_url()}"
    assert text(post, "dc:creator") == "ada"
    assert text(post, "excerpt:encoded") == "For two weeks & more."
    assert text(post, "wp:post_date") == "2024-07-02 00:30:00"
    assert text(post, "wp:post_date_gmt") == "2024-07-01 22:30:00"
    assert text(post, "wp:status") == "publish"
    labels = [(c.get("domain"), c.get("nicename"), c.text) for c in post.iterfind("category")]
    assert sorted(labels) == [
        ("author", "cap-ada", "Ada"),
        ("author", "cap-bo", "Bo"),
        ("category", "streets", "Streets"),
        ("post_tag", "bruecken", "Brücken"),
        ("post_tag", "koeln", "Köln"),
    ]
    number, url = text(attachment, "wp:post_id"), text(attachment, "wp:attachment_url")
    assert metas(post) == {
        "_thumbnail_id": number,
        "_yoast_wpseo_title": "Bridge",
        "_yoast_wpseo_metadesc": "Closed for long",
        "kicker": "Traffic",
    }
    assert url.startswith("http://testserver/media/")
    assert f'src="{url}"' in text(post, "content:encoded")
    assert f'class="wp-image-{number}"' in text(post, "content:encoded")
    assert "data-" not in text(post, "content:encoded")
    assert "\nhttps://www.youtube.com/watch?v=aqz-KE-bpKQ\n" in text(post, "content:encoded")
    assert metas(attachment)["_wp_attachment_image_alt"] == "A bridge"
    assert 's:6:"credit";s:10:"Zoë Ähre";' in metas(attachment)["_wp_attachment_metadata"]


def test_the_picture_is_where_the_export_says(story, channel, client):
    (attachment,) = of_kind(channel(), "attachment")
    assert client.get(text(attachment, "wp:attachment_url")).status_code == 200


def test_what_readers_may_not_see_is_not_published_there(channel, reporter, chief):
    later, before = timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=1)
    make_draft(by=reporter, headline="draft")
    workflow.submit(make_draft(by=reporter, headline="pending"), by=reporter)
    make_article(headline="publish")
    make_article(headline="future", at=later)
    withdrawn = make_article(headline="private 1")
    workflow.withdraw(withdrawn, by=chief, reason="Not true")
    make_article(headline="private 2")
    Article.objects.filter(headline="private 2").update(expires_at=before)
    make_article(headline="private 3", at=later)
    Article.objects.filter(headline="private 3").update(embargo_until=later)
    found = [(text(i, "title"), text(i, "wp:status")) for i in of_kind(channel(), "post")]
    assert found == [
        ("draft", "draft"),
        ("pending", "pending"),
        ("publish", "publish"),
        ("future", "future"),
        ("private 1", "private"),
        ("private 2", "private"),
        ("private 3", "private"),
    ]


def test_comments_come_approved_and_without_addresses(channel, moderator, tmp_path):
    article = make_article()
    first = approved(article, moderator, "First <b>& best</b>", name="Ann", address="a@x.example")
    reply = approved(article, moderator, "Well said", name="Bob", parent=first)
    write(article, "It still waits")
    decided(write(article, "An insult"), "rejected", moderator)
    (post,) = of_kind(channel(), "post")
    comments = post.findall("wp:comment", NAMES)
    assert [
        (text(c, "wp:comment_id"), text(c, "wp:comment_parent"), text(c, "wp:comment_author"))
        for c in comments
    ] == [(str(first.pk), "0", "Ann"), (str(reply.pk), str(first.pk), "Bob")]
    assert text(comments[0], "wp:comment_content") == first.body_html
    assert {text(c, "wp:comment_approved") for c in comments} == {"1"}
    for name in ("author_email", "author_IP", "author_url"):
        assert {text(c, f"wp:comment_{name}") for c in comments} == {""}
    assert "a@x.example" not in (tmp_path / "site.xml").read_text()


def test_categories_come_behind_their_parents(channel, tmp_path):
    inner, middle = SectionFactory(slug="inner"), SectionFactory(slug="middle")
    outer = SectionFactory(slug="outer")
    Section.objects.filter(pk=inner.pk).update(parent=middle)
    Section.objects.filter(pk=middle.pk).update(parent=outer)
    assert texts(channel(), "wp:category/wp:category_nicename") == ["outer", "middle", "inner"]
    assert "category inner" not in " ".join(wxr_rules.broken(tmp_path / "site.xml"))


def test_characters_that_xml_forbids_are_left_out(channel):
    make_article(headline="Be\x08ll", at=MOMENT)
    Article.objects.update(headline="Be\x08ll")
    (post,) = of_kind(channel(), "post")
    assert text(post, "title") == "Bell"


def test_our_own_importer_reads_it_back(story, channel, settings, tmp_path):
    path = story.get_absolute_url()
    channel()
    old_media = shutil.move(settings.MEDIA_ROOT, tmp_path / "old")
    empty_the_site()
    assert (Article.objects.count(), Image.objects.count()) == (0, 0)

    report = run([tmp_path / "site.xml"], Options(media=old_media))
    for kind, count in {"author": 2, "category": 2, "tag": 2, "attachment": 1, "page": 1}.items():
        assert row(report, kind) == (count, count, 0, 0, 0, 0), kind
    article = Article.objects.for_page().get()
    assert article.headline == "Bridge ]]> closed"
    assert article.standfirst == "For two weeks & more."
    assert article.get_absolute_url() == path
    assert article.published_at == MOMENT
    assert article.section == Section.objects.get(slug="streets", parent__slug="city")
    assert {tag.name for tag in article.tags.all()} == {"Brücken", "Köln"}
    assert article.seo_description == "Closed for long"
    image = article.lead_image
    assert (image.title, image.alt, image.caption) == ("Bridge", "A bridge", "Closed")
    assert image.credit == "Zoë Ähre"
    assert article.body.startswith("<p>Text ]]&gt; &amp; more, ")
    assert f'data-file="{image.pk}"' in article.body
    assert 'data-embed="https://www.youtube.com/watch?v=aqz-KE-bpKQ"' in article.body
    assert FlatPage.objects.get().url == "/about/us/"
    assert Author.objects.get(slug="ada").name == "Ada"
    assert Tag.objects.count() == 2
    assert Revision.objects.count() == 1
    assert Redirect.objects.filter(article=article).exists()


# Settings, authors, sections, topics, pictures, pages; articles with bylines and topics, their
# comments; the batch after the last.
QUERIES = 11


def test_any_number_of_articles_costs_the_same_queries(
    channel, django_assert_num_queries, moderator
):
    for number in (1, 3):
        while Article.objects.count() < number:
            article = make_article(bylines=[{"author": AuthorFactory().pk}], tags=["One"])
            approved(article, moderator)
        with django_assert_num_queries(QUERIES):
            channel()
