"""Reads feeds in JSON, job by job: a list of objects, alone or under a name in an object."""

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from newsroom.lib.partnerfeeds import Unreadable

from .documents import CHUNK, MAX_DEPTH, MAX_ENTRY, Entry, too_deep, too_large

# Where the jobs stand when the whole is an object.
_LISTS = {"jobs", "items", "results", "data", "offers", "vacancies", "positions", "stellen"}
_BLANKS = " \t\r\n"


def read_json(file: BinaryIO) -> Iterator[Entry]:
    """Yield the objects of the list of jobs."""
    text = _Text(file)
    opening = text.sign()
    if opening == "[":
        yield from _entries(text)
    elif opening == "{":
        yield from _entries_in_object(text)
    else:
        raise text.broken(_("a list or an object is expected"))
    if text.peek():
        raise text.broken(_("more text after the end"))


def _entries_in_object(text: "_Text") -> Iterator[Entry]:
    """Read the members of the outer object; the list of jobs among them is passed on."""
    has_list = False
    while True:
        if text.peek() == "}" and not has_list:
            break
        name = text.value()
        if not isinstance(name, str) or text.sign() != ":":
            raise text.broken(_("a name and a colon are expected"))
        if not has_list and name.casefold() in _LISTS and text.peek() == "[":
            has_list = True
            text.sign()
            yield from _entries(text)
        else:
            text.value()
        if not text.goes_on("}"):
            break
    if not has_list:
        raise Unreadable(_("There is no list of jobs in the feed."))


def _entries(text: "_Text") -> Iterator[Entry]:
    """Read a list whose bracket has been read, to its end."""
    if text.peek() == "]":
        text.sign()
        return
    while True:
        if text.peek() != "{":
            raise text.broken(_("a job is expected"))
        entry = Entry(text.line)
        _flatten(entry, "", text.value(), depth=1)
        yield entry
        if not text.goes_on("]"):
            return


def _flatten(entry: Entry, name: str, value: Any, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise too_deep()
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{name}/{key.casefold()}" if name else key.casefold()
            _flatten(entry, path, inner, depth=depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _flatten(entry, name, inner, depth=depth + 1)
    elif value is not None:
        entry.add(name, str(value).lower() if isinstance(value, bool) else value)


class _Text:
    """A text of which only the part that is being read is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decode = getincrementaldecoder("utf-8-sig")()
        # Numbers stay as they are written: an id is compared as sent.
        self._decoder = json.JSONDecoder(
            parse_float=str, parse_int=str, parse_constant=_refuse_constant
        )
        self._rest, self._at = "", 0
        self._is_at_end = False
        self.line = 1

    def peek(self) -> str:
        """Return the next sign that is no blank, without reading it; "" at the end."""
        while True:
            while self._at < len(self._rest) and self._rest[self._at] in _BLANKS:
                self.line += self._rest[self._at] == "\n"
                self._at += 1
            if self._at < len(self._rest):
                return self._rest[self._at]
            if not self._more():
                return ""

    def sign(self) -> str:
        """Read the next sign."""
        found = self.peek()
        self._at += 1
        return found

    def goes_on(self, end: str) -> bool:
        """Read a comma (more follows) or the closing sign; raise Unreadable of anything else."""
        found = self.sign()
        if found not in {",", end}:
            raise self.broken(_("a comma or “%(end)s” is expected") % {"end": end})
        return found == ","

    def value(self) -> Any:
        """Read a whole value. Raises Unreadable where it is broken, cut off or endless."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._rest, self._at)
            except json.JSONDecodeError as error:
                if len(self._rest) - self._at > MAX_ENTRY:
                    raise too_large() from error
                if not self._more():
                    raise self.broken(error.msg, error.pos) from error
            except RecursionError as error:
                raise too_deep() from error
            else:
                if end < len(self._rest) or self._is_at_end or not self._more():
                    self.line += self._rest.count("\n", self._at, end)
                    self._at = end
                    return value

    def broken(self, what: str, position: int | None = None) -> Unreadable:
        """Return the refusal, with the line."""
        line = self.line + self._rest.count("\n", self._at, position or self._at)
        return Unreadable(
            _("Line %(line)d: the JSON is broken (%(what)s).") % {"line": line, "what": what}
        )

    def _more(self) -> bool:
        """Read on; tell whether there was more."""
        if self._is_at_end:
            return False
        chunk = self._file.read(CHUNK)
        try:
            text = self._decode.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise self.broken(_("not all of it is UTF-8")) from error
        self._is_at_end = not chunk
        self._rest, self._at = self._rest[self._at :] + text, 0
        return not self._is_at_end


def _refuse_constant(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is no number", "", 0)
