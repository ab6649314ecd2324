"""Reads an export ahead in a process of its own and does there what needs no database.

The importing process writes meanwhile. What comes out is the same as without it, in the same order;
`ready_text` and `ready_comment` are what the other process does. It loads no models, which saves
memory, and it ends when nobody listens to it any more.
"""

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, NoReturn

from django.apps import apps
from django.utils import translation

from articles.wording import wording_of
from comments.text import render, text_hash
from newsroom.lib import bulk
from newsroom.lib.richtext import clean

from . import blocks, commenttexts
from .digests import digest_of
from .figures import Context, Picture
from .reader import Export
from .records import CommentRecord, Item, ReadyComment, ReadyText, Record

_TOGETHER = 10  # records that are sent at once
_WAITING = 12  # such lots that may lie ready: half a batch of the importer
_PIPE = 1 << 20  # bytes: a lot goes through at once
_SERVE = "from newsroom.wordpress.ahead import serve; serve()"


@dataclass
class World:
    """What texts depend on beside what they say themselves."""

    hosts: frozenset[str]
    language: str  # of the stems
    reusable: dict[str, str] = field(default_factory=dict)


class _LibraryNeeded(Exception):
    """A text shows pictures, about which the other process knows nothing."""


class Stopped(Exception):
    """The other process has ended before its work was done; str() says what it said of it."""


# --- What is done ahead ---------------------------------------------------------------------------


def ready_text(item: Item, world: World) -> ReadyText:
    """Return what can be said of a post without the database.

    A text that shows pictures is left as it is.
    """
    digest = facts_digest(item)
    leftovers, files = Counter[str](), Counter[str]()
    context = Context(_NoPictures(), world.hosts, leftovers, world.reusable, files)
    try:
        body = clean(blocks.to_html(item.body, context))
    except _LibraryNeeded:
        return ReadyText(digest)
    return ReadyText(digest, body, wording_of(body, world.language), leftovers, files)


def ready_comment(record: CommentRecord) -> ReadyComment:
    """Return a comment as it is kept here; an empty body is none."""
    digest = commenttexts.digest(record)
    body, name = commenttexts.body(record.text), commenttexts.name(record.name)
    return ReadyComment(digest, body, render(body), text_hash(body), name)


def facts_digest(item: Item) -> str:
    """Return a digest of what an export says of an item."""
    labels = [(label.taxonomy, label.slug, label.name) for label in item.labels]
    left_out = {"comments", "labels", "ready"}
    return digest_of([{k: v for k, v in vars(item).items() if k not in left_out}, labels])


class _NoPictures:
    """A library that nobody can ask (figures.Pictures)."""

    def find(self, attachment: str, url: str, alt: str) -> Picture | None:
        raise _LibraryNeeded

    def attached(self) -> list[str]:
        raise _LibraryNeeded


def _make_ready(record: Record, world: World) -> None:
    """Do what can be done ahead; what has been used up for it need not be sent."""
    if not isinstance(record, Item) or record.kind != "post":
        return
    record.ready = ready_text(record, world)
    if record.ready.body is not None:
        record.body = ""
    for comment in record.comments:
        comment.ready = ready_comment(comment)
        comment.text = ""


# --- The importing process ------------------------------------------------------------------------


def read(export: Export, world: World) -> Iterator[Record]:
    """Yield an export's records, made ready. Raises what reading raises, and Stopped.

    Starts a process, which ends with this iterator or with the process that has it.
    """
    command = [sys.executable, "-c", _SERVE]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "MALLOC_ARENA_MAX": "1",  # two threads, but not twice the memory
    }
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=_PIPE, env=environment
    ) as other:
        if other.stdin is None or other.stdout is None:
            raise Stopped
        try:
            with other.stdin as pipe, suppress(BrokenPipeError):
                pickle.dump((export.path, world, translation.get_language()), pipe)
            yield from _received(other.stdout)
        finally:
            other.kill()


def _received(pipe: IO[bytes]) -> Iterator[Record]:
    while True:
        try:
            records, error = pickle.load(pipe)  # noqa: S301 - our own process wrote it
        except (EOFError, pickle.UnpicklingError) as broken:
            raise Stopped("the process that reads ahead is gone") from broken
        if error is not None:
            raise error
        if not records:
            return
        yield from records


# --- The other process ----------------------------------------------------------------------------


def serve() -> NoReturn:
    """Do what the standard input asks for and write it to the standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked ends us
    path, world, language = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the importing process
    apps.populate([])  # no models: only so that messages can be translated
    waiting: Queue[bytes] = Queue(_WAITING)
    sender = Thread(target=_send, args=[waiting, sys.stdout.buffer], daemon=True)
    sender.start()
    with translation.override(language), bulk.rarely_collecting():
        for number, lot in enumerate(_lots(path, world)):
            waiting.put(pickle.dumps(lot, pickle.HIGHEST_PROTOCOL))
            if number % _WAITING == 0:
                bulk.give_back_memory()
    waiting.put(b"")
    sender.join()
    os._exit(0)


def _lots(path: Path, world: World) -> Iterator[tuple[list[Record], Exception | None]]:
    """Yield records, at the end none, or what went wrong."""
    try:
        for records in batched(Export(path), _TOGETHER):
            for record in records:
                _make_ready(record, world)
            yield list(records), None
    except Exception as error:
        yield [], _portable(error)
    else:
        yield [], None


def _portable(error: Exception) -> Exception:
    """Return an error that another process can read."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:
        return Stopped("".join(traceback.format_exception(error)))
    return error


def _send(waiting: Queue[bytes], pipe: IO[bytes]) -> None:
    """Write while the others are made; end the process when nobody reads."""
    try:
        while lot := waiting.get():
            pipe.write(lot)
            pipe.flush()
    except OSError:
        os._exit(1)
