"""Requests a second of `manage.py serve`: kept pages beside a constant view and nginx' own files.

A few seconds each in turn, round after round, so that what else the machine does meets all alike;
of the rounds the middle one counts. `×` is against the constant view through no middleware of the
same number of connections, of what nginx answers against its pre-compressed file; "× page" is CPU
against a page of one row as large as an article's, through no middleware. CPU is that of all
processes of the server.
"""

import json
import os
import random
import re
import shutil
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
from django.test import Client
from django.test.utils import override_settings

from articles.models import Article
from tests import needs
from tests.newsroom.nginxserver import in_front, unused_port

from ._timing import size

type Figures = dict[str, dict[str, float | int | str]]

COLD, BARE, HOT = "cold", "constant, no middleware", "hot article"
PAGE = "page of one row, no middleware"
NGINX_FILE, NGINX = "nginx, a file", "nginx, hot article"

ROOT = Path(__file__).resolve().parents[2]
_SECONDS = min(10, int(os.environ.get("SECONDS", "3")))
_ROUNDS = 3
_CONNECTIONS = (1, 8, 64)
_WORKERS = 3


def run() -> Figures:
    """Fill, serve, and let wrk ask."""
    if shutil.which("wrk") is None:
        print("\n!!!! NOT MEASURED: wrk is missing (Debian: apt-get install wrk). !!!!\n")  # noqa: T201
        return {"wrk is missing": {}}
    with override_settings(DEBUG=True):  # the demo is refused without
        call_command("demo", articles=size(10_000), stdout=sys.stderr)
    articles = list(Article.objects.visible().newest())
    paths = [article.get_absolute_url() for article in articles]
    length = len(Client().get(paths[len(paths) // 2]).content)
    numbers = [article.pk for article in articles]
    connection.close()
    with tempfile.TemporaryDirectory(prefix="newsroom-bench-") as name:
        folder = Path(name)
        # nginx does not work as who started it.
        folder.chmod(0o755)
        lists = written(folder, paths, numbers)
        with served(folder, length) as (site, server), fronted(folder) as (front, proxy):
            places = dict.fromkeys(lists, (site, server))
            if front:
                lists |= {NGINX_FILE: lists[HOT].with_name("file.txt"), NGINX: lists[HOT]}
                lists[NGINX_FILE].write_text("/raw/page.html\n")
                places |= {NGINX_FILE: (front, proxy), NGINX: (front, proxy)}
            return in_turn(lists, places, len(paths))


def in_turn(lists: dict[str, Path], places: dict[str, tuple[str, int]], articles: int) -> Figures:
    """Measure every case with each number of connections, round after round."""
    figures: Figures = {}
    for step, connections in enumerate(_CONNECTIONS):
        # Each time a part of the articles that nobody has asked for yet.
        cold = skipped(lists[COLD], articles * step // len(_CONNECTIONS))
        rounds = [{COLD: measured(*places[COLD], cold, connections)}] + [
            {
                case: measured(*places[case], file, connections)
                for case, file in lists.items()
                if case != COLD
            }
            for _round in range(_ROUNDS)
        ]
        for case in lists:
            lines = sorted((r[case] for r in rounds if case in r), key=lambda r: r["per second"])
            line = lines[len(lines) // 2]
            line["errors"] = sum(int(each["errors"]) for each in lines)
            figures[f"{case}, {connections}"] = line
        for case in lists:
            beside = NGINX_FILE if case in {NGINX, NGINX_FILE} else BARE
            line, other = figures[f"{case}, {connections}"], figures[f"{beside}, {connections}"]
            line["×"] = float(line["per second"]) / float(other["per second"])
            page = figures[f"{PAGE}, {connections}"]
            line["× page"] = float(line["CPU ms"]) / float(page["CPU ms"])
    return figures


def written(folder: Path, paths: list[str], numbers: list[int]) -> dict[str, Path]:
    """Write the addresses to ask for, by case; the cold one first: later ones leave pages."""
    weights = list(accumulate(1 / rank for rank in range(1, len(paths) + 1)))
    zipf = random.Random(7).choices(paths, cum_weights=weights, k=50_000)  # noqa: S311
    cases = {
        COLD: paths[::-1],
        BARE: ["/bare/"],
        PAGE: [f"/page/{number}/" for number in numbers],
        HOT: paths[:1],
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


def environment(folder: Path, length: int) -> dict[str, str]:
    """Return the variables of a server at the measured database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.readersettings",
        "READER_DATABASE": str(connection.settings_dict["NAME"]),
        "READER_PAGES": str(folder / "pages"),
        "READER_FILES": str(folder / "www"),
        "READER_SITE": f"http://127.0.0.1:{unused_port()}",
        "BIND": f"127.0.0.1:{unused_port()}",
        "READER_PAGE_LENGTH": str(length),
        "WEB_WORKERS": str(_WORKERS),
    }


@contextmanager
def served(folder: Path, length: int) -> Iterator[tuple[str, int]]:
    """Run the server; give its address and the number of its first process."""
    (folder / "www").mkdir()
    variables = environment(folder, length)
    (folder / "variables.json").write_text(json.dumps(variables))
    command = [sys.executable, "-W", "ignore", "manage.py", "serve"]
    command += ["--application", "tests.bench._served:application"]
    with subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(f"http://{variables['BIND']}/healthz")
            yield f"http://{variables['BIND']}", server.pid
        finally:
            server.terminate()


@contextmanager
def fronted(folder: Path) -> Iterator[tuple[str, int]]:
    """Run nginx in front of the server, as `manage.py nginx` says; without nginx give no address.

    Beside the site it serves a file of its own, compressed beforehand like our pages.
    """
    if not needs.HAS_NGINX:
        print("\n!!!! nginx is missing: NOT MEASURED beside it. !!!!\n")  # noqa: T201
        yield "", 0
        return
    variables = json.loads((folder / "variables.json").read_text())
    command = [sys.executable, "-W", "ignore", "manage.py", "nginx"]
    told = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    ).stdout
    (folder / "raw").mkdir()
    (folder / "raw" / "page.html").write_bytes(os.urandom(7_000))  # as large as a page's br
    raw = (
        f"location /raw/ {{ root {folder}; default_type text/html; "
        "add_header Content-Encoding br; }\n    location / {"
    )
    told = "access_log off; sendfile on; keepalive_requests 1000000;\n" + told.replace(
        "location / {", raw, 1
    )
    place = variables["READER_SITE"].removeprefix("http://")
    with in_front(folder, place, told, main=f"worker_processes {_WORKERS - 1};") as proxy:
        yield variables["READER_SITE"], proxy.pid


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
