"""The production settings with a test's secrets and cheap passwords; nothing else differs."""

import os
import sys
import tempfile

os.environ["SECRET_KEY"] = "for-tests-only"
os.environ["DEBUG"] = "0"
os.environ["SITE_URL"] = "http://testserver"
os.environ["LANGUAGE_CODE"] = "en"
os.environ["TIME_ZONE"] = "Europe/Berlin"
os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="newsroom-tests-media-")
os.environ["PAGE_CACHE_DIR"] = tempfile.mkdtemp(prefix="newsroom-tests-pages-")
os.environ["EMAIL_URL"] = "console:"

from newsroom.settings import *  # noqa: F403
from newsroom.settings import DATABASES, STORAGES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: tests with threads need a database that several connections share.
    DATABASES["default"]["TEST"] = {"NAME": tempfile.mkdtemp(prefix="newsroom-db-") + "/t.sqlite3"}
    if "pytest" in sys.modules:  # no test takes the current away; the bench waits for the disk
        DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
