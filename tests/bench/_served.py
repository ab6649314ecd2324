"""What serving.py measures, in one server: the site behind its cache, and a view beside it.

/bare/ is a view that returns a constant through no middleware, /constant/ the same through ours.
"""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import include, path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.readersettings")
django.setup()
settings.ROOT_URLCONF = __name__


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("bare/", constant),
    path("constant/", constant),
    path("", include("newsroom.urls")),
]

with override_settings(MIDDLEWARE=[]):
    _bare = WSGIHandler()

from newsroom.wsgi import application as _site  # noqa: E402 - after the settings above


def application(environ, start_response):
    """Answer /bare/ past everything of the site."""
    return (_bare if environ["PATH_INFO"] == "/bare/" else _site)(environ, start_response)
