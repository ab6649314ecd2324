"""A front page as readers see it: which article stands in which slot. Views and admin call it.

The order of priority: first what is pinned, from the first slot to the last; then what fills
itself, by the slots' turn and, of equals, from the first to the last. Three queries, however many
slots there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, zip_longest

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.prepared import prepared

from . import pools
from .models import Article, Section, Slot
from .pools import ALL, Candidate, Pool
from .shelves import Shelves


@dataclass(frozen=True)
class Line:
    """An entry of a live ticker on a front."""

    entry: int
    at: datetime
    words: str


@dataclass
class Box:
    """A slot with what stands in it; of a slot of blocks there is one box per section."""

    slot: Slot
    section: Section | None = None
    ids: list[int] = field(default_factory=list)
    pinned: frozenset[int] = frozenset()
    articles: list[Article] = field(default_factory=list)
    # Of live tickers: their newest entries by article.
    lines: dict[int, list[Line]] = field(default_factory=dict)

    @property
    def room(self) -> int:
        return self.slot.size - len(self.ids)

    @property
    def heading(self) -> str:
        """What readers see above it; empty for the lead and for grids without a title."""
        if self.section is not None:
            return self.section.name
        if self.slot.kind in {Slot.Kind.LEAD, Slot.Kind.GRID}:
            return self.slot.title
        if self.slot.kind == Slot.Kind.LIST and not self.slot.title:
            return _("Latest")
        return self.slot.label

    @property
    def link(self) -> str:
        """Where its heading leads, if anywhere."""
        subject = self.section or self.slot.tag or self.slot.dossier
        return subject.get_absolute_url() if subject else ""

    @property
    def tickers(self) -> list[tuple[Article, list[Line]]]:
        """The live tickers with their newest entries."""
        return [(article, self.lines.get(article.pk, [])) for article in self.articles]

    @property
    def is_ranking(self) -> bool:
        return self.slot.kind in {Slot.Kind.READ_DAY, Slot.Kind.READ_WEEK}


@dataclass(frozen=True)
class Band:
    """Boxes that stand together across the page: `live`, `top`, `grid` or `blocks`."""

    kind: str
    boxes: list[Box]


@dataclass(frozen=True)
class Front:
    """A whole front page. `boxes` has the empty ones too, for the desk."""

    boxes: list[Box]
    is_arranged: bool

    @property
    def shown(self) -> set[int]:
        """The ids of all articles on it."""
        return {article.pk for box in self.boxes for article in box.articles}

    @property
    def bands(self) -> list[Band]:
        """What readers see, from top to bottom."""
        bands: list[Band] = []
        for box in (box for box in self.boxes if box.articles):
            last = bands[-1] if bands else None
            if box.slot.kind == Slot.Kind.TICKER:
                bands.append(Band("live", [box]))
            elif box.slot.kind == Slot.Kind.LEAD:
                bands.append(Band("top", [box]))
            elif box.slot.kind == Slot.Kind.GRID:
                if last is not None and last.kind == "top" and len(last.boxes) == 1:
                    last.boxes.append(box)
                else:
                    bands.append(Band("grid", [box]))
            elif last is not None and last.kind == "blocks":
                last.boxes.append(box)
            else:
                bands.append(Band("blocks", [box]))
        return bands


def default_slots(section: Section | None) -> list[Slot]:
    """What a front is while nobody has arranged it; a section's is the list of its articles."""
    if section is not None:
        return []
    kind, turn = Slot.Kind, Slot.Turn
    slots = [
        Slot(kind=kind.TICKER, size=3),
        Slot(kind=kind.LEAD, size=1),
        Slot(kind=kind.GRID, size=6),
        # Takes what the blocks leave: its purpose is what stands nowhere else.
        Slot(kind=kind.LIST, size=8, turn=turn.LAST),
        Slot(kind=kind.READ_DAY, size=5, may_repeat=True),
        Slot(kind=kind.SECTIONS, size=4),
    ]
    for position, slot in enumerate(slots):
        slot.position = position
    return slots


def compose(section: Section | None, shelves: Shelves, *, at: datetime | None = None) -> Front:
    """Return the front of a section, or the home page, as it is at a moment (default: now).

    Three queries: the slots; who is offered to which; the articles. One for a section whose front
    nobody has arranged.
    """
    now = at or timezone.now()
    arranged = _slots(section)
    slots = arranged or default_slots(section)
    if not slots:
        return Front([], is_arranged=False)
    boxes = {number: _boxes(slot, section, shelves) for number, slot in enumerate(slots)}
    wanted = {number: _groups(slot, section, shelves) for number, slot in enumerate(slots)}
    wells = set(chain.from_iterable(chain.from_iterable(chain.from_iterable(wanted.values()))))
    depth = sum(box.slot.size for box in chain.from_iterable(boxes.values()))
    offers = pools.read(wells, depth, now, pins_of=[slot.pk for slot in arranged])
    taken: set[int] = set()
    for number, slot in enumerate(slots):
        _place_pins(boxes[number], offers.get(("pin", slot.pk or 0), []), taken, shelves)
    for number in sorted(boxes, key=lambda number: slots[number].turn):
        for box, groups in zip(boxes[number], wanted[number], strict=True):
            if box.slot.kind == Slot.Kind.TICKER:
                _fill_ticker(box, offers.get((Slot.Kind.TICKER, 0), []), taken, section, shelves)
                continue
            _fill(box, [_merged(offers, group) for group in groups], taken)
    everywhere = list(chain.from_iterable(boxes.values()))
    _read_cards(everywhere, now)
    return Front(everywhere, is_arranged=bool(arranged))


def _slots(section: Section | None) -> list[Slot]:
    """Read the slots with the ids of their sources. One query."""
    found: dict[int, Slot] = {}
    for row in _slot_rows(section.pk if section else None):
        slot = found.setdefault(row.pk, row)
        source = vars(row)["source"]
        vars(slot).setdefault("source_ids", []).extend([] if source is None else [source])
    return list(found.values())


@prepared
def _slot_rows(section: int | None) -> QuerySet[Slot]:
    return Slot.objects.of_front(section).with_sources()


def _boxes(slot: Slot, front: Section | None, shelves: Shelves) -> list[Box]:
    if slot.kind != Slot.Kind.SECTIONS:
        return [Box(slot)]
    return [Box(slot, section=section) for section in _blocks(slot, front, shelves)]


def _blocks(slot: Slot, front: Section | None, shelves: Shelves) -> list[Section]:
    """The sections that have a block: the chosen ones, else the menu's, or those of this front."""
    chosen = vars(slot).get("source_ids", [])
    if chosen:
        return [section for section in shelves.sections if section.pk in chosen]
    return shelves.menu if front is None else shelves.children(front)


def _groups(slot: Slot, front: Section | None, shelves: Shelves) -> list[list[list[Pool]]]:
    """For each box of a slot: the groups that fill it in turn, each made of pools."""
    if slot.kind == Slot.Kind.SECTIONS:
        return [[_family(section, shelves)] for section in _blocks(slot, front, shelves)]
    if slot.kind == Slot.Kind.TOPIC:
        return [[[("tag", slot.tag_id) if slot.tag_id else ("dossier", slot.dossier_id or 0)]]]
    if not slot.takes_pins:
        return [[[(slot.kind, 0)]]]
    sources = _blocks(slot, front, shelves)
    has_choice = bool(vars(slot).get("source_ids"))
    if slot.is_balanced and sources:
        groups = [_family(section, shelves) for section in sources]
        # A section's own articles, which belong to none of those below it.
        own = [[("section", front.pk)]] if front is not None and not has_choice else []
        return [[*groups, *own]]
    if has_choice:
        return [[[pool for section in sources for pool in _family(section, shelves)]]]
    return [[[ALL] if front is None else _family(front, shelves)]]


def _family(section: Section, shelves: Shelves) -> list[Pool]:
    return [("section", pk) for pk in shelves.family(section)]


def _merged(offers: dict[Pool, list[Candidate]], group: Iterable[Pool]) -> list[Candidate]:
    found = chain.from_iterable(offers.get(pool, []) for pool in group)
    return sorted(found, key=lambda candidate: candidate.rank)


def _place_pins(boxes: list[Box], pins: list[Candidate], taken: set[int], shelves: Shelves) -> None:
    """Put pinned articles into their boxes, of blocks into that of their section."""
    for pin in sorted(pins, key=lambda pin: (pin.place, pin.article)):
        own = [
            box
            for box in boxes
            if box.section is None or pin.section in shelves.family(box.section)
        ]
        for box in own[:1]:
            if box.room and (box.slot.may_repeat or pin.article not in taken):
                _put(box, pin.article, taken)
                box.pinned |= {pin.article}


def _fill(box: Box, groups: list[list[Candidate]], taken: set[int]) -> None:
    """Fill what room is left: one of each group in turn, the newest of a round first."""
    free = [
        [entry for entry in group if box.slot.may_repeat or entry.article not in taken]
        for group in groups
    ]
    for turn in zip_longest(*free):
        entries = [entry for entry in turn if entry is not None and entry.article not in box.ids]
        for entry in sorted(entries, key=lambda entry: entry.rank):
            if box.room > 0 and entry.article not in box.ids:
                _put(box, entry.article, taken)


def _fill_ticker(
    box: Box,
    entries: list[Candidate],
    taken: set[int],
    front: Section | None,
    shelves: Shelves,
) -> None:
    """Take the newest entries of the tickers that belong on this front."""
    family = None if front is None else shelves.family(front)
    own = [
        entry
        for entry in entries
        if (family is None or entry.section in family)
        and (box.slot.may_repeat or entry.article not in taken)
    ]
    for entry in sorted(own, key=lambda entry: (entry.at, entry.place), reverse=True):
        if sum(map(len, box.lines.values())) < box.slot.size:
            line = Line(entry.place, entry.at, entry.words)
            box.lines.setdefault(entry.article, []).append(line)
    for article in box.lines:
        _put(box, article, taken)


def _put(box: Box, article: int, taken: set[int]) -> None:
    box.ids.append(article)
    if not box.slot.may_repeat:
        taken.add(article)


def _read_cards(boxes: list[Box], now: datetime) -> None:
    """Read the articles of all boxes in one query."""
    ids = sorted({pk for box in boxes for pk in box.ids})
    # Filled up, so that there are few lengths and as many questions.
    ids += [0] * (-len(ids) % 16)
    cards = {card.pk: card for card in _cards(tuple(ids), now)}
    for box in boxes:
        box.articles = [cards[pk] for pk in box.ids if pk in cards]


@prepared
def _cards(ids: tuple[int, ...], now: datetime) -> QuerySet[Article]:
    return Article.objects.visible(now).for_card().filter(pk__in=ids)
