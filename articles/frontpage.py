"""Arranging front pages and raising banners: the only writer of slots, pins and banners.

Each verb refuses first (workflow.Refused) and changes everything in one transaction. The admin and
tick call these; articles.layout reads the result.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import pagecache
from newsroom.lib.verbs import Refused, demand
from newsroom.models import User

from .layout import default_slots
from .models import Article, Banner, Pin, Section, Slot, Status

PERMISSION = "articles.arrange_front"
# Nobody says for ever: what is not looked at for a day makes room for what is new.
USUAL_WINDOW = timedelta(hours=24)
LONGEST_WINDOW = timedelta(days=366)
# So long one can still see in the table what was pinned.
_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Placing:
    """Where a pin is to stand, and until when (None: as it is)."""

    slot: int
    position: int
    until: datetime | None = None


@transaction.atomic
def start(section: Section | None, *, by: User) -> list[Slot]:
    """Turn the look that a front has by itself into slots that can be changed."""
    demand(by, PERMISSION)
    if _lock(section):
        raise Refused(_("Somebody has begun to arrange this page already."))
    slots = _keep_look(section)
    pagecache.purge("front")
    return slots


@transaction.atomic
def reset(section: Section | None, *, by: User) -> None:
    """Take all slots and pins off a front: it looks as if nobody had arranged it."""
    demand(by, PERMISSION)
    _lock(section)
    Slot.objects.of_front(section).delete()
    pagecache.purge("front")


@transaction.atomic
def save_slot(slot: Slot, sources: Iterable[Section], *, by: User) -> Slot:
    """Add a slot at the end of its front, or change one."""
    demand(by, PERMISSION)
    others = [other for other in _lock(slot.section) if other.pk != slot.pk]
    if slot._state.adding:
        slot.position = max((other.position for other in others), default=-1) + 1
    if slot.kind != Slot.Kind.TOPIC:
        slot.tag = slot.dossier = None
    slot.save()
    slot.sources.set(sources)
    if not slot.takes_pins:
        slot.pins.all().delete()
    pagecache.purge("front")
    return slot


@transaction.atomic
def remove_slot(slot: Slot, *, by: User) -> None:
    """Take a slot with its pins off its front."""
    demand(by, PERMISSION)
    _lock(slot.section)
    slot.delete()
    pagecache.purge("front")


@transaction.atomic
def pin(
    article: Article,
    slot: Slot,
    *,
    by: User,
    since: datetime | None = None,
    until: datetime | None = None,
    position: int = 0,
) -> Pin:
    """Put an article into a slot, first in it, for 24 hours unless another end is given.

    One that is pinned elsewhere on this front moves here. It shows as soon as readers may see it.
    Raises Refused: permission, a slot that takes no pins, a withdrawn article, a window that is
    over or longer than a year.
    """
    demand(by, PERMISSION)
    _lock(slot.section)
    if not slot.takes_pins:
        raise Refused(_("“%(slot)s” fills itself only.") % {"slot": slot.label})
    if article.status == Status.WITHDRAWN:
        raise Refused(_("This article is withdrawn."))
    since = since or timezone.now()
    until = until or since + USUAL_WINDOW
    _demand_window(since, until)
    if not slot.may_repeat:
        elsewhere = Pin.objects.filter(article=article, slot__section=slot.section)
        elsewhere.exclude(slot=slot).filter(slot__may_repeat=False).delete()
    values = {"starts_at": since, "ends_at": until, "pinned_by": by}
    made, _created = Pin.objects.update_or_create(slot=slot, article=article, defaults=values)
    _renumber(slot, made, position)
    pagecache.purge("front")
    return made


@transaction.atomic
def pin_placed(articles: Sequence[Article]) -> None:
    """Pin texts that were on top of another site, on the home page for 24 hours and by nobody.

    The importer calls this with what it has placed just now. They fill the slots from the top;
    a page that nobody has arranged keeps the look it has.
    """
    slots = [slot for slot in _lock(None) or _keep_look(None) if slot.takes_pins]
    now = timezone.now()
    places = [(slot, n) for slot in slots for n in range(slot.pins.at(now).count(), slot.size)]
    Pin.objects.bulk_create(
        Pin(slot=slot, article=article, position=n, starts_at=now, ends_at=now + USUAL_WINDOW)
        for article, (slot, n) in zip(articles, places, strict=False)
    )
    pagecache.purge("front")


@transaction.atomic
def unpin(pin: Pin, *, by: User) -> None:
    """Take an article out of a slot; what is newest takes its place."""
    demand(by, PERMISSION)
    pin.delete()
    pagecache.purge("front")


@transaction.atomic
def move(pin: Pin, slot: Slot, position: int, *, by: User) -> Pin:
    """Put a pin at a place, counted from 0, of the same or another slot of its front."""
    demand(by, PERMISSION)
    _lock(slot.section)
    if slot.section_id != pin.slot.section_id:
        raise Refused(_("This slot stands on another page."))
    if not slot.takes_pins:
        raise Refused(_("“%(slot)s” fills itself only.") % {"slot": slot.label})
    if slot.pins.filter(article=pin.article_id).exclude(pk=pin.pk).exists():
        raise Refused(_("The article is pinned there already."))
    pin.slot = slot
    pin.save(update_fields=["slot"])
    _renumber(slot, pin, position)
    pagecache.purge("front")
    return pin


@transaction.atomic
def arrange(
    section: Section | None,
    *,
    order: Mapping[int, int],
    pins: Mapping[int, Placing],
    by: User,
) -> None:
    """Set the places of slots and pins of a front as somebody has put them on the desk's page.

    `order`: position by slot. What is gone meanwhile stays gone; what is new keeps its place.
    """
    demand(by, PERMISSION)
    slots = {slot.pk: slot for slot in _lock(section)}
    places = {pk: order.get(pk, slot.position) for pk, slot in slots.items()}
    for position, pk in enumerate(sorted(slots, key=lambda pk: (places[pk], pk))):
        if slots[pk].position != position:
            slots[pk].position = position
            slots[pk].save(update_fields=["position"])
    rows = {row.pk: row for row in _pins_of(section).select_related("slot")}
    for pk, placing in pins.items():
        if (row := rows.get(pk)) is None:
            continue
        # The desk's page knows minutes: seconds that it did not show are no change.
        shown = row.ends_at.replace(second=0, microsecond=0)
        if placing.until is not None and placing.until != shown:
            _demand_window(row.starts_at, placing.until)
            row.ends_at = placing.until
            row.save(update_fields=["ends_at"])
        if placing.slot in slots and placing.slot != row.slot_id:
            move(row, slots[placing.slot], placing.position, by=by)
    _number_all(section, pins)
    pagecache.purge("front")


@transaction.atomic
def raise_banner(banner: Banner, sections: Iterable[Section], *, by: User) -> Banner:
    """Put a banner above the pages of some sections, or of all, for its window; or change one."""
    demand(by, PERMISSION)
    _demand_window(banner.starts_at, banner.ends_at)
    if banner._state.adding:
        banner.raised_by = by
    banner.save()
    banner.sections.set(sections)
    pagecache.purge("site")
    return banner


@transaction.atomic
def lower_banner(banner: Banner, *, by: User) -> Banner:
    """Take a banner down now; one that has not begun is deleted."""
    demand(by, PERMISSION)
    now = timezone.now()
    if banner.starts_at >= now:
        banner.delete()
    elif banner.ends_at > now:
        banner.ends_at = now
        banner.save(update_fields=["ends_at"])
    pagecache.purge("site")
    return banner


def drop_ended_pins() -> int:
    """Delete what has long not been pinned any more; return how many. Called by tick."""
    _count, by_table = Pin.objects.filter(ends_at__lt=timezone.now() - _KEPT).delete()
    return by_table.get("articles.Pin", 0)


def _keep_look(section: Section | None) -> list[Slot]:
    """Write the slots that a front nobody has arranged seems to have."""
    slots = default_slots(section) or [
        Slot(kind=Slot.Kind.LEAD, size=1, position=0),
        Slot(kind=Slot.Kind.GRID, size=6, position=1),
    ]
    for slot in slots:
        slot.section = section
        slot.save()
    return slots


def _demand_window(since: datetime, until: datetime) -> None:
    if until <= since or until <= timezone.now():
        raise Refused(_("This end is already over."))
    if until - since > LONGEST_WINDOW:
        raise Refused(_("Nothing stands for longer than a year."))


def _lock(section: Section | None) -> list[Slot]:
    """Read the slots of a front and hold them until the transaction ends."""
    slots = Slot.objects.of_front(section)
    if connection.features.has_select_for_update:
        slots = slots.select_for_update(of=("self",))
    return list(slots)


def _pins_of(section: Section | None) -> QuerySet[Pin]:
    return Pin.objects.filter(slot__section=section)


def _renumber(slot: Slot, first: Pin, position: int) -> None:
    """Give one pin a place and count the others of its slot around it."""
    others = [row for row in slot.pins.order_by("position", "pk") if row.pk != first.pk]
    others.insert(max(0, position), first)
    _number(others)


def _number_all(section: Section | None, pins: Mapping[int, Placing]) -> None:
    """Count the pins of every slot in the order of the given places."""
    by_slot: dict[int, list[Pin]] = {}
    for row in _pins_of(section).order_by("position", "pk"):
        by_slot.setdefault(row.slot_id, []).append(row)
    for rows in by_slot.values():
        _number(
            sorted(rows, key=lambda row: pins[row.pk].position if row.pk in pins else row.position)
        )


def _number(rows: list[Pin]) -> None:
    for position, row in enumerate(rows):
        row.position = position
    Pin.objects.bulk_update(rows, ["position"])
