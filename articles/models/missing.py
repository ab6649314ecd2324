"""Addresses that readers asked for and that lead nowhere."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MissingPath(models.Model):
    """How often a path was asked for in vain. Nothing about who asked is kept."""

    path = models.CharField(_("address"), max_length=300, unique=True)
    count = models.PositiveIntegerField(_("times"), default=1)
    first_seen_at = models.DateTimeField(_("first asked for"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last asked for"), default=timezone.now)

    class Meta:
        verbose_name = _("missing address")
        verbose_name_plural = _("missing addresses")
        ordering = ["-count", "path"]
        default_permissions = ["view", "delete"]
        indexes = [
            # The report; which row gives way when the table is full.
            models.Index(fields=["-count", "path"], name="missing_most_wanted"),
            models.Index(fields=["count", "last_seen_at"], name="missing_least_wanted"),
        ]

    def __str__(self) -> str:
        return self.path
