"""What some tests need beside Python. Without it they are skipped; with CI=true they fail."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
# Debian keeps it where only root's PATH leads.
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
HAS_NGINX = Path(NGINX).exists()
HAS_REDIS = bool(shutil.which("redis-server") and find_spec("redis"))


def _needs(name: str, is_here: bool) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not is_here and not IN_CI, reason=f"needs {name}")


linux = _needs("Linux, which tells of processes", Path("/proc/self/task").exists())
nginx = _needs("nginx", HAS_NGINX)
redis = _needs("redis-server and the Python package redis", HAS_REDIS)
