"""Requests a second through gunicorn, as it is configured: kept pages beside a constant view.

All of it in one server, a few seconds each in turn, so that what else the machine does meets all
alike. `×` is against the constant view through no middleware of the same number of connections;
CPU is that of all processes of the server.
"""

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from urllib.request import urlopen

from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings

from articles.models import Article

from ._timing import size

type Figures = dict[str, dict[str, float | int | str]]

ROOT = Path(__file__).resolve().parents[2]
_SECONDS = min(10, int(os.environ.get("SECONDS", "5")))
_CONNECTIONS = (1, 8, 64)
_WORKERS = 3


def run() -> Figures:
    """Fill, serve, and let wrk ask."""
    if shutil.which("wrk") is None:
        print("\n!!!! NOT MEASURED: wrk is missing (Debian: apt-get install wrk). !!!!\n")  # noqa: T201
        return {"wrk is missing": {}}
    with override_settings(DEBUG=True):  # the demo is refused without
        call_command("demo", articles=size(10_000), stdout=sys.stderr)
    paths = [article.get_absolute_url() for article in Article.objects.visible().newest()]
    connection.close()
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as (address, server):
        lists = written(Path(name), paths)
        figures: Figures = {}
        for connections in _CONNECTIONS:
            # Each time a part of the articles that nobody has asked for yet.
            for case, file in lists.items():
                if case == "cold":
                    file = skipped(file, len(paths) * _CONNECTIONS.index(connections) // 3)
                line = measured(address, server, file, connections)
                figures[f"{case}, {connections}"] = line
            bare = figures[f"constant, no middleware, {connections}"]
            for case in lists:
                line = figures[f"{case}, {connections}"]
                line["×"] = float(line["per second"]) / float(bare["per second"])
        return figures


def written(folder: Path, paths: list[str]) -> dict[str, Path]:
    """Write the addresses to ask for, by case; the cold one first: later ones leave pages."""
    weights = list(accumulate(1 / rank for rank in range(1, len(paths) + 1)))
    zipf = random.Random(7).choices(paths, cum_weights=weights, k=50_000)  # noqa: S311
    cases = {
        "cold": paths[::-1],
        "constant, no middleware": ["/bare/"],
        "hot article": paths[:1],
        "constant, our middleware": ["/constant/"],
        f"Zipf over {len(paths)}": zipf,
    }
    files = {case: folder / f"{number}.txt" for number, case in enumerate(cases)}
    for case, file in files.items():
        file.write_text("\n".join(cases[case]) + "\n")
    return files


def skipped(file: Path, lines: int) -> Path:
    """Return a file that begins so many lines later."""
    whole = file.read_text().splitlines()
    later = file.with_suffix(f".{lines}")
    later.write_text("\n".join(whole[lines:] + whole[:lines]) + "\n")
    return later


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """Run gunicorn; give its address and the number of its first process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.readersettings",
        "READER_DATABASE": str(connection.settings_dict["NAME"]),
        "READER_PAGES": str(folder / "pages"),
        "BIND": bind,
        "WEB_WORKERS": str(_WORKERS),
    }
    command = [sys.executable, "-m", "gunicorn", "tests.bench._served:application"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://{bind}/healthz")
            yield f"http://{bind}", server.pid
        finally:
            server.terminate()


def wait_for(address: str) -> None:
    patience = time.monotonic() + 30
    while time.monotonic() < patience:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - our own server
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server does not start.")


def measured(
    address: str, server: int, file: Path, connections: int
) -> dict[str, float | int | str]:
    """Let wrk ask for the addresses of a file for some seconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{_SECONDS}s", "--timeout", "10s"]
    command += ["-s", str(Path(__file__).with_suffix(".lua")), address, "--", str(file)]
    before = cpu_seconds(server)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    spent = cpu_seconds(server) - before
    told = re.search(r"MEASURED (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if told is None:
        sys.exit(done.stdout + done.stderr)
    requests, duration, median, slowest, errors = map(int, told.groups())
    return {
        "per second": round(requests / duration * 1e6),
        "p50 ms": median / 1000,
        "p99 ms": slowest / 1000,
        "CPU ms": spent / max(1, requests) * 1000,
        "errors": errors,
    }


def cpu_seconds(server: int) -> float:
    """Return the time that a process and its children have worked; 0 where nobody tells."""
    tasks = Path(f"/proc/{server}/task")
    if not tasks.exists():
        return 0.0
    children = (tasks / str(server) / "children").read_text().split()
    ticks = 0
    for pid in (str(server), *children):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # Its own, and of the first process that of children which are gone.
        ticks += sum(map(int, fields[11:15] if pid == str(server) else fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
