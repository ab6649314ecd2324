"""What WSGI servers (gunicorn) call: the page cache's door, behind it Django."""

import os

from django.core.wsgi import get_wsgi_application

from newsroom.lib import metering, pagecache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
application = pagecache.Door(get_wsgi_application(), metering.meter())
