"""The editorial calendar: what is planned, scheduled and out on which day. For the admin's page."""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from newsroom.models import User

from . import workflow
from .models import Article, Status

# What is out fills no page: so many a day in a month and in a week; the rest is a number.
_SHOWN = {"month": 3, "week": 12}
_UNPLANNED = 40

type Kind = Literal["planned", "scheduled", "update", "published"]
type Scale = Literal["month", "week"]


@dataclass(frozen=True)
class Item:
    """An article on a day. Whoever `may_move` it may give it another day or time."""

    article: Article
    kind: Kind
    at: datetime | None
    may_move: bool = False

    @property
    def is_late(self) -> bool:
        """Planned for a time that is over, and not out."""
        return self.kind == "planned" and self.at is not None and self.at < timezone.now()


@dataclass
class Day:
    """A day with what stands on it, in the order of time. `more` are out and not shown."""

    date: date
    is_outside: bool
    items: list[Item] = field(default_factory=list)
    more: int = 0

    @property
    def is_today(self) -> bool:
        return self.date == timezone.localdate()

    @property
    def is_past(self) -> bool:
        return self.date < timezone.localdate()


@dataclass(frozen=True)
class Sheet:
    """A month or a week, whole weeks from Monday on, and what waits for a day."""

    scale: Scale
    day: date
    weeks: list[list[Day]]
    unplanned: list[Item]

    @property
    def previous(self) -> date:
        if self.scale == "week":
            return self.day - timedelta(days=7)
        return (self.day.replace(day=1) - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        if self.scale == "week":
            return self.day + timedelta(days=7)
        return (self.day.replace(day=1) + timedelta(days=31)).replace(day=1)


def sheet(scale: Scale, day: date, user: User, section: int | None = None) -> Sheet:
    """Lay out the month or week around a day. Four queries, whatever the number of articles."""
    weeks = _weeks(scale, day)
    by_date = {one.date: one for week in weeks for one in week}
    first, last = weeks[0][0].date, weeks[-1][-1].date
    start, end = _midnight(first), _midnight(last + timedelta(days=1))
    now = timezone.now()
    articles = Article.objects.all() if section is None else Article.objects.filter(section=section)
    own = _movable(user)
    for item in _coming(articles, start, end, now, user, own):
        by_date[timezone.localdate(item.at)].items.append(item)
    if start < now:
        for item, of_day in _out(articles, start, min(end, now), _SHOWN[scale]):
            one = by_date[timezone.localdate(item.at)]
            one.items.append(item)
            one.more = max(0, of_day - _SHOWN[scale])
    for one in by_date.values():
        one.items.sort(key=lambda item: (item.at or now, item.article.pk))
    waiting = articles.unplanned().for_desk()
    if not user.has_perm("articles.edit_any_article"):
        waiting = waiting.of(user)
    unplanned = [
        Item(article, "planned", None, _may_plan(article, user, own))
        for article in waiting[:_UNPLANNED]
    ]
    return Sheet(scale, day, weeks, unplanned)


def _coming(
    articles: Any, start: datetime, end: datetime, now: datetime, user: User, own: set[int]
) -> Iterator[Item]:
    may_publish = user.has_perm("articles.publish_article")
    for article in articles.in_calendar(start, end, now).for_desk():
        if article.status != Status.PUBLISHED:
            may_plan = _may_plan(article, user, own)
            yield Item(article, "planned", article.appears_at, may_plan)
        else:
            kind: Kind = "scheduled" if article.is_scheduled else "update"
            yield Item(article, kind, article.appears_at, may_publish)


def _out(articles: Any, start: datetime, end: datetime, most: int) -> Iterator[tuple[Item, int]]:
    """Yield what came out in between, the newest of each day, with the day's whole number."""
    day = TruncDate("published_at")
    rows = (
        articles.published()
        .filter(published_at__gte=start, published_at__lt=end)
        .annotate(
            place=Window(
                RowNumber(), partition_by=day, order_by=[F("published_at").desc(), F("pk").desc()]
            ),
            of_day=Window(Count("pk"), partition_by=day),
        )
        .filter(place__lte=most)
        .for_desk()
    )
    for article in rows:
        yield Item(article, "published", article.published_at), article.of_day


def _movable(user: User) -> set[int]:
    """Return the user's own open articles: what a reporter may plan. One query, editors none."""
    if user.has_perm("articles.edit_any_article"):
        return set()
    return set(Article.objects.of(user).in_hand().values_list("pk", flat=True)[:1000])


def _may_plan(article: Article, user: User, own: set[int]) -> bool:
    """What workflow.may_edit says, without a query for each article."""
    if user.has_perm("articles.edit_any_article"):
        return bool(user.has_perm("articles.change_article"))
    is_own_draft = article.status == Status.DRAFT and article.pk in own
    return is_own_draft and user.has_perm("articles.change_article")


def move(
    article: Article, kind: str, *, by: User, at: datetime | None, seen: datetime | None
) -> Article:
    """Give an article another time: a draft's plan, or the schedule of what is published.

    `seen` is the time it stood at on the user's page. Raises workflow.Refused and its kinds.
    """
    if kind == "planned":
        return workflow.replan(article, by=by, planned_at=at, seen=seen)
    if at is None:
        return workflow.unschedule(article, by=by)
    return workflow.reschedule(article, by=by, at=at, seen=seen)


def _weeks(scale: Scale, day: date) -> list[list[Day]]:
    if scale == "week":
        monday = day - timedelta(days=day.weekday())
        return [[Day(monday + timedelta(days=number), False) for number in range(7)]]
    return [
        [Day(one, one.month != day.month) for one in week]
        for week in months.Calendar().monthdatescalendar(day.year, day.month)
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
