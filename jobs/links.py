"""The signed links by which employers reach their jobs. Made for mails, read by views."""

from django.urls import reverse

from newsroom.lib import tokens
from newsroom.lib.privacy import hash_address

from .models import Job

_PURPOSE = "job"


def manage_path(job: Job) -> str:
    """Return the path of a job's page for its employer; it holds as long as his address does."""
    return reverse("jobs:manage", args=[tokens.make(_PURPOSE, job.pk, _owner(job))])


def read(token: str) -> Job | None:
    """Return the job that a link is for; None for a link of nobody or of a former address."""
    values = tokens.read(_PURPOSE, token)
    if not values or len(values) != 2:
        return None
    job = Job.objects.select_related("employer").filter(pk=values[0]).first()
    is_owner = job is not None and job.contact_email and values[1] == _owner(job)
    return job if is_owner else None


def _owner(job: Job) -> str:
    return hash_address(job.contact_email)[:16]
