"""Readers' objections to comments (EU 2022/2065, art. 16)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .action import ModerationAction
from .comment import Comment
from .words import Reason


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> "ReportQuerySet":
        """What nobody has decided yet."""
        return self.filter(decided_at=None)


class Report(models.Model):
    """One reader's objection to one comment; no second one of the same reader."""

    comment = models.ForeignKey(
        Comment, verbose_name=_("comment"), on_delete=models.CASCADE, related_name="reports"
    )
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    text = models.TextField(_("what is wrong"), blank=True, max_length=1000)
    # Hash of the address, or of the network for a week if none was given.
    reporter_hash = models.CharField(max_length=64, blank=True, editable=False)
    network_day = models.DateField(null=True, editable=False)
    # Only while the decision is owed.
    address = models.EmailField(_("address"), blank=True, editable=False)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    # The word that was given on it.
    decision = models.ForeignKey(
        ModerationAction, null=True, on_delete=models.PROTECT, related_name="reports"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "reporter_hash"],
                condition=~Q(reporter_hash=""),
                name="comment_report_once",
            ),
        ]
        indexes = [
            # Export and erase of a person.
            models.Index(
                fields=["reporter_hash"],
                condition=~Q(reporter_hash=""),
                name="comment_report_reporter",
            ),
            # Housekeeping: which hashes and addresses may go.
            models.Index(
                fields=["network_day"],
                condition=Q(network_day__isnull=False),
                name="comment_report_network",
            ),
            models.Index(
                fields=["decided_at"], condition=~Q(address=""), name="comment_report_address"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.comment_id}: {self.get_reason_display()}"


class SpamText(models.Model):
    """The hash of a text that was spam, kept longer than the spam itself (comments/spam.py)."""

    text_hash = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = []

    def __str__(self) -> str:
        return self.text_hash[:12]
