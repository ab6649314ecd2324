"""Promos: which stand where, always under their label; what may not be called an own offer."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from articles import body, checklist, content, promos, story, topics, workflow
from articles.models import Article, Promo, PromoChoice, PromoSlot, PromoTarget, tags_by_name
from newsroom.lib.affiliates import is_affiliate
from tests.factories import (
    ImageFactory,
    PromoFactory,
    SectionFactory,
    make_article,
    make_content,
)
from tests.test_architecture import name_of, tracked

pytestmark = pytest.mark.django_db
PARAGRAPH = f"<p>{'word ' * 100}</p>"


def about(article: Article) -> promos.Surroundings:
    return promos.surroundings(article, article.tags.values_list("pk", flat=True))


def on_page(article: Article, gaps: int = 0) -> dict[str, list[str]]:
    placed = promos.for_page(about(article), gaps=gaps)
    return {slot: [one.promo.title for one in chosen] for slot, chosen in placed.items()}


def page_of(client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def why(article: Article) -> dict[str, str]:
    return {verdict.promo.title: verdict.why for verdict in promos.explain(about(article), gaps=0)}


# --- Which links earn a commission ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.amazon.de/dp/3000000000?tag=paper-21", True),
        ("https://www.amazon.co.uk/dp/3000000000/?TAG=paper-21&x=1", True),
        ("https://www.amazon.de/dp/3000000000", False),
        ("https://amzn.to/abc", True),
        ("https://click.linksynergy.com/deeplink?id=1", True),
        ("https://www.awin1.com/cread.php?awinmid=1", True),
        ("https://shop.example/?awc=1_2", True),
        ("https://shop.example/?tag=red", False),
        ("https://notamzn.to/abc", False),
        ("https://amazon.example.org/?tag=x", True),
        ("https://www.booking.com/hotel?aid=7", True),
        ("https://www.booking.com/hotel", False),
        ("/jobs/?partner_id=1", False),
        ("", False),
        ("https://[", False),
    ],
)
def test_affiliate_links_are_known_by_host_or_parameter(address, expected):
    assert is_affiliate(address) is expected


def test_an_affiliate_link_cannot_be_called_an_own_offer():
    promo = PromoFactory.build(disclosure="house", target="https://amzn.to/x")
    with pytest.raises(ValidationError) as refused:
        promo.full_clean()
    assert list(refused.value.message_dict) == ["disclosure"]
    PromoFactory.build(disclosure="affiliate", target="https://amzn.to/x").full_clean()
    PromoFactory.build(disclosure="house", target="/jobs/").full_clean()


@pytest.mark.parametrize(
    "target",
    ["http://x.example/", "//x.example/", "/\\x.example", "javascript:alert(1)", "x", "",
     "https://user@x.example/", "https://x.example/ y"],
)  # fmt: skip
def test_a_promo_leads_to_a_path_of_ours_or_an_https_address_only(target):
    with pytest.raises(ValidationError) as refused:
        PromoFactory.build(target=target).full_clean()
    assert "target" in refused.value.message_dict


@pytest.mark.parametrize("slots", [[], ["nowhere"], ["end", "nowhere"]])
def test_a_promo_stands_in_known_places_only(slots):
    with pytest.raises(ValidationError):
        PromoFactory.build(slots=slots).full_clean()


def test_links_in_a_text_that_earn_a_commission_are_labelled_and_the_desk_is_told():
    source = '<p><a href="https://amzn.to/x">A book</a> and <a href="https://x.example/">b</a></p>'
    html = body.render(source).html
    assert 'href="https://amzn.to/x" rel="sponsored nofollow noopener">A book</a><small' in html
    assert html.count("Advertisement") == 1
    assert 'href="https://x.example/" rel="noopener"' in html
    article = make_article(body=source)
    found = [str(gap.message) for gap in checklist_of(article)]
    assert "One link earns a commission: readers see “Advertisement” beside it." in found
    assert not any("commission" in str(gap.message) for gap in checklist_of(make_article()))


def checklist_of(article: Article):
    return checklist.gaps(content.read(article))


# --- Gaps in a text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "gaps"),
    [
        (PARAGRAPH, 0),
        (PARAGRAPH * 3, 0),
        (PARAGRAPH * 4, 1),
        (PARAGRAPH * 6, 2),
        (PARAGRAPH * 2 + "<h2>Part</h2>" + PARAGRAPH * 2, 0),
        (PARAGRAPH * 2 + "<ul><li>One</li></ul>" + PARAGRAPH * 3, 1),
        ("", 0),
    ],
)
def test_gaps_lie_between_paragraphs_150_words_apart(source, gaps):
    parts = body.parts(body.render(source).html)
    assert len(parts) == gaps + 1
    assert all(len(part.split()) >= 150 for part in parts) or gaps == 0
    assert body.whole(body.render(source).html) == "".join(parts)


def test_an_editor_cannot_write_a_gap(client):
    source = f"<p>One</p><!--gap--><promo-gap></promo-gap><p>{'x ' * 400}</p>"
    article = make_article(body=source)
    assert len(body.parts(Article.objects.get(pk=article.pk).body_html)) == 1


# --- What stands where ----------------------------------------------------------------------------


def test_promos_fill_their_places_and_stand_once_on_a_page():
    PromoFactory(title="Lead", slots=["after-lead"])
    for number in range(5):
        PromoFactory(title=f"End {number}", slots=["end"])
    PromoFactory(title="Both", slots=["in-text", "sidebar"])
    shown = on_page(make_article(), gaps=2)
    assert {slot: len(titles) for slot, titles in shown.items()} == {
        "after-lead": 1,
        "in-text": 1,
        "end": 3,
    }
    Promo.objects.filter(title="Both").update(most_per_page=2)
    assert on_page(make_article(), gaps=2)["sidebar"] == ["Both"]
    assert "in-text" not in on_page(make_article(), gaps=0)


def test_time_decides_without_a_run():
    now = timezone.now()
    PromoFactory(title="Soon", starts_at=now + timedelta(hours=1))
    PromoFactory(title="Now", ends_at=now + timedelta(hours=1))
    article = make_article()
    assert {title for titles in on_page(article).values() for title in titles} == {"Now"}
    with time_machine.travel(now + timedelta(hours=1, seconds=1)):
        assert {title for titles in on_page(article).values() for title in titles} == {"Soon"}


def test_sections_and_topics_include_and_exclude():
    parent = SectionFactory(name="News")
    child, other = SectionFactory(parent=parent), SectionFactory()
    ice, fire = tags_by_name(["Ice", "Fire"])
    rules = {
        "in section": {"section": parent},
        "not in section": {"section": other, "is_excluded": True},
        "on topic": {"tag": ice},
        "not on topic": {"tag": fire, "is_excluded": True},
    }
    for title, rule in rules.items():
        PromoTarget.objects.create(promo=PromoFactory(title=title), **rule)
    inside = make_article(section=child.pk, tags=["Ice"])
    outside = make_article(section=other.pk, tags=["Fire"])
    drawn = "It fits and was drawn for this hour; its weight is 10."
    assert set(why(inside).values()) == {drawn}
    assert why(outside) == {
        "in section": "It is meant for other sections.",
        "not in section": "This section is excluded.",
        "on topic": "The article has none of its topics.",
        "not on topic": "A topic of the article is excluded.",
    }
    assert on_page(outside) == {}


def test_beside_a_sensitive_text_stands_nothing_not_even_a_pinned_one(django_assert_num_queries):
    promo = PromoFactory(title="Offer")
    picks = [{"promo": promo.pk, "kind": "pinned"}]
    article = make_article(is_sensitive=True)
    assert content.make({**make_content(promos=picks)})["promos"] == picks
    PromoChoice.objects.create(article=article, promo=promo)
    around = about(article)
    with django_assert_num_queries(0):
        assert promos.for_page(around, gaps=3) == {}
    assert why(article) == {"Offer": "Beside a sensitive text no promo stands."}
    assert promos.for_feed([around], {}) == {}
    assert promos.for_mail([around]) is None


def test_an_editor_pins_and_bans(editor):
    promo_ids = {n: PromoFactory(title=n, slots=["sidebar"], weight=1).pk for n in ("A", "B", "C")}
    heavy = PromoFactory(title="Heavy", slots=["sidebar"], weight=100)
    elsewhere = PromoTarget.objects.create(
        promo_id=promo_ids["A"], section=SectionFactory(), is_excluded=False
    )
    article = make_article()
    picks = [
        {"promo": promo_ids["A"], "kind": "pinned"},
        {"promo": promo_ids["B"], "kind": "pinned"},
        {"promo": heavy.pk, "kind": "banned"},
        {"promo": 10**9, "kind": "pinned"},
    ]
    values = {**content.read(article), "promos": picks}
    workflow.save_draft(article, content.make(values), by=editor, base=article.head)
    assert "A" not in on_page(article).get("sidebar", [])
    article = Article.objects.get(pk=article.pk)
    preview = story.of_working_copy(article, article.head)
    assert [one.promo.title for one in preview.promos["sidebar"]] == ["A", "B"]
    workflow.publish(article, by=editor)
    assert on_page(article)["sidebar"] == ["A", "B"]
    assert elsewhere.section_id != article.section_id
    assert why(article)["A"] == "An editor has pinned it here."
    assert why(article)["Heavy"] == "An editor has banned it here."


def test_the_choice_holds_for_an_hour_and_the_weight_counts():
    PromoFactory(title="Light", slots=["after-lead"], weight=1)
    PromoFactory(title="Heavy", slots=["after-lead"], weight=9)
    article = make_article()
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    shown = []
    for hour in range(300):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            first = on_page(article)["after-lead"]
        with time_machine.travel(start + timedelta(hours=hour, minutes=59), tick=False):
            assert on_page(article)["after-lead"] == first
        shown += first
    counts = Counter(shown)
    assert 240 <= counts["Heavy"] <= 295  # 270 expected, give or take 5


@pytest.mark.parametrize("count", [1, 40])
def test_all_places_of_a_page_cost_one_query(count, django_assert_num_queries):
    section = SectionFactory()
    for number in range(count):
        promo = PromoFactory(image=ImageFactory())
        for tag in tags_by_name([f"T{number}", "All"]):
            PromoTarget.objects.create(promo=promo, tag=tag)
    around = about(make_article(section=section.pk, tags=["All"]))
    with django_assert_num_queries(1):
        placed = promos.for_page(around, gaps=3)
        for one in [one for chosen in placed.values() for one in chosen]:
            promos.render(one)
    assert placed
    with django_assert_num_queries(1):
        assert promos.for_feed([around], {})
    with django_assert_num_queries(1):
        assert promos.for_mail([around])


def test_merged_topics_take_their_rules_along(chief):
    old, new = tags_by_name(["Old", "New"])
    alone, both = PromoFactory(), PromoFactory()
    for promo, tag in ((alone, old), (both, old), (both, new)):
        PromoTarget.objects.create(promo=promo, tag=tag)
    topics.merge([old], new, by=chief)
    assert list(PromoTarget.objects.order_by("promo").values_list("promo", "tag")) == [
        (alone.pk, new.pk),
        (both.pk, new.pk),
    ]


# --- The label ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slot", PromoSlot.values)
@pytest.mark.parametrize("disclosure", Promo.Disclosure.values)
@pytest.mark.parametrize("language", ["en", "de"])
def test_no_output_is_without_its_label(slot, disclosure, language):
    promo = PromoFactory(title="Buy <b>", text="Now", disclosure=disclosure)
    placed = promos.Placed(promo, PromoSlot(slot), "")
    labels = {
        "en": {
            "ad": "Advertisement",
            "affiliate": "Advertisement · Affiliate link: we earn a commission",
            "house": "Own offer",
        },
        "de": {
            "ad": "Anzeige",
            "affiliate": "Anzeige · Affiliate-Link: Wir erhalten eine Provision",
            "house": "Eigenes Angebot",
        },
    }
    with override(language):
        html, text = promos.render(placed), promos.render_text(placed)
    label = labels[language][disclosure]
    assert html.index(label) < html.index("Buy &lt;b&gt;")
    assert text.startswith(f"[{label}]\nBuy <b>\nNow\nhttp://testserver/r/{promo.pk}/{slot}/")
    rel = "nofollow noopener" if disclosure == "house" else "sponsored nofollow noopener"
    assert f'rel="{rel}"' in html
    assert "https://shop.example/" not in html


def test_every_promo_on_page_and_in_feeds_stands_under_its_label(client, settings):
    for number in range(12):
        PromoFactory(title=f"Zwieback {number}", text=f"Zwieback {number} text")
    article = make_article(body=PARAGRAPH * 8)
    html = page_of(client, article)
    asides = html.split('<aside class="promo')[1:]
    assert len(asides) == 1 + 3 + 3 + 2
    for aside in asides:
        inside = aside.partition("</aside>")[0]
        assert 'aria-label="Advertisement: ' in inside
        assert '<p class="promo-label">Advertisement</p>' in inside
    outside = "".join(part.partition("</aside>")[2] for part in asides) + html.split("<aside")[0]
    assert "Zwieback" not in outside
    for path in ("/feed/", "/feed.atom", "/feed.json"):
        feed = client.get(path).content.decode()
        assert feed.count("Zwieback") == 2, path
        assert feed.index("Advertisement") < feed.index("Zwieback"), path
    api = client.get(f"/api/v1/articles/{article.pk}/").content.decode()
    assert "Zwieback" not in api
    assert "gap" not in api


def test_only_the_renderer_knows_a_promo():
    naming = {
        name_of(path)
        for path in tracked(".html", ".txt")
        if "promo.title" in path.read_text() or "promo.text" in path.read_text()
    }
    own = {f"templates/articles/promos/{name}.html" for name in ("page", "feed", "mail")}
    desk = {f"templates/admin/articles/promo/{name}.html" for name in ("why", "report")}
    desk |= {"templates/admin/_campaigns_box.html"}
    assert naming == own | desk
