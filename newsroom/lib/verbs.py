"""How a verb says no: a change of state that is not carried out raises one of these."""

from typing import Any

from django.utils.translation import gettext as _


class Refused(Exception):
    """A verb that was not carried out; str() tells the user why, in the user's language."""


class NotPermitted(Refused):
    """The account lacks the permission for this move."""


class Conflict(Refused):
    """Somebody else was faster: the row is no longer the one that was seen."""


def demand(user: Any, permission: str) -> None:
    """Raise NotPermitted where the account lacks a permission."""
    if not user.has_perm(permission):
        raise NotPermitted(_("You do not have the permission for this."))
