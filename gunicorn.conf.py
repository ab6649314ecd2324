"""How gunicorn serves the site: `gunicorn` alone, in this folder, is enough.

Threads, because most of a request that is not in the page cache is waiting for the database; a
process for each core, because Python runs one thread at a time. GUNICORN_CMD_ARGS wins over all.
"""

import os
import subprocess
import sys
from pathlib import Path

wsgi_app = "newsroom.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "") or (os.cpu_count() or 1) + 1)
threads = int(os.environ.get("WEB_THREADS", "") or 8)

# A proxy in front, or a reader, may ask again on the same connection for so long.
keepalive = 15
timeout = 60
# On SIGHUP and SIGTERM what is under way is finished first.
graceful_timeout = 30
# Whoever has leaked memory is replaced, not all at once.
max_requests, max_requests_jitter = 100_000, 10_000
limit_request_line = 8190
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
# Heartbeats belong into memory: on a slow disk they would stop the worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Its place is the same for every site of an account.
control_socket_disable = True
accesslog = None  # /metrics counts; a proxy in front writes lines


def on_starting(server: object) -> None:
    """Begin with an empty page cache: whoever has restored a backup starts the server anew.

    In a process of its own: what the master has imported, SIGHUP would not load anew.
    """
    manage = Path(__file__).resolve().parent / "manage.py"
    subprocess.run([sys.executable, manage, "purge"], check=False)  # noqa: S603
