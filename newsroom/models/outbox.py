"""What has to leave the house: a row per mail or ping, written by the change that causes it."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One mail or ping. It holds no address: its handler looks that up when it is sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("In work")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Not needed any more")

    kind = models.CharField(_("kind"), max_length=40, help_text=_("Names the handler."))
    # The same key never makes a second message.
    key = models.CharField(max_length=200, unique=True)
    about = models.BigIntegerField(_("about row"), null=True)
    payload: Any = models.JSONField(default=dict)
    # Fixed here, so that a repeat after a crash is recognised as one.
    message_id = models.CharField(max_length=150, unique=True)

    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    note = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "claimed", "sent", "failed", "skipped"]),
                name="message_state",
            ),
        ]
        indexes = [
            # What is due next, and whose lease has run out.
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state__in=["queued", "claimed"]),
                name="message_due",
            ),
            # The admin's list.
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
