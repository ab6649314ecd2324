"""The admin's start page, and the tables of settings, accounts, roles and pages."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.flatpages.models import FlatPage
from django.urls import reverse
from django.utils import timezone

from articles import workflow
from articles.models import Article, Byline
from newsroom import startpage
from newsroom.models import SiteSettings, User
from tests.factories import AuthorFactory, UserFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db


def boxes(user) -> dict[str, list[str]]:
    """The start page's lists by key, as headlines."""
    fresh = User.objects.get(pk=user.pk)
    return {
        box.key: [article.headline for article in box.lines] for box in startpage.boxes_for(fresh)
    }


# --- What waits for whom ------------------------------------------------------------------------


def test_reporter_sees_own_drafts_what_came_back_and_what_is_with_the_desk(reporter, editor):
    make_draft(by=reporter, headline="Draft")
    back = workflow.submit(make_draft(by=reporter, headline="Back"), by=reporter)
    workflow.send_back(back, by=editor, reason="Who says so?")
    workflow.submit(make_draft(by=reporter, headline="Handed in"), by=reporter)
    make_draft(headline="Somebody else's")
    assert boxes(reporter) == {
        "sent-back": ["Back"],
        "drafts": ["Draft"],
        "handed-in": ["Handed in"],
    }


def test_reason_stands_on_the_start_page_until_submitted_again(client, reporter, editor):
    article = workflow.submit(make_draft(by=reporter, headline="Back"), by=reporter)
    workflow.send_back(article, by=editor, reason="Who says so?")
    client.force_login(reporter)
    assert "<q>Who says so?</q>" in client.get("/admin/").text
    workflow.submit(article, by=reporter)
    assert "Who says so?" not in client.get("/admin/").text


def test_reporter_sees_drafts_that_carry_his_or_her_name(reporter):
    article = make_draft(headline="Signed")
    Byline.objects.create(article=article, author=AuthorFactory(user=reporter), position=1)
    assert boxes(reporter)["drafts"] == ["Signed"]


def test_editor_sees_what_waits_for_the_desk(reporter, editor, time_machine):
    time_machine.move_to("2026-03-29 12:00:00+02:00", tick=False)  # a day of 23 hours
    now = timezone.now()
    for hour, headline in ((1, "Handed in first"), (2, "Handed in later")):
        article = make_draft(by=reporter, headline=headline)
        workflow.submit(article, by=reporter)
        Article.objects.filter(pk=article.pk).update(edited_at=now - timedelta(hours=9 - hour))
    for headline, planned_at in (
        ("Tonight", now.replace(hour=21, minute=59)),
        ("Tomorrow", now.replace(hour=22, minute=0)),
    ):
        plan(make_draft(by=editor, headline=headline), editor, planned_at)
    soon = make_draft(by=editor, headline="Appears by itself")
    workflow.publish(soon, by=editor, at=now + timedelta(hours=3))
    live = make_article(headline="Update waits", at=now - timedelta(days=2))
    changed = make_content(**{**live.head.content, "standfirst": "New"})
    workflow.save_draft(live, changed, by=editor, base=live.head)
    workflow.publish(live, by=editor, at=now + timedelta(hours=1))
    make_article(headline="Old story", at=now - timedelta(days=1))
    found = boxes(editor)
    del found["recent"]
    assert found == {
        "review": ["Handed in first", "Handed in later"],
        "planned": ["Tonight"],
        "scheduled": ["Update waits", "Appears by itself"],
        "drafts": ["Tomorrow", "Tonight"],
    }


def test_recently_edited_comes_last_edited_first(editor):
    for number in range(10):
        make_article(headline=f"Story {number}", at=timezone.now() - timedelta(days=number))
    assert boxes(editor)["recent"] == [f"Story {number}" for number in range(8)]
    (recent,) = [box for box in startpage.boxes_for(editor) if box.key == "recent"]
    assert recent.has_more


@pytest.mark.parametrize(
    ("role", "own"),
    [("Moderator", "comments"), ("Job desk", "jobs"), ("Commercial", "articles")],
)
def test_desk_of_others_has_no_editorial_table(client, role, own):
    make_article(headline="Harbour story")
    user = UserFactory(role=role)
    client.force_login(user)
    page = client.get("/admin/")
    assert boxes(user) == {}
    assert "Harbour story" not in page.text
    assert "Nothing waits for you" not in page.text
    assert [app["app_label"] for app in page.context["app_list"]] == [own]
    queues = [] if own == "articles" else [f"{own}_queue"]
    assert [line.name for line in page.context["waiting"]] == queues
    for name in ("articles_article", "articles_author", "flatpages_flatpage", "newsroom_user"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403


@pytest.mark.parametrize("role", ["Reporter", "Editor", "Chief editor"])
@pytest.mark.parametrize("articles", [1, 12])
def test_start_page_takes_the_same_queries_for_any_number(
    client, django_assert_max_num_queries, role, articles
):
    user = UserFactory(role=role)
    for number in range(articles):
        make_draft(by=user, headline=f"Draft {number}")
        workflow.submit(
            make_draft(headline=f"Submitted {number}"), by=UserFactory(is_superuser=True)
        )
        make_article(headline=f"Published {number}")
    client.force_login(user)
    client.get("/admin/")
    queues = 3 if role == "Chief editor" else 0  # counts, the oldest comment, the answer goal
    with django_assert_max_num_queries(10 + queues):
        assert client.get("/admin/").status_code == 200


def test_everybody_lands_on_the_start_page(client, editor):
    response = client.post(
        "/admin/login/", {"username": "edgar", "password": "correct horse"}, follow=True
    )
    assert response.request["PATH_INFO"] == "/admin/"
    assert "Good to see you, Edgar" in response.text


def test_admin_carries_the_sites_name(client, editor):
    SiteSettings(pk=1, name="The Tide").save()
    client.force_login(editor)
    page = client.get("/admin/")
    assert page.context["site_header"] == "The Tide"
    assert "<title>What waits | The Tide</title>" in page.text


# --- Settings ---------------------------------------------------------------------------------

SITE = {
    "name": "The Tide",
    "typeface": "serif",
    "mast": "centred",
    "house_color": "#8f1d21",
    "paper_color": "#fdfcf9",
}


def test_settings_list_is_their_form(client, chief):
    client.force_login(chief)
    form = reverse("admin:newsroom_sitesettings_change", args=[1])
    assert client.get(reverse("admin:newsroom_sitesettings_changelist")).url == form
    assert client.get(form).status_code == 200
    assert not SiteSettings.objects.exists()
    values = {**SITE, "social_links": "https://mastodon.social/@tide"}
    assert client.post(form, values).status_code == 302
    assert SiteSettings.objects.get().name == "The Tide"
    client.post(form, {**values, "name": "The Ebb"})
    assert SiteSettings.objects.get().name == "The Ebb"


def test_settings_refuse_a_profile_without_https(client, chief):
    client.force_login(chief)
    form = reverse("admin:newsroom_sitesettings_change", args=[1])
    page = client.post(form, {"name": "The Tide", "social_links": "javascript:alert(1)"})
    assert "does not start with https://" in page.text
    assert not SiteSettings.objects.exists()


@pytest.mark.parametrize("action", ["add/", "2/change/", "1/delete/"])
def test_settings_are_one_row(client, admin_user, action):
    client.force_login(admin_user)
    SiteSettings(pk=1).save()
    client.post(f"/admin/newsroom/sitesettings/{action}", {"name": "Another", "post": "yes"})
    assert [row.name for row in SiteSettings.objects.all()] == ["Newsroom"]


# --- Accounts ---------------------------------------------------------------------------------

ADD = "/admin/newsroom/user/add/"


def change(user) -> str:
    return reverse("admin:newsroom_user_change", args=[user.pk])


def group(name: str) -> int:
    return Group.objects.get(name=name).pk


def test_chief_makes_an_account_with_a_role(client, chief):
    client.force_login(chief)
    values = {
        "username": "nina",
        "first_name": "Nina",
        "password1": "seven dark tides",
        "password2": "seven dark tides",
        "groups": [group("Reporter")],
    }
    assert client.post(ADD, values).status_code == 302
    nina = User.objects.get(username="nina")
    assert (nina.is_staff, nina.is_superuser, nina.first_name) == (True, False, "Nina")
    assert [role.name for role in nina.groups.all()] == ["Reporter"]
    client.logout()
    login = {"username": "nina", "password": "seven dark tides", "next": "/admin/"}
    assert client.post("/admin/login/", login).url == "/admin/"


def test_weak_password_is_refused(client, chief):
    client.force_login(chief)
    client.post(ADD, {"username": "nina", "password1": "password", "password2": "password"})
    assert not User.objects.filter(username="nina").exists()


def test_chief_cannot_make_superusers_or_give_single_permissions(client, chief, reporter):
    client.force_login(chief)
    values = {
        "username": "rita",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": [1, 2, 3],
        "groups": [group("Editor")],
    }
    assert client.post(change(reporter), values).status_code == 302
    rita = User.objects.get(pk=reporter.pk)
    assert rita.is_superuser is False
    assert not rita.user_permissions.exists()
    assert [role.name for role in rita.groups.all()] == ["Editor"]
    assert "is_superuser" not in client.get(change(reporter)).context["adminform"].form.fields


def test_chief_cannot_touch_a_superuser(client, chief, admin_user):
    client.force_login(chief)
    before = User.objects.values().get(pk=admin_user.pk)
    client.post(change(admin_user), {"username": "mine", "groups": []})
    password = reverse("admin:auth_user_password_change", args=[admin_user.pk])
    answer = client.post(
        password, {"password1": "seven dark tides", "password2": "seven dark tides"}
    )
    assert answer.status_code == 403
    assert User.objects.values().get(pk=admin_user.pk) == before


def test_superuser_makes_another(client, admin_user, chief):
    client.force_login(admin_user)
    values = {"username": "clara", "is_active": "on", "is_superuser": "on"}
    assert client.post(change(chief), values).status_code == 302
    assert User.objects.get(pk=chief.pk).is_superuser


def test_chief_cannot_delete_accounts(client, chief, reporter):
    client.force_login(chief)
    url = reverse("admin:newsroom_user_delete", args=[reporter.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=reporter.pk).exists()


def test_lock_is_lifted_by_a_chief(client, chief, editor):
    login = {"username": "edgar", "password": "wrong", "next": "/admin/"}
    right = {**login, "password": "correct horse"}
    for _attempt in range(5):
        client.post("/admin/login/", login)
    assert client.post("/admin/login/", right).status_code == 429
    client.force_login(chief)
    url = reverse("admin:newsroom_user_changelist")
    page = client.post(url, {"action": "lift_lock", "_selected_action": [editor.pk]}, follow=True)
    assert "1 account was locked." in page.text
    client.logout()
    assert client.post("/admin/login/", right).status_code == 302


@pytest.mark.parametrize("accounts", [1, 5])
def test_list_of_accounts_takes_the_same_queries_for_any_number(
    client, chief, django_assert_num_queries, accounts
):
    UserFactory.create_batch(accounts, role="Editor")
    client.force_login(chief)
    client.get(reverse("admin:newsroom_user_changelist"))
    with django_assert_num_queries(11, is_warm=True):
        client.get(reverse("admin:newsroom_user_changelist"))


def test_roles_are_for_reading(client, chief):
    client.force_login(chief)
    url = reverse("admin:auth_group_change", args=[group("Reporter")])
    page = client.get(url).text
    assert "<p><strong>Articles:</strong> add, change, see, hand in</p>" in page
    assert client.post(url, {"name": "Boss"}).status_code == 403


def test_tables_with_secrets_or_of_no_use_are_not_in_the_admin(admin_client):
    for path in (
        "otp_totp/totpdevice/",
        "otp_static/staticdevice/",
        "sites/site/",
        "taggit/tag/",
        "axes/accessattempt/",
    ):
        assert admin_client.get(f"/admin/{path}").status_code == 404


# --- Pages ----------------------------------------------------------------------------------


def test_page_is_cleaned_and_shown(client, chief):
    client.force_login(chief)
    values = {
        "url": "/about-us/",
        "title": "About <us>",
        "content": "<h2>We</h2><script>alert(1)</script><p onclick='x()'>are here.</p>",
    }
    assert client.post("/admin/flatpages/flatpage/add/", values).status_code == 302
    assert FlatPage.objects.get().content == "<h2>We</h2><p>are here.</p>"
    client.logout()
    page = client.get("/about-us/")
    assert page.status_code == 200
    assert "<p>are here.</p>" in page.text
    assert '<h1 dir="auto">About &lt;us&gt;</h1>' in page.text


@pytest.mark.parametrize("url", ["/topics/", "/admin/", "/about/", "no-slash/"])
def test_page_takes_no_address_that_is_taken(client, chief, url):
    client.force_login(chief)
    FlatPage.objects.create(url="/about/", title="About")
    values = {"url": url, "title": "Mine", "content": "<p>Mine</p>"}
    assert client.post("/admin/flatpages/flatpage/add/", values).status_code == 200
    assert FlatPage.objects.count() == 1


def plan(article, by, planned_at):
    workflow.plan(article, by=by, planned_at=planned_at, embargo_until=None, expires_at=None)
