"""Kills processes in the middle of their work, by SIGKILL, and lets a test look what is left.

A story is two functions: `work(confirm)`, which a forked child does, and `look(run)`, which the
test does afterwards. KILLS= in the environment is how many have to hit a child at work, KILL_SEED=
chooses the moments.
"""

import json
import os
import signal
import sys
import time
import traceback
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from select import select
from typing import Any

from django.db import connection, connections

# PostgreSQL cannot lose what it has not been told: fewer there, as it takes longer.
KILLS = int(os.environ.get("KILLS") or (50 if connection.vendor == "sqlite" else 12))
SEED = int(os.environ.get("KILL_SEED") or 7)
_PATIENCE = 60  # seconds in which a child must say or do something
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_EVENTS = {"os.rename", "os.remove", "os.mkdir", "sqlite3.connect", "subprocess.Popen"}

type Confirm = Callable[[str], None]
type Work = Callable[[Confirm], object]


@dataclass
class Run:
    """What a child came to: killed at work or not, and what it had confirmed by then."""

    is_killed: bool = False
    confirmed: list[str] = field(default_factory=list)
    # When each step of a whole run began, and its end.
    times: list[float] = field(default_factory=list)


def kill_at_work(
    work: Work,
    look: Callable[[Run], object],
    *,
    prepare: Callable[[], object] = lambda: None,
    kills: int = KILLS,
) -> None:
    """Do `work` in children of this process until `kills` of them were killed in the middle of it.

    The first is left alone and counted through: every statement and every change of a file is a
    step. Each of the others is killed a moment after a step, both by chance, so that a slow
    machine kills where a fast one does. `prepare` comes before every run, `look` behind it.
    """
    prepare()
    whole = run(work)
    look(whole)
    dice, hits = Random(SEED), 0  # noqa: S311 - the same moments in every run of the tests
    for number, (step, delay) in enumerate(_moments(whole.times, dice)):
        if hits == kills:
            return
        assert number < 4 * kills, f"only {hits} of {number} runs could be killed at work"
        try:
            prepare()
            done = run(work, step, delay)
            hits += done.is_killed
            look(done)
        except BaseException as error:
            place = f"{1000 * delay:.2f} ms after step {step} of {len(whole.times)}"
            error.add_note(f"Run {number}, {place}, KILL_SEED={SEED}")
            raise


def run(work: Work, step: int = 0, delay: float = 0) -> Run:
    """Do `work` in a child and wait for its end; kill it `delay` seconds after a step, 0 for never.

    Raises AssertionError with the child's traceback if it failed.
    """
    let_go()
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the mail server's, xdist's
        pid = os.fork()
    if pid == 0:
        os.close(ours)
        _child(work, theirs, step)
    os.close(theirs)
    found, failure = Run(), ""
    try:
        for what, value in _messages(ours):
            if what == "step":
                time.sleep(delay)
                os.kill(pid, signal.SIGKILL)
            elif what == "said":
                found.confirmed.append(value)
            elif what == "end":
                found.times = value
            else:
                failure = value
    finally:
        os.close(ours)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # nothing to hit but where we failed ourselves
        _pid, status = os.waitpid(pid, 0)
    assert not failure, f"The child failed:\n{failure}"
    found.is_killed = os.WIFSIGNALED(status) and not found.times
    assert found.is_killed or found.times
    _wait_for_server(pid)
    return found


def _moments(times: list[float], dice: Random) -> Iterator[tuple[int, float]]:
    """Yield moments for ever: by turns after any of the steps, and at any time of the run."""
    while True:
        step = dice.randrange(1, len(times))
        yield step, dice.random() * (times[step] - times[step - 1])
        moment = dice.uniform(times[0], times[-1])
        step = min(max(bisect_right(times, moment), 1), len(times) - 1)
        yield step, moment - times[step - 1]


# --- The child ------------------------------------------------------------------------------------


def _child(work: Work, pipe: int, stop: int) -> None:
    """Work, tell, and never come back into the test."""

    def tell(what: str, value: Any) -> None:
        os.write(pipe, json.dumps([what, value]).encode() + b"\n")

    try:
        steps = _Steps(stop, lambda: tell("step", stop))
        os.environ["PGAPPNAME"] = _name(os.getpid())
        connection.execute_wrappers.append(steps.around)
        sys.addaudithook(steps.on_event)
        work(lambda word: tell("said", word))
        steps.note()
        tell("end", steps.times)
    except BaseException:
        tell("failed", traceback.format_exc())
    finally:
        os._exit(0)


class _Steps:
    """Counts what a child asks of database and disk."""

    def __init__(self, stop: int, reached: Callable[[], None]) -> None:
        self.times: list[float] = []
        self._stop, self._reached = stop, reached

    def note(self) -> None:
        self.times.append(time.monotonic())
        if len(self.times) == self._stop:
            self._reached()

    def around(self, execute: Any, *arguments: Any) -> Any:
        self.note()
        try:
            return execute(*arguments)
        finally:
            self.note()

    def on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS or (event == "open" and arguments[2] and arguments[2] & _WRITING):
            self.note()


# --- The test's side ------------------------------------------------------------------------------


def _messages(pipe: int) -> Iterator[tuple[str, Any]]:
    """Yield what a child says until it is dead."""
    rest = b""
    while True:
        readable, _, _ = select([pipe], [], [], _PATIENCE)
        assert readable, "the child hangs"
        piece = os.read(pipe, 1 << 16)
        if not piece:
            return
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            what, value = json.loads(line)
            yield what, value


def let_go() -> None:
    """Close every connection: two processes cannot share one."""
    connections.close_all()
    for one in connections.all():
        if one.vendor == "postgresql":
            one.close_pool()  # type: ignore[attr-defined]


def _name(pid: int) -> str:
    return f"killed-{pid}"


def _wait_for_server(pid: int) -> None:
    """Wait until PostgreSQL has noticed that a client is dead, and its programs have ended."""
    if connection.vendor != "postgresql":
        return
    ends = time.monotonic() + _PATIENCE
    while _is_named_in_any(f"PGAPPNAME={_name(pid)}".encode()):
        assert time.monotonic() < ends, "a program of a dead client goes on"
        time.sleep(0.005)
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
    while True:
        with connection.cursor() as cursor:
            cursor.execute(asked, [_name(pid)])
            if not cursor.fetchone()[0]:
                return
        assert time.monotonic() < ends, "the server still works for a dead client"
        time.sleep(0.005)


def _is_named_in_any(variable: bytes) -> bool:
    """Whether a process has it in its environment: one of these may not have connected yet."""
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it is gone, or not ours
            if variable in file.read_bytes().split(b"\0"):
                return True
    return False
