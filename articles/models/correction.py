"""Corrections: what the newsroom says in public about its mistakes."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .article import Article


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def public(self, now: datetime | None = None) -> "CorrectionQuerySet":
        """Words meant for readers, of articles that have passed the gate already."""
        return self.filter(is_public=True, corrected_at__lte=now or timezone.now())

    def visible(self, now: datetime | None = None) -> "CorrectionQuerySet":
        """What readers may see at a moment: public words on articles that they may read."""
        now = now or timezone.now()
        # Row by row: as a list, SQLite would read every article for a handful of corrections.
        article = Article.objects.visible(now).filter(pk=OuterRef("article"))
        return self.public(now).filter(Exists(article))

    def newest(self) -> "CorrectionQuerySet":
        """In the order of /corrections/."""
        return self.order_by("-corrected_at", "-pk")


class Correction(models.Model):
    """A public, dated word on what was wrong."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")
        RETRACTION = "retraction", _("Retraction")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(_("kind"), max_length=13, choices=Kind, default=Kind.CORRECTION)
    text = models.TextField(_("text"), max_length=1000)
    is_public = models.BooleanField(_("public"), default=True)
    corrected_at = models.DateTimeField(_("time"), default=timezone.now)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="corrections",
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-corrected_at", "-pk"]
        indexes = [
            # /corrections/ and its feed.
            models.Index(
                fields=["-corrected_at", "-id"],
                condition=Q(is_public=True),
                name="correction_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"
