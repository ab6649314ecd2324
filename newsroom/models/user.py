"""The account of somebody who works here. Readers have none."""

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A member of staff; what he or she may do follows from the groups in roles.py."""

    class Meta:
        verbose_name = _("staff account")
        verbose_name_plural = _("staff accounts")

    @property
    def display_name(self) -> str:
        """The name shown to colleagues: the full name, else the login."""
        return self.get_full_name() or self.username

    def __str__(self) -> str:
        return self.display_name
