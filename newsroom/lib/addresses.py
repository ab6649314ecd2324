"""Whole addresses of this site, for whoever reads them elsewhere: mails, feeds, machines."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """Return the address of a path of this site, whatever host was asked."""
    return f"{settings.SITE_URL}{path}"


def host() -> str:
    """Return the name of this site's host, without a port."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def identifier(kind: str, pk: int, minted_at: datetime) -> str:
    """Return a name (RFC 4151) that no change of slug, headline or scheme alters."""
    return f"tag:{host()},{minted_at:%Y-%m-%d}:{kind}/{pk}"
