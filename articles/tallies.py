"""How many articles readers see in a month and on a topic, exactly, at the cost of a short table.

Triggers write down how many are published, in the transaction of the change, whoever makes it.
What readers see is decided when it is read: the few published ones that are hidden at this moment
are found by their indexes and taken off. While `migrate` runs nothing is written down, and
everything is counted.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from .models import Article, MonthTally, TaggedArticle, Tally, TopicTally
from .models.article import ArticleQuerySet
from .models.tally import CHANGED

# So many rows may be added up whenever a page asks; `fold` leaves one for each month or topic.
_MANY = 2_000


def of_months() -> list[tuple[date, int]]:
    """Return the months with articles that readers see, and how many; the oldest first."""
    now = timezone.now()
    if counts := Counter(MonthTally.objects.sums("month", "articles")):
        counts.subtract(_counted(_hidden(now), "month"))
    else:
        counts = _counted(Article.objects.visible(now), "month")
    return sorted((month, count) for month, count in counts.items() if count > 0)


def of_sitemap() -> list[tuple[date, int, datetime]]:
    """Return the same of what is original here, with when readers last had reason to read again.

    The newest month first.
    """
    now = timezone.now()
    own = Article.objects.visible(now).filter(canonical_url="")
    newest = own.filter(month=OuterRef("month")).order_by(CHANGED.desc()).values(at=CHANGED)[:1]
    sums = MonthTally.objects.order_by("-month").values_list("month")
    if found := list(sums.annotate(total=Sum("own"), changed=Subquery(newest))):
        hidden = _counted(_hidden(now).filter(canonical_url=""), "month")
        counted = [(month, total - hidden[month], changed) for month, total, changed in found]
        return [(month, count, changed) for month, count, changed in counted if count > 0]
    rows = own.order_by("-month").values_list("month")
    return list(rows.annotate(articles=Count("pk"), changed=Max(CHANGED)))


def of_topics() -> dict[int, int]:
    """Return the topics with articles that readers see, by number, and how many."""
    now = timezone.now()
    if counts := Counter(TopicTally.objects.sums("tag_id", "articles")):
        hidden = TaggedArticle.objects.filter(content_object__in=_hidden(now))
        counts.subtract(_counted(hidden, "tag_id"))
    else:
        shown = TaggedArticle.objects.filter(content_object__in=Article.objects.visible(now))
        counts = _counted(shown, "tag_id")
    return {tag: count for tag, count in counts.items() if count > 0}


def fold() -> int:
    """Add up the rows of each month and topic where there are many; return how many are gone.

    Called by tick. Whoever reads meanwhile finds the old rows or the new ones.
    """
    return sum(
        _fold(model, key, columns)
        for model, key, columns in (
            (MonthTally, "month", ("articles", "own")),
            (TopicTally, "tag_id", ("articles",)),
        )
    )


def wrong() -> Iterator[str]:
    """Yield every count that is not what counting finds. The caller holds one moment."""
    published = Article.objects.published()
    tagged = TaggedArticle.objects.filter(content_object__in=published)
    originals = published.filter(canonical_url="")
    for name, written, counted in (
        ("month", MonthTally.objects.sums("month", "articles"), _counted(published, "month")),
        ("sitemap", MonthTally.objects.sums("month", "own"), _counted(originals, "month")),
        ("topic", TopicTally.objects.sums("tag_id", "articles"), _counted(tagged, "tag_id")),
    ):
        for key in sorted(written.keys() | counted.keys()):
            if written.get(key, 0) != counted[key]:
                yield f"{name} {key}: {written.get(key, 0)} instead of {counted[key]}"


def _hidden(now: datetime) -> ArticleQuerySet:
    """Return what is published and not visible at a moment: to come, over, embargoed.

    By id, each part by its own index: of parts joined by OR every article would be asked.
    """
    published = Article.objects.published().order_by()
    first, *others = (
        published.filter(part).values("pk")
        for part in (Q(published_at__gt=now), Q(expires_at__lte=now), Q(embargo_until__gt=now))
    )
    return Article.objects.filter(pk__in=first.union(*others))


def _counted(rows: "ArticleQuerySet | QuerySet[Any]", by: str) -> Counter[Any]:
    found = rows.order_by().values_list(by).annotate(count=Count("pk"))
    return Counter(dict(found))


@transaction.atomic
def _fold(model: type[Tally], key: str, columns: tuple[str, ...]) -> int:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join((key, *columns))
    sums = ", ".join(f"SUM({column})" for column in columns)
    added = f"INSERT INTO {table} ({names}) SELECT {key}, {sums} FROM"
    grouped = f"GROUP BY {key} HAVING SUM(articles) <> 0"
    before: int = model._base_manager.count()
    if before <= _MANY or before <= 2 * model._base_manager.values(key).distinct().count():
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What others write meanwhile stays; of two folds the second finds nothing.
            gone = f"WITH gone AS (DELETE FROM {table} RETURNING {names})"  # noqa: S608
            cursor.execute(f"{gone} {added} gone {grouped}")
        else:
            last = model._base_manager.order_by("-pk").values_list("pk", flat=True)[0]
            cursor.execute(f"{added} {table} {grouped}")
            cursor.execute(f"DELETE FROM {table} WHERE id <= %s", [last])  # noqa: S608
    return before
