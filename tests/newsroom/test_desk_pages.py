"""Refusals inside the admin, promos on the start page, names for what programs call otherwise."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.contrib.flatpages.models import FlatPage
from django.db.models import DateTimeField
from django.urls import reverse
from django.utils import timezone, translation
from selectolax.lexbor import LexborHTMLParser

from articles.models import Promo, PromoSlot, Subscriber, Subscription
from newsroom import roleadmin, roles, startpage
from newsroom.delivery import HANDLERS
from newsroom.lib import columns, outbox
from newsroom.models import Message
from newsroom.outboxadmin import _KINDS
from tests.factories import SectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def promo(title: str, *, starts: int, ends: int | None) -> Promo:
    """A promo from and until so many days from now."""
    now = timezone.now()
    return Promo.objects.create(
        kind="book", title=title, target="/jobs/", disclosure=Promo.Disclosure.HOUSE,
        slots=[PromoSlot.SIDEBAR],
        starts_at=now + timedelta(days=starts),
        ends_at=None if ends is None else now + timedelta(days=ends),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status"),
    [("/admin/newsroom/user/", 403), ("/admin/nothing/", 404), ("/admin/articles/tag/add/", 200)],
)
def test_refusal_inside_the_admin_keeps_its_menu(client, reporter, path, status):
    client.force_login(reporter)
    page = client.get(path)
    assert page.status_code == status
    assert 'id="menu"' in page.text
    assert ("To the start page of the desk" in page.text) == (status != 200)
    assert ("Your role does not reach that far." in page.text) == (status == 403)
    assert "default-src" in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "title", "level"),
    [("/admin/", "All tables", "h3"), ("/admin/articles/", "Pictures", "h2")],
)
def test_headings_of_tables_go_down_step_by_step(client, chief, path, title, level):
    client.force_login(chief)
    html = LexborHTMLParser(client.get(path).content)
    found = [node.text(strip=True) for node in html.css("#content h1, #content h2")]
    assert found.count("All tables") == 1
    assert title in found
    assert {node.tag for node in html.css(".tables [id^=tables-]")} == {level}


def test_stranger_is_sent_to_the_door_whatever_the_address(client):
    for path in ("/admin/newsroom/user/", "/admin/nothing/"):
        assert client.get(path).url == f"/admin/login/?next={path}"


def test_promos_that_run_and_end_soon_wait_on_the_start_page(client):
    promo("Now", starts=-1, ends=None)
    promo("Soon over", starts=-1, ends=3)
    promo("Next month", starts=30, ends=60)
    promo("Over", starts=-9, ends=-1)
    commercial = UserFactory(role="Commercial")
    found = startpage.campaigns_for(commercial)
    assert found is not None
    assert (found.running, found.planned) == (2, 1)
    assert [row.title for row in found.ending] == ["Soon over"]
    client.force_login(commercial)
    page = client.get("/admin/").text
    assert "Soon over" in page
    assert reverse("admin:articles_promo_add") in page


@pytest.mark.parametrize("role", ["Reporter", "Chief editor", "Moderator"])
def test_promos_are_no_work_of_others(role):
    assert startpage.campaigns_for(UserFactory(role=role)) is None


def test_every_permission_of_a_role_has_words():
    wanted = {entry.partition(".")[2] for names in roles.ROLES.values() for entry in names}
    usual = {
        get_permission_codename(deed, model._meta)
        for model in apps.get_models()
        for deed in model._meta.default_permissions
    }
    assert wanted - usual == set(roleadmin._OWN) & wanted
    assert set(roleadmin._OWN) <= set(Permission.objects.values_list("codename", flat=True))


def test_message_is_called_by_its_kind_and_time(client, chief, time_machine):
    time_machine.move_to(datetime(2026, 3, 1, 11, 5, tzinfo=UTC), tick=False)
    outbox.put("newsletter", "newsletter:1:2", about=2)
    client.force_login(chief)
    page = client.get(reverse("admin:newsroom_message_change", args=[Message.objects.get().pk]))
    html = LexborHTMLParser(page.content)
    named = "Newsletter, 03/01/2026"
    assert named in html.css_first("title").text()
    assert named in html.css_first(".breadcrumbs [aria-current=page]").text()


def test_pages_about_a_row_say_what_it_is_in_words(client, chief):
    client.force_login(chief)
    legal = FlatPage.objects.create(url="/legal/", title="Legal notice")
    alert = Subscription.objects.create(
        subscriber=Subscriber.objects.create(address="a@example.org"),
        scope=Subscription.Scope.SECTION,
        target=SectionFactory(name="Rivers").pk,
        frequency=Subscription.Frequency.DAILY,
    )
    named = {
        reverse("admin:flatpages_flatpage_change", args=[legal.pk]): "Legal notice",
        reverse("admin:flatpages_flatpage_add"): "Add flat page",
        reverse("admin:articles_subscription_change", args=[alert.pk]): "Rivers, once a day",
    }
    for address, name in named.items():
        html = LexborHTMLParser(client.get(address).content)
        assert html.css_first("title").text().partition(" | ")[0].endswith(name)
        assert html.css_first(".breadcrumbs [aria-current=page]").text(strip=True).endswith(name)
    popup = client.get(reverse("admin:flatpages_flatpage_add") + "?_popup=1")
    assert 'class="breadcrumbs"' not in popup.text


def test_lists_count_rows_in_the_plural(client, chief):
    outbox.put("newsletter", "newsletter:1:1", about=1)
    outbox.put("newsletter", "newsletter:1:2", about=2)
    client.force_login(chief)
    counted = {"newsroom_message": "2 messages", "auth_group": f"{Group.objects.count()} roles"}
    for table, words in counted.items():
        html = LexborHTMLParser(client.get(reverse(f"admin:{table}_changelist")).content)
        assert words in html.css_first(".paginator").text()


@pytest.mark.parametrize("language", ["en", "de"])
def test_lists_show_moments_short(language):
    long = []
    for model, desk in admin.site._registry.items():
        moments = {field.name for field in model._meta.fields if isinstance(field, DateTimeField)}
        long += [f"{model.__name__}.{name}" for name in desk.list_display if name in moments]
    assert long == []
    at = datetime(2026, 11, 25, 20, 43, tzinfo=UTC)
    column = columns.moment(Message, "due_at")
    with translation.override(language):
        shown = column(Message(due_at=at))
    assert {"en": "11/25/2026 9:43 p.m.", "de": "25.11.2026, 21:43"}[language] in shown
    assert column(Message(ended_at=None, due_at=None)) == "–"
    assert (column.__name__, column.admin_order_field) == ("due_at", "due_at")


def test_names_of_fields_end_in_no_colon(client, chief):
    client.force_login(chief)
    pages = [
        reverse("admin:newsroom_user_change", args=[chief.pk]),
        reverse("admin:newsroom_user_add"),
        reverse("admin:articles_image_add"),
        reverse("admin:password_change"),
        reverse("admin:auth_group_change", args=[Group.objects.first().pk]),
    ]
    for page in pages:
        html = LexborHTMLParser(client.get(page).content)
        names = [node.text(strip=True) for node in html.css("#content :is(label, legend)")]
        assert len(names) > 1
        assert [name for name in names if name.endswith(":")] == [], page


def test_roles_are_called_so_everywhere(client, chief):
    client.force_login(chief)
    page = client.get("/admin/auth/group/")
    assert "Roles" in [entry.label.title() for entry in entries_of(page, "site")]
    assert LexborHTMLParser(page.content).css_first("h1").text(strip=True).lower() == "roles"


def entries_of(page, group: str) -> list:
    return next(one.entries for one in page.context["menu"] if one.name == group)


def test_every_kind_of_message_has_a_name():
    assert set(_KINDS) == set(HANDLERS)
    with translation.override("de"):
        assert str(_KINDS["comments.reply"]) == "Antwort auf einen Kommentar"
