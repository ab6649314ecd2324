"""What all formats of feeds have in common: an entry, the limits, and how a feed is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from newsroom.lib.partnerfeeds import Unreadable

MAX_BYTES = 50_000_000
MAX_ENTRIES = 100_000
CHUNK = 64 * 1024
# No advert is as large; what is is meant for our memory. Characters.
MAX_ENTRY = 2_000_000
MAX_DEPTH = 30


@dataclass
class Entry:
    """One job as it stands in the feed: name → texts. Names are in lower case, nested ones
    with a slash ("location/city"); what stands there more than once has more than one text."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, text: str) -> None:
        """Add a text; those without any sign but blanks say nothing."""
        if text and not text.isspace():
            self.values.setdefault(name, []).append(text)

    def extend(self, values: Mapping[str, list[str]]) -> None:
        """Add what is not there yet under the same name."""
        for name, texts in values.items():
            self.values.setdefault(name, texts)


def too_large() -> Unreadable:
    return Unreadable(_("One job is larger than 2 million characters."))


def too_deep() -> Unreadable:
    return Unreadable(
        _("Elements stand more than %(count)d deep in each other.") % {"count": MAX_DEPTH}
    )


def counted(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Pass entries on; raise Unreadable when there are more than any partner has."""
    for number, entry in enumerate(entries, 1):
        if number > MAX_ENTRIES:
            raise Unreadable(_("The feed holds more than %(count)d jobs.") % {"count": MAX_ENTRIES})
        yield entry
