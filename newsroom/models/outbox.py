"""What has to leave the house: a row per mail or ping, written by the change that causes it.

newsroom/lib/outbox.py writes the rows, outboxwork.py works them off, outboxledger.py keeps count.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MessageQuerySet(models.QuerySet["Message"]):
    def open(self) -> "MessageQuerySet":
        """What has not ended: waiting or in work."""
        return self.filter(state__in=Message.OPEN)

    def due(self, now: datetime | None = None) -> "MessageQuerySet":
        """What a worker may take now: waiting since then, or left behind by one that died."""
        return self.open().filter(due_at__lte=now or timezone.now())

    def ended_before(self, moment: datetime) -> "MessageQuerySet":
        """What was sent, skipped or given up before a moment."""
        return self.exclude(state__in=Message.OPEN).filter(ended_at__lt=moment)


class Message(models.Model):
    """One mail or ping. It holds no address: its handler looks that up when it is sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("In work")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Not needed any more")

    OPEN = (State.QUEUED, State.CLAIMED)

    kind = models.CharField(_("kind"), max_length=40, help_text=_("Names the handler."))
    # The same key never makes a second message.
    key = models.CharField(_("key"), max_length=200)
    about = models.BigIntegerField(_("about row"), null=True)
    payload: Any = models.JSONField(_("facts"), default=dict)
    # Fixed here, so that a repeat after a crash is recognised as one.
    message_id = models.CharField(_("Message-ID"), max_length=150)
    # One of very many alike: goes after everything else that is due.
    is_bulk = models.BooleanField(_("one of many"), default=False)

    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # When a worker may take it next. Of a row in work: when the worker's lease runs out.
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    lease = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    note = models.CharField(_("why"), max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        default_permissions = ["view"]
        permissions = [("retry_message", "Can send failed messages again")]
        constraints = [
            # Not unique=True: on PostgreSQL each would bring a second index, for LIKE.
            models.UniqueConstraint(fields=["key"], name="message_key"),
            models.UniqueConstraint(fields=["message_id"], name="message_message_id"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "claimed", "sent", "failed", "skipped"]),
                name="message_state",
            ),
        ]
        indexes = [
            # outboxwork.claim: what is due next, and whose lease has run out.
            models.Index(
                fields=["is_bulk", "due_at", "id"],
                condition=models.Q(state__in=["queued", "claimed"]),
                name="message_due",
            ),
            # The admin's list.
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            # The budgets' last hour and day; what is old enough to go.
            models.Index(
                fields=["ended_at"],
                condition=models.Q(ended_at__isnull=False),
                name="message_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class MessageTally(models.Model):
    """A line of the ledger: how many messages were written, and what became of deleted ones.

    Lines are only added; old ones are drawn together to one for each day and kind.
    """

    day = models.DateField(default=timezone.localdate)
    kind = models.CharField(max_length=40)
    written = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        indexes = [
            # outboxledger.draw_together: the lines of days that are over.
            models.Index(fields=["day", "kind"], name="message_tally_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
