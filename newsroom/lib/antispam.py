"""What readers' forms carry instead of a CSRF token: pages stay the same for everybody.

A form holds a signed token (what it is for, when the page was made) and a field that people do not
see. A post is taken if a browser sent it from a page of ours with a token of ours.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from . import tokens
from .network import is_same_origin

TOKEN_FIELD = "form"  # noqa: S105 - the name of a field
TRAP_FIELD = "website"
TOKEN_AGE = timedelta(hours=24)
_PURPOSE = "form"


@dataclass(frozen=True)
class Sent:
    """What is known of a form that came in.

    `is_ours`: from a page of ours, with a token for this subject (perhaps an old one).
    `is_expired`: the token is older than a day: show the filled form again. `seconds`: since the
    page was made; a page may come from a cache, so that only a short time means anything.
    `fell_into_trap`: the field that people do not see was filled in.
    """

    is_ours: bool
    is_expired: bool
    seconds: float
    fell_into_trap: bool


def form_token(subject: str) -> str:
    """Return the token for a form about something, such as "comment:42"."""
    return tokens.make(_PURPOSE, subject, int(timezone.now().timestamp()))


def examine(request: HttpRequest, subject: str) -> Sent:
    """Say what is known of a posted form; refuses nothing by itself."""
    token, is_expired = request.POST.get(TOKEN_FIELD, ""), False
    try:
        values = tokens.read(_PURPOSE, token, max_age=TOKEN_AGE)
    except tokens.Expired as expired:
        values, is_expired = expired.values, True
    about, made_at = (*(values or []), "", 0)[:2]
    return Sent(
        is_ours=is_same_origin(request) and about == subject,
        is_expired=is_expired,
        seconds=timezone.now().timestamp() - float(made_at),
        fell_into_trap=bool(request.POST.get(TRAP_FIELD)),
    )
