"""What reading the feeds of others has in common, whatever is in them: agencies' texts and jobs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _

from .verbs import Conflict


class Unreadable(Exception):
    """A feed of which nothing is taken; str() says what is wrong and where."""


@contextmanager
def well_formed() -> Iterator[None]:
    """Raise Unreadable for whatever is wrong with the XML that is read inside."""
    try:
        yield
    except ParseError as error:
        line, column = error.position
        raise Unreadable(
            _("Line %(line)d, column %(column)d: the XML is broken (%(what)s).")
            % {"line": line, "column": column + 1, "what": str(error).partition(":")[0]}
        ) from error
    except DefusedXmlException as error:
        raise Unreadable(
            _("The feed declares entities or refers to other files; that is refused.")
        ) from error
    except (LookupError, UnicodeError, ValueError) as error:
        raise Unreadable(
            _("The encoding of the feed is unknown: %(what)s.") % {"what": error}
        ) from error


def read_each[Source](sources: Iterable[Source], read: Callable[[Source], object]) -> int:
    """Read sources one after the other; return how many.

    One that somebody else reads just now is left to them. One that breaks keeps none of the others
    back; what broke is raised at the end.
    """
    count, errors = 0, []
    for source in sources:
        try:
            read(source)
        except Conflict:
            continue
        except Exception as error:
            errors.append(error)
        count += 1
    if errors:
        raise ExceptionGroup("Feeds that could not be read", errors)
    return count
