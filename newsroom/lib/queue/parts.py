"""What a queue is made of, and how a posted command is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..pagination import Order
from ..stencils import Stencil
from ..verbs import Refused

type Text = str | Promise

MOST = 500  # rows that one command may change

_ROW = re.compile(r"([0-9]{1,18}):([0-9]{1,9})", re.ASCII)
_NAME = re.compile(r"[a-z_]{1,30}", re.ASCII)
_BATCH = re.compile(r"[0-9a-z]{0,64}", re.ASCII)


@dataclass(frozen=True)
class Tab:
    """One list of the queue. `order` is what it is sorted by; `times` names its fields of time."""

    name: str
    label: Text
    empty: Text
    order: Order
    times: frozenset[str]
    # A decided row stays where it is, with its new state, instead of leaving the list.
    stays: bool = False
    # The number that waits here is shown; what has been decided is no number to work off.
    is_counted: bool = True


@dataclass(frozen=True)
class Choice:
    """One of the ways to carry out an action, such as the reason of a rejection."""

    name: str
    label: Text
    digit: str
    needs_note: bool = False


@dataclass(frozen=True)
class Action:
    """A button of a card, and its key. With choices or a note it opens a panel first."""

    name: str
    label: Text
    done: Text  # how the result is told: "Approved"
    key: str
    permission: str
    choices: tuple[Choice, ...] = ()
    note_label: Text = ""
    note_length: int = 0
    note_hint: Text = ""
    for_many: bool = True
    # The row stays in the list: nothing has been decided about it.
    stays: bool = False
    look: str = ""

    @property
    def is_plain(self) -> bool:
        """One press and it is done."""
        return not self.choices and not self.note_length

    @property
    def is_text(self) -> bool:
        """The note is what this is about: there is nothing to choose."""
        return bool(self.note_length) and not self.choices

    @property
    def key_for_many(self) -> str:
        return self.key.upper()


@dataclass(frozen=True)
class Pick:
    """A row in the version that was seen."""

    pk: int
    version: int


@dataclass(frozen=True)
class Command:
    """What somebody asks for. `is_single`: from a card, not for all that are marked."""

    action: Action
    picks: tuple[Pick, ...]
    choice: str = ""
    note: str = ""
    is_single: bool = True

    @property
    def pks(self) -> list[int]:
        return [pick.pk for pick in self.picks]


@dataclass(frozen=True)
class Outcome:
    """What came of a command: the rows it was done for, who was faster for others, how to undo it.

    `said` replaces the usual sentence about what was done.
    """

    done: list[int]
    conflicts: Mapping[int, str] = field(default_factory=dict)
    batch: str = ""
    said: str = ""


@dataclass(frozen=True)
class Batch:
    """The newest of a user's own decisions that can still be undone."""

    name: str
    count: int
    at: datetime
    label: Text


@dataclass(frozen=True)
class Waiting:
    """What the start page tells of a queue: how many wait in its first tab, since when, and more.

    `more`: address, name and number of the tabs beside it.
    """

    name: str
    title: Text
    address: str
    count: int
    since: datetime | None
    is_late: bool
    more: list[tuple[str, Text, int]]


@dataclass(frozen=True)
class Offer:
    """An action as a card offers it: what its buttons send, and what was typed before."""

    action: Action
    value: str
    field: str
    typed: str = ""

    @property
    def on_card(self) -> SafeString:
        """Its button or panel on a card. No query."""
        return self._filled("do", self.action.key)

    @property
    def for_many(self) -> SafeString:
        """Its button or panel for all that are marked. No query."""
        return self._filled("all", self.action.key_for_many)

    def _filled(self, name: str, key: str) -> SafeString:
        shape = {"action": self.action, "name": name, "key": key, "is_open": bool(self.typed)}
        return _OFFER(shape, {"value": self.value, "field": self.field, "typed": self.typed})


_OFFER = Stencil("admin/queue/_offer.html")


@dataclass
class Card:
    """A row as it is shown. `name` is how it is called where nobody sees it; `actions` by name.

    `since` is the moment from which it waits, None where nothing does; `warning` stands on top of
    it. The app's own template shows `facts`.
    """

    row: Any
    version: int
    name: str
    actions: tuple[str, ...]
    facts: Any = None
    since: datetime | None = None
    is_late: bool = False
    is_flagged: bool = False
    warning: str = ""
    offers: list[Offer] = field(default_factory=list)

    @property
    def pick(self) -> str:
        return f"{self.row.pk}:{self.version}"


def read_command(given: QueryDict, actions: Mapping[str, Action]) -> Command:
    """Read the button that was pressed: `do` on a card, `all` for what is marked.

    Raises Refused where something is missing, SuspiciousOperation for what no page of ours sends.
    """
    is_single = "do" in given
    name, *rest = given.get("do" if is_single else "all", "").split(":")
    if is_single:
        rows, rest = [":".join(rest[:2])], rest[2:]
    else:
        rows = given.getlist("item")
    action = actions.get(name)
    if action is None or not (is_single or action.for_many) or len(rest) > 1:
        raise SuspiciousOperation("No such action.")
    picks = tuple({pick.pk: pick for pick in map(_read_pick, rows)}.values())
    if not picks:
        raise Refused(_("Nothing is marked."))
    if len(picks) > MOST:
        raise Refused(_("At most %(most)d at a time.") % {"most": MOST})
    choice = rest[0] if rest else ""
    note = given.get(note_field(action, picks[0] if is_single else None), "").strip()
    _check(action, choice, note)
    return Command(action, picks, choice, note, is_single)


def read_batch(given: QueryDict) -> str:
    """Read which batch is to be taken back. Raises SuspiciousOperation for what none is called."""
    name = str(given["undo"])
    if not _BATCH.fullmatch(name):
        raise SuspiciousOperation("No such batch.")
    return name


def note_field(action: Action, pick: Pick | None) -> str:
    """The name of the field that holds the note of an action: of one card, or of all marked."""
    return f"note-{action.name}" + (f"-{pick.pk}" if pick else "")


def _read_pick(text: str) -> Pick:
    match = _ROW.fullmatch(text)
    if match is None:
        raise SuspiciousOperation("No such row.")
    return Pick(int(match[1]), int(match[2]))


def _check(action: Action, choice: str, note: str) -> None:
    """Refuse what lacks a choice or a note. The verbs refuse the same."""
    if choice and not _NAME.fullmatch(choice):
        raise SuspiciousOperation("No such choice.")
    known = {one.name: one for one in action.choices}
    if known and choice not in known:
        raise Refused(_("Choose one of: %s") % ", ".join(str(one.label) for one in known.values()))
    if action.note_length and len(note) > action.note_length:
        raise Refused(_("At most %(most)d characters.") % {"most": action.note_length})
    if not note and (action.is_text or (choice and known[choice].needs_note)):
        raise Refused(_("Write a few words: %s") % action.note_label)
