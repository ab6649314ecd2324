"""What a front page can draw from, read in one query however many slots ask. Called by layout."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, TextField, Value

from newsroom.lib.pagination import NEWEST
from newsroom.lib.prepared import prepared

from .models import Article, DossierEntry, LiveEntry, MostRead, Pin, Slot
from .models.article import LISTED, ArticleQuerySet

# No pool is read deeper, however many slots draw from it before.
_DEEPEST = 250
_WINDOWS = {
    Slot.Kind.READ_DAY.value: MostRead.Window.DAY,
    Slot.Kind.READ_WEEK.value: MostRead.Window.WEEK,
}
# A pool: what articles come from ("all", "section", "tag" …), and the id of that row.
Pool = tuple[str, int]
ALL: Pool = ("all", 0)


@dataclass(frozen=True)
class Candidate:
    """An article that a pool offers; `place` counts where the pool has an order of its own."""

    article: int
    section: int
    place: int
    at: datetime
    words: str = ""

    @property
    def rank(self) -> tuple[int, float, int]:
        """The pool's own order, else the newest first."""
        return self.place, -self.at.timestamp(), -self.article


def read(
    pools: set[Pool], depth: int, now: datetime, *, pins_of: Iterable[int]
) -> dict[Pool, list[Candidate]]:
    """Ask every pool for its first articles, and a front for its pins, in one query.

    Each section is asked by itself, so that the database reads `depth` entries of its index and
    no more; readers' gate is a part of every question. What nobody chose by hand is in the site's
    language and not paid for.
    """
    offers: dict[Pool, list[Candidate]] = {}
    rows = _rows(
        now,
        pools=tuple(sorted(pools)),
        depth=min(depth, _DEEPEST),
        slots=tuple(sorted(pins_of)),
        language=settings.LANGUAGE_CODE,
    )
    for kind, owner, *rest in rows:
        offers.setdefault((kind, owner), []).append(Candidate(*rest))
    return offers


@prepared
def _rows(
    now: datetime, *, pools: tuple[Pool, ...], depth: int, slots: tuple[int, ...], language: str
) -> QuerySet[Any, Any]:
    """The one question, for a front as it is arranged; the language decides what is unasked()."""
    visible = Article.objects.visible(now)
    parts = [part for pool in pools for part in _part(pool, depth, visible, now)]
    if slots:
        shown = visible.filter(pk=OuterRef("article"))
        pins = Pin.objects.at(now).filter(Exists(shown), slot__in=slots)
        parts.append(_columns(pins, "pin", F("slot"), "article__", place=F("position")))
    if not parts:
        return Article.objects.none()
    return parts[0].union(*parts[1:], all=True).order_by()


def _part(
    pool: Pool, depth: int, visible: ArticleQuerySet, now: datetime
) -> Iterator[QuerySet[Any, Any]]:
    kind, pk = pool
    if kind == "dossier":
        shown = visible.filter(pk=OuterRef("article"))
        ordered = DossierEntry.objects.filter(Exists(shown), dossier=pk).order_by("position", "pk")
        entries = DossierEntry.objects.filter(pk__in=ordered.values("pk")[:depth])
        yield _columns(entries, kind, Value(pk), "article__", place=F("position"))
        return
    if kind in _WINDOWS:
        shown = visible.filter(pk=OuterRef("article"))
        ranked = MostRead.objects.filter(Exists(shown), window=_WINDOWS[kind])
        yield _columns(ranked, kind, Value(pk), "article__", place=F("place"))
        return
    if kind == Slot.Kind.TICKER:
        lines = LiveEntry.objects.visible(now).filter(ticker__closed_at=None)
        newest = lines.order_by("-at", "-pk").values("pk")[:depth]
        yield _columns(
            LiveEntry.objects.filter(pk__in=newest),
            kind,
            Value(pk),
            "ticker__article__",
            place=F("pk"),
            at=F("at"),
            words=F("words"),
        )
        return
    usual = visible.unasked()
    narrower = {
        "all": usual,
        "section": usual.filter(section=pk),
        "tag": usual.on_topic(pk=pk),
    }
    if kind in narrower:
        order = LISTED if kind == "tag" else NEWEST
        # Sliced inside: SQLite takes no LIMIT in the parts of a union.
        first = order.apply(narrower[kind]).values("pk")[:depth]
        yield _columns(Article.objects.filter(pk__in=first), kind, Value(pk), "")


def _columns(
    rows: QuerySet[Any],
    kind: str,
    owner: Any,
    article: str,
    place: Any = None,
    at: Any = None,
    words: Any = None,
) -> QuerySet[Any, Any]:
    """Bring the rows of any table into the columns of the one question."""
    columns: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            c1=Value(kind, TextField()),
            c2=owner,
            c3=F(f"{article}pk"),
            c4=F(f"{article}section_id"),
            c5=place or Value(0),
            c6=at or F(f"{article}published_at"),
            c7=words or Value("", TextField()),
        )
        .values_list("c1", "c2", "c3", "c4", "c5", "c6", "c7")
    )
    return columns
