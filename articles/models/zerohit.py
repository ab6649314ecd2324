"""Searches that found nothing: what readers miss. Written by articles.zerohits."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ZeroHit(models.Model):
    """A query without hits and how often it was asked; nothing about who asked."""

    query = models.CharField(_("searched for"), max_length=100, unique=True)
    count = models.PositiveIntegerField(_("how often"), default=1)
    last_asked_at = models.DateTimeField(_("last asked"), default=timezone.now)

    class Meta:
        verbose_name = _("search without results")
        verbose_name_plural = _("searches without results")
        ordering = ["-count", "-last_asked_at"]
        default_permissions = ["view", "delete"]
        indexes = [
            # The admin's list; the least wanted ones, which make room.
            models.Index(fields=["-count", "-last_asked_at"], name="zerohit_wanted"),
        ]

    def __str__(self) -> str:
        return self.query
