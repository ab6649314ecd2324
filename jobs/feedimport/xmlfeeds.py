"""Reads feeds in XML, job by job: the kind that Indeed made common, and RSS with fields."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from newsroom.lib.partnerfeeds import Unreadable, well_formed

from .documents import CHUNK, MAX_DEPTH, MAX_ENTRY, Entry, too_deep, too_large


def read_indeed(file: BinaryIO) -> Iterator[Entry]:
    """Yield the <job> elements of a feed whose root is <source>, or called anything else."""
    return _read(file, root=None, depth=2, name="job")


def read_rss(file: BinaryIO) -> Iterator[Entry]:
    """Yield the <item> elements of an RSS 2.0 channel."""
    return _read(file, root="rss", depth=3, name="item")


def _read(file: BinaryIO, *, root: str | None, depth: int, name: str) -> Iterator[Entry]:
    target = _Target(root=root, depth=depth, name=name)
    parser = DefusedXMLParser(target=target)
    target.expat = expat = parser.parser
    size = 0
    with well_formed():
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
            size += len(chunk)
            if size - expat.CurrentByteIndex > 2 * MAX_ENTRY:
                raise too_large()  # one tag that does not end
            yield from target.take()
        parser.close()
    yield from target.take()


class _Target:
    """Keeps the one entry that is being read, nothing before it."""

    def __init__(self, *, root: str | None, depth: int, name: str) -> None:
        self.expat: Any = None  # tells the line
        self._root, self._depth, self._name = root, depth, name
        self._path: list[str] = []
        self._done: list[Entry] = []
        self._entry: Entry | None = None
        # Fields with a prefix of their own (media:title) give way to the plain ones.
        self._prefixed = Entry(0)
        self._texts: list[list[str]] = []
        self._size = 0

    def take(self) -> list[Entry]:
        """Return what was completed since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, _attributes: Any) -> None:
        self._path.append(tag)
        if len(self._path) > MAX_DEPTH:
            raise too_deep()
        if len(self._path) == 1 and self._root and _local(tag) != self._root:
            raise Unreadable(
                _("This is no RSS feed: its root is <%(name)s>.") % {"name": _local(tag)}
            )
        if len(self._path) == self._depth and _local(tag) == self._name:
            self._entry, self._size = Entry(self.expat.CurrentLineNumber), 0
            self._prefixed = Entry(0)
        self._texts.append([])

    def data(self, text: str) -> None:
        if self._entry is None:
            return
        self._size += len(text)
        if self._size > MAX_ENTRY:
            raise too_large()
        self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        self._path.pop()
        texts = self._texts.pop()
        if self._entry is None:
            return
        if len(self._path) >= self._depth:
            inner = [*self._path[self._depth :], tag]
            kind = self._prefixed if "}" in tag else self._entry
            kind.add("/".join(map(_local, inner)), "".join(texts))
        else:
            self._entry.extend(self._prefixed.values)
            self._done.append(self._entry)
            self._entry = None

    def close(self) -> None:
        """End of the file; the parser asks for it."""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].casefold()
