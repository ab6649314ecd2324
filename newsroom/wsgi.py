"""What WSGI servers call: the page cache's door, behind it Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
site = get_wsgi_application()

from newsroom.lib import metering, pagecache  # noqa: E402 - it reads models, so after the set-up

application = pagecache.Door(site, metering.meter())
