"""What stands in an issue: of a sent one what went out, of others what would go out at a moment.

Articles always come through readers' gate: what is withdrawn leaves mails and archive alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from newsroom.lib.richtext import plain_text

from .. import body, facts
from ..models import Article, NewsletterIssue, ReadCount
from ..shelves import Shelves

# How far back the first issue looks, and every other one after a long silence.
_REACH = timedelta(days=14)


@dataclass(frozen=True)
class Letter:
    """An issue with its articles, ready for page and mail."""

    issue: NewsletterIssue
    articles: list[Article]

    @property
    def is_empty(self) -> bool:
        return not (self.articles or self.issue.intro or self.issue.closing)

    @property
    def intro(self) -> str:
        """The opening as readers' HTML with whole addresses; affiliate links have their label."""
        return _html(self.issue.intro)

    @property
    def closing(self) -> str:
        """The same of the closing."""
        return _html(self.issue.closing)

    @property
    def intro_text(self) -> str:
        """The opening for the text part of a mail: addresses stand behind their words."""
        return _text(self.intro)

    @property
    def closing_text(self) -> str:
        """The same of the closing."""
        return _text(self.closing)


def read(issue: NewsletterIssue, at: datetime | None = None) -> Letter:
    """Return an issue with what readers may see of it at a moment (default: now).

    One query for a sent issue, at most six for others.
    """
    if issue.is_sent:
        return Letter(issue, _in_order(issue.articles, at))
    picked = _in_order(issue.picks.values_list("article", flat=True), at)
    return Letter(issue, [*picked, *_by_themselves(issue, [row.pk for row in picked], at)])


def _in_order(ids: Iterable[int], at: datetime | None) -> list[Article]:
    """Return the visible ones of these articles, in this order. One query."""
    wanted = list(ids)
    rows = Article.objects.visible(at).filter(pk__in=wanted).for_card()
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in wanted if pk in found]


def _by_themselves(
    issue: NewsletterIssue, picked: Sequence[int], at: datetime | None
) -> list[Article]:
    """Return what an issue fills itself with; what the one before it had does not come again."""
    if not issue.auto_count:
        return []
    now = at or timezone.now()
    last = NewsletterIssue.objects.sent().order_by("-sent_at", "-pk").first()
    since = now - _REACH
    if last is not None and last.sent_at is not None:
        since = max(since, last.sent_at)
        picked = [*picked, *last.articles]
    rows = Article.objects.visible(at).unasked().exclude(pk__in=picked)
    if sections := list(issue.sections.all()):
        shelves = Shelves.load()
        families = [pk for section in sections for pk in shelves.family(section)]
        rows = rows.filter(section__in=families)
    if issue.auto_source == NewsletterIssue.Source.MOST_READ:
        hour = int(since.timestamp() // 3600)
        read_ones = ReadCount.objects.filter(hour__gte=hour, article__in=rows).values("article")
        ranked = read_ones.annotate(reads=Sum("count")).order_by("-reads", "-article")
        return _in_order(ranked.values_list("article", flat=True)[: issue.auto_count], at)
    return list(rows.filter(published_at__gt=since).for_card().newest()[: issue.auto_count])


def _html(source: str) -> str:
    return facts.portable(body.render(source).html) if source else ""


def _text(html: str) -> str:
    tree = LexborHTMLParser(html, is_fragment=True)
    for node in tree.css("a[href]"):
        address = (node.attributes.get("href") or "").removeprefix("mailto:")
        if address != node.text():
            node.insert_after(f" ({address})")
    return plain_text(tree.html or "")
