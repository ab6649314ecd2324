"""Finding articles: keeping the index in step (called by workflow) and asking it (page, admin).

The database yields candidates and says where in each the words stand; the order is made here, so
that it is the same on SQLite and PostgreSQL.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from newsroom.lib.fulltext import (
    Condition,
    Entry,
    Hit,
    Index,
    Piece,
    Query,
    among,
    find_word,
    mark,
    parse,
    snippet,
)
from newsroom.lib.richtext import plain_text

from .models import Article, Byline, TaggedArticle
from .wording import Wording

INDEX = Index("articles_search", ["headline", "standfirst", "topics", "authors"])
PAGE_SIZE = 20
MAX_HITS = 1_000
_MAX_BETTER = 300  # hits in the headline and so on that may be older than the newest thousand
_DRAFT = "is_draft"  # with an underscore, which no word of a text has
DRAFTS = INDEX.label(_DRAFT)
# What a hit is worth for standing there, beside at most 3 for being new.
_WEIGHTS = {
    "headline": 8.0,
    "headline_part": 3.0,
    "lead": 4.0,
    "author": 4.0,
    "topic": 2.0,
    "exact": 3.0,
    "text": 0.0,
}
_RECENCY, _RECENCY_DAYS = 3.0, 90.0
_SUGGESTED_WORDS = 3


def language() -> str:
    """Return the language whose stems are indexed: the site's."""
    return settings.LANGUAGE_CODE[:2]


# --- Keeping in step ------------------------------------------------------------------------------


def index(article: Article) -> None:
    """Index what an article's row says now. The caller's transaction keeps both in step."""
    index_many([article])


def index_many(articles: Collection[Article]) -> None:
    """Index what articles' rows say now. Some six queries for any number."""
    if not articles:
        return
    ids = [article.pk for article in articles]
    topics, authors = dict[int, list[str]](), dict[int, list[str]]()
    tagged = TaggedArticle.objects.filter(content_object__in=ids).order_by("pk")
    for pk, name in tagged.values_list("content_object", "tag__name"):
        topics.setdefault(pk, []).append(name)
    signed = Byline.objects.filter(article__in=ids).order_by("article", "position")
    for pk, name in signed.values_list("article", "author__name"):
        authors.setdefault(pk, []).append(name)
    entries = (_entry(a, topics.get(a.pk, []), authors.get(a.pk, [])) for a in articles)
    INDEX.put(entries, language())


def index_new(texts: Iterable[tuple[Article, Wording, list[str], list[str]]]) -> None:
    """Index articles that never were: what their texts say, their topics' and authors' names."""
    INDEX.put(
        (_entry(article, topics, authors, text) for article, text, topics, authors in texts),
        language(),
        are_new=True,
    )


def forget(ids: Iterable[int]) -> None:
    """Take deleted articles out of the index."""
    INDEX.remove(ids)


def reindex(batch_size: int = 500) -> Iterator[int]:
    """Index every article anew, yield how many after each batch; forget those that are gone.

    Safe to run twice and while others write: each batch is read under a lock and stored in one
    transaction, and readers find everything meanwhile.
    """
    INDEX.ready()
    gone = INDEX.ids() - set(Article.objects.values_list("pk", flat=True))
    forget(gone)
    last = 0
    while True:
        with transaction.atomic():
            rows = Article.objects.select_for_update(of=("self",)).order_by("pk")
            articles = list(rows.filter(pk__gt=last).defer("body_html")[:batch_size])
            index_many(articles)
        if not articles:
            return
        last = articles[-1].pk
        yield len(articles)


def _entry(
    article: Article, topics: list[str], authors: list[str], wording: Wording | None = None
) -> Entry:
    labels = [f"section_{article.section_id}"]
    if article.published_at is None:
        labels.append(_DRAFT)
    return Entry(
        article.pk,
        article.published_at or article.edited_at,
        {
            "headline": [article.headline, article.kicker, article.front_headline],
            "standfirst": [article.standfirst],
            "topics": topics,
            "authors": authors,
        },
        wording.indexed if wording else plain_text(article.body),
        labels,
    )


# --- Asking ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What hits must also be; author and topic are words of their names. Days are the site's."""

    sections: Sequence[int] = ()
    author: str = ""
    topic: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ArticleHit:
    """An article found, its headline and standfirst or best passage cut at the words found."""

    article: Article
    headline: list[Piece]
    summary: list[Piece]


@dataclass(frozen=True)
class Results:
    """A page of hits. `suggestion` is a query that would find something, if this one does not."""

    query: Query
    hits: list[ArticleHit] = field(default_factory=list)
    total: int = 0
    is_more: bool = False
    page: int = 1
    suggestion: str = ""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None


def search(
    text: str, *, filters: Filters | None = None, page: int = 1, now: datetime | None = None
) -> Results:
    """Find visible articles, best first: at most four queries, three more where nothing is found.

    Never raises for anything a reader can type. A page beyond the last shows the last.
    """
    now, filters = now or timezone.now(), filters or Filters()
    query = INDEX.widen(parse(text, language()), language())
    if not query:
        return Results(query)
    hits = _candidates(query, filters, now)
    visible = _visible([hit.id for hit in hits], now)
    ranked = sorted(
        (hit for hit in hits if hit.id in visible),
        key=lambda hit: (-_score(hit, now.timestamp()), -hit.id),
    )[:MAX_HITS]
    if not ranked:
        return Results(query, suggestion=_suggest(text, query, filters, now))
    result = Results(
        query,
        total=len(ranked),
        is_more=sum("text" in hit.meets for hit in hits) > MAX_HITS,
    )
    page = min(max(page, 1), result.pages)
    shown = [hit.id for hit in ranked[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    return replace(result, page=page, hits=_show(shown, query, now))


def for_desk(text: str) -> QuerySet[Article]:
    """Return the articles that contain what was typed, drafts included; the last word may go on.

    The newest thousand. Whom to show which is the caller's business.
    """
    query = INDEX.widen(parse(text, language()), language(), is_unfinished=True)
    if not query:
        return Article.objects.none()
    wanted = {"text": (INDEX.anywhere(query), MAX_HITS)}
    hits = INDEX.hits(wanted, excluded=INDEX.unwanted(query))
    return Article.objects.filter(pk__in=[hit.id for hit in hits])


def _candidates(query: Query, filters: Filters, now: datetime) -> list[Hit]:
    """Return the newest hits, and the newest of each better kind. One query."""
    better = {
        "headline": INDEX.all_in(query, "headline"),
        "lead": INDEX.all_in(query, "headline", "standfirst"),
        "author": INDEX.all_in(query, "authors"),
        "topic": INDEX.any_in(query, "topics"),
    }
    if len(query.wanted) > 1:
        better["headline_part"] = INDEX.any_in(query, "headline")
    if query.compounds:
        better["exact"] = INDEX.exactly(query)
    wanted = {name: (condition, _MAX_BETTER) for name, condition in better.items()}
    wanted["text"] = (INDEX.anywhere(query), MAX_HITS + 1)
    return _hits(wanted, query, filters, now)


def _hits(
    wanted: dict[str, tuple[Condition, int]], query: Query, filters: Filters, now: datetime
) -> list[Hit]:
    also: list[Condition] = []
    if filters.sections:
        also.append(INDEX.label(*(f"section_{pk}" for pk in filters.sections)))
    for name, words in (("authors", filters.author), ("topics", filters.topic)):
        if phrase := INDEX.phrase_in(name, words, language()):
            also.append(phrase)
    until = now + timedelta(seconds=1)
    if filters.until and filters.until < timezone.localdate(until):
        until = _midnight(filters.until + timedelta(days=1))
    return INDEX.hits(
        wanted,
        also=also,
        excluded=[*INDEX.unwanted(query), DRAFTS],
        since=_midnight(filters.since) if filters.since else None,
        until=until,
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _visible(ids: list[int], now: datetime) -> set[int]:
    """Ask the gate. One query, none for no ids."""
    if not ids:
        return set()
    return set(among(Article.objects.visible(now), ids).values_list("pk", flat=True))


def _score(hit: Hit, now: float) -> float:
    days = max(0.0, now - hit.timestamp) / 86_400
    return sum(_WEIGHTS[name] for name in hit.meets) + _RECENCY / (1 + days / _RECENCY_DAYS)


def _show(ids: list[int], query: Query, now: datetime) -> list[ArticleHit]:
    """Read the articles of a page in their order, through the gate. One query."""
    rows = Article.objects.visible(now).filter(pk__in=ids)
    found = rows.select_related("section", "lead_image").defer("body_html").in_bulk()
    return [_hit(article, query) for pk in ids if (article := found.get(pk)) is not None]


def _hit(article: Article, query: Query) -> ArticleHit:
    wanted, code = query.stems, language()
    headline = mark(article.headline, wanted, code)
    summary = mark(article.standfirst, wanted, code)
    if not any(piece.is_hit for piece in summary):
        # Only the text below it has the words: show them there.
        summary = snippet(plain_text(article.body), wanted, code) or summary
    return ArticleHit(article, headline, summary)


def _suggest(text: str, query: Query, filters: Filters, now: datetime) -> str:
    """Return the text with one word, or all, replaced by similar ones that readers can find.

    The words are shown as a visible hit writes them: a suggestion tells nobody what stands in a
    hidden text.
    """
    words = [term for term in query.wanted if term.is_word][:_SUGGESTED_WORDS]
    similar = {term.stems[0]: INDEX.suggest(term.stems[0]) for term in words}
    attempts = [{wrong: right} for wrong, found in similar.items() for right in found]
    if len(words) > 1 and all(similar.values()):
        attempts.append({wrong: found[0] for wrong, found in similar.items()})
    if not attempts:
        return ""
    conditions = {
        str(number): (INDEX.anywhere(_corrected(query, attempt)), PAGE_SIZE)
        for number, attempt in enumerate(attempts)
    }
    hits = _hits(conditions, query, filters, now)
    visible = _visible([hit.id for hit in hits], now)
    for number, attempt in enumerate(attempts):
        for hit in hits:
            if str(number) in hit.meets and hit.id in visible:
                return _rewritten(text, query, attempt, Article.objects.get(pk=hit.id))
    return ""


def _corrected(query: Query, attempt: dict[str, str]) -> Query:
    return replace(
        query,
        compounds={},
        wanted=tuple(
            replace(term, stems=(attempt[term.stems[0]],), others=())
            if term.is_word and term.stems[0] in attempt
            else term
            for term in query.wanted
        ),
    )


def _rewritten(text: str, query: Query, attempt: dict[str, str], article: Article) -> str:
    names = article.tags.values_list("name", flat=True)
    parts = [article.headline, article.standfirst, *names, article.kicker, article.front_headline]
    source = "\n".join([*parts, plain_text(article.body)])
    for term in query.wanted:
        if term.is_word and (right := attempt.get(term.stems[0])):
            text = text.replace(term.text, find_word(source, right, language()), 1)
    return text.strip()
