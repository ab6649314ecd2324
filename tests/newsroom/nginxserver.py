"""nginx in front of a site, for tests: a real one, on this machine."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import needs

_PATIENCE = 20  # seconds until it answers


@contextmanager
def in_front(
    folder: Path, address: str, told: str, *, main: str = ""
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run nginx until the end of the block; it listens at `address` (host:port).

    `told` is what its configuration says of HTTP, `main` what of the whole. Its files lie in the
    folder, which is opened to others: its workers are another user than who starts it. Raises
    TimeoutError where it does not answer.
    """
    folder.mkdir(exist_ok=True)
    for each in (folder, *folder.parents):
        if not each.stat().st_mode & 0o001:
            each.chmod(0o755)
    errors = folder / "errors"
    (folder / "nginx.conf").write_text(
        f"{main} daemon off; pid {folder}/pid; error_log {errors};\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\n{told}\n}}\n"
    )
    command = [needs.NGINX, "-c", folder / "nginx.conf", "-p", folder]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as proxy:
        try:
            end = time.monotonic() + _PATIENCE
            while not is_open(address):
                if time.monotonic() > end:
                    said = errors.read_text() if errors.exists() else "it says nothing"
                    raise TimeoutError(f"nginx at {address}: {said}")
                time.sleep(0.05)
            yield proxy
        finally:
            proxy.terminate()


def unused_port() -> int:
    """Return a port of this machine that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def is_open(address: str) -> bool:
    """Tell whether somebody listens at an address (host:port)."""
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True
