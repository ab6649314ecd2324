"""Who offers the jobs."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Employer(models.Model):
    """A company or institution. Whatever a stranger says of it belongs to the single job."""

    name = models.CharField(_("name"), max_length=140)
    # The name without case and blanks (advert.employer_key): the same house written twice is one.
    key = models.CharField(max_length=140, unique=True, editable=False)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
