"""The settings of a second process at a test's database; test_pagecache_race.py starts it."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, SITE_URL

DATABASES["default"]["NAME"] = os.environ["READER_DATABASE"]
PAGE_CACHE_DIR = Path(os.environ["READER_PAGES"])
PAGE_CACHE = True
PAGE_CACHE_FILES = os.environ.get("READER_FILES", "")
SITE_URL = os.environ.get("READER_SITE", SITE_URL)
