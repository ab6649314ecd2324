"""The XML of an export, one element after the other, in constant memory. reader.py calls it."""

from collections.abc import Iterable, Iterator
from typing import NoReturn, cast
from xml.etree.ElementTree import Element, XMLPullParser
from xml.parsers import expat

from defusedxml import EntitiesForbidden
from django.utils.translation import gettext as _

# Deeper or larger is no export but an attack on our memory. Characters of one element.
_MAX_SIZE = 50_000_000
_MAX_DEPTH = 100


class TooLarge(Exception):
    """One element that no site has."""


def elements(texts: Iterable[str]) -> Iterator[Element]:
    """Yield what stands in the channel, whole elements, each only until the next is asked for.

    Raises ParseError for broken XML, EntitiesForbidden, TooLarge.
    """
    guard = _Guard()
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    outer: list[Element] = []  # the root, the channel
    depth = size = 0
    for text in texts:
        guard.feed(text)
        parser.feed(text)
        size += len(text)
        for event, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
            if event == "start":
                depth += 1
                if depth > _MAX_DEPTH:
                    message = _("elements stand %(count)s deep in each other.")
                    raise TooLarge(message % {"count": _MAX_DEPTH})
                if depth <= 2:
                    outer[depth - 1 :] = [element]
            else:
                depth -= 1
                if depth == 2:
                    size = 0
                    yield element
        for element in outer:
            # Elements only: what is still being read belongs to the parser as well.
            del element[:]
        if size > _MAX_SIZE:
            raise TooLarge(_("one record is larger than 50 million characters."))
    parser.close()
    for _event in parser.read_events():
        pass  # raises what is wrong with the end


class _Guard:
    """Reads what stands before the first element and refuses entities, which nobody needs here.

    The parser that makes the elements is several times faster, but tells of no declarations.
    """

    def __init__(self) -> None:
        self._parser: expat.XMLParserType | None = expat.ParserCreate()
        self._parser.EntityDeclHandler = _refuse
        self._parser.UnparsedEntityDeclHandler = _refuse
        self._parser.ExternalEntityRefHandler = _refuse
        self._parser.StartElementHandler = self._stop

    def feed(self, text: str) -> None:
        if self._parser is None:
            return
        parser = self._parser
        try:
            parser.Parse(text)
        except expat.ExpatError:
            self._parser = None  # the other parser says where

    def _stop(self, _name: str, _attributes: dict[str, str]) -> None:
        self._parser = None


def _refuse(*_declaration: object) -> NoReturn:
    raise EntitiesForbidden("", "", "", "", "", "")
