"""The log of what was done with jobs."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .job import Job, Reason, Status

# What the log calls each move (jobs.moderation.MOVES) and what has no line in that table.
_DONE = {
    "submit": _("Sent in"),
    "import": _("Read from the feed"),
    "confirm": _("Address confirmed"),
    "approve": _("Listed"),
    "reject": _("Rejected"),
    "rewrite": _("Rewritten before the review"),
    "try_again": _("Sent in again"),
    "propose": _("Change proposed"),
    "approve_change": _("Change accepted"),
    "reject_change": _("Change turned down"),
    "edit": _("Edited"),
    "drop_overrides": _("Left to the source again"),
    "feature": _("Put forward"),
    "renew": _("Renewed"),
    "mark_filled": _("Marked as filled"),
    "withdraw": _("Withdrawn"),
    "take_down": _("Taken down"),
    "reinstate": _("Listed again"),
    "reconsider": _("Back to the review"),
}


class Action(models.Model):
    """One line of a job's log; written with the change it tells of, never altered."""

    class Actor(models.TextChoices):
        EMPLOYER = "employer", _("Employer")
        DESK = "desk", _("Job desk")
        SOURCE = "source", _("Partner feed")

    job = models.ForeignKey(
        Job, verbose_name=_("job"), on_delete=models.CASCADE, related_name="log"
    )
    verb = models.CharField(_("action"), max_length=20, choices=_DONE)
    from_status = models.CharField(_("before"), max_length=9, choices=Status, blank=True)
    to_status = models.CharField(_("after"), max_length=9, choices=Status)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=500)
    # Facts that only one verb has, such as the new end of a renewal or what a change replaced.
    details: Any = models.JSONField(_("facts"), default=dict)
    version = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("time"), default=timezone.now)
    actor = models.CharField(_("who"), max_length=8, choices=Actor)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("line of the job log")
        verbose_name_plural = _("job log")
        ordering = ["-pk"]
        default_permissions: ClassVar[list[str]] = ["view"]

    def __str__(self) -> str:
        return f"#{self.job_id}: {self.get_verb_display()}"

    @property
    def who(self) -> str:
        """Whose hand it was: the account, or else the kind of actor."""
        return str(self.by or self.get_actor_display())
