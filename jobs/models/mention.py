"""What jobs are about, for the sidebar of articles: one row for each term of a listed job."""

from typing import ClassVar

from django.db import models

from .employer import Employer
from .job import Job


class Mention(models.Model):
    """A job has a tag, or a word in its title, that stands for a term (jobs/terms.py).

    Derived from the job's row; written with it. The times are the job's; being put forward is a
    term as well, with an end of its own.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="mentions")
    term = models.CharField(max_length=80)
    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="+")
    published_at = models.DateTimeField()
    valid_through = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            # What else a candidate shares with an article.
            models.UniqueConstraint(fields=["job", "term"], name="job_mention_once"),
        ]
        indexes = [
            # The newest jobs of a term; also counts them, both without reading rows.
            models.Index(
                fields=["term", "-published_at", "job", "valid_through"], name="job_mention_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.term
