"""What time makes superfluous: unconfirmed jobs, labels of ended ones. Called by tick.

Nothing here is needed for what readers see; Job.objects.live() decides that.
"""

from django.db import transaction
from django.utils import timezone

from . import findable
from .models import Employer, Job, Label
from .moderation import CONFIRM_WITHIN

_AT_ONCE = 500


@transaction.atomic
def drop_unconfirmed() -> int:
    """Delete jobs whose sender never confirmed, and employers who have no job; return how many."""
    old = Job.objects.drafts().filter(created_at__lt=timezone.now() - CONFIRM_WITHIN)
    ids = list(old.values_list("pk", flat=True)[:_AT_ONCE])
    if not ids:
        return 0
    # Whoever is sending in a job holds its employer: that one is left alone.
    employers = Employer.objects.filter(jobs__in=ids).distinct().values("pk")
    free = Employer.objects.filter(pk__in=employers).select_for_update(skip_locked=True)
    held = list(free.values_list("pk", flat=True))
    Job.objects.filter(pk__in=ids).delete()
    Employer.objects.filter(pk__in=held, jobs=None).delete()
    return len(ids)


@transaction.atomic
def forget_ended() -> int:
    """Take jobs whose time is over out of index and labels; return how many.

    They may still be renewed: every verb puts them back.
    """
    labels = Label.objects.filter(valid_through__lte=timezone.now()).order_by("valid_through")
    ids = set(labels.values_list("job", flat=True)[:_AT_ONCE])
    jobs = list(Job.objects.ended().filter(pk__in=ids).order_by("pk").select_related("employer"))
    findable.forget(jobs)
    return len(jobs)
