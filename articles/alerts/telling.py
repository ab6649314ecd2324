"""Who is to be told of a new article: once, when readers can see it, by one statement for all.

`announce` is called by the verb that publishes, `tell_due` by tick. In between stands a row, so
that neither a time that is moved nor a killed process makes two of it or none.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Min
from django.utils import timezone

from newsroom.lib import outbox

from ..models import Announcement, Article, DigestStory, Genre, Subscription
from .scopes import concerned

DIGEST_TIME = time(7)
DIGEST_WEEKDAY = 5  # Saturday
_TOLD_KEPT = timedelta(days=31)
# A decision on a comment can be taken back for ten minutes: nobody hears of it sooner.
_SOONEST = timedelta(minutes=10)

Frequency = Subscription.Frequency


def announce(article: Article) -> None:
    """Note that an article is to be told of, unless it is or was already. One query.

    Belongs into the transaction that publishes it. What is paid for is told to nobody: it is not
    what readers asked for.
    """
    if article.genre == Genre.ADVERTISING:
        return
    Announcement.objects.bulk_create([Announcement(article=article)], ignore_conflicts=True)


def tell_due() -> int:
    """Write the mails about all articles that have become visible; return how many.

    Called by tick, safe to run twice and by several processes at once: each article is taken under
    a lock on its row. A failing one keeps none of the others back.
    """
    waiting = Announcement.objects.filter(told_at=None, article__in=Article.objects.visible())
    written, errors = 0, []
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        try:
            written += _tell(pk)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("Articles that could not be announced", errors)
    return written


@transaction.atomic
def _tell(pk: int) -> int:
    rows = Announcement.objects.select_related("article__section")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    row = rows.get(pk=pk)
    if row.told_at is not None or not row.article.is_live:
        return 0  # another process was faster, or it has been withdrawn
    now = timezone.now()
    wanted = Subscription.objects.active().of(concerned(row.article))
    row.mails = outbox.put_for_each(
        "alert",
        f"alert:{row.article_id}:",
        _fastest(wanted, Frequency.AT_ONCE),
        payload={"article": row.article_id},
    )
    for frequency in (Frequency.DAILY, Frequency.WEEKLY):
        readers = _fastest(wanted, frequency)
        due_at = next_digest(frequency, now)
        row.digests += _put_aside(row.article_id, readers, due_at)
        outbox.put_for_each(
            "alert-digest",
            f"alert-digest:{due_at:%Y%m%d%H%M}:",
            readers,
            payload={"due": due_at.isoformat()},
            due_at=due_at,
        )
    row.told_at = now
    row.save()
    return row.mails + row.digests


def tell_of_comments(article_id: int) -> int:
    """Tell those who follow an article's comments that there are new ones; return how many mails.

    Belongs into the transaction that shows a comment; for the app of comments to call. However
    many comments come, a reader gets one mail an hour, day or week.
    """
    now, written = timezone.now(), 0
    wanted = Subscription.objects.active().of([(Subscription.Scope.COMMENTS, [article_id])])
    for frequency in Frequency:
        is_at_once = frequency == Frequency.AT_ONCE
        due_at = _next_hour(now + _SOONEST) if is_at_once else next_digest(frequency, now)
        written += outbox.put_for_each(
            "alert-comments",
            f"alert-comments:{article_id}:{due_at:%Y%m%d%H%M}:",
            _fastest(wanted, frequency),
            payload={"article": article_id},
            due_at=due_at,
        )
    return written


def next_digest(frequency: int, now: datetime) -> datetime:
    """Return when the next daily or weekly digest goes out, in the morning of the site's zone."""
    zone = timezone.get_current_timezone()
    day = timezone.localdate(now)
    for _number in range(9):
        moment = datetime.combine(day, DIGEST_TIME, zone)
        is_day = frequency != Frequency.WEEKLY or day.weekday() == DIGEST_WEEKDAY
        if moment > now and is_day:
            return moment
        day += timedelta(days=1)
    raise AssertionError("A week has every weekday.")


def drop_told() -> int:
    """Delete what digests of the past were made of. Called by tick."""
    return DigestStory.objects.filter(due_at__lt=timezone.now() - _TOLD_KEPT).delete()[0]


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _fastest(wanted: Any, frequency: int) -> Any:
    """Return, as `about`, the ids of those who want it at the fastest in this frequency."""
    readers = wanted.order_by().values("subscriber").annotate(fastest=Min("frequency"))
    return readers.filter(fastest=frequency).annotate(about=F("subscriber"))


def _put_aside(article_id: int, readers: Any, due_at: datetime) -> int:
    """Put the article into the next digest of each of them, by one statement."""
    sql, parameters = readers.values_list("about").query.sql_with_params()
    constants: Iterable[Any] = [
        article_id,
        connection.ops.adapt_datetimefield_value(due_at),
    ]
    with connection.cursor() as cursor:
        # The WHERE tells SQLite that ON belongs to the insert and not to a join.
        cursor.execute(
            "INSERT INTO articles_digeststory (subscriber_id, article_id, due_at) "  # noqa: S608 - the database's own words
            f"SELECT picked.about, %s, %s FROM ({sql}) AS picked WHERE true "
            "ON CONFLICT DO NOTHING",
            [*constants, *parameters],
        )
        return int(cursor.rowcount)
