"""All that stands on an article's page: read for readers, or made from a working copy.

The views hand a Story to one template; which of the two it is, the template cannot tell.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import zip_longest
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from newsroom.lib.pagination import NEWEST
from newsroom.lib.prepared import prepared
from newsroom.lib.slugs import make_slug

from . import attached, body, content, livepage, mostread, promos, related
from .content import Content
from .livepage import Live
from .models import (
    PAGE_RELATIONS,
    Article,
    Author,
    Byline,
    Correction,
    Dossier,
    DossierEntry,
    MostRead,
    PromoSlot,
    RelatedArticle,
    Revision,
    Tag,
    month_of,
    tag_key,
)
from .promos import Placed

# Of a long dossier the page shows the first ones; the dossier's own page has all.
_DOSSIER_ENTRIES = 6


@dataclass(frozen=True)
class DossierBox:
    """A dossier with the first of its articles, in its order."""

    dossier: Dossier
    articles: list[Article]


@dataclass(frozen=True)
class Neighbours:
    """The articles that an article's page leads on to; all visible to readers."""

    previous: Article | None = None
    next: Article | None = None
    pinned: list[Article] = field(default_factory=list)
    translations: list[Article] = field(default_factory=list)
    found: list[Article] = field(default_factory=list)
    most_read: list[Article] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """An article as its page shows it."""

    article: Article
    bylines: list[Byline]
    topics: list[Tag]
    corrections: list[Correction]
    dossiers: list[DossierBox]
    neighbours: Neighbours
    related: list[Article] = field(default_factory=list)
    live: Live | None = None
    # By slot; none beside a sensitive text.
    promos: dict[str, list[Placed]] = field(default_factory=dict)

    @cached_property
    def alone(self) -> "Story":
        """The article without what it leads on to; of a dossier's neighbours it says nothing."""
        told = Neighbours(translations=self.neighbours.translations)
        return replace(self, dossiers=[], neighbours=told, related=[], promos={})

    @property
    def text(self) -> list[tuple[str, Placed | None]]:
        """The body in pieces, each with the promo that follows it."""
        pieces = body.parts(self.article.body_html)
        inside = self.promos.get(PromoSlot.IN_TEXT, [])
        return list(zip_longest(pieces, _spread(inside, len(pieces) - 1)))

    @property
    def read_on(self) -> list[Article]:
        """What stands beside it: the editors' choice, then what was found."""
        return [*self.neighbours.pinned, *self.related]

    @property
    def signatures(self) -> list[tuple[str, list[Author]]]:
        """The authors by their role, in the order of the bylines."""
        roles: dict[str, list[Author]] = {}
        for byline in self.bylines:
            roles.setdefault(byline.role, []).append(byline.author)
        return list(roles.items())

    @property
    def dateline(self) -> str:
        """The places, in capitals; the template adds source and dash."""
        return " / ".join(self.article.dateline).upper()

    @property
    def is_updated(self) -> bool:
        """Whether there is a change that readers should know."""
        published, updated = self.article.published_at, self.article.updated_at
        return bool(published and updated and updated > published)

    @property
    def lead_ratio(self) -> str:
        """Pictures higher than wide would push the text off the screen: they are cut."""
        image = self.article.lead_image
        return "4x3" if image is not None and image.height > image.width * 0.8 else ""


def at_address(month: date, slug: str) -> Article | None:
    """Return the article that readers find at an address. One query."""
    return next(iter(_at_address(month, slug, timezone.now())), None)


@prepared
def _at_address(month: date, slug: str, now: datetime) -> QuerySet[Article]:
    whole = Article.objects.visible(now).select_related(*PAGE_RELATIONS)
    return whole.filter(month=month, slug=slug)


def of_article(article: Article, query: Mapping[str, str] | None = None) -> Story:
    """Return what readers see of an article read by at_address(). Three queries.

    One more in a dossier, one more of a live ticker; `query` says which page of its entries.
    """
    rows = attached.to(article)
    neighbours = _neighbours(article)
    boxes = _boxes(tuple(rows.dossiers)) if rows.dossiers else []
    beside = [neighbours.previous, neighbours.next, *neighbours.pinned]
    shown = {other.pk for other in beside if other is not None}
    shown |= {other.pk for box in boxes for other in box.articles}
    fresh = [other for other in neighbours.found if other.pk not in shown]
    return Story(
        article,
        bylines=rows.bylines,
        topics=rows.topics,
        corrections=rows.corrections,
        dossiers=boxes,
        neighbours=neighbours,
        related=fresh[: max(0, related.SHOWN - len(neighbours.pinned))],
        live=livepage.of_article(article, query or {}),
        promos=_promos(article, rows.topics, rows.picks),
    )


def of_working_copy(article: Article, revision: Revision) -> Story:
    """Return what readers would see if this revision became the live text now. Writes nothing."""
    values = content.make(revision.content)
    seen = copy.copy(article)
    content.set_fields(seen, values)
    seen.slug = values["slug"]
    seen.published_at = seen.published_at or timezone.now()
    seen.month = seen.month or month_of(seen.published_at)
    seen.body = values["body"]
    rendered = body.render(values["body"])
    seen.body_html, seen.word_count = rendered.html, rendered.words
    pinned = [entry["article"] for entry in values["related"] if entry["kind"] == "pinned"]
    picks = {
        entry["promo"]: (entry["kind"], number) for number, entry in enumerate(values["promos"])
    }
    topics = _topics(values)
    return Story(
        seen,
        bylines=_bylines(seen, values),
        topics=topics,
        corrections=list(article.corrections.filter(is_public=True)),
        dossiers=_boxes(tuple(values["dossiers"])),
        neighbours=_neighbours(seen, pinned),
        promos=_promos(seen, topics, picks),
    )


def _promos(
    article: Article, topics: list[Tag], picks: Mapping[int, tuple[str, int]]
) -> dict[str, list[Placed]]:
    """Choose what stands in and beside the text, by rules and the article's choices."""
    about = promos.surroundings(article, (tag.pk for tag in topics if tag.pk))
    return promos.for_page(about, gaps=len(body.parts(article.body_html)) - 1, picks=picks)


def _spread(placed: list[Placed], gaps: int) -> list[Placed | None]:
    """Put some promos into as many gaps as there are, evenly."""
    spread: list[Placed | None] = [None] * gaps
    for number, one in enumerate(placed):
        spread[(2 * number + 1) * gaps // (2 * len(placed))] = one
    return spread


def _neighbours(article: Article, pinned: list[int] | None = None) -> Neighbours:
    """Read all that the page leads on to in one query. `pinned` replaces the editors' choice."""
    original = article.translation_of_id or article.pk or 0
    wanted = _leads_to(
        article.pk or 0,
        article.section_id,
        article.published_at or timezone.now(),
        original,
        timezone.now(),
        None if pinned is None else tuple(pinned),
        is_sensitive=article.is_sensitive,
    )
    # The gate as the row tells it: beside its conditions SQLite would read every article.
    found = [other for other in wanted if other.is_live]

    def key(other: Article) -> tuple[object, int]:
        return other.published_at, other.pk

    here = (article.published_at, article.pk or 0)
    beside = [other for other in found if other.section_id == article.section_id]
    ranks = {other.pk: vars(other)["rank"] for other in found}
    if pinned is not None:
        ranks |= {pk: rank for rank, pk in enumerate(pinned)}
    chosen = [other for other in found if vars(other)["is_pinned"] and other.pk != article.pk]
    chosen.sort(key=lambda other: (ranks[other.pk] or 0, other.pk))
    most_read = [other for other in found if vars(other)["read_place"] and other.pk != article.pk]
    most_read.sort(key=lambda other: vars(other)["read_place"])
    return Neighbours(
        previous=max((other for other in beside if key(other) < here), key=key, default=None),
        next=min((other for other in beside if key(other) > here), key=key, default=None),
        pinned=chosen,
        translations=[
            other
            for other in found
            if original in {other.pk, other.translation_of_id} and other.pk != article.pk
        ],
        found=sorted(
            (other for other in found if vars(other)["found_at"] is not None),
            key=lambda other: vars(other)["found_at"],
        ),
        most_read=most_read[: mostread.BESIDE],
    )


@prepared
def _leads_to(
    article: int,
    section: int,
    published_at: datetime,
    original: int,
    now: datetime,
    pinned: tuple[int, ...] | None,
    *,
    is_sensitive: bool,
) -> QuerySet[Article]:
    """What the page of an article can lead on to, each with what it is to it."""
    shelf = Article.objects.visible(now).filter(section=section).exclude(pk=article)
    place = [published_at, article]
    older = NEWEST.apply(shelf.filter(NEWEST.beyond(place)))
    newer = NEWEST.reversed().apply(shelf.filter(NEWEST.reversed().beyond(place)))
    day = MostRead.objects.filter(window=MostRead.Window.DAY)
    # One more than is shown: the article itself may be among them.
    most_read = MostRead.objects.filter(
        pk__in=day.order_by("place").values("pk")[: mostread.BESIDE + 1]
    )
    choice = RelatedArticle.objects.filter(article=article)
    if pinned is None:
        chosen = choice.filter(kind=RelatedArticle.Kind.PINNED)
        is_pinned = Q(pk__in=chosen.values("other"))
        pins: QuerySet[Any, Any] = chosen.order_by().values_list("other")
    else:
        is_pinned = Q(pk__in=pinned)
        pins = Article.objects.filter(is_pinned).values_list("pk")
    found_ones = related.found(article, is_sensitive=is_sensitive)
    # A union, because with "or" SQLite would read every article.
    wanted = pins.union(
        Article.objects.filter(pk__in=older.values("pk")[:1]).values_list("pk"),
        Article.objects.filter(pk__in=newer.values("pk")[:1]).values_list("pk"),
        Article.objects.filter(pk=original).values_list("pk"),
        Article.objects.filter(translation_of=original).values_list("pk"),
        found_ones.order_by().values_list("other"),
        most_read.order_by().values_list("article"),
    )
    return (
        Article.objects.for_card()
        .filter(pk__in=wanted)
        .annotate(
            is_pinned=is_pinned,
            rank=Subquery(choice.filter(other=OuterRef("pk")).values("position")[:1]),
            found_at=Subquery(found_ones.filter(other=OuterRef("pk")).values("position")[:1]),
            read_place=Subquery(day.filter(article=OuterRef("pk")).values("place")[:1]),
        )
    )


def _boxes(dossiers: tuple[int, ...]) -> list[DossierBox]:
    """Read the dossiers with the first of their articles in one query."""
    entries = _entries(dossiers, timezone.now())
    boxes: dict[int, DossierBox] = {}
    for entry in entries:
        box = boxes.setdefault(entry.dossier_id, DossierBox(entry.dossier, []))
        box.articles.append(entry.article)
    return list(boxes.values())


@prepared
def _entries(dossiers: tuple[int, ...], now: datetime) -> QuerySet[DossierEntry]:
    """The first visible articles of dossiers."""
    visible = Article.objects.visible(now).filter(pk=OuterRef("article"))
    return (
        DossierEntry.objects.filter(Exists(visible), dossier__in=dossiers)
        .annotate(
            place=Window(RowNumber(), partition_by=F("dossier"), order_by=[F("position"), F("pk")])
        )
        .filter(place__lte=_DOSSIER_ENTRIES)
        .select_related("dossier", "article")
        .defer("article__body", "article__body_html")
        .order_by("dossier__title", "dossier", "place")
    )


def _bylines(article: Article, values: Content) -> list[Byline]:
    authors = Author.objects.in_bulk([entry["author"] for entry in values["bylines"]])
    return [
        Byline(article=article, author=authors[entry["author"]], role=entry["role"])
        for entry in values["bylines"]
        if entry["author"] in authors
    ]


def _topics(values: Content) -> list[Tag]:
    """Return the topics, in memory those that publication would create."""
    keys = {tag_key(name): name for name in values["tags"]}
    known = {tag.key: tag for tag in Tag.objects.filter(key__in=keys)}
    return [
        known.get(key) or Tag(name=name, key=key, slug=make_slug(name, fallback="topic"))
        for key, name in keys.items()
    ]
