"""The desk's statistics: what is read, written, listed and told, counted from rows kept anyway.

Nobody is counted who reads: reads are sums by article and hour, kept for four weeks, then by day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Aggregate, Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles import mostread
from articles.models import Announcement, Article, ReadCount, Subscription
from comments.models import Comment
from jobs.models import Job

from .lib.charts import Series, bars

_MOST_READ = 10


@dataclass(frozen=True)
class Span:
    """A stretch of time, cut into days or months."""

    name: str
    label: str | Promise
    starts: list[date]
    format: str

    @property
    def since(self) -> datetime:
        """The first moment of it, in the site's zone."""
        return datetime.combine(self.starts[0], time(), timezone.get_current_timezone())

    @property
    def names(self) -> list[str]:
        return [date_format(start, self.format) for start in self.starts]

    def fold(self, by_day: dict[date, int]) -> list[int]:
        """Return the sums of the days of each part."""
        ends = [*self.starts[1:], date.max]
        return [
            sum(number for day, number in by_day.items() if start <= day < end)
            for start, end in zip(self.starts, ends, strict=True)
        ]


@dataclass(frozen=True)
class Part:
    """A chart, the permission for it, and where its numbers come from."""

    name: str
    title: Promise
    permission: str
    count: Callable[[Span], Iterator[tuple[Any, dict[date, int]]]]
    note: str | Promise = ""


@dataclass(frozen=True)
class Drawn:
    """A part as the page shows it: a chart, and its numbers as a table, the newest first."""

    part: Part
    series: list[Series]
    chart: SafeString
    rows: list[tuple[str, list[int]]]


def _spans() -> list[Span]:
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in range(29, -1, -1)]
    months = [today.replace(day=1)]
    while len(months) < 12:
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    return [
        Span("days", gettext_lazy("Last 30 days"), days, "SHORT_DATE_FORMAT"),
        Span("months", gettext_lazy("Last 12 months"), months, "YEAR_MONTH_FORMAT"),
    ]


def _by_day(
    rows: QuerySet[Any], moment: str, span: Span, amount: Aggregate | None = None
) -> dict[date, int]:
    """Count rows, or sum an amount of them, by the day of a moment. One query."""
    days = (
        rows.filter(**{f"{moment}__gte": span.since, f"{moment}__lte": timezone.now()})
        .order_by()
        .values(day=TruncDate(moment))
        .annotate(number=amount or Count("pk"))
    )
    return {row["day"]: row["number"] for row in days}


def _reads(span: Span) -> Iterator[tuple[Any, dict[date, int]]]:
    yield _("Reads"), mostread.reads_by_day(span.starts[0])


def _published(span: Span) -> Iterator[tuple[Any, dict[date, int]]]:
    yield _("Published"), _by_day(Article.objects.published(), "published_at", span)


def _comments(span: Span) -> Iterator[tuple[Any, dict[date, int]]]:
    yield _("Approved"), _by_day(Comment.objects.approved(), "published_at", span)
    refused = Comment.objects.refused()
    yield _("Rejected or spam"), _by_day(refused, "decided_at", span)


def _jobs(span: Span) -> Iterator[tuple[Any, dict[date, int]]]:
    yield _("Listed"), _by_day(Job.objects.listed(), "published_at", span)
    yield _("Sent in and not listed"), _by_day(Job.objects.never_listed(), "created_at", span)


def _mails(span: Span) -> Iterator[tuple[Any, dict[date, int]]]:
    told = Announcement.objects.all()
    yield _("At once"), _by_day(told, "told_at", span, Sum("mails"))
    yield _("For digests"), _by_day(told, "told_at", span, Sum("digests"))


def _subscriptions(span: Span) -> Iterator[tuple[Any, dict[date, int]]]:
    yield _("Confirmed"), _by_day(Subscription.objects.all(), "confirmed_at", span)
    ended = Subscription.objects.exclude(confirmed_at=None)
    yield _("Ended"), _by_day(ended, "ended_at", span)


_EDITORIAL, _ALERTS = "articles.review_article", "articles.view_subscription"
_PARTS = [
    Part(
        "reads",
        gettext_lazy("Articles read"),
        _EDITORIAL,
        _reads,
        gettext_lazy(
            "Counted without cookies and addresses. After four weeks only the sum of a day is kept."
        ),
    ),
    Part("published", gettext_lazy("Articles published"), _EDITORIAL, _published),
    Part("comments", gettext_lazy("Comments"), "comments.view_comment", _comments),
    Part("jobs", gettext_lazy("Jobs"), "jobs.view_job", _jobs),
    Part("mails", gettext_lazy("Mails about new articles"), _ALERTS, _mails),
    Part("subscriptions", gettext_lazy("Subscriptions"), _ALERTS, _subscriptions),
]
# Who has one of them sees the page, and on it the charts that are his or hers.
PERMISSIONS = tuple(dict.fromkeys(part.permission for part in _PARTS))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the charts that the account may see, of the last 30 days or (`?span=months`) 12 months.

    At most two queries a chart, whatever the number of rows.
    """
    mine = [part for part in _PARTS if request.user.has_perm(part.permission)]
    if not mine:
        raise PermissionDenied
    spans = _spans()
    span = next((one for one in spans if one.name == request.GET.get("span")), spans[0])
    # What single articles were read is not known for longer.
    may_see_articles = span is spans[0] and request.user.has_perm(_EDITORIAL)
    context = {
        **admin.site.each_context(request),
        "title": _("Statistics"),
        "spans": spans,
        "span": span,
        "drawn": [_draw(part, span) for part in mine],
        "most_read": _most_read(span) if may_see_articles else None,
    }
    return TemplateResponse(request, "admin/statistics.html", context)


def _draw(part: Part, span: Span) -> Drawn:
    series = [Series(str(label), span.fold(by_day)) for label, by_day in part.count(span)]
    names = span.names
    numbers = zip(*(one.values for one in series), strict=True)
    rows = [(name, list(values)) for name, values in zip(names, numbers, strict=True)]
    chart = bars(names, series, label=f"{part.title}, {span.label}")
    return Drawn(part, series, chart, rows[::-1])


def _most_read(span: Span) -> list[Any]:
    return list(
        ReadCount.objects.filter(hour__gte=int(span.since.timestamp() // 3600))
        .values("article", headline=F("article__headline"))
        .annotate(number=Sum("count"))
        .order_by("-number", "article")[:_MOST_READ]
    )
