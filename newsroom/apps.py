"""The site's two app configurations: the wiring itself and the admin it runs."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Bring groups and triggers in step after every migrate; register deploy checks."""
        from articles import tallytriggers  # noqa: PLC0415
        from newsroom import checks, roles, standing  # noqa: PLC0415, F401 - models are loaded only now
        from newsroom.lib import lateindexes  # noqa: PLC0415

        pre_migrate.connect(lateindexes.make_before_migrate, sender=self)
        post_migrate.connect(roles.sync_after_migrate, sender=self)
        pre_migrate.connect(standing.forget_before_migrate, sender=self)
        post_migrate.connect(standing.watch_after_migrate, sender=self)
        pre_migrate.connect(tallytriggers.forget_before_migrate, sender=self)
        post_migrate.connect(tallytriggers.count_after_migrate, sender=self)


class AdminConfig(DjangoAdminConfig):
    default_site = "newsroom.adminsite.NewsroomAdminSite"
