"""When the background work was last done. Written by newsroom.tick, read by /readyz."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class TickRun(models.Model):
    """The last run of `manage.py tick`; a single row with id 1, none before the first run."""

    finished_at = models.DateTimeField()
    # What went wrong in it, a name of a job a line; empty when all went well.
    failed_jobs = models.TextField(blank=True)

    class Meta:
        verbose_name = _("background run")
        verbose_name_plural = _("background runs")
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="tick_run_single_row"),
        ]

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M:%S}"
