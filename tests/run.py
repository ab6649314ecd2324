"""The whole suite, as `make test` runs it: SQLite, PostgreSQL, a browser, the rules of others.

Where PostgreSQL, Redis, nginx, chromium or the packages of tests/node are missing, that part is
left out with a loud line; with CI=true it counts as failed.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from tests import needs, node

ROOT = Path(__file__).resolve().parent.parent
SERVER = "postgres://postgres@127.0.0.1:5432"
PARALLEL = [
    "-n",
    "auto",
    "--maxprocesses",
    "4",
    "--dist",
    "worksteal",
    "-m",
    "not node",
    "--ignore=tests/journeys",
]
ANY_DATABASE = "sqlite:///unused.sqlite3"
# No test takes the current away from the server itself.
HASTY = "-c synchronous_commit=off"
NEEDED_BY_NODE = ("npm", "chromium", "java")
BROWSER = {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}  # Playwright's event loop runs in the tests' thread
# No other run, of another checkout for example, has a database of this name.
DATABASE = f"newsroom_{os.getpid()}"


def main() -> int:
    """Run the parts; return 0 if all that could run went well."""
    outcome = {"SQLite": pytest(ANY_DATABASE, *PARALLEL)}
    with postgres() as server:
        outcome["PostgreSQL"] = (
            pytest(f"{server}/{DATABASE}", *PARALLEL, PGOPTIONS=HASTY)
            if server
            else missing("PostgreSQL (a server on 127.0.0.1:5432, or its programs installed)")
        )
    # Side by side: both wait for pages most of the time.
    with ThreadPoolExecutor() as pool:
        rules = pool.submit(rules_of_others)
        outcome["Browser"] = (
            pytest(ANY_DATABASE, "tests/journeys", "-m", "not node", **BROWSER)
            if shutil.which("chromium")
            else missing("chromium")
        )
        outcome["Node"], said = rules.result()
    print(said, flush=True)
    if not needs.HAS_REDIS:
        outcome["Redis"] = missing("Redis (its server and the Python package redis)")
    if not needs.HAS_NGINX:
        outcome["nginx"] = missing("nginx")
    for part, word in outcome.items():
        print(f"{part:10} {word}", flush=True)
    return 1 if "FAILED" in outcome.values() else 0


def rules_of_others() -> tuple[str, str]:
    """Test with packages of tests/node; return how it went and what was printed."""
    if not (node.is_installed() and all(map(shutil.which, NEEDED_BY_NODE))):
        parts = f"one of {', '.join(NEEDED_BY_NODE)} (then make .venv/node/installed)"
        return missing(parts), ""
    with tempfile.TemporaryFile("w+") as file:
        word = pytest(ANY_DATABASE, "-m", "node", "-n", "2", into=file, **BROWSER)
        file.seek(0)
        return word, file.read()


def pytest(database: str, *arguments: str, into: IO[str] | None = None, **variables: str) -> str:
    """Run pytest in the project's folder on a database; return how it went."""
    environment = {**os.environ, "DATABASE_URL": database, **variables}
    print(
        f"\n── {database.partition(':')[0]} · pytest {' '.join(arguments)}", flush=True, file=into
    )
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=into,
        stderr=into and subprocess.STDOUT,
        check=False,
    )
    return "passed" if done.returncode == 0 else "FAILED"


def missing(what: str) -> str:
    """Say loudly what could not be tested."""
    print(f"\n!!!! NOT TESTED: {what} is missing. !!!!\n", flush=True)
    return "FAILED" if needs.IN_CI else "NOT TESTED"


@contextmanager
def postgres() -> Iterator[str | None]:
    """Give the address of a server: a throw-away one, else one that answers, else None.

    The throw-away one waits for no disk, which halves the time of all that empty tables.
    """
    if programs := postgres_programs():
        with throwaway_cluster(programs) as server:
            yield server
    else:
        yield SERVER if answers(SERVER) else None


def answers(server: str) -> bool:
    """Tell whether a server lets us in."""
    try:
        psycopg.connect(f"{server}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def postgres_programs() -> Path | None:
    """Return the folder with the newest initdb and pg_ctl on this machine."""
    found = [Path(path).parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    folders = [folder for folder in found if (folder / "pg_ctl").exists()]
    return max(folders, key=lambda folder: str(folder), default=None)


@contextmanager
def throwaway_cluster(programs: Path) -> Iterator[str]:
    """Start a server that only this run can reach, through a socket in its own folder."""
    folder = Path(tempfile.mkdtemp(prefix="newsroom-pg-"))
    # PostgreSQL refuses to run as root.
    owner = unprivileged_user() if os.geteuid() == 0 else None
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", folder / "data", *arguments],
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} "
        "-c fsync=off -c full_page_writes=off -c max_wal_size=4GB"
    )
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
    try:
        yield f"postgres://postgres@{quote(str(folder), safe='')}"
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged_user() -> pwd.struct_passwd:
    """Return an account to run the server as."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{'Time':10} {time.monotonic() - started:.0f} s", flush=True)
    sys.exit(code)
