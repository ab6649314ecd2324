"""manage.py serve: the site as a server serves it. SIGHUP takes in new code, SIGTERM ends."""

import multiprocessing
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from newsroom.lib import pagecache

# A thread waits for the database most of the time; a process runs one at a time.
_WORKERS = (os.cpu_count() or 1) + 1
# What is under way may take so long to end; then its process is ended.
_GRACE = 30
# A new process has so long to begin before the old one of its place ends.
_OVERLAP = 10
_HEADERS = 64 * 1024  # bytes of a request's head
_HEADERS_WITHIN = 15_000  # milliseconds


class Command(BaseCommand):
    help = "Serve the site: BIND, WEB_WORKERS and WEB_THREADS say where and with how much."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--application", default="newsroom.wsgi:application", help="for tests")

    def handle(self, *args: Any, **options: Any) -> None:
        # Whoever has restored a backup starts the server anew: begin with an empty page cache.
        try:
            pagecache.forget()
        except OSError as error:
            self.stderr.write(f"The store of the page cache is away, pages wait for it: {error}")
        # Not forked from this process, whose code SIGHUP would not load anew.
        multiprocessing.set_start_method("spawn", force=True)
        server = Server(
            options["application"],
            **_place(settings.BIND),
            interface=Interfaces.WSGI,
            workers=settings.WEB_WORKERS or _WORKERS,
            blocking_threads=settings.WEB_THREADS,
            http=HTTPModes.http1,
            websockets=False,
            backlog=2048,
            log_level=LogLevels.warning,
            http1_settings=HTTP1Settings(
                header_read_timeout=_HEADERS_WITHIN, max_buffer_size=_HEADERS
            ),
            respawn_failed_workers=True,
            respawn_interval=_OVERLAP,
            workers_kill_timeout=_GRACE,
        )
        server.serve()


def _place(bind: str) -> dict[str, Any]:
    """Read host:port, [v6]:port or unix:/path."""
    if bind.startswith("unix:"):
        path = Path(bind.removeprefix("unix:"))
        if path.is_socket():
            path.unlink()  # a server that was killed has left it
        return {"uds": path, "uds_permissions": 0o660}
    host, _colon, port = bind.rpartition(":")
    if not port.isdecimal():
        raise CommandError(f"BIND is neither host:port nor unix:/path: {bind}")
    return {"address": host.strip("[]") or "127.0.0.1", "port": int(port)}
