"""What alerts keep about one address: all of it to read, or none of it any more.

For export_person and erase_person, for the reader's own page and for the printed proof.
"""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from newsroom.lib.privacy import normalise_address

from ..models import Consent, Subscriber
from .asking import CONSENT_TEXTS
from .scopes import described


def export(address: str) -> dict[str, list[dict[str, Any]]]:
    """Return the alerts and consents of an address, by kind; empty where there are none."""
    subscriber = find(address)
    if subscriber is None:
        return {}
    rows = list(subscriber.subscriptions.order_by("pk"))
    labels = {row.pk: label for row, label in described(rows)}
    return {
        "subscriber": [
            {
                "address": subscriber.address,
                "language": subscriber.language,
                "first_asked": subscriber.created_at,
            }
        ],
        "alerts": [
            {
                "about": labels.get(row.pk, str(row)),
                "frequency": row.often,
                "state": row.get_state_display(),
                "asked_for": row.requested_at,
                "confirmed": row.confirmed_at,
                "ended": row.ended_at,
            }
            for row in rows
        ],
        "consents": [
            {
                "what": consent.get_kind_display(),
                "when": consent.at,
                "about": consent.scopes,
                "text": str(CONSENT_TEXTS.get(consent.text_version, "")),
                "text_version": consent.text_version,
                "page": consent.page,
                "token": consent.token,
            }
            for consent in subscriber.consents.all()
        ],
    }


@transaction.atomic
def erase(address: str) -> int:
    """Delete all that is kept about an address; return how many rows.

    Mails about it that still wait find no address and are skipped. A keyed hash that counts
    unanswered questions stays: without it the address could be pestered again.
    """
    subscriber = Subscriber.objects.filter(address=normalise_address(address)).first()
    return subscriber.delete()[0] if subscriber else 0


def find(address: str) -> Subscriber | None:
    """Return the subscriber with its consents."""
    return (
        Subscriber.objects.filter(address=normalise_address(address))
        .prefetch_related(Prefetch("consents", Consent.objects.order_by("at", "pk")))
        .first()
    )
