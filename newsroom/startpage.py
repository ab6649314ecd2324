"""The admin's start page: what waits for whom. Called by adminsite.py."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Promo, Status
from comments.queue import CommentQueue
from jobs.desk import JobQueue
from newsroom.lib.queue import Queue, Waiting

LINES = 8
SOON = timedelta(days=14)  # promos that end within it are named

# By the words in their addresses (adminsite.py).
QUEUES: dict[str, Queue[Any]] = {"comments": CommentQueue(), "jobs": JobQueue()}


@dataclass(frozen=True)
class Box:
    """One list of the page. `query` opens the whole of it in the table of articles."""

    key: str
    title: str | Promise
    empty: str | Promise
    articles: list[Article]
    query: str | None = None

    @property
    def lines(self) -> list[Article]:
        return self.articles[:LINES]

    @property
    def has_more(self) -> bool:
        return len(self.articles) > LINES


@dataclass(frozen=True)
class Campaigns:
    """How many promos run and are to come, and which end soon."""

    running: int
    planned: int
    ending: list[Promo]


def campaigns_for(user: Any) -> Campaigns | None:
    """Return what promos do now, for those who work on them and on no texts. Three queries; None
    for others.
    """
    if not user.has_perm("articles.change_promo") or user.has_perm("articles.view_article"):
        return None
    running: QuerySet[Promo] = Promo.objects.running()
    ending = running.filter(ends_at__lte=timezone.now() + SOON).order_by("ends_at", "pk")
    return Campaigns(running.count(), Promo.objects.planned().count(), list(ending[:LINES]))


def queues_of(user: Any) -> list[Queue[Any]]:
    """Return the queues that a member of staff works on. No query of its own."""
    return [queue for queue in QUEUES.values() if user.has_perm(queue.permission)]


def waiting_for(user: Any) -> list[Waiting]:
    """Return what waits in the queues of a member of staff, in two or three queries a queue."""
    return [queue.waiting() for queue in queues_of(user)]


def landing_for(user: Any) -> str:
    """Return the page after login: the queue of somebody who has one queue and no texts."""
    queues = queues_of(user)
    if len(queues) == 1 and not user.has_perm("articles.view_article"):
        return queues[0].start
    return reverse("admin:index")


def boxes_for(user: Any) -> list[Box]:
    """Return the lists for a member of staff; none for somebody who works on other tables.

    At most four queries, whatever the number of articles.
    """
    if not user.has_perm("articles.view_article"):
        return []
    own = _own_boxes(user) if user.has_perm("articles.submit_article") else []
    if not user.has_perm("articles.review_article"):
        return own
    own = [box for box in own if box.key != "handed-in"]  # an editor's own stand under "To review"
    return [_to_review(), *_coming(timezone.now()), *own, _recently_edited()]


def _own_boxes(user: Any) -> list[Box]:
    """What the user has in hand: sent back (only if there is any), drafts, in review."""
    mine = list(Article.objects.of(user).in_hand().for_desk()[:50])
    drafts = [article for article in mine if article.status == Status.DRAFT]
    sent_back = [article for article in drafts if _reason(article)]
    alarm = [Box("sent-back", _("Sent back to me"), "", sent_back)] if sent_back else []
    return [
        *alarm,
        Box(
            "drafts",
            _("My drafts"),
            _("No draft of yours is open."),
            [article for article in drafts if not _reason(article)],
            "status=draft",
        ),
        Box(
            "handed-in",
            _("Handed in"),
            _("Nothing of yours is with the desk."),
            [article for article in mine if article.status != Status.DRAFT],
            "status=in_review",
        ),
    ]


def _reason(article: Article) -> str:
    """Why the desk sent an article back, if it did (DeskQuerySet.in_hand)."""
    return getattr(article, "sent_back", None) or ""


def _to_review() -> Box:
    return Box(
        "review",
        _("To review"),
        _("Nobody waits for a review."),
        list(Article.objects.to_review().for_desk()[: LINES + 1]),
        "status=in_review",
    )


def _coming(now: datetime) -> list[Box]:
    start = datetime.combine(timezone.localdate(now), time(), timezone.get_current_timezone())
    coming = list(Article.objects.coming(start, start + timedelta(days=1), now).for_desk()[:50])
    planned = [article for article in coming if article.status != Status.PUBLISHED]
    scheduled = [article for article in coming if article.status == Status.PUBLISHED]
    return [
        Box("planned", _("Planned today"), _("Nothing is planned for today."), planned),
        Box("scheduled", _("Scheduled"), _("Nothing is set to appear by itself."), scheduled),
    ]


def _recently_edited() -> Box:
    return Box(
        "recent",
        _("Recently edited"),
        _("No article yet."),
        list(Article.objects.recently_edited().for_desk()[: LINES + 1]),
        "",
    )
