"""What is kept of people who did not sign in: keyed hashes instead of addresses."""

import secrets
from datetime import timedelta
from hashlib import sha256
from hmac import new as hmac

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from newsroom.models.readers import NetworkKey

from .network import client_address, network_of

NETWORK_KEYS_KEPT = timedelta(days=7)


def normalise_address(address: str) -> str:
    """Return an e-mail address as it is compared: without blanks around it, in small letters."""
    return address.strip().casefold()


def hash_address(address: str) -> str:
    """Return 64 hex digits that stand for an e-mail address: a hash keyed by SECRET_KEY."""
    normal = normalise_address(address)
    return salted_hmac("newsroom.address", normal, algorithm="sha256").hexdigest()


def hash_network(request: HttpRequest) -> str:
    """Return 64 hex digits that stand for the reader's network, today; "" where none is known.

    The key is of this day and dropped after a week: from then on nobody can tell which network it
    was. One query, two with the first reader of a day.
    """
    network = network_of(client_address(request))
    if not network:
        return ""
    return hmac(_key_of_today(), network.encode(), sha256).hexdigest()


def drop_old_keys() -> int:
    """Delete the keys of days long past; return how many. Called by tick."""
    limit = timezone.localdate() - NETWORK_KEYS_KEPT
    return NetworkKey.objects.filter(day__lt=limit).delete()[0]


def _key_of_today() -> bytes:
    today = timezone.localdate()
    row = NetworkKey.objects.filter(day=today).first()
    if row is None:
        NetworkKey.objects.bulk_create(
            [NetworkKey(day=today, key=secrets.token_bytes(32))], ignore_conflicts=True
        )
        row = NetworkKey.objects.get(day=today)
    return bytes(row.key)
