"""The page of a queue: which cards, what was asked, what came of it, as HTML or as JSON."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.models import User

from ..pagination import Page, paginate
from ..verbs import NotPermitted, Refused
from .parts import (
    Action,
    Batch,
    Card,
    Command,
    Offer,
    Outcome,
    Pick,
    Tab,
    Text,
    Waiting,
    note_field,
    read_batch,
    read_command,
)

PAGE_SIZE = 50
_NAMED = 10  # rows that a message names one by one


class Queue[Row: Model](ABC):
    """One queue of the admin: an app says what it holds, `view` does the rest.

    `view` is registered twice in the admin, as `url_name` without and with the name of a tab.
    """

    title: ClassVar[Text]
    permission: ClassVar[str]
    url_name: ClassVar[str]
    card_template: ClassVar[str]
    tabs: ClassVar[tuple[Tab, ...]]
    actions: ClassVar[tuple[Action, ...]]
    can_undo: ClassVar[bool] = False

    @abstractmethod
    def rows(self, tab: Tab) -> QuerySet[Row]:
        """Return the rows of a tab with all that their cards show."""

    @abstractmethod
    def counts(self) -> Mapping[str, int]:
        """Return how many rows every counted tab holds, exactly."""

    @abstractmethod
    def cards(self, tab: Tab, rows: Sequence[Row]) -> list[Card]:
        """Make the cards of some rows, with the same number of queries for any number."""

    @abstractmethod
    def carry_out(self, command: Command, by: User) -> Outcome:
        """Call the verb. Raises Refused."""

    def undo(self, batch: str, by: User) -> Outcome:
        """Take one of the user's own batches back. Raises Refused."""
        raise Refused(_("This cannot be taken back."))

    def last_batch(self, by: User) -> Batch | None:
        """Return what the user could take back now."""
        return None

    @abstractmethod
    def oldest(self) -> tuple[datetime | None, timedelta]:
        """Return since when the longest waiting row of the first tab waits, and how long it may."""

    def links(self, user: User) -> list[tuple[str, Text]]:
        """Return the pages that the queue's head leads to."""
        return []

    def view(self, request: HttpRequest, tab_name: str = "") -> HttpResponse:
        """Show a tab, or carry out what was asked for on it."""
        user: User = request.user  # type: ignore[assignment]  # admin_view lets in nobody else
        if not user.has_perm(self.permission):
            raise PermissionDenied
        tab = self._find(tab_name)
        if request.method == "POST":
            return self._take(request, tab, user)
        if _wants_json(request):
            page, cards = self._load(request, tab, user)
            answer = {"html": self._render(request, tab, cards), "next": page.next}
            return JsonResponse({**answer, "counts": self.counts()})
        return self._show(request, tab, user)

    def address(self, tab: Tab) -> str:
        """The address of a tab; the first one stands under the queue's own."""
        if tab is self.tabs[0]:
            return reverse(f"admin:{self.url_name}")
        return reverse(f"admin:{self.url_name}_tab", args=[tab.name])

    @property
    def start(self) -> str:
        """The address of the queue."""
        return self.address(self.tabs[0])

    def waiting(self) -> Waiting:
        """Return what the start page tells of the queue."""
        counts, (since, goal) = self.counts(), self.oldest()
        first, *others = [tab for tab in self.tabs if tab.is_counted]
        return Waiting(
            self.url_name,
            self.title,
            self.start,
            counts[first.name],
            since,
            since is not None and timezone.now() - since > goal,
            [(self.address(tab), tab.label, counts[tab.name]) for tab in others],
        )

    # --- Reading --------------------------------------------------------------------------------

    def _find(self, name: str) -> Tab:
        tab = next((tab for tab in self.tabs if tab.name == name), None)
        if name and (tab is None or tab is self.tabs[0]):
            raise Http404  # every tab has one address
        return tab or self.tabs[0]

    def _load(self, request: HttpRequest, tab: Tab, user: User) -> tuple[Page[Row], list[Card]]:
        query, rows = request.GET, self.rows(tab)
        page = paginate(rows, query, order=tab.order, times=tab.times, size=PAGE_SIZE)
        return page, self._cards(request, tab, page.items, user)

    def _cards(self, request: HttpRequest, tab: Tab, rows: Sequence[Row], user: User) -> list[Card]:
        """Make cards and what their buttons send; what was typed and not taken is kept."""
        actions = {action.name: action for action in self._actions(user)}
        cards = self.cards(tab, rows) if rows else []
        for card in cards:
            pick = Pick(card.row.pk, card.version)
            for name in card.actions:
                if action := actions.get(name):
                    note = note_field(action, pick)
                    value = f"{name}:{card.pick}"
                    card.offers.append(Offer(action, value, note, request.POST.get(note, "")))
        return cards

    def _actions(self, user: User) -> list[Action]:
        return [action for action in self.actions if user.has_perm(action.permission)]

    def _render(self, request: HttpRequest, tab: Tab, cards: Iterable[Card]) -> str:
        context = {"queue": self, "tab": tab, "cards": cards}
        return render_to_string("admin/queue/_cards.html", context, request)

    def _show(self, request: HttpRequest, tab: Tab, user: User, status: int = 200) -> HttpResponse:
        page, cards = self._load(request, tab, user)
        counts, actions = self.counts(), self._actions(user)
        offered = {name for card in cards for name in card.actions}
        context = {
            **admin.site.each_context(request),
            "title": self.title,
            "queue": self,
            "tab": tab,
            "tabs": [(one, self.address(one), counts.get(one.name)) for one in self.tabs],
            "page": page,
            "cards": cards,
            "actions": [action for action in actions if action.name in offered or not offered],
            "for_many": [
                Offer(action, action.name, note_field(action, None))
                for action in actions
                if action.for_many and action.name in offered
            ],
            "last_batch": self.last_batch(user),
            "links": self.links(user),
        }
        return TemplateResponse(request, "admin/queue/page.html", context, status=status)

    # --- Deciding -------------------------------------------------------------------------------

    def _take(self, request: HttpRequest, tab: Tab, user: User) -> HttpResponse:
        """Carry out what was posted; say no with 403 or 422, and 409 where others were faster."""
        given = request.POST
        try:
            if "undo" in given:
                command, outcome = None, self.undo(read_batch(given), user)
            else:
                command = read_command(given, {action.name: action for action in self.actions})
                outcome = self.carry_out(command, user)
        except Refused as refused:
            status = 403 if isinstance(refused, NotPermitted) else 422
            if _wants_json(request):
                return JsonResponse({"why": str(refused)}, status=status)
            messages.error(request, str(refused))
            return self._show(request, tab, user, status)
        status = 409 if outcome.conflicts and not outcome.done else 200
        if _wants_json(request):
            return JsonResponse(self._told(request, tab, user, command, outcome), status=status)
        self._tell(request, command, outcome)
        if status == 409:
            return self._show(request, tab, user, status)
        return HttpResponseRedirect(request.get_full_path(), status=303)

    def _told(
        self,
        request: HttpRequest,
        tab: Tab,
        user: User,
        command: Command | None,
        outcome: Outcome,
    ) -> dict[str, Any]:
        """What queue.js is told: the cards that are (again, still, otherwise) in this tab, too."""
        touched = list(outcome.conflicts)
        if command is None or command.action.stays or tab.stays:
            touched += outcome.done
        rows = self.rows(tab).filter(pk__in=touched[:PAGE_SIZE]) if touched else []
        cards = self._cards(request, tab, list(rows), user)
        for card in cards:
            card.warning = outcome.conflicts.get(card.row.pk, card.warning)
        return {
            "done": outcome.done,
            "conflicts": outcome.conflicts,
            "cards": {card.row.pk: self._render(request, tab, [card]) for card in cards},
            "said": _said(command, outcome),
            "batch": outcome.batch,
            "counts": self.counts(),
        }

    def _tell(self, request: HttpRequest, command: Command | None, outcome: Outcome) -> None:
        if outcome.done:
            messages.success(request, _said(command, outcome))
        for why in list(outcome.conflicts.values())[:_NAMED]:
            messages.warning(request, why)
        if (more := len(outcome.conflicts) - _NAMED) > 0:
            messages.warning(request, _("And %(count)d more changed meanwhile.") % {"count": more})


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _said(command: Command | None, outcome: Outcome) -> str:
    """Say what was done, with the number where it was more than one."""
    if outcome.said:
        return outcome.said
    done = str(command.action.done if command else _("Taken back"))
    return done if len(outcome.done) == 1 else f"{done}: {len(outcome.done)}"
