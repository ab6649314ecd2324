"""The table of roles: exact powers, safe to write again, no typo passes."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from newsroom import roles
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

REPORTER = {
    "articles.view_article", "articles.add_article", "articles.change_article",
    "articles.submit_article", "articles.view_revision", "articles.view_author",
    "articles.view_section", "articles.view_tag", "articles.add_tag", "articles.view_dossier",
    "articles.view_image", "articles.add_image", "articles.change_image", "articles.view_promo",
}  # fmt: skip
EDITOR = REPORTER | {
    "articles.edit_any_article", "articles.review_article", "articles.publish_article",
    "articles.correct_article", "articles.share_preview", "articles.arrange_front",
    "articles.send_newsletter",
    "articles.add_author",
    "articles.change_author", "articles.change_tag", "articles.add_dossier",
    "articles.change_dossier", "articles.delete_image", "articles.view_redirect",
    "articles.view_zerohit", "articles.delete_zerohit",
    "articles.view_missingpath",
    "articles.view_agencysource", "articles.fetch_agencysource",
}  # fmt: skip
COMMERCIAL = {
    "articles.view_promo", "articles.add_promo", "articles.change_promo", "articles.delete_promo",
    "articles.view_promo_report", "articles.view_image", "articles.add_image", "articles.view_tag",
    "articles.view_section",
}  # fmt: skip
MODERATOR = {
    "comments.view_comment", "comments.moderate_comment", "comments.view_commentauthor",
    "comments.block_commentauthor", "comments.view_moderationaction", "comments.view_report",
    "comments.view_commentrules",
}  # fmt: skip
JOB_DESK = {
    "jobs.view_job", "jobs.change_job", "jobs.review_job", "jobs.view_action",
    "jobs.view_employer", "jobs.change_employer", "jobs.view_jobsource", "jobs.add_jobsource",
    "jobs.change_jobsource", "jobs.run_jobsource", "jobs.view_sourcerun",
}  # fmt: skip
CHIEF = EDITOR | COMMERCIAL | MODERATOR | {
    "comments.change_commentrules", "comments.view_sectionrules", "comments.add_sectionrules",
    "comments.change_sectionrules", "comments.delete_sectionrules", "comments.erase_commentauthor",
    "articles.lift_embargo", "articles.withdraw_article", "articles.delete_article",
    "articles.add_section", "articles.change_section", "articles.delete_section",
    "articles.delete_tag", "articles.delete_author", "articles.delete_dossier",
    "articles.add_redirect", "articles.change_redirect", "articles.delete_redirect",
    "articles.delete_missingpath",
    "articles.add_agencysource", "articles.change_agencysource", "articles.delete_agencysource",
    "articles.view_subscription", "articles.prove_consent",
    "flatpages.view_flatpage", "flatpages.add_flatpage", "flatpages.change_flatpage",
    "flatpages.delete_flatpage", "newsroom.view_sitesettings", "newsroom.change_sitesettings",
    "newsroom.view_message", "newsroom.retry_message",
    "newsroom.view_user", "newsroom.add_user", "newsroom.change_user", "auth.view_group",
}  # fmt: skip


JOB_DESK = {
    "jobs.view_job", "jobs.change_job", "jobs.review_job", "jobs.view_action",
    "jobs.view_employer", "jobs.change_employer", "jobs.view_jobsource", "jobs.add_jobsource",
    "jobs.change_jobsource", "jobs.run_jobsource", "jobs.view_sourcerun",
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "powers"),
    [
        ("Reporter", REPORTER),
        ("Editor", EDITOR),
        ("Chief editor", CHIEF),
        ("Moderator", MODERATOR),
        ("Job desk", JOB_DESK),
        ("Commercial", COMMERCIAL),
    ],
)
def test_role_has_exactly_these_powers(role, powers):
    user = UserFactory(role=role)
    assert user.get_all_permissions() == powers
    assert all(user.has_perm(power) for power in powers)


def test_superuser_needs_no_role():
    assert UserFactory(is_superuser=True).has_perm("articles.withdraw_article")


def test_inactive_member_of_staff_has_no_power():
    assert UserFactory(role="Chief editor", is_active=False).get_all_permissions() == set()


def test_sync_takes_away_what_the_table_does_not_name():
    group = Group.objects.get(name="Moderator")
    group.permissions.set(Permission.objects.filter(codename="publish_article"))
    assert UserFactory(role="Moderator").has_perm("articles.publish_article")
    roles.sync()
    assert not UserFactory(role="Moderator").has_perm("articles.publish_article")


def test_sync_keeps_members_and_groups_of_the_site():
    user = UserFactory(role="Editor")
    own = Group.objects.create(name="Night shift")
    own.permissions.set(Permission.objects.filter(codename="view_article"))
    roles.sync()
    assert [group.name for group in user.groups.all()] == ["Editor"]
    assert [entry.codename for entry in own.permissions.all()] == ["view_article"]


def test_migrating_again_changes_nothing():
    before = _table()
    call_command("migrate", stdout=StringIO())
    call_command("migrate", stdout=StringIO())
    assert _table() == before
    assert set(before) == set(roles.ROLES)


def test_typo_in_the_table_is_an_error(monkeypatch):
    monkeypatch.setitem(roles.ROLES, "Moderator", ["articles.publsh_article"])
    with pytest.raises(LookupError, match=r"Moderator: no such permission: articles\.publsh"):
        roles.sync()


def _table() -> dict[str, list[str]]:
    return {
        group.name: sorted(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }
