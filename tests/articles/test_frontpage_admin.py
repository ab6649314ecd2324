"""Arranging fronts and raising banners in the admin."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import frontpage, workflow
from articles.models import Banner, Pin, Slot
from tests.factories import SectionFactory, make_article, make_draft

pytestmark = pytest.mark.django_db

HOME = "/admin/articles/slot/front/home/"


@pytest.fixture
def desk(client, editor):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def minutes(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def test_reporters_find_neither_fronts_nor_banners(client, reporter):
    client.force_login(reporter, backend="django.contrib.auth.backends.ModelBackend")
    for path in [
        "/admin/articles/slot/", HOME, f"{HOME}preview/", "/admin/articles/slot/add/",
        "/admin/articles/banner/", "/admin/articles/banner/add/",
    ]:  # fmt: skip
        assert client.get(path).status_code == 403, path
    assert client.post(HOME, {"start": "1"}).status_code == 403
    assert not Slot.objects.exists()


def test_a_page_without_slots_shows_how_it_fills_itself(desk):
    make_article(headline="Bridge closed")
    page = LexborHTMLParser(desk.get(HOME).content)
    assert page.css_first(".rest-title").text() == "Bridge closed"
    assert page.css_first("button[name=start]") is not None
    assert page.css("button[name=pin]") == []
    assert desk.get("/admin/articles/slot/front/999/").status_code == 404
    assert desk.get("/admin/articles/slot/").status_code == 200


def test_search_pin_arrange_unpin(desk):
    first, second = make_article(headline="First"), make_article(headline="Second")
    draft = make_draft(headline="Draft about bridges")
    assert desk.post(HOME, {"start": "1"}).status_code == 302
    lead, grid = (Slot.objects.get(kind=kind) for kind in ("lead", "grid"))
    page = LexborHTMLParser(desk.get(HOME, {"q": "bridges draft"}).content)
    assert [node.text() for node in page.css(".found a")] == ["Draft about bridges"]
    until = timezone.now().replace(second=0, microsecond=0) + timedelta(days=2)
    desk.post(
        HOME,
        {
            "pin": str(draft.pk),
            f"slot-for-{draft.pk}": str(grid.pk),
            f"until-for-{draft.pk}": minutes(until),
        },
    )
    desk.post(HOME, {"pin": f"{first.pk}:{lead.pk}"})
    hidden, shown = Pin.objects.order_by("pk")
    assert (hidden.slot, hidden.article, hidden.ends_at) == (grid, draft, until)
    page = LexborHTMLParser(desk.get(HOME).content)
    states = [node.text() for node in page.css(".pin-state")]
    assert states == ["Readers see it", "Shows once it is published"]
    desk.post(
        HOME,
        {
            f"place-of-slot-{lead.pk}": "5",
            f"place-of-slot-{grid.pk}": "0",
            f"place-of-pin-{shown.pk}": "0",
            f"slot-of-pin-{shown.pk}": str(grid.pk),
            f"place-of-pin-{hidden.pk}": "1",
            f"slot-of-pin-{hidden.pk}": str(grid.pk),
            f"until-of-pin-{hidden.pk}": minutes(until + timedelta(days=1)),
        },
    )
    grid.refresh_from_db()
    lead.refresh_from_db()
    assert grid.position < lead.position
    assert list(grid.pins.values_list("article", "position", "ends_at")) == [
        (first.pk, 0, shown.ends_at), (draft.pk, 1, until + timedelta(days=1)),
    ]  # fmt: skip
    desk.post(HOME, {"unpin": str(shown.pk)})
    assert list(Pin.objects.all()) == [hidden]
    assert second.headline in desk.get("/").content.decode()


def test_what_a_verb_refuses_is_said_and_changes_nothing(desk, editor):
    article = make_article()
    frontpage.start(None, by=editor)
    lead = Slot.objects.get(kind="lead")
    yesterday = minutes(timezone.now() - timedelta(days=1))
    said = desk.post(
        HOME,
        {
            "pin": str(article.pk),
            f"slot-for-{article.pk}": str(lead.pk),
            f"until-for-{article.pk}": yesterday,
        },
        follow=True,
    )
    assert "This end is already over." in said.content.decode()
    assert not Pin.objects.exists()


@pytest.mark.parametrize("junk", ["-1", "x", "²", "9" * 40, "1:", ":1", "1:x", ""])
def test_junk_from_outside_is_no_error_of_ours(desk, editor, junk):
    frontpage.start(None, by=editor)
    for data in [{"pin": junk}, {"unpin": junk}, {f"place-of-slot-{junk}": "1"}]:
        assert desk.post(HOME, data).status_code in {302, 404}
    pk = Slot.objects.get(kind="lead").pk
    assert desk.post(HOME, {f"place-of-slot-{pk}": junk}).status_code == 302
    assert desk.get(f"{HOME}preview/", {"at": junk}).status_code == 200
    assert desk.get(HOME, {"q": junk}).status_code == 200


def test_pins_of_other_fronts_are_out_of_reach(desk, editor):
    frontpage.start(None, by=editor)
    other = frontpage.save_slot(Slot(kind="lead", size=1, section=SectionFactory()), [], by=editor)
    pin = frontpage.pin(make_article(), other, by=editor)
    assert desk.post(HOME, {"unpin": str(pin.pk)}).status_code == 404
    assert desk.post(HOME, {"pin": f"{pin.article_id}:{other.pk}"}).status_code == 404
    assert Pin.objects.get() == pin


def test_preview_shows_the_front_of_a_moment_to_staff_only(desk, client, chief):
    make_article(headline="Today")
    coming = make_draft(headline="Tomorrow")
    at = timezone.now() + timedelta(hours=20)
    workflow.publish(coming, by=chief, at=at)
    when = {"at": minutes(at + timedelta(hours=1))}
    assert "Tomorrow" not in desk.get(f"{HOME}preview/").content.decode()
    answer = desk.get(f"{HOME}preview/", when)
    assert "Tomorrow" in answer.content.decode()
    assert answer["Cache-Control"].startswith("private, no-store")
    assert "Tomorrow" not in desk.get("/", when).content.decode()
    client.logout()
    assert client.get(f"{HOME}preview/", when).status_code == 302


def test_a_slot_is_added_changed_and_removed(desk):
    section = SectionFactory(name="Local")
    front = f"/admin/articles/slot/front/{section.pk}/"
    values = {"kind": "list", "size": "7", "title": "News", "turn": "1", "sources": [section.pk]}
    answer = desk.post(f"/admin/articles/slot/add/?front={section.pk}", values)
    assert (answer.status_code, answer["Location"]) == (302, front)
    made = Slot.objects.get()
    assert (made.section, made.size, list(made.sources.all())) == (section, 7, [section])
    broken = desk.post(f"/admin/articles/slot/{made.pk}/change/", {**values, "kind": "topic"})
    assert "Choose a topic or a dossier" in broken.content.decode()
    desk.post(f"/admin/articles/slot/{made.pk}/change/", {**values, "size": "3", "sources": []})
    made.refresh_from_db()
    assert (made.size, list(made.sources.all())) == (3, [])
    desk.post(f"/admin/articles/slot/{made.pk}/delete/", {"post": "yes"})
    assert not Slot.objects.exists()


# --- Banners --------------------------------------------------------------------------------------


def raised(by, text, *, sections=(), **values) -> Banner:
    now = timezone.now()
    values = {"starts_at": now, "ends_at": now + timedelta(hours=1), **values}
    return frontpage.raise_banner(Banner(text=text, **values), sections, by=by)


def banner(client, path) -> str | None:
    node = LexborHTMLParser(client.get(path).content).css_first(".banner p")
    return " ".join(node.text().split()) if node else None


def test_a_banner_stands_on_every_page_for_its_window(client, editor, time_machine):
    article = make_article(tags=["Ferries"])
    raised(editor, "Storm", link="/2026/03/storm/")
    paths = [
        "/",
        article.get_absolute_url(),
        article.section.get_absolute_url(),
        "/topics/",
        "/no/",
    ]
    assert [banner(client, path) for path in paths] == ["Breaking Storm"] * 5
    link = LexborHTMLParser(client.get("/").content).css_first(".banner a")
    assert link.attributes["href"] == "/2026/03/storm/"
    time_machine.move_to(timezone.now() + timedelta(hours=1, seconds=1))
    assert [banner(client, path) for path in paths] == [None] * 5


def test_the_most_urgent_banner_wins_and_sections_keep_theirs_to_themselves(client, editor):
    sport, other = SectionFactory(slug="sport"), SectionFactory(slug="other")
    below = SectionFactory(slug="football", parent=sport)
    article = make_article(section=below.pk)
    raised(editor, "Notice", level="notice")
    raised(editor, "Match", level="live", sections=[sport])
    raised(editor, "Later", starts_at=timezone.now() + timedelta(minutes=5))
    found = {path: banner(client, path) for path in ["/", "/sport/", "/football/", "/other/"]}
    assert found == {
        "/": "Notice", "/sport/": "Live Match", "/football/": "Live Match", "/other/": "Notice",
    }  # fmt: skip
    assert banner(client, article.get_absolute_url()) == "Live Match"
    raised(editor, "Quake", level="breaking")
    assert banner(client, "/sport/") == "Breaking Quake"
    assert other.banners.count() == 0


def test_banners_cost_no_query(client, editor, django_assert_num_queries):
    article = make_article()
    for path, count in [("/", 6), (article.get_absolute_url(), 11), ("/topics/", 6)]:
        with django_assert_num_queries(count):
            client.get(path)
    for n in range(3):
        raised(editor, f"Banner {n}", sections=[article.section] if n else [])
    for path, count in [("/", 6), (article.get_absolute_url(), 11), ("/topics/", 6)]:
        with django_assert_num_queries(count):
            assert b"Banner" in client.get(path).content


def test_a_banner_is_raised_and_taken_down_in_the_admin(desk, client):
    now = timezone.localtime()
    end = now + timedelta(hours=3)
    values = {
        "text": "Storm <b>", "link": "javascript:alert(1)", "level": "breaking",
        "starts_at": f"{now:%Y-%m-%dT%H:%M}",
        "ends_at": "",
    }  # fmt: skip
    page = desk.post("/admin/articles/banner/add/", values).content.decode()
    assert "begins with one slash" in page
    assert page.count("This field is required.") == 1  # never without an end
    for year in ("0001", "9999"):  # no zone reckons there
        broken = {**values, "link": "", "starts_at": f"{year}-01-01T00:00", "ends_at": minutes(end)}
        page = desk.post("/admin/articles/banner/add/", broken)
        assert list(page.context["adminform"].form.errors) == ["starts_at"]
    values |= {"link": "", "ends_at": f"{end:%Y-%m-%dT%H:%M}"}
    desk.post("/admin/articles/banner/add/", values)
    made = Banner.objects.get()
    assert made.raised_by.username == "edgar"
    html = client.get("/")
    assert banner(client, "/") is None  # a site without sections has no page to put it on
    SectionFactory()
    assert banner(client, "/") == "Breaking Storm <b>"
    assert "Storm <b>" not in html.content.decode()
    desk.post("/admin/articles/banner/", {"action": "lower", "_selected_action": [made.pk]})
    assert banner(client, "/") is None
    assert Banner.objects.count() == 1
