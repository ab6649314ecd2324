"""Counting what is read, without cookies or addresses, and ranking it. Called by view and tick.

Counts gather in the process and are added to the database in batches. Whoever kills a process
without warning loses the counts of a few seconds; an orderly end loses none.
"""

import atexit
import logging
import secrets
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from threading import Lock
from time import monotonic

from django.db import transaction
from django.db.models import Exists, F, FloatField, OuterRef, Sum, Value
from django.db.models.functions import Power
from django.utils import timezone

from newsroom.lib import pagecache

from .models import Article, MostRead, ReadCount, ReadDay

# The age at which a read counts half, and how far back a list looks (four half-lives or more).
_HALF_LIVES = {MostRead.Window.DAY: 24, MostRead.Window.WEEK: 7 * 24}  # hours
_REACH = {MostRead.Window.DAY: 7 * 24, MostRead.Window.WEEK: 28 * 24}  # hours
_LISTED = 30
BESIDE = 5  # so many of the day stand beside every article
_RANK_EVERY = timedelta(minutes=1)
# So many reads of an article count from one network in an hour, in each process: an office's, a
# school's, not those of a loop. So many networks and articles are remembered for that.
_MOST_OF_NETWORK = 30
_REMEMBERED = 50_000

logger = logging.getLogger(__name__)


class Networks:
    """How often each network has read each article this hour: hashes, in this process only.

    Their key is forgotten with them, so nobody can tell later whose they were. Called under a lock.
    """

    def __init__(self, *, most: int = _MOST_OF_NETWORK, remembered: int = _REMEMBERED) -> None:
        self.most, self.remembered = most, remembered
        self._hour = 0
        self._key = b""
        self._reads: dict[bytes, int] = {}

    def take(self, network: str, article: int, hour: int) -> bool:
        """Count a read, or tell that there were enough; of no network there are never."""
        if not network:
            return True
        if hour > self._hour:
            self._hour, self._key, self._reads = hour, secrets.token_bytes(16), {}
        name = blake2b(f"{article} {network}".encode(), key=self._key, digest_size=8).digest()
        before = self._reads.get(name, 0)
        if before >= self.most:
            return False
        if not before and len(self._reads) >= self.remembered:
            del self._reads[next(iter(self._reads))]
        self._reads[name] = before + 1
        return True


class Buffer:
    """Counts that wait in this process; any number of threads may add."""

    def __init__(self, *, most: int = 200, seconds: float = 5) -> None:
        self.most, self.seconds = most, seconds
        self._lock = Lock()
        self._counts: Counter[tuple[int, int]] = Counter()
        self._size = 0
        self._since = monotonic()
        self._networks = Networks()

    def add(self, article: int, network: str = "") -> None:
        """Count one read; the one that fills the buffer, or comes late, writes all of them.

        What a network reads too often is left out.
        """
        hour = _hour(timezone.now())
        with self._lock:
            if not self._networks.take(network, article, hour):
                return
            if not self._counts:
                self._since = monotonic()
            self._counts[article, hour] += 1
            self._size += 1
            is_due = self._size >= self.most or monotonic() - self._since >= self.seconds
        if is_due:
            self.flush()

    def flush(self) -> None:
        """Add what waits to the database."""
        with self._lock:
            counts, self._counts, self._size = self._counts, Counter(), 0
        if counts:
            write(counts)

    def close(self) -> None:
        """Write what waits as the process ends; there is nobody left to tell of a failure."""
        try:
            self.flush()
        except Exception:
            logger.exception("the last counts of what was read are lost")


buffer = Buffer()
atexit.register(buffer.close)


@transaction.atomic
def write(counts: Counter[tuple[int, int]]) -> None:
    """Add counts by article and hour; what readers cannot see counts nothing.

    Rows are made and added to in one order everywhere, so that processes wait for each other and
    never for ever.
    """
    known = set(
        Article.objects.visible()
        .filter(pk__in={article for article, _hour_ in counts})
        .values_list("pk", flat=True)
    )
    keys = sorted(key for key in counts if key[0] in known)
    ReadCount.objects.bulk_create(
        [ReadCount(article_id=article, hour=hour) for article, hour in keys], ignore_conflicts=True
    )
    for article, hour in keys:
        row = ReadCount.objects.filter(article=article, hour=hour)
        row.update(count=F("count") + counts[article, hour])


def rank() -> int:
    """Make the lists of the most read anew, once a minute at most; return how many places.

    Forgets counts that no list looks back to, but for the sums of their days. Called by tick; safe
    to run several times at once.
    """
    now = timezone.now()
    if MostRead.objects.filter(ranked_at__gt=now - _RANK_EVERY).exists():
        return 0
    this_hour = _hour(now)
    _fold(this_hour - max(_REACH.values()))
    return sum(_rank(window, now) for window in MostRead.Window)


def reads_by_day(since: date) -> dict[date, int]:
    """Return how often articles were read on each day of the site's zone. Two queries."""
    found = dict(ReadDay.objects.filter(day__gte=since).values_list("day", "count"))
    start = datetime.combine(since, time(), timezone.get_current_timezone())
    hours = ReadCount.objects.filter(hour__gte=_hour(start)).order_by().values_list("hour")
    for hour, number in hours.annotate(number=Sum("count")):
        found[_day(hour)] = found.get(_day(hour), 0) + number
    return found


def _fold(before: int) -> None:
    """Move the counts of old hours into the sums of their days, an hour a transaction.

    Whoever comes second at an hour finds its rows gone: nothing is added twice.
    """
    old = ReadCount.objects.filter(hour__lt=before)
    for hour in old.order_by("hour").values_list("hour", flat=True).distinct():
        with transaction.atomic():
            rows = ReadCount.objects.filter(hour=hour)
            number = sum(rows.select_for_update().order_by("pk").values_list("count", flat=True))
            rows.delete()
            ReadDay.objects.bulk_create([ReadDay(day=_day(hour))], ignore_conflicts=True)
            ReadDay.objects.filter(day=_day(hour)).update(count=F("count") + number)


@transaction.atomic
def _rank(window: MostRead.Window, now: datetime) -> int:
    """Write one list: sums of reads that lose half their weight in every half-life."""
    hours = now.timestamp() / 3600
    age = (Value(hours) - F("hour")) / Value(float(_HALF_LIVES[window]))
    weight = F("count") * Power(Value(0.5), age, output_field=FloatField())
    visible = Article.objects.visible(now).filter(pk=OuterRef("article"))
    rows = (
        ReadCount.objects.filter(Exists(visible), hour__gt=int(hours) - _REACH[window])
        .values("article")
        .annotate(score=Sum(weight, output_field=FloatField()))
        .order_by("-score", "article")[:_LISTED]
    )
    places = [
        MostRead(
            article_id=row["article"], window=window, place=place, score=row["score"], ranked_at=now
        )
        for place, row in enumerate(rows, start=1)
    ]
    _purge(window, [entry.article_id for entry in places])
    # In one order, as in write().
    MostRead.objects.bulk_create(
        sorted(places, key=lambda entry: entry.article_id),
        update_conflicts=True,
        unique_fields=["window", "article"],
        update_fields=["place", "score", "ranked_at"],
    )
    MostRead.objects.filter(window=window, ranked_at__lt=now).delete()
    return len(places)


def _purge(window: MostRead.Window, places: list[int]) -> None:
    """Purge the pages on which the list is another one: fronts, and its head on every article."""
    before = MostRead.objects.filter(window=window).order_by("place")
    known = list(before.values_list("article", flat=True))
    if known != places:
        pagecache.purge("mostread")
    # One more than is shown: an article's own page leaves the article out.
    if window == MostRead.Window.DAY and known[: BESIDE + 1] != places[: BESIDE + 1]:
        pagecache.purge("mostread:top")


def _day(hour: int) -> date:
    """The day of an hour in the site's zone."""
    return timezone.localdate(datetime.fromtimestamp(hour * 3600, UTC))


def _hour(moment: datetime) -> int:
    """Hours since 1970."""
    return int(moment.timestamp() // 3600)
