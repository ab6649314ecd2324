"""The memory of an article: whole snapshots, who is at it, what was done, who may peek."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .article import Article
from .status import Status


class Revision(models.Model):
    """One whole snapshot of an article (articles/content.py says what is in it).

    A saved revision's content never changes and is never deleted. Only the autosave of a sitting
    is overwritten, by that sitting alone, and gives way to the sitting's save.
    """

    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        AUTOSAVED = "autosaved", _("Autosaved")
        # Refused because somebody else had saved meanwhile: kept beside the line, not on it.
        CONFLICT = "conflict", _("Set aside")
        RESTORED = "restored", _("Restored")
        IMPORTED = "imported", _("Imported")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SAVED)
    content = models.JSONField()
    based_on = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="successors"
    )
    note = models.CharField(max_length=200, blank=True)
    # One page load of the form; empty once no sitting may write this row any more.
    sitting = models.CharField(max_length=36, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="revisions"
    )
    # A scheduled update: `tick` makes it the live text then. Cleared once done or called off.
    publish_at = models.DateTimeField(null=True)
    publish_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number"),
            models.UniqueConstraint(
                fields=["article", "sitting"],
                condition=~Q(sitting=""),
                name="revision_one_per_sitting",
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(publish_at__isnull=False),
                name="revision_one_scheduled",
            ),
            models.CheckConstraint(
                condition=Q(sitting="") | Q(kind="autosaved"), name="revision_sitting_autosaves"
            ),
        ]
        indexes = [
            # tick: which updates are due.
            models.Index(
                fields=["publish_at"], condition=Q(publish_at__isnull=False), name="revision_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} #{self.number}"


class WorkflowEntry(models.Model):
    """One line of an article's log; written with the change it tells of, never altered."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="log")
    verb = models.CharField(max_length=20)
    from_status = models.CharField(max_length=12, choices=Status, blank=True)
    to_status = models.CharField(max_length=12, choices=Status)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="log")
    reason = models.TextField(blank=True, max_length=500)
    # Facts that only one verb has, such as the time of a schedule or the reviewer of an AI text.
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.verb}"


class Presence(models.Model):
    """Somebody has an article's form open; gone when not seen for a while."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presences"
    )
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.article_id}"


def _new_token() -> str:
    return secrets.token_urlsafe(24)


class PreviewLink(models.Model):
    """A way for somebody without an account to read one working copy, for a while."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="preview_links")
    token = models.CharField(max_length=40, unique=True, default=_new_token)
    note = models.CharField(
        _("for whom"),
        max_length=140,
        blank=True,
        help_text=_("So that you know later what to revoke."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="preview_links"
    )
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-created_at"]
        default_permissions: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.note or f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.expires_at > timezone.now()
