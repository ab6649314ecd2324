"""The settings of one machine among several: production's, with static files of its own.

test_many_machines.py starts the machines; the passwords are those of the other tests.
"""

import os
from pathlib import Path

from newsroom.settings import *  # noqa: F403
from newsroom.settings import STORAGES

STATIC_ROOT = Path(os.environ["MACHINE_STATIC"])
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
