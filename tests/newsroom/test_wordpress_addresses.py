"""Where things are after the import: old addresses and flat pages."""

import pytest
from django.contrib.flatpages.models import FlatPage

from articles.models import Author, Redirect
from newsroom.wordpress.reader import Unreadable
from tests.factories import SectionFactory

from .wordpress import export
from .wordpress.export import row

pytestmark = pytest.mark.django_db

# --- Old addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "old"),
    [
        ("https://old.example/2019/05/12/item-1/", "/2019/05/12/item-1/"),
        ("https://old.example/archives/123", "/archives/123"),
        ("https://old.example/item-1.html", "/item-1.html"),
        ("https://old.example/gr%C3%B6%C3%9Fe/", "/größe/"),
        ("https://old.example/blog/?p=55", "/blog/?p=55"),
        ("https://old.example/?p=1", "/?p=1"),
        ("https://old.example/anything/", "/?p=1"),
    ],
)
def test_old_permalink_leads_to_the_article(load, client, link, old):
    load(export.item(1, link=link))
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, "/2019/05/item-1/")


def test_address_that_stays_the_same_gets_no_redirect(load):
    load(export.item(1, link="https://old.example/2019/05/item-1/"))
    assert list(
        Redirect.objects.filter(article__isnull=False).values_list("old_path", flat=True)
    ) == ["/?p=1"]


def test_former_slugs_lead_to_the_article(load, client):
    load(export.item(1, meta={"_wp_old_slug": "first-idea"}))
    assert client.get("/2019/05/12/first-idea/")["Location"] == "/2019/05/item-1/"


@pytest.mark.parametrize("old", ["/category/city/", "/category/top/city/", "/?cat=9"])
def test_old_address_of_a_category_leads_to_its_section(load, client, old):
    load(export.category("top", "Top"), export.category("city", "City", parent="top", number=9))
    assert client.get(old)["Location"] == "/city/"


@pytest.mark.parametrize("old", ["/author/ada/", "/?author=4"])
def test_old_address_of_an_author_leads_to_the_profile(load, client, old):
    load(export.author("ada", "Ada Byron", number=4))
    assert client.get(old)["Location"] == "/authors/ada-byron/"


def test_old_address_with_a_nul_byte_is_a_404(client):
    assert client.get("/a%00b/").status_code == 404
    assert client.get("/?p=%00").status_code == 200


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://old.example/about/", "/about/"),
        ("https://old.example/about/team/", "/about/team/"),
        ("https://old.example/services.html", "/services/"),
        ("https://old.example/?page_id=1", "/item-1/"),
        ("https://old.example/", "/item-1/"),
        ("https://old.example/%CE%B1%CE%B2/", "/αβ/"),
        ("https://old.example/impressum/", "/impressum/"),
        ("https://old.example/jobs/apply/", "/jobs-2/apply/"),
        ("https://old.example/city/", "/city-2/"),
        ("https://old.example/2019/05/x/", "/2019-2/05/x/"),
    ],
)
def test_page_keeps_its_path_unless_something_else_stands_there(load, link, url):
    SectionFactory(slug="city")
    load(export.item(1, kind="page", link=link, body="<p>Hi</p><script>x</script>"))
    page = FlatPage.objects.get()
    assert (page.url, page.content) == (url, "<p>Hi</p>")


@pytest.mark.parametrize("values", [{"status": "draft"}, {"status": "private"}, {"password": "x"}])
def test_page_that_is_not_public_is_skipped(load, values):
    report = load(export.item(1, kind="page", **values))
    assert row(report, "page") == (1, 0, 0, 0, 1, 0)
    assert not FlatPage.objects.exists()


def test_page_edited_here_is_left_alone_and_an_unedited_one_updates(load):
    load(export.item(1, kind="page"), export.item(2, kind="page"))
    FlatPage.objects.filter(url__contains="item-2").update(content="Ours")
    report = load(export.item(1, kind="page", body="New"), export.item(2, kind="page", body="New"))
    assert row(report, "page") == (2, 0, 1, 0, 1, 0)
    assert set(FlatPage.objects.values_list("content", flat=True)) == {"<p>New</p>", "Ours"}


# --- Pictures' pages, further pages, feeds -------------------------------------------------------


def picture(number=5, parent=1):
    url = "https://old.example/wp-content/uploads/2019/05/bridge.jpg"
    link = "https://old.example/2019/05/12/item-1/bridge/"
    return export.item(number, kind="attachment", url=url, parent=parent, link=link)


@pytest.mark.parametrize("old", ["/2019/05/12/item-1/bridge/", "/?attachment_id=5", "/?p=5"])
@pytest.mark.parametrize("order", [1, -1])
def test_page_of_a_picture_leads_to_its_text(load, client, old, order):
    load(*[picture(), export.item(1)][::order])
    assert client.get(old)["Location"] == "/2019/05/item-1/"


def test_page_of_a_picture_leads_nowhere_where_its_text_is_not_public(load, client):
    load(picture(), export.item(1, status="private"), picture(6, parent=9))
    assert Redirect.objects.filter(old_path="/?p=5").exists()
    assert client.get("/2019/05/12/item-1/bridge/").status_code == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/2019/05/12/item-1/feed/", "/2019/05/item-1/comments/feed/"),
        ("/2019/05/12/item-1/2/", "/2019/05/item-1/"),
        ("/category/city/feed/", "/city/feed/"),
        ("/category/city/page/3/", "/city/"),
        ("/author/ada/feed/", "/authors/ada-byron/feed/"),
        ("/tag/rain/feed/", "/topics/rain/feed/"),
        ("/feed/atom/", "/feed.atom"),
        ("/feed/rss2/", "/feed/"),
        ("/wp-sitemap.xml", "/sitemap.xml"),
    ],
)
def test_feeds_and_further_pages_answer_with_one_redirect(load, client, old, new):
    labels = export.label("category", "city", "City") + export.label("post_tag", "rain", "Rain")
    load(
        export.author("ada", "Ada Byron"),
        export.category("city", "City"),
        export.tag("rain", "Rain"),
        export.item(1, labels=labels),
    )
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, new)
    assert client.get(new).status_code == 200


# --- Rules of the old site -----------------------------------------------------------------------


def rule(number, source, target, **values):
    meta = {"_redirect_rule_from": source, "_redirect_rule_to": target}
    return export.item(number, kind="redirect_rule", meta=meta, **values)


def test_rules_of_safe_redirect_manager(load, client):
    parts = (
        export.item(1),
        rule(2, "/bridge", "https://www.old.example/2019/05/12/item-1/"),
        rule(3, "/out", "https://else.example/"),
        rule(4, "/all/*", "/x/"),
        rule(5, "/off", "/x/", status="draft"),
    )
    assert row(load(*parts), "redirect_rule") == (4, 1, 0, 0, 3, 0)
    assert client.get("/bridge/")["Location"] == "/2019/05/item-1/"
    assert client.get("/out/").status_code == 404
    assert row(load(*parts), "redirect_rule") == (4, 0, 0, 1, 3, 0)


JSON = """{"redirects": [
 {"url": "/bridge", "action_data": {"url": "/?p=1"}, "regex": false, "enabled": true},
 {"url": "/x", "action_data": {"url": "//evil.example/"}},
 {"url": "^/y", "action_data": {"url": "/"}, "regex": true}]}"""
CSV = (
    "source,target,regex,code,type,hits,title,status\n/bridge,/?p=1,0,301,url,0,,active\n"
    "/x,https://evil.example/,0,301,url,0,,active\n^/y,/,1,301,url,0,,active\n"
)


@pytest.mark.parametrize("text", [JSON, CSV])
def test_rules_of_redirection(load, client, tmp_path, text):
    path = tmp_path / "redirects"
    path.write_text(text)
    assert row(load(export.item(1), redirects=path), "redirect") == (3, 1, 0, 0, 2, 0)
    assert client.get("/bridge/")["Location"] == "/2019/05/item-1/"
    assert not Redirect.objects.filter(new_path__contains="evil").exists()
    assert row(load(export.item(1), redirects=path), "redirect") == (3, 0, 0, 1, 2, 0)


@pytest.mark.parametrize("text", ["{}", "[1]", "a,b\n1,2\n", '{"redirects": [3]}'])
def test_file_that_redirection_has_not_written_is_named(load, tmp_path, text):
    path = tmp_path / "rules.txt"
    path.write_text(text)
    with pytest.raises(Unreadable, match=r"rules\.txt"):
        load(export.author("ada"), redirects=path)
    assert not Author.objects.exists()
