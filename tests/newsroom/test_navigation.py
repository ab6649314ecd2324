"""The menu of the admin: what each role finds in it, and where it stands."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def menu(client, path="/admin/") -> dict[str, list[str]]:
    groups = client.get(path).context["menu"]
    return {group.name: [str(entry.label) for entry in group.entries] for group in groups}


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        ("Reporter", ["texts", "pictures", "promos"]),
        ("Editor", ["texts", "pictures", "readers", "promos", "numbers", "site"]),
        ("Chief editor", ["texts", "pictures", "readers", "promos", "numbers", "site"]),
        ("Moderator", ["readers", "numbers"]),
        ("Job desk", ["jobs", "numbers"]),
        ("Commercial", ["texts", "pictures", "promos"]),
    ],
)
def test_role_sees_the_groups_of_its_work(client, role, groups):
    client.force_login(UserFactory(role=role))
    assert list(menu(client)) == groups


def test_entries_open(client, chief):
    client.force_login(chief)
    entries = [entry for group in client.get("/admin/").context["menu"] for entry in group.entries]
    assert len(entries) > 25
    for entry in entries:
        assert client.get(entry.address, follow=True).status_code == 200, entry
        if entry.add_address:
            assert client.get(entry.add_address).status_code == 200, entry


def test_every_table_stands_in_one_group(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    page = client.get("/admin/")
    tables = {
        model["admin_url"]
        for app in page.context["app_list"]
        for model in app["models"]
        if model["admin_url"]
    }
    entries = [entry.address for group in page.context["menu"] for entry in group.entries]
    assert len(entries) == len(set(entries))
    assert tables <= set(entries)


@pytest.mark.parametrize(
    ("name", "group", "entry"),
    [
        ("articles_article_changelist", "texts", "Articles"),
        ("articles_article_add", "texts", "Articles"),
        ("articles_article_calendar", "texts", "Calendar"),
        ("articles_image_add", "pictures", "Upload images"),
        ("statistics", "numbers", "Statistics"),
        ("comments_queue", "readers", "Comments to decide"),
    ],
)
def test_menu_marks_where_one_is(client, chief, name, group, entry):
    client.force_login(chief)
    groups = client.get(reverse(f"admin:{name}")).context["menu"]
    marked = [
        (one.name, str(line.label)) for one in groups for line in one.entries if line.is_current
    ]
    assert marked == [(group, entry)]


def test_nobody_is_shown_a_menu_at_the_door(client):
    assert 'id="menu"' not in client.get("/admin/login/").text
