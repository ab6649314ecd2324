"""The first and for most readers the only code that runs: a page is known, or is made once."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from ..metering import Meter
from . import entries, outside, purging
from .asking import Asked, Reader
from .entries import Entry, Head
from .marks import TO_KEEP, mark_of
from .memory import Flights, Memory
from .release import fingerprint
from .stores import LOCK_SECONDS

type Environ = dict[str, Any]
type Start = Callable[..., Any]
type Application = Callable[[Environ, Start], Iterable[bytes]]

_POLL = 0.005  # seconds between two looks at what another process is making
_REST = 5  # seconds for which a store that is away is not asked

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What the site has said to a request of the door's that gave no page to keep."""

    status: str
    head: Head
    body: Any


class Door:
    """A WSGI application around the site's: answers what is kept, lets everything else through."""

    def __init__(self, application: Application, meter: Meter) -> None:
        self._application = application
        self._meter = meter
        self._memory = Memory(settings.PAGE_CACHE_MEMORY_MB * 1024 * 1024)
        self._flights = Flights()
        self._reader = Reader(fingerprint()) if settings.PAGE_CACHE else None
        # What a CDN purges by stands in no file.
        self._shows = bool(settings.PAGE_CACHE_FILES) and not settings.CDN_SECONDS
        self._away_until = 0.0

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        begun = time.perf_counter()
        found, how = self._answer(environ)
        if isinstance(found, Entry):
            status, head, body = self._told(found, environ, how)
        else:
            answer = found or self._ask(environ)
            status, head, body = answer.status, answer.head, answer.body
            if environ["REQUEST_METHOD"] == "HEAD" and not isinstance(body, list):
                # Servers complain of a body where none belongs; its length stays in the head.
                getattr(body, "close", lambda: None)()
                body = []
            if settings.CDN_SECONDS and "cache-control" not in {name.lower() for name, _ in head}:
                # Nobody could purge it there.
                head = [*head, ("Cache-Control", "no-cache")]
        self._meter.count(environ.get("PATH_INFO", ""), how, status, time.perf_counter() - begun)
        start_response(status, head)
        return body

    def head_of(self, environ: Environ) -> Head:
        """Return the head of a page as it is kept, without what differs from page to page.

        Raises LookupError if there is none under that address.
        """
        answer = self._ask(environ)
        if not answer.status.startswith("200"):
            raise LookupError(answer.status)
        return entries.lasting_head(answer.body)

    def _answer(self, environ: Environ) -> tuple[Entry | Answer | None, str]:
        """Return a page or an answer and how it was come by; None if nobody has been asked yet."""
        if self._reader is None or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None, "pass"
        asked = self._reader.read(environ)
        if asked is None or time.monotonic() < self._away_until:
            return None, "pass"
        try:
            purging.pay()
            entry = self._known(asked.name)
            if entry is not None and time.time() < entry.soft_end:
                found: tuple[Entry | Answer | None, str] = entry, "hit"
            else:
                found = self._make(asked, environ, entry)
        except OSError:
            # Nobody can say any more what is right, so nothing kept is given out.
            self._away_until = time.monotonic() + _REST
            logger.exception("The store of the page cache is away")
            return None, "pass"
        if self._shows and asked.shown_as and isinstance(found[0], Entry):
            self._show(asked.shown_as, found[0])
        return found

    def _show(self, path: str, entry: Entry) -> None:
        """Put a page where nginx finds it; where there is no room, it asks again."""
        try:
            purging.store().show(path, entry)
        except OSError:
            logger.exception("A page could not be written for the server in front")

    # --- Finding ----------------------------------------------------------------------------------

    def _known(self, name: str) -> Entry | None:
        """Return a page that this process has and that is right; it may be due to be made again."""
        entry = self._memory.get(name)
        if entry is None or self._is_right(entry):
            return entry
        self._memory.drop(name, entry)
        return None

    def _shared(self, name: str) -> Entry | None:
        """Return a page that another process has made and that is right and not due."""
        data = purging.store().get(name)
        entry = Entry.unpack(data) if data else None
        if entry is None or not self._is_right(entry) or time.time() >= entry.soft_end:
            return None
        self._memory.put(name, entry)
        return entry

    def _is_right(self, entry: Entry) -> bool:
        """Tell whether nothing on a page has changed since it was asked for."""
        store = purging.store()
        epoch, number = store.clock()
        if entry.epoch != epoch or time.time() >= entry.hard_end:
            return False
        if entry.seen == number:
            return True
        if store.purged(entry.slots) > entry.made:
            return False
        entry.seen = number
        return True

    # --- Making -----------------------------------------------------------------------------------

    def _make(
        self, asked: Asked, environ: Environ, old: Entry | None
    ) -> tuple[Entry | Answer | None, str]:
        """Make a page, or wait for who does. `old` is right but due: nobody waits beside it."""
        flight = self._flights.join(asked.name)
        if flight is None:
            try:
                return self._make_alone(asked, environ, old)
            finally:
                self._flights.land(asked.name)
        if old is not None:
            return old, "stale"
        flight.wait(LOCK_SECONDS)
        entry = self._known(asked.name)
        return (entry, "hit") if entry is not None else (None, "pass")

    def _make_alone(
        self, asked: Asked, environ: Environ, old: Entry | None
    ) -> tuple[Entry | Answer | None, str]:
        """Make a page as the only one in this process; the store's lock keeps out the others."""
        store = purging.store()
        patience = time.monotonic() + LOCK_SECONDS
        held = store.lock(asked.name)
        while held is None:
            if old is not None:
                return old, "stale"
            if time.monotonic() > patience:
                break
            time.sleep(_POLL)
            if (entry := self._shared(asked.name)) is not None:
                return entry, "hit"
            held = store.lock(asked.name)
        try:
            if (entry := self._shared(asked.name)) is not None:
                return entry, "hit"
            found = self._render(asked, environ)
            return found, "miss" if isinstance(found, Entry) else "pass"
        finally:
            if held is not None:
                store.unlock(held)

    def _render(self, asked: Asked, environ: Environ) -> Entry | Answer:
        """Ask the site for a page as nobody in particular; keep it if it is one for everybody."""
        store = purging.store()
        since, clock, begun = store.now(), store.clock(), time.time()
        answer = self._ask(asked.request(environ) | {TO_KEEP: True})
        mark = mark_of(answer.body)
        if mark is None or not entries.is_keepable(answer.body, asked.rule):
            return answer
        body, slots = entries.body_of(answer.body), purging.slots_of({*mark.keys, "site"})
        if body is None or store.is_changing(slots, since):
            # It may be too old in a moment, and nobody would say so if the change were killed.
            return answer
        entry = entries.make(
            answer.body,
            body,
            mark,
            asked.rule,
            slots=slots,
            clock=clock,
            begun=begun,
            seconds=settings.PAGE_CACHE_SECONDS,
        )
        answer.body.close()
        if settings.CDN_SECONDS and not self._is_right(entry):
            # Changed while it was made, and purged in front already: nobody would do so again.
            entry.cache_control = "no-cache"
        if (seconds := entry.hard_end - time.time()) > 0:
            self._memory.put(asked.name, entry)
            try:
                store.put(asked.name, entry.pack(), seconds)
            except OSError:
                logger.exception("A page could not be kept for other processes")
        return entry

    def _ask(self, environ: Environ) -> Answer:
        """Let the site answer."""
        started: list[Any] = []
        body = self._application(environ, lambda *told, **_kwargs: started.append(told))
        status, head = started[-1][:2]
        return Answer(status, head, body)

    # --- Telling ----------------------------------------------------------------------------------

    def _told(self, entry: Entry, environ: Environ, how: str) -> tuple[str, Head, list[bytes]]:
        """Return status, head and body of a page for one reader."""
        head = [
            ("ETag", entry.etag),
            ("Cache-Control", self._control(entry)),
            ("Vary", entry.vary),
            ("Cache-Status", _STATUS[how]),
        ]
        etags = environ.get("HTTP_IF_NONE_MATCH", "")
        since = environ.get("HTTP_IF_MODIFIED_SINCE", "")
        if (etags or since) and entry.is_known_by(etags, since):
            return "304 Not Modified", head, []
        if settings.CDN_SECONDS and (keys_header := outside.keys_header()):
            separator = "," if keys_header == "Cache-Tag" else " "
            head.append((keys_header, separator.join([*entry.keys, "site"])))
        accepted = entries.encodings_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        encoding = next(name for name in accepted if name in entry.bodies)
        if encoding != "identity":
            head.append(("Content-Encoding", encoding))
        body = entry.bodies[encoding]
        head.append(("Content-Length", str(len(body))))
        head += entry.head
        return entry.status, head, [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _control(self, entry: Entry) -> str:
        """What others may keep: readers ask every time; a cache of ours as long as settings say."""
        if entry.cache_control:
            return entry.cache_control
        if not settings.CDN_SECONDS:
            return entries.USUAL
        left = max(0, int(entry.hard_end - time.time()))
        seconds = min(settings.CDN_SECONDS, left)
        # A planned end is one for stale pages as well.
        stale = min(settings.CDN_STALE_SECONDS, left - seconds)
        return f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={stale}"


# RFC 9211.
_STATUS = {
    "hit": "newsroom; hit",
    "stale": "newsroom; hit; detail=stale",
    "miss": "newsroom; fwd=miss; stored",
}
