"""The page on which a front is arranged, and the preview of a front at a moment to come.

One form holds the places of all slots and pins: numbers, and with JavaScript drag and arrow keys,
which write the same numbers. Every button sends it, so that nothing moved is lost.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsroom.lib.verbs import Refused

from .. import frontpage, layout
from ..deskforms import MomentField
from ..models import Article, Pin, Section, Slot
from ..shelves import Shelves
from ..views import pages
from .article import staff
from .desk import badges

_FOUND = 20


@dataclass(frozen=True)
class PinLine:
    """A pinned article as the desk sees it: whether it shows, and if not, why."""

    pin: Pin
    state: str
    hint: str


@dataclass(frozen=True)
class SlotPanel:
    """A slot with its pins and what fills it behind them."""

    slot: Slot
    pins: list[PinLine]
    rest: list[Article]


def find(front: str, shelves: Shelves) -> Section | None:
    """Return the section of a front by the word in its address, None for the home page."""
    if front == "home":
        return None
    section = next((row for row in shelves.sections if str(row.pk) == front), None)
    if section is None:
        raise Http404
    return section


def address(section: Section | None) -> str:
    """The page on which a front is arranged."""
    return reverse("admin:articles_slot_arrange", args=[section.pk if section else "home"])


def demand_editor(request: HttpRequest) -> None:
    """Refuse everybody who may not arrange fronts."""
    if not request.user.has_perm(frontpage.PERMISSION):
        raise PermissionDenied


def arrange(request: HttpRequest, front: str, model_admin: Any) -> HttpResponse:
    """Show a front to be arranged; take what was moved, pinned or taken off."""
    demand_editor(request)
    shelves = Shelves.load()
    section = find(front, shelves)
    if request.method == "POST":
        try:
            _act(request, section, model_admin)
        except Refused as refused:
            messages.error(request, str(refused))
        words = request.POST.get("q", "")[:100]
        query = f"?{urlencode({'q': words})}" if words else ""
        return HttpResponseRedirect(address(section) + query)
    shown = layout.compose(section, shelves)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "opts": Slot._meta,
        "title": section.name if section else _("Home page"),
        "front": front,
        "section": section,
        "sections": shelves.sections,
        "is_arranged": shown.is_arranged,
        "panels": _panels(section, shown, now),
        "words": words,
        "found": [(article, badges(article)) for article in look_up(words)] if words else None,
        "until": timezone.localtime(now + frontpage.USUAL_WINDOW),
        "now": timezone.localtime(now),
    }
    return TemplateResponse(request, "admin/articles/slot/arrange.html", context)


@require_safe
def preview(request: HttpRequest, front: str, model_admin: Any) -> HttpResponse:
    """Show a front as readers will get it at the moment that the address names."""
    demand_editor(request)
    at = _moment(request.GET.get("at", "")) or timezone.now()
    shelves = Shelves.load(at)
    response = pages.render_front(request, find(front, shelves), shelves, at)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _panels(section: Section | None, shown: layout.Front, now: datetime) -> list[SlotPanel]:
    pins: dict[int, list[Pin]] = {}
    rows = Pin.objects.filter(slot__section=section, ends_at__gt=now).order_by("position", "pk")
    for pin in rows.select_related("article__section", "pinned_by"):
        pins.setdefault(pin.slot_id, []).append(pin)
    panels: dict[int, SlotPanel] = {}
    for box in shown.boxes:
        panel = panels.setdefault(id(box.slot), SlotPanel(box.slot, [], []))
        panel.rest.extend(card for card in box.articles if card.pk not in box.pinned)
    for panel in panels.values():
        boxes = [box for box in shown.boxes if box.slot is panel.slot]
        pinned = {pk for box in boxes for pk in box.pinned}
        panel.pins.extend(_line(pin, pinned, now) for pin in pins.get(panel.slot.pk or 0, []))
    return list(panels.values())


def _line(pin: Pin, shown: set[int], now: datetime) -> PinLine:
    if pin.article_id in shown:
        return PinLine(pin, "shown", _("Readers see it"))
    if pin.starts_at > now:
        return PinLine(pin, "coming", _("Pinned for later"))
    if not pin.article.is_live:
        return PinLine(pin, "hidden", _("Shows once it is published"))
    return PinLine(pin, "waiting", _("No room, or shown further up"))


def look_up(words: str) -> list[Article]:
    """Find articles to pin or pick, drafts too: they show once they are published."""
    wanted = Q()
    for word in words.split()[:6]:
        wanted &= Q(headline__icontains=word) | Q(kicker__icontains=word) | Q(slug__icontains=word)
    return list(Article.objects.filter(wanted).for_desk().recently_edited()[:_FOUND])


def _act(request: HttpRequest, section: Section | None, model_admin: Any) -> None:
    """Take the places that the form holds, then the button that sent it. Raises Refused."""
    by, given = staff(request), request.POST
    if "start" in given:
        slots = frontpage.start(section, by=by)
        model_admin.log_addition(request, slots[0], _("Began to arrange this front."))
        return
    if "reset" in given:
        frontpage.reset(section, by=by)
        messages.success(request, _("The page fills itself again."))
        return
    order, pins = _places(request)
    frontpage.arrange(section, order=order, pins=pins, by=by)
    on_this_front = Q(slot__section=section)
    if number := _number(given.get("unpin")):
        pin = get_object_or_404(Pin.objects.filter(on_this_front), pk=number)
        frontpage.unpin(pin, by=by)
        model_admin.log_change(request, pin.slot, f"– {pin.article}")
        messages.success(request, _("Unpinned: %s") % pin.article)
    elif "pin" in given:
        _pin(request, section, model_admin)
    else:
        messages.success(request, _("The arrangement is saved."))


def _pin(request: HttpRequest, section: Section | None, model_admin: Any) -> None:
    """Pin what the button names: `<article>`, or `<article>:<slot>` from within a slot."""
    article_id, _colon, slot_id = request.POST["pin"].partition(":")
    slot_id = slot_id or request.POST.get(f"slot-for-{article_id}", "")
    slot = get_object_or_404(Slot.objects.of_front(section), pk=_number(slot_id) or 0)
    article = get_object_or_404(Article, pk=_number(article_id) or 0)
    since = _moment(request.POST.get(f"since-for-{article_id}", ""))
    until = _moment(request.POST.get(f"until-for-{article_id}", ""))
    pin = frontpage.pin(article, slot, by=staff(request), since=since, until=until)
    model_admin.log_change(request, slot, f"+ {article}")
    end = date_format(timezone.localtime(pin.ends_at), "SHORT_DATETIME_FORMAT")
    said = {"slot": slot, "until": end, "article": article}
    messages.success(request, _("Pinned in “%(slot)s” until %(until)s: %(article)s") % said)


def _places(request: HttpRequest) -> tuple[dict[int, int], dict[int, frontpage.Placing]]:
    """Read the numbers of the form; what is no number is left as it is."""
    given = request.POST
    order = {
        pk: place
        for name in given
        if name.startswith("place-of-slot-")
        and (pk := _number(name.removeprefix("place-of-slot-"))) is not None
        and (place := _number(given[name])) is not None
    }
    pins = {}
    for name in given:
        if not name.startswith("place-of-pin-"):
            continue
        pk, place = _number(name.removeprefix("place-of-pin-")), _number(given[name])
        slot = _number(given.get(f"slot-of-pin-{pk}"))
        if pk is not None and place is not None and slot is not None:
            until = _moment(given.get(f"until-of-pin-{pk}", ""))
            pins[pk] = frontpage.Placing(slot, place, until)
    return order, pins


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return None
    return int(text)


def _moment(text: str) -> datetime | None:
    try:
        moment: datetime | None = MomentField().clean(text)
    except ValidationError:
        return None
    return moment
