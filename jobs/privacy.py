"""What is known of an employer's address: told and erased on request, by the site's register.

An advert itself names a company; what a person has left here is the contact address alone.
"""

from typing import Any

from django.db import transaction

from newsroom.lib.privacy import normalise_address

from .models import Action, Job


def export(address: str) -> dict[str, list[dict[str, Any]]]:
    """Return the jobs that were sent in with an address, in their order."""
    jobs = Job.objects.sent_by(normalise_address(address)).select_related("employer")
    sent = [
        {
            "job": job.pk,
            "title": job.title,
            "employer": job.employer.name,
            "status": job.status,
            "sent_at": job.created_at.isoformat(),
            "listed_at": job.published_at.isoformat() if job.published_at else None,
            "ends_at": job.valid_through.isoformat() if job.valid_through else None,
            "contact_email": job.contact_email,
            "apply_email": job.apply_email,
        }
        for job in jobs
    ]
    return {"jobs": sent}


@transaction.atomic
def erase(address: str) -> int:
    """Take an address off the jobs that were sent in with it; return how many.

    Their signed links end with it. What readers never saw goes altogether, and so does what waits
    to be changed. A listed advert stays, with the address for applications that its employer has
    published in it: that is ended by withdrawing.
    """
    jobs = Job.objects.sent_by(normalise_address(address))
    count = jobs.count()
    jobs.never_listed().delete()
    Action.objects.filter(job__in=jobs).update(details={}, note="")
    jobs.update(contact_email="", proposed=None, proposed_at=None, waiting_since=None)
    return count
