"""The signed links of alerts. They name rows by number, never an address, and open nothing else."""

from datetime import timedelta

from django.urls import reverse

from newsroom.lib import tokens

from ..models import Subscriber

CONFIRM_AGE = timedelta(hours=72)
# A link that ends more alerts than these ends all of them.
_MOST_NAMED = 20


def confirm_path(subscriber: Subscriber) -> str:
    """Return where a request is confirmed: for 72 hours, once."""
    token = tokens.make("alert-confirm", subscriber.pk, subscriber.nonce)
    return reverse("articles:alert-confirm", args=[token])


def read_confirm(token: str) -> tuple[int, str] | None:
    """Return subscriber and nonce of a confirmation link; None for what is none or too old."""
    try:
        values = tokens.read("alert-confirm", token, max_age=CONFIRM_AGE)
    except tokens.Expired:
        return None
    return (int(values[0]), str(values[1])) if values else None


def off_path(subscriber_id: int, subscription_ids: list[int]) -> str:
    """Return where these alerts of an address are ended by POST, for ever (RFC 8058)."""
    named = subscription_ids if len(subscription_ids) <= _MOST_NAMED else []
    token = tokens.make("alert-off", subscriber_id, *named)
    return reverse("articles:alert-off", args=[token])


def read_off(token: str) -> tuple[int, list[int]] | None:
    """Return subscriber and subscriptions of such a link (none named: all); None for no link."""
    values = tokens.read("alert-off", token)
    return (int(values[0]), [int(value) for value in values[1:]]) if values else None


def preferences_path(subscriber_id: int) -> str:
    """Return where an address sees and changes its alerts, without a password."""
    token = tokens.make("alert-preferences", subscriber_id)
    return reverse("articles:alert-preferences", args=[token])


def read_preferences(token: str) -> int | None:
    """Return the subscriber of such a link; None for what is none."""
    values = tokens.read("alert-preferences", token)
    return int(values[0]) if values else None
