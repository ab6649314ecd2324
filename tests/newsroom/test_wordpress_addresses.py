"""Where things are after the import: old addresses and flat pages."""

import pytest
from django.contrib.flatpages.models import FlatPage

from articles.models import Redirect
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
