"""Who may do what: the one table of groups and permissions, written to the database after migrate.

A permission that no table row names belongs to superusers alone.
"""

from typing import Any

from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions
from django.utils.translation import gettext_noop

_WRITE = [
    "articles.view_article",
    "articles.add_article",
    "articles.change_article",
    "articles.submit_article",
    "articles.view_revision",
    "articles.view_author",
    "articles.view_section",
    "articles.view_tag",
    "articles.add_tag",
    "articles.view_dossier",
    "articles.view_image",
    "articles.add_image",
    "articles.change_image",
    # To pin and ban beside one's own text.
    "articles.view_promo",
]
_OFFER = [
    "articles.view_promo",
    "articles.add_promo",
    "articles.change_promo",
    "articles.delete_promo",
    "articles.view_promo_report",
    # To choose a picture, topics and sections for a promo.
    "articles.view_image",
    "articles.add_image",
    "articles.view_tag",
    "articles.view_section",
]
_EDIT = [
    *_WRITE,
    "articles.edit_any_article",
    "articles.review_article",
    "articles.publish_article",
    "articles.correct_article",
    "articles.share_preview",
    "articles.arrange_front",
    "articles.send_newsletter",
    "articles.add_author",
    "articles.change_author",
    "articles.change_tag",
    "articles.add_dossier",
    "articles.change_dossier",
    "articles.delete_image",
    "articles.view_redirect",
    "articles.view_zerohit",
    "articles.delete_zerohit",
    "articles.view_missingpath",
    "articles.view_agencysource",
    "articles.fetch_agencysource",
]
_MODERATE = [
    "comments.view_comment",
    "comments.moderate_comment",
    "comments.view_commentauthor",
    "comments.block_commentauthor",
    "comments.view_moderationaction",
    "comments.view_report",
    "comments.view_commentrules",
]
_LEAD = [
    *_EDIT,
    *_OFFER,
    *_MODERATE,
    "comments.change_commentrules",
    "comments.view_sectionrules",
    "comments.add_sectionrules",
    "comments.change_sectionrules",
    "comments.delete_sectionrules",
    "comments.erase_commentauthor",
    "articles.lift_embargo",
    "articles.withdraw_article",
    "articles.delete_article",
    "articles.add_section",
    "articles.change_section",
    "articles.delete_section",
    "articles.delete_tag",
    "articles.delete_author",
    "articles.delete_dossier",
    "articles.add_redirect",
    "articles.change_redirect",
    "articles.delete_redirect",
    "articles.delete_missingpath",
    "articles.add_agencysource",
    "articles.change_agencysource",
    "articles.delete_agencysource",
    "articles.view_subscription",
    "articles.prove_consent",
    "flatpages.view_flatpage",
    "flatpages.add_flatpage",
    "flatpages.change_flatpage",
    "flatpages.delete_flatpage",
    "newsroom.view_sitesettings",
    "newsroom.change_sitesettings",
    "newsroom.view_message",
    "newsroom.retry_message",
    # Staff and what the roles mean; never superusers (newsroom/admin.py).
    "newsroom.view_user",
    "newsroom.add_user",
    "newsroom.change_user",
    "auth.view_group",
]

_JOBS = [
    "jobs.view_job",
    "jobs.change_job",
    "jobs.review_job",
    "jobs.view_action",
    "jobs.view_employer",
    "jobs.change_employer",
    "jobs.view_jobsource",
    "jobs.add_jobsource",
    "jobs.change_jobsource",
    "jobs.run_jobsource",
    "jobs.view_sourcerun",
]

REPORTER = gettext_noop("Reporter")
EDITOR = gettext_noop("Editor")
CHIEF = gettext_noop("Chief editor")
MODERATOR = gettext_noop("Moderator")
JOB_DESK = gettext_noop("Job desk")
COMMERCIAL = gettext_noop("Commercial")

ROLES: dict[str, list[str]] = {
    REPORTER: _WRITE,
    EDITOR: _EDIT,
    CHIEF: _LEAD,
    # None of these reads or writes editorial text in the admin.
    MODERATOR: _MODERATE,
    JOB_DESK: _JOBS,
    COMMERCIAL: _OFFER,
}


def sync(apps: Any = current_apps) -> None:
    """Make the groups hold exactly the permissions of ROLES; users' memberships stay as they are.

    Raises LookupError for a permission that no model declares, so that a typo cannot pass.
    """
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.select_related("content_type")
    }
    for name, wanted in ROLES.items():
        if missing := [entry for entry in wanted if entry not in known]:
            raise LookupError(f"{name}: no such permission: {', '.join(missing)}")
        group, _created = group_model.objects.get_or_create(name=name)
        group.permissions.set([known[entry] for entry in wanted])


def sync_after_migrate(using: str = "default", apps: Any = current_apps, **_kwargs: Any) -> None:
    """Handle post_migrate: permissions of all apps first (their order is not ours), then groups."""
    try:
        apps.get_model("articles", "Article")
        apps.get_model("flatpages", "FlatPage")
        apps.get_model("comments", "Comment")
    except LookupError:
        return  # migrated only part of the way
    for config in current_apps.get_app_configs():
        create_permissions(config, verbosity=0, using=using)
    sync()
