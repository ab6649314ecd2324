"""Front pages: pins, what fills itself, priority, the gate, the price."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import frontpage, layout, liveticker, workflow
from articles.models import Article, DossierEntry, Pin, Section, Slot, Tag
from articles.shelves import Shelves
from tests.factories import (
    DossierFactory,
    SectionFactory,
    UserFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(time_machine):
    moment = timezone.now().replace(microsecond=0)
    time_machine.move_to(moment, tick=False)
    return moment


def stories(count: int, now, **values) -> list[Article]:
    """Articles an hour apart, newest first."""
    section = values.pop("section", None) or SectionFactory().pk
    return [
        make_article(
            headline=f"Story {n}", at=now - timedelta(hours=n + 1), section=section, **values
        )
        for n in range(count)
    ]


def slot(kind: str, by, *, section: Section | None = None, sources=(), **values) -> Slot:
    made = Slot(kind=kind, section=section, **values)
    return frontpage.save_slot(made, sources, by=by)


def shown(section: Section | None = None, at=None) -> list[list[str]]:
    """The headlines of every box, from top to bottom."""
    front = layout.compose(section, Shelves.load(), at=at)
    return [[article.headline for article in box.articles] for box in front.boxes]


# --- Filling --------------------------------------------------------------------------------------


def test_without_slots_the_home_page_is_lead_grid_latest_and_blocks(now):
    section = SectionFactory(name="Local")
    stories(20, now, section=section.pk)
    front = layout.compose(None, Shelves.load())
    assert not front.is_arranged
    assert [(box.slot.kind, len(box.articles)) for box in front.boxes] == [
        ("ticker", 0), ("lead", 1), ("grid", 6), ("list", 8), ("read_day", 0), ("sections", 4),
    ]  # fmt: skip
    assert [band.kind for band in front.bands] == ["top", "blocks"]
    assert [article.headline for article in front.boxes[5].articles] == [
        f"Story {n}" for n in range(7, 11)
    ]
    assert [article.headline for article in front.boxes[3].articles] == [
        f"Story {n}" for n in range(11, 19)
    ]


def test_a_quiet_section_keeps_its_block_behind_hundreds_of_newer_articles(now):
    busy, quiet = SectionFactory(name="Busy"), SectionFactory(name="Quiet")
    make_article(headline="Old and quiet", section=quiet.pk, at=now - timedelta(days=900))
    content = make_content(section=busy.pk)
    workflow.place(
        [
            workflow.Placement(content, status="published", published_at=now - timedelta(minutes=n))
            for n in range(1, 401)
        ]
    )
    blocks = {
        box.section.name: [article.headline for article in box.articles]
        for box in layout.compose(None, Shelves.load()).boxes
        if box.section
    }
    assert blocks == {"Busy": ["Bridge closed"] * 4, "Quiet": ["Old and quiet"]}


def test_a_balanced_slot_takes_one_of_each_section_in_turn(now, editor):
    first, second = SectionFactory(position=1), SectionFactory(position=2)
    below = SectionFactory(parent=second)
    for n in range(5):
        make_article(headline=f"Busy {n}", section=first.pk, at=now - timedelta(hours=n + 1))
    for n in range(2):
        make_article(headline=f"Quiet {n}", section=below.pk, at=now - timedelta(days=n + 9))
    made = slot("grid", editor, size=5)
    assert shown() == [["Busy 0", "Busy 1", "Busy 2", "Busy 3", "Busy 4"]]
    made.is_balanced = True
    frontpage.save_slot(made, [], by=editor)
    assert shown() == [["Busy 0", "Quiet 0", "Busy 1", "Quiet 1", "Busy 2"]]


def test_a_slot_fills_itself_from_its_sources_and_what_is_below_them(now, editor):
    wanted, other = SectionFactory(), SectionFactory()
    below = SectionFactory(parent=wanted)
    make_article(headline="Elsewhere", section=other.pk, at=now - timedelta(hours=1))
    make_article(headline="Below", section=below.pk, at=now - timedelta(hours=2))
    make_article(headline="In it", section=wanted.pk, at=now - timedelta(hours=3))
    slot("list", editor, size=5, sources=[wanted])
    slot("list", editor, size=5, sources=[wanted, other])
    assert shown() == [["Below", "In it"], ["Elsewhere"]]


def test_a_topic_box_takes_its_articles_from_a_topic_or_a_dossier(now, editor):
    dossier = DossierFactory()
    old = make_article(headline="Old", tags=["Ferries"], at=now - timedelta(days=9))
    new = make_article(headline="New", tags=["Ferries"], at=now - timedelta(days=1))
    make_article(headline="Other")
    hidden = make_draft(headline="Hidden", tags=["Ferries"])
    for position, article in enumerate([hidden, old, new]):
        DossierEntry.objects.create(dossier=dossier, article=article, position=position)
    tag = Tag.objects.get(name="Ferries")
    slot("topic", editor, tag=tag, size=5, may_repeat=True)
    slot("topic", editor, dossier=dossier, size=5, may_repeat=True)
    assert shown() == [["New", "Old"], ["Old", "New"]]
    boxes = layout.compose(None, Shelves.load()).boxes
    assert [(box.heading, box.link) for box in boxes] == [
        ("Ferries", "/topics/ferries/"), (dossier.title, f"/dossiers/{dossier.slug}/"),
    ]  # fmt: skip


@pytest.mark.parametrize("values", [{"language": "de"}, {"genre": "advertising"}])
def test_translations_and_what_is_paid_for_stand_on_a_front_by_hand_only(now, editor, values):
    tag = "Ferries"
    _plain, other = (
        make_article(headline=name, tags=[tag], at=now - timedelta(hours=1), **given)
        for name, given in [("Plain", {}), ("Other", values)]
    )
    lead = slot("lead", editor, size=1)
    slot("list", editor, may_repeat=True)
    slot("topic", editor, tag=Tag.objects.get(name=tag), may_repeat=True)
    slot("sections", editor, sources=[other.section], may_repeat=True)
    assert shown() == [["Plain"], ["Plain"], ["Plain"], []]
    frontpage.pin(other, lead, by=editor)
    assert shown() == [["Other"], ["Plain"], ["Plain"], []]


def test_the_sites_own_language_is_no_translation(now, editor, settings):
    settings.LANGUAGE_CODE = "de-at"
    make_article(headline="Sturm", language="de", at=now)
    make_article(headline="Storm", language="en", at=now)
    slot("list", editor)
    assert shown() == [["Sturm"]]


@pytest.mark.parametrize(("may_repeat", "beside"), [(False, ["Other"]), (True, ["Storm", "Other"])])
def test_a_live_ticker_stands_once_on_a_front_too(now, editor, may_repeat, beside):
    storm = make_article(headline="Storm", at=now)
    make_article(headline="Other", at=now - timedelta(hours=1))
    ticker = liveticker.open_ticker(storm, by=editor)
    liveticker.write(ticker, by=editor, text="<p>Rain</p>")
    slot("ticker", editor, may_repeat=may_repeat)
    slot("list", editor)
    assert shown() == [["Storm"], beside]


def test_a_section_front_draws_from_its_own_family(client, now, editor):
    section = SectionFactory(slug="local", name="Local")
    below = SectionFactory(parent=section)
    make_article(headline="Elsewhere")
    stories(3, now, section=section.pk)
    make_article(headline="Below", section=below.pk, at=now - timedelta(minutes=5))
    slot("lead", editor, section=section, size=1)
    slot("grid", editor, section=section, size=2)
    assert shown(section) == [["Below"], ["Story 0", "Story 1"]]
    everything = [["Elsewhere"], ["Below", "Story 0", "Story 1", "Story 2"]]
    assert [headlines for headlines in shown() if headlines] == everything
    html = client.get("/local/").content.decode()
    assert html.count("Story 1") == 1  # not again in the list below
    assert "More in Local" in html
    assert html.count("Story 2") == 1


# --- No article twice -----------------------------------------------------------------------------


def test_pins_come_first_then_turns_then_the_order_of_the_page(now, editor):
    articles = stories(6, now, tags=["Ferries"])
    tag = Tag.objects.get(name="Ferries")
    lead = slot("lead", editor, size=1)
    slot("grid", editor, size=2)
    box = slot("topic", editor, tag=tag, size=2)
    assert shown() == [["Story 0"], ["Story 1", "Story 2"], ["Story 3", "Story 4"]]
    box.turn = Slot.Turn.FIRST
    frontpage.save_slot(box, [], by=editor)
    assert shown() == [["Story 2"], ["Story 3", "Story 4"], ["Story 0", "Story 1"]]
    frontpage.pin(articles[0], lead, by=editor)
    assert shown() == [["Story 0"], ["Story 3", "Story 4"], ["Story 1", "Story 2"]]


def test_a_slot_that_may_repeat_shows_what_stands_elsewhere(now, editor):
    stories(3, now)
    slot("lead", editor, size=1)
    slot("list", editor, size=2, may_repeat=True)
    slot("grid", editor, size=2)
    assert shown() == [["Story 0"], ["Story 0", "Story 1"], ["Story 1", "Story 2"]]


def test_an_article_pinned_elsewhere_on_the_front_moves(now, editor):
    article = stories(2, now)[1]
    lead, grid = slot("lead", editor, size=1), slot("grid", editor, size=2)
    frontpage.pin(article, lead, by=editor)
    frontpage.pin(article, grid, by=editor)
    assert list(Pin.objects.values_list("slot", "article")) == [(grid.pk, article.pk)]
    assert shown() == [["Story 0"], ["Story 1"]]


# --- Pins -----------------------------------------------------------------------------------------


def test_a_pin_holds_for_a_day_unless_told_otherwise(now, editor, time_machine):
    article = stories(4, now)[3]
    lead = slot("lead", editor, size=1)
    pin = frontpage.pin(article, lead, by=editor)
    assert pin.ends_at == now + timedelta(hours=24)
    assert shown() == [["Story 3"]]
    assert shown(at=now + timedelta(hours=23, minutes=59)) == [["Story 3"]]
    assert shown(at=now + timedelta(hours=24)) == [["Story 0"]]
    time_machine.move_to(now + timedelta(hours=25))
    assert shown() == [["Story 0"]]


def test_a_pin_for_later_waits(now, editor):
    article = stories(2, now)[1]
    lead = slot("lead", editor, size=1)
    frontpage.pin(article, lead, by=editor, since=now + timedelta(hours=2))
    assert shown() == [["Story 0"]]
    assert shown(at=now + timedelta(hours=2)) == [["Story 1"]]


def test_a_pinned_draft_shows_only_once_it_is_visible(client, now, editor, chief):
    stories(1, now)
    lead = slot("lead", editor, size=1)
    draft = make_draft(headline="Secret scoop")
    frontpage.pin(draft, lead, by=editor)
    assert Pin.objects.filter(article=draft).exists()
    assert shown() == [["Story 0"]]
    workflow.publish(draft, by=chief, at=now + timedelta(hours=3))
    assert shown() == [["Story 0"]]
    assert b"Secret scoop" not in client.get("/").content
    assert shown(at=now + timedelta(hours=3)) == [["Secret scoop"]]


@pytest.mark.parametrize("fate", [{"expires_at": -1}, {"embargo_until": 1}])
def test_a_pinned_article_behind_the_gate_gives_way(now, editor, fate):
    _first, second = stories(2, now)
    lead = slot("lead", editor, size=1)
    frontpage.pin(second, lead, by=editor)
    assert shown() == [["Story 1"]]
    columns = {name: now + timedelta(minutes=days) for name, days in fate.items()}
    Article.objects.filter(pk=second.pk).update(**columns)
    assert shown() == [["Story 0"]]


def test_a_pinned_article_goes_into_the_block_of_its_section(now, editor):
    one, two = SectionFactory(name="One", position=1), SectionFactory(name="Two", position=2)
    old = stories(3, now, section=one.pk)[2]
    stories(3, now, section=two.pk)
    blocks = slot("sections", editor, size=2)
    frontpage.pin(old, blocks, by=editor)
    assert shown() == [["Story 2", "Story 0"], ["Story 0", "Story 1"]]


def test_more_pins_than_room_show_the_first(now, editor):
    articles = stories(3, now)
    lead = slot("lead", editor, size=1)
    for article in articles:
        frontpage.pin(article, lead, by=editor)
    assert shown() == [["Story 2"]]


# --- Verbs ----------------------------------------------------------------------------------------


def test_move_and_arrange_number_every_pin(now, editor):
    a, b, c = stories(3, now)
    grid, other = slot("grid", editor, size=3), slot("list", editor, size=3)
    pins = {article.headline: frontpage.pin(article, grid, by=editor) for article in (c, b, a)}
    assert shown() == [["Story 0", "Story 1", "Story 2"], []]
    frontpage.move(pins["Story 2"], grid, 0, by=editor)
    assert shown() == [["Story 2", "Story 0", "Story 1"], []]
    frontpage.arrange(
        None,
        order={grid.pk: 1, other.pk: 0},
        pins={
            pins["Story 0"].pk: frontpage.Placing(other.pk, 0),
            pins["Story 1"].pk: frontpage.Placing(grid.pk, 0),
            pins["Story 2"].pk: frontpage.Placing(grid.pk, 5, now + timedelta(days=3)),
            999: frontpage.Placing(grid.pk, 0),
        },
        by=editor,
    )
    assert shown() == [["Story 0"], ["Story 1", "Story 2"]]
    kept = Pin.objects.get(pk=pins["Story 2"].pk)
    assert (kept.position, kept.ends_at) == (1, now + timedelta(days=3))
    frontpage.unpin(kept, by=editor)
    assert Pin.objects.filter(slot=grid).count() == 1


def test_arranging_starts_from_the_look_of_the_page_and_can_be_taken_back(now, editor):
    stories(3, now)
    before = shown()
    frontpage.start(None, by=editor)
    assert Slot.objects.count() == 6
    assert shown() == before
    with pytest.raises(workflow.Refused, match="begun to arrange"):
        frontpage.start(None, by=editor)
    frontpage.reset(None, by=editor)
    assert not Slot.objects.exists()
    assert shown() == before


def test_what_is_refused(now, editor, chief):
    article = stories(1, now)[0]
    lead, ranking = slot("lead", editor, size=1), slot("read_day", editor, size=5)
    elsewhere = slot("lead", editor, section=SectionFactory(), size=1)
    pin = frontpage.pin(article, lead, by=editor)
    hour = timedelta(hours=1)
    for refused, words in [
        (lambda: frontpage.pin(article, ranking, by=editor), "fills itself only"),
        (lambda: frontpage.pin(article, lead, by=editor, until=now - hour), "already over"),
        (
            lambda: frontpage.pin(article, lead, by=editor, until=now + timedelta(days=400)),
            "longer than a year",
        ),
        (lambda: frontpage.move(pin, elsewhere, 0, by=editor), "another page"),
        (lambda: frontpage.move(pin, ranking, 0, by=editor), "fills itself only"),
    ]:
        with pytest.raises(workflow.Refused, match=words):
            refused()
    article = workflow.withdraw(article, by=chief, reason="It was wrong.")
    with pytest.raises(workflow.Refused, match="withdrawn"):
        frontpage.pin(article, lead, by=editor)
    assert Pin.objects.get().ends_at == now + timedelta(hours=24)


def test_every_verb_asks_for_the_permission(now, editor, reporter):
    article = stories(1, now)[0]
    lead = slot("lead", editor, size=1)
    pin = frontpage.pin(article, lead, by=editor)
    for act in [
        lambda: frontpage.start(None, by=reporter),
        lambda: frontpage.reset(None, by=reporter),
        lambda: frontpage.save_slot(lead, [], by=reporter),
        lambda: frontpage.remove_slot(lead, by=reporter),
        lambda: frontpage.pin(article, lead, by=reporter),
        lambda: frontpage.unpin(pin, by=reporter),
        lambda: frontpage.move(pin, lead, 0, by=reporter),
        lambda: frontpage.arrange(None, order={}, pins={}, by=reporter),
    ]:
        with pytest.raises(workflow.NotPermitted):
            act()
    assert Pin.objects.count() == Slot.objects.count() == 1


def test_tick_forgets_pins_a_month_after_their_end(now, editor, time_machine):
    pin = frontpage.pin(stories(1, now)[0], slot("lead", editor, size=1), by=editor)
    time_machine.move_to(pin.ends_at + timedelta(days=29))
    assert frontpage.drop_ended_pins() == 0
    time_machine.move_to(pin.ends_at + timedelta(days=31))
    assert frontpage.drop_ended_pins() == 1
    assert not Pin.objects.exists()


# --- The price ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [10, 1000])
def test_a_front_costs_the_same_however_much_stands_on_it(
    client, now, count, django_assert_num_queries
):
    editor = UserFactory(role="Editor")
    sections = [SectionFactory(slug=f"s{n}") for n in range(10)]
    placements = [
        workflow.Placement(
            make_content(section=sections[n % 10].pk, tags=["Ferries"]),
            status="published",
            published_at=now - timedelta(minutes=n),
        )
        for n in range(count)
    ]
    articles = workflow.place(placements)
    tag = Tag.objects.get(name="Ferries")
    for front in (None, sections[0]):
        frontpage.start(front, by=editor)
        slot("topic", editor, section=front, tag=tag, size=4)
        slot("grid", editor, section=front, size=24, is_balanced=True, sources=sections)
        for kind in ("list", "ticker", "read_day", "read_week", "sections"):
            slot(kind, editor, section=front, size=8)
        lead = Slot.objects.of_front(front).get(kind="lead")
        for article in articles[: count // 10]:
            frontpage.pin(Article.objects.get(pk=article.pk), lead, by=editor)
    with django_assert_num_queries(6, is_warm=True):  # two read what is remembered from then on
        assert client.get("/").status_code == 200
    with django_assert_num_queries(5, is_warm=True):
        assert client.get("/s0/").status_code == 200


def test_texts_placed_from_elsewhere_fill_the_slots_from_the_top_for_a_day(now):
    articles = stories(9, now)
    frontpage.pin_placed(articles[:2])
    frontpage.pin_placed(articles[2:])
    pins = Pin.objects.order_by("slot__position", "position")
    assert list(pins.values_list("article", flat=True)) == [article.pk for article in articles]
    assert [(pin.slot.kind, pin.position) for pin in pins][:8] == [
        (Slot.Kind.LEAD, 0),
        *((Slot.Kind.GRID, n) for n in range(6)),
        (Slot.Kind.LIST, 0),
    ]
    assert {(pin.ends_at, pin.pinned_by) for pin in pins} == {(now + timedelta(hours=24), None)}
    assert list(Slot.objects.values_list("kind", flat=True)) == [
        slot.kind for slot in layout.default_slots(None)
    ]
