"""What serving.py measures, in one server: the site behind its cache, and views beside it.

/bare/ is a view that returns a constant through no middleware, /constant/ the same through ours,
/page/<number>/ through none a page as large as an article's, made of one row.
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

from .uncached import bare, prepare_bare  # noqa: E402 - models, after the settings above


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("bare/", constant),
    path("page/<int:pk>/", bare),
    path("constant/", constant),
    path("", include("newsroom.urls")),
]

with override_settings(MIDDLEWARE=[]):
    _bare = WSGIHandler()
prepare_bare(int(os.environ["READER_PAGE_LENGTH"]))

from newsroom.wsgi import application as _site  # noqa: E402 - after the settings above


def application(environ, start_response):
    """Answer /bare/ and /page/ past everything of the site."""
    is_bare = environ["PATH_INFO"].startswith(("/bare/", "/page/"))
    return (_bare if is_bare else _site)(environ, start_response)
