"""Whole addresses of this site, for whoever reads them elsewhere: mails, feeds, machines."""

from urllib.parse import urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """Return the address of a path of this site, whatever host was asked."""
    return f"{settings.SITE_URL}{path}"


def host() -> str:
    """Return the name of this site's host, without a port."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"
