"""Pages as plain files, for nginx on the same machine: it answers without asking the site.

nginx knows no purges and no times, so the folder does: whatever changes takes all files away, and
they stand in a folder of the present hundred seconds, where only pages that outlast them are put.
`manage.py nginx` prints the configuration that goes with it.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from .entries import Entry

# nginx cuts the last two digits off its clock.
SECONDS = 100
ENDINGS = {"identity": "", "gzip": ".gz", "br": ".br"}
_CONTENT_TYPE = "text/html; charset=utf-8"
_PATH = re.compile(r"/(?:[A-Za-z0-9_-]+/)*")


class Files:
    """The folder. Its owner calls put() and clear() under one lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path_of(self, path: str, entry: Entry) -> Path | None:
        """Return where a page belongs now; None for one that nginx cannot tell rightly."""
        begun = int(time.time()) // SECONDS
        outlasts = min(entry.soft_end, entry.hard_end) >= (begun + 1) * SECONDS
        is_page = dict(entry.head).get("Content-Type") == _CONTENT_TYPE
        is_usual = not entry.cache_control and entry.vary == "Accept-Encoding"
        if not (outlasts and is_page and is_usual and entry.status.startswith("200")):
            return None
        if not _PATH.fullmatch(path):
            return None
        return self._folder / str(begun) / name_of(entry.head) / path[1:] / "index.html"

    def put(self, path: Path, entry: Entry) -> None:
        """Write a page in all its encodings."""
        path.parent.mkdir(parents=True, exist_ok=True)
        for encoding, body in entry.bodies.items():
            file = path.with_name(path.name + ENDINGS[encoding])
            fresh = file.with_name(f"{file.name}.{token_hex(4)}")
            fresh.write_bytes(body)
            # nginx makes the ETag of time and size: another text must have another time.
            mark = int(sha256(body).hexdigest()[:7], 16)
            os.utime(fresh, (mark, mark))
            fresh.replace(file)

    def clear(self) -> list[Path]:
        """Take all pages away at once; return what is still to be deleted."""
        gone = []
        for found in self._folders():
            if found.name.isdecimal():
                aside = found.with_name(f"gone-{token_hex(8)}")
                with suppress(FileNotFoundError):
                    found.rename(aside)
                    gone.append(aside)
        return gone

    def drop_old(self) -> None:
        """Delete the folders of times that are over, and what a killed process has left."""
        now = int(time.time()) // SECONDS
        for found in self._folders():
            if not found.name.isdecimal() or int(found.name) < now:
                shutil.rmtree(found, ignore_errors=True)

    def _folders(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []


def name_of(head: Iterable[tuple[str, str]]) -> str:
    """Return the folder of pages with this head: nginx sends one head with all of them."""
    lines = sorted((name.lower(), value) for name, value in head)
    return sha256(repr(lines).encode()).hexdigest()[:16]
