"""What plugins keep beside posts: guest authors, search titles, credits, pins, custom fields."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Author, Pin, Slot
from newsroom.models import ImportedRecord
from newsroom.wordpress.metafields import credit_of
from newsroom.wordpress.records import Item

from .wordpress import export
from .wordpress.export import row

pytestmark = pytest.mark.django_db

# --- Guest authors -------------------------------------------------------------------------------


def guest(number=50, *, slug="cap-grace", title="Grace", **fields):
    meta = {f"cap-{name}": value for name, value in fields.items()}
    return export.item(number, kind="guest-author", slug=slug, title=title, meta=meta)


def signed(slug="cap-grace", name="Grace"):
    return export.item(1, labels=export.label("author", slug, name))


def names():
    bylines = Article.objects.get().bylines.order_by("position").select_related("author")
    return [byline.author.name for byline in bylines]


def test_guest_author_gets_a_profile_and_signs(load):
    parts = (
        signed(),
        guest(
            display_name="Grace Hopper",
            user_login="grace",
            user_email="grace@private.example",
            description="An <em>admiral</em>.",
            website="https://grace.example",
        ),
    )
    assert row(load(*parts), "guest-author") == (1, 1, 0, 0, 0, 0)
    author = Author.objects.get(name="Grace Hopper")
    assert (author.biography, author.website, author.email) == (
        "An admiral.",
        "https://grace.example",
        "",
    )
    assert names() == ["Grace Hopper"]
    assert row(load(*parts), "guest-author") == (1, 0, 0, 1, 0, 0)
    assert Author.objects.count() == 1


def test_address_of_a_guest_author_is_not_kept(load):
    load(guest(user_email="grace@private.example"))
    assert "private.example" not in str(list(ImportedRecord.objects.values()))


@pytest.mark.parametrize("link", [{"linked_account": "ada"}, {"user_login": "ada"}])
def test_guest_with_an_account_is_the_accounts_profile(load, link):
    parts = (export.author("ada", "Ada Byron"), guest(**link), signed())
    if "user_login" in link:
        parts = (*parts[:2], signed("cap-ada", "Ada"))
    for end in ((1, 1, 0, 0, 0, 0), (1, 0, 0, 1, 0, 0)):
        assert row(load(*parts), "guest-author") == end
        assert names() == ["Ada Byron"]
    assert Author.objects.count() == 1


def test_several_guests_sign_in_their_order(load):
    labels = "".join(export.label("author", f"cap-{n}", n.title()) for n in ("zoe", "amy"))
    load(guest(slug="cap-zoe", title="Zoe"), export.item(1, labels=labels))
    assert names() == ["Zoe", "Amy"]


def test_guest_without_a_name_fails_alone(load):
    assert row(load(guest(title=""), export.item(1)), "guest-author") == (1, 0, 0, 0, 0, 1)


# --- For search engines --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("_yoast_wpseo_title", "seo_title"),
        ("rank_math_title", "seo_title"),
        ("_aioseo_title", "seo_title"),
        ("_aioseop_title", "seo_title"),
        ("_yoast_wpseo_metadesc", "seo_description"),
        ("rank_math_description", "seo_description"),
        ("_aioseo_description", "seo_description"),
        ("_yoast_wpseo_opengraph-title", "social_title"),
        ("rank_math_facebook_title", "social_title"),
        ("_aioseo_og_title", "social_title"),
    ],
)
@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("Bridge &amp; river: 50 % off", "Bridge & river: 50 % off"),
        ("%%title%% %%sep%% %%sitename%%", ""),
        ("%title% – %sitename%", ""),
        ("#post_title #separator_sa", ""),
    ],
)
def test_words_for_search_engines(load, field, column, value, kept):
    load(export.item(1, meta={field: value}))
    assert getattr(Article.objects.get(), column) == kept


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://agency.example/story", "https://agency.example/story"),
        ("https://www.old.example/2019/05/12/item-1/", ""),
        ("javascript:alert(1)", ""),
    ],
)
@pytest.mark.parametrize("field", ["_yoast_wpseo_canonical", "rank_math_canonical_url"])
def test_canonical_address_is_another_sites_only(load, field, url, kept):
    load(export.item(1, meta={field: url}))
    assert Article.objects.get().canonical_url == kept


@pytest.mark.parametrize(
    "meta",
    [
        {"_yoast_wpseo_meta-robots-noindex": "1"},
        {"rank_math_robots": 'a:1:{i:0;s:7:"noindex";}'},
        {"_aioseop_noindex": "on"},
    ],
)
def test_what_search_engines_had_to_leave_is_reported(load, meta):
    report = load(export.item(1, meta=meta), export.item(2))
    assert report.notes["kept from search engines there, not here"] == 1


@pytest.mark.parametrize("field", ["_yoast_wpseo_primary_category", "rank_math_primary_category"])
def test_primary_category_is_the_section(load, field):
    parts = (
        export.category("city", "City", number=4),
        export.category("parks", "Parks", parent="city", number=5),
        export.category("sport", "Sport", number=6),
    )
    labels = "".join(
        export.label("category", slug, slug.title()) for slug in ("city", "parks", "sport")
    )
    load(*parts, *(export.item(n, meta={field: f"{n}"}, labels=labels) for n in (6, 7)))
    sections = Article.objects.order_by("pk").values_list("section__slug", flat=True)
    assert list(sections) == ["sport", "parks"]  # there is no category 7


# --- Pictures, pins, custom fields ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("meta", "credit"),
    [
        ({"_media_credit": "Ada <b>B.</b>"}, "Ada B."),
        ({"isc_image_source": "dpa"}, "dpa"),
        ({"photographer": "Ada"}, "Ada"),
        ({"_wp_attachment_metadata": 's:6:"credit";s:0:"";s:9:"copyright";s:4:"AFP ";'}, "AFP "),
        ({"_media_credit": "a:1:{}"}, ""),
    ],
)
def test_credit_of_a_picture(meta, credit):
    item = Item("attachment", "5", meta={name: [value] for name, value in meta.items()})
    assert credit_of(item) == credit


def test_sticky_post_is_pinned_on_the_home_page_for_a_day_once(load):
    parts = [export.item(n, is_sticky=n > 1) for n in range(1, 4)]
    parts.append(export.item(4, is_sticky=True, status="draft"))
    before = timezone.now()
    load(*parts)
    pins = Pin.objects.order_by("slot__position", "position").select_related("article", "slot")
    assert [(p.article.slug, p.slot.kind, p.pinned_by) for p in pins] == [
        ("item-2", Slot.Kind.LEAD, None),
        ("item-3", Slot.Kind.GRID, None),
    ]
    assert {round((p.ends_at - before) / timedelta(hours=1)) for p in pins} == {24}
    Pin.objects.all().delete()
    load(*parts)
    assert not Pin.objects.exists()


def test_without_sticky_posts_the_home_page_is_not_arranged(load):
    load(export.item(1))
    assert not Slot.objects.exists()


def test_custom_fields_are_kept_with_the_record(load):
    meta = {"subtitle": "More", "_edit_lock": "1:1", "_yoast_wpseo_title": "T"}
    load(export.item(1, meta=meta), export.item(2, kind="recipe", meta={"flour": "500 g"}))
    kept = dict(ImportedRecord.objects.exclude(fields={}).values_list("kind", "fields"))
    assert kept == {
        "post": {"subtitle": ["More"], "_yoast_wpseo_title": ["T"]},
        "recipe": {"flour": ["500 g"]},
    }
    report = load(export.item(1, meta=meta | {"subtitle": "Else"}))
    assert row(report, "post") == (1, 0, 0, 1, 0, 0)
    assert ImportedRecord.objects.get(kind="post").fields["subtitle"] == ["Else"]


def test_custom_fields_of_persons_are_not_kept(load):
    meta = {
        "_billing_phone": "1",
        "_customer_user": "2",
        "contact": "ada@private.example",
        "a": "b",
    }
    load(export.item(1, kind="shop_order", meta=meta))
    assert ImportedRecord.objects.get(kind="shop_order").fields == {"a": ["b"]}
