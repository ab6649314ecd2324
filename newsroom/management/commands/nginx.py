"""manage.py nginx: a configuration for nginx that answers from the kept pages of this site."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.test import RequestFactory

from newsroom.lib import metering, pagecache
from newsroom.lib.pagecache.files import name_of
from newsroom.models import SiteSettings


class Command(BaseCommand):
    help = "Print a configuration for nginx on this machine, which answers from kept pages."

    def handle(self, *args: Any, **options: Any) -> str:
        if not settings.PAGE_CACHE_FILES or settings.REDIS_URL or settings.CDN_SECONDS:
            raise CommandError(
                "Set PAGE_CACHE_FILES, a folder that nginx may read. It is for one machine only "
                "(no REDIS_URL) with no CDN in front (no CDN_SECONDS)."
            )
        site = urlsplit(settings.SITE_URL)
        try:
            head = pagecache.Door(WSGIHandler(), metering.meter()).head_of(_front())
        except LookupError as error:
            raise CommandError(f"The front page answers {error}.") from error
        return render_to_string(
            "server/nginx.conf",
            {
                "server": settings.BIND,
                "cookies": "|".join(
                    (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages")
                ),
                "folder": settings.PAGE_CACHE_FILES,
                "head": name_of(head),
                "lines": [(name, _quoted(value)) for name, value in head if name != "Content-Type"],
                "is_https": settings.IS_HTTPS,
                "port": f"{site.port or 443} ssl" if settings.IS_HTTPS else site.port or 80,
                "name": site.hostname,
                "away": _quoted(_away()),
            },
        )


def _front() -> dict[str, Any]:
    """The request for the front page, as the proxy hands it over."""
    site = urlsplit(settings.SITE_URL)
    environ = RequestFactory().get("/", secure=settings.IS_HTTPS).environ
    return environ | {"HTTP_HOST": site.netloc, "HTTP_X_FORWARDED_PROTO": site.scheme}


def _away() -> str:
    """Return what is said while the site does not answer; nginx takes 4 KB of it at most."""
    text = render_to_string("server/away.html", {"site": SiteSettings.load()})
    return re.sub(r">\s+<", "><", text.replace("$", "&#36;"))


def _quoted(value: str) -> str:
    """Return a value as nginx reads it; what it would take for a variable cannot be said."""
    if "$" in value:
        raise CommandError(f"nginx cannot send this header: {value}")
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
