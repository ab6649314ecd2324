"""When the form below an article next opens or closes. The page cache asks, as settings.py says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from articles.models import Article

from .models import CommentRules, SectionRules

_KEY = "comments:"


def next_turn(after: datetime, keys: set[str]) -> datetime | None:
    """Return the first moment at which comments on a page's article may be written or no more.

    Three queries; None for pages without a form.
    """
    ids = [key.removeprefix(_KEY) for key in keys if key.startswith(_KEY)]
    article = Article.objects.filter(pk__in=ids).only("published_at", "section_id").first()
    if article is None:
        return None
    rules = CommentRules.load()
    section = SectionRules.objects.filter(section=article.section_id).first()
    moments = [*_hours(rules, after), *_end(article, rules, section)]
    return min((moment for moment in moments if moment > after), default=None)


def _end(article: Article, rules: CommentRules, section: SectionRules | None) -> Iterator[datetime]:
    days = rules.closes_after_days
    if section is not None and section.closes_after_days is not None:
        days = section.closes_after_days
    if days and article.published_at is not None:
        yield article.published_at + timedelta(days=days)


def _hours(rules: CommentRules, after: datetime) -> Iterator[datetime]:
    """Yield when moderators come and go on this day and the next."""
    if not rules.closed_off_duty:
        return
    today = timezone.localtime(after).date()
    for hour in (rules.duty_from, rules.duty_until):
        if hour is not None:
            for day in (today, today + timedelta(days=1)):
                yield timezone.make_aware(datetime.combine(day, hour))
