"""What jobs are found by: one row for each thing that a list filters by."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .job import Job


class LabelQuerySet(models.QuerySet["Label"]):
    def live(self, now: datetime | None = None) -> "LabelQuerySet":
        """Of jobs that readers see: only listed ones have labels, so that the end decides."""
        return self.filter(valid_through__gt=now or timezone.now())


class Label(models.Model):
    """A place, tag or type of a job. Derived from the job's row; written with it."""

    class Kind(models.TextChoices):
        PLACE = "place", pgettext_lazy("of work", "Place")
        REMOTE = "remote", _("Remote work")
        TYPE = "type", _("Kind of employment")
        TAG = "tag", _("Tag")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="labels")
    kind = models.CharField(max_length=6, choices=Kind)
    # As it stands in addresses and is compared: "koeln", "full_time", "c-plus-plus".
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    # The job's own, so that the list without a filter is counted without reading jobs.
    valid_through = models.DateTimeField()

    objects = LabelQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            # Also finds the jobs of a place or tag, and counts them without reading rows.
            models.UniqueConstraint(fields=["kind", "key", "job"], name="job_label_once"),
        ]
        indexes = [
            # Counts over all live jobs, from the index alone.
            models.Index(fields=["kind", "key", "valid_through", "name"], name="job_label_counts"),
            # upkeep.forget_ended: whose time is over.
            models.Index(fields=["valid_through"], name="job_label_end"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"
