"""The queue of comments: its tabs, its keys, and the verbs behind them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.lib.counting import count_together
from newsroom.lib.pagination import Order
from newsroom.lib.queue import Action, Batch, Card, Choice, Command, Outcome, Queue, Tab, Text
from newsroom.models import User

from . import moderation
from .cards import decisions_of, facts_of, reports_of
from .models import (
    RANK_FIRST,
    Comment,
    CommentQuerySet,
    CommentRules,
    ModerationAction,
    Reason,
    Source,
    Status,
)

# Spam has a key of its own, which also teaches the rules; so ten reasons are left for ten digits.
_REASONS = tuple(
    Choice(reason.value, reason.label, str(number % 10), needs_note=reason == Reason.OTHER)
    for number, reason in enumerate((one for one in Reason if one != Reason.SPAM), start=1)
)
_BLOCKS = (
    Choice("week", gettext_lazy("for a week"), "1"),
    Choice("month", gettext_lazy("for a month"), "2"),
    Choice("ever", gettext_lazy("for ever"), "3"),
)
_BLOCK_TIMES = {"week": timedelta(days=7), "month": timedelta(days=30), "ever": None}


class CommentQueue(Queue[Comment]):
    """The page; newsroom.adminsite registers it."""

    title = gettext_lazy("Comments to decide")
    permission = moderation.PERMISSION
    url_name = "comments_queue"
    card_template = "admin/comments/comment/_card.html"
    can_undo = True
    tabs = (
        Tab(
            "pending",
            gettext_lazy("Pending"),
            gettext_lazy("Everything is decided."),
            Order(("rank", "queued_at", "pk")),
            frozenset({"queued_at"}),
        ),
        Tab(
            "reported",
            gettext_lazy("Reported"),
            gettext_lazy("No report waits for a decision."),
            Order(("report_rank", "reported_at", "pk")),
            frozenset({"reported_at"}),
        ),
        Tab(
            "spam",
            gettext_lazy("Held as spam"),
            gettext_lazy("The rules hold nothing back."),
            Order(("queued_at", "pk")),
            frozenset({"queued_at"}),
        ),
        Tab(
            "decided",
            gettext_lazy("Decided"),
            gettext_lazy("Nothing has been decided yet."),
            Order(("decided_at", "pk"), is_descending=True),
            frozenset({"decided_at"}),
            stays=True,
            is_counted=False,
        ),
    )
    actions = (
        Action(
            "approve",
            gettext_lazy("Approve"),
            gettext_lazy("Approved"),
            "a",
            moderation.PERMISSION,
            look="good",
        ),
        Action(
            "keep",
            gettext_lazy("Leave it standing"),
            gettext_lazy("Left as it is"),
            "a",
            moderation.PERMISSION,
            look="good",
        ),
        Action(
            "reject",
            gettext_lazy("Reject"),
            gettext_lazy("Rejected"),
            "r",
            moderation.PERMISSION,
            choices=_REASONS,
            note_label=gettext_lazy("A sentence for the author"),
            note_hint=gettext_lazy("needed for another reason"),
            note_length=500,
            look="bad",
        ),
        Action("spam", gettext_lazy("Spam"), gettext_lazy("Spam"), "s", moderation.PERMISSION),
        Action(
            "hold",
            gettext_lazy("Hold back"),
            gettext_lazy("Held back"),
            "h",
            moderation.PERMISSION,
            look="aside",
        ),
        Action(
            "reply",
            gettext_lazy("Reply"),
            gettext_lazy("Replied"),
            "w",
            moderation.PERMISSION,
            note_label=gettext_lazy("Reply in the name of the newsroom"),
            note_hint=gettext_lazy("approves the comment, too"),
            note_length=5000,
            for_many=False,
            look="aside",
        ),
        Action(
            "block",
            gettext_lazy("Block author"),
            gettext_lazy("Author blocked"),
            "b",
            "comments.block_commentauthor",
            choices=_BLOCKS,
            for_many=False,
            stays=True,
            look="aside",
        ),
    )

    def rows(self, tab: Tab) -> QuerySet[Comment]:
        return _rows(tab.name).for_queue()

    def counts(self) -> Mapping[str, int]:
        return count_together({tab.name: _rows(tab.name) for tab in self.tabs if tab.is_counted})

    def oldest(self) -> tuple[datetime | None, timedelta]:
        goal = timedelta(minutes=CommentRules.load().answer_goal)
        return Comment.objects.pending().aggregate(since=Min("queued_at"))["since"], goal

    def cards(self, tab: Tab, rows: Sequence[Comment]) -> list[Card]:
        """Make the cards in three queries at most: rules, reports, decisions."""
        rules = CommentRules.load()
        late = timezone.now() - timedelta(minutes=rules.answer_goal)
        reports = reports_of(rows)
        decisions = decisions_of(rows) if tab.name == "decided" else {}
        cards = []
        for row in rows:
            since = {"pending": row.queued_at, "reported": row.reported_at}.get(tab.name)
            cards.append(
                Card(
                    row,
                    row.version,
                    _("Comment by %(name)s") % {"name": row.name},
                    _offered(tab, row),
                    facts_of(row, reports.get(row.pk, []), decisions.get(row.pk)),
                    since=since,
                    is_late=since is not None and since < late,
                    is_flagged=_is_first(tab, row),
                )
            )
        return cards

    def carry_out(self, command: Command, by: User) -> Outcome:
        name = command.action.name
        if name == "block":
            return _block(command, by)
        if name == "reply":
            return _reply(command, by)
        outcome = moderation.decide(
            {pick.pk: pick.version for pick in command.picks},
            to=_TARGETS[name],
            by=by,
            reason=command.choice,
            note=command.note,
            source=Source.QUEUE if command.is_single else Source.BULK,
        )
        return _told(outcome, named=not command.is_single)

    def undo(self, batch: str, by: User) -> Outcome:
        return _told(moderation.undo(batch, by=by), named=True)

    def last_batch(self, by: User) -> Batch | None:
        """Return the newest decision of the last ten minutes that nobody has touched since."""
        line = (
            ModerationAction.objects.filter(
                actor=by,
                at__gte=timezone.now() - moderation.UNDO_TIME,
                comment__version=F("version"),
            )
            .exclude(batch="")
            .exclude(source=Source.UNDO)
            .order_by()
            .values("batch", "to_status")
            .annotate(last=Max("pk"), made=Max("at"), number=Count("pk"))
            .order_by("-last")
            .first()
        )
        if line is None:
            return None
        return Batch(line["batch"], line["number"], line["made"], Status(line["to_status"]).label)

    def links(self, user: User) -> list[tuple[str, Text]]:
        return [
            (reverse(f"admin:{name}"), label)
            for name, permission, label in _LINKS
            if user.has_perm(permission)
        ]


_TARGETS = {
    "approve": Status.APPROVED,
    "keep": Status.APPROVED,
    "reject": Status.REJECTED,
    "spam": Status.SPAM,
    "hold": Status.PENDING,
}
_LINKS = (
    (
        "comments_commentrules_precision",
        moderation.PERMISSION,
        gettext_lazy("How good are the rules?"),
    ),
    ("comments_commentrules_changelist", "comments.view_commentrules", gettext_lazy("Rules")),
    ("persons", "comments.erase_commentauthor", gettext_lazy("Export and erase persons")),
)


def _rows(name: str) -> CommentQuerySet:
    comments = Comment.objects
    return {
        "pending": comments.pending,
        "reported": comments.reported,
        "spam": comments.held,
        "decided": comments.decided,
    }[name]()


def _offered(tab: Tab, row: Comment) -> tuple[str, ...]:
    """The buttons of a card: what the table of moves allows, in the words of the tab."""
    first = "keep" if tab.name == "reported" else "approve"
    can_show = row.is_approved or moderation.is_allowed(row, Status.APPROVED)
    moves = [
        name
        for name in (first, "reject", "spam", "hold")
        if moderation.is_allowed(row, _TARGETS[name])
    ]
    return (*moves, *(["reply"] if can_show else []), *([] if row.author.is_staff else ["block"]))


def _is_first(tab: Tab, row: Comment) -> bool:
    """Whether a card stands on top of its tab because of what it is."""
    if tab.name == "reported":
        return row.report_rank == RANK_FIRST
    return tab.name == "pending" and row.is_flagged


def _block(command: Command, by: User) -> Outcome:
    """Block the author of a comment; the comment still waits for a decision."""
    (pick,) = command.picks
    row = Comment.objects.select_related("author").filter(pk=pick.pk).first()
    if row is None:
        return Outcome([], {pick.pk: _("This comment is gone.")})
    span = _BLOCK_TIMES[command.choice]
    moderation.block(row.author, by=by, until=timezone.now() + span if span else None)
    return Outcome([row.pk])


def _reply(command: Command, by: User) -> Outcome:
    (pick,) = command.picks
    return _told(moderation.answer(pick.pk, pick.version, body=command.note, by=by), named=False)


def _told(outcome: moderation.Outcome, *, named: bool) -> Outcome:
    """Put what a verb answers into the words of the page; many at once are told apart by name."""
    conflicts = {one.comment: one.text for one in outcome.conflicts}
    if named and conflicts:
        names = dict(Comment.objects.filter(pk__in=conflicts).values_list("pk", "name"))
        conflicts = {
            pk: _("%(name)s: %(why)s") % {"name": names.get(pk, f"#{pk}"), "why": why}
            for pk, why in conflicts.items()
        }
    return Outcome(outcome.done, conflicts, outcome.batch)
