"""Which articles stand beside an article: found at publication, kept as rows, read with the page.

`workflow` calls refresh, `tick` refresh_due, `manage.py reindex` reindex, the page found. Nobody
here waits for a row that somebody else may be holding while waiting for ours: a publication locks
its own profile only, the others take what is free and come back for the rest.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import QuerySet

from newsroom.lib import bulk, pagecache

from .likeness import Facts, meaning_scorer, vector_key, weigh
from .models import Article, RelatedArticle, RelatedProfile, RelatedScore, Status
from .neighbours import Finder
from .search import language
from .wording import Wording, wording_of

SHOWN = 4
_FEW = 400  # articles that a publication looks at, while somebody waits for it


@transaction.atomic
def refresh(article: Article, *, now: datetime | None = None) -> None:
    """Describe a published article and make a first list, quickly, from few others.

    It stays due: tick makes it again from more and has its neighbours' lists made.
    """
    profile([article])
    _store([article.pk], Finder(now=now, sample=_FEW).lists([article.pk]))


def refresh_due(limit: int = 50) -> int:
    """Make the lists that are due, a few at a time; return how many. Called by tick.

    An article whose text is new has the lists of its neighbours made again, in their turn; theirs
    concern nobody further, so that a change goes one step far and not on and on.
    """
    if not RelatedProfile.objects.filter(is_due=True).exists():
        return 0
    return _make_due(Finder(), limit, is_spreading=True)


def reindex(batch_size: int = 200) -> Iterator[int]:
    """Describe every published article and make every list anew; yield how many after each batch.

    Safe to run twice. Where it is broken off, the lists that are missing are due and tick makes
    them. Each article counts twice: once described, once listed.
    """
    RelatedProfile.objects.exclude(article__in=Article.objects.published()).delete()
    ids = Article.objects.published().order_by("pk").values_list("pk", flat=True)
    for batch in batched(list(ids), batch_size):
        with transaction.atomic():
            # Articles before profiles, as a publication does.
            rows = Article.objects.filter(pk__in=batch).select_for_update(of=("self",))
            profile(rows.order_by("pk").defer("body_html"))
        yield len(batch)
    finder = Finder()
    while done := _make_due(finder, batch_size, is_spreading=False):
        yield done


def profile(articles: Collection[Article], wordings: Mapping[int, Wording] | None = None) -> None:
    """Write down what published articles are about, and that their lists are due.

    `wordings`: those of their bodies, by the articles' ids, where they are known.
    """
    known_wordings = wordings or {}
    published = [article for article in articles if article.status == Status.PUBLISHED]
    texts = {a.pk: f"{a.headline}. {a.standfirst}" for a in published}
    keys = {pk: vector_key(text) for pk, text in texts.items()}
    known = {
        pk: (key, bytes(vector))
        for pk, key, vector in RelatedProfile.objects.filter(pk__in=texts).values_list(
            "pk", "vector_key", "vector"
        )
    }
    vectors = {pk: known[pk][1] for pk in texts if known.get(pk, ("",))[0] == keys[pk]}
    if scorer := meaning_scorer():
        missing = [pk for pk in texts if not vectors.get(pk)]
        made = scorer.encode([texts[pk] for pk in missing])
        vectors |= dict(zip(missing, made, strict=True))
    bulk.insert_values(
        RelatedProfile,
        ["article_id", "stems", "vector", "vector_key", "is_due", "refreshed_at"],
        [
            (
                article.pk,
                weigh(
                    article.headline,
                    article.standfirst,
                    _wording(article, known_wordings).first_stems,
                    language(),
                ),
                vectors.get(article.pk, b""),
                keys[article.pk] if vectors.get(article.pk) else "",
                True,
                None,
            )
            for article in published
        ],
        replaces=["article_id"],
    )


def describe_new(
    described: Iterable[tuple[Article, Sequence[str], dict[int, str]]],
    subjects: Iterable[Sequence[int]],
) -> None:
    """Write down what new articles are about: they, their first stems, their topics' names by id.

    Those of one subject, given by their numbers, are listed beside each other at once; all others
    are due. Their meaning is found out when they are described again. No query reads anything.
    """
    facts = []
    for article, first, topics in described:
        if article.published_at is not None:
            stems = weigh(article.headline, article.standfirst, first, language())
            at, section = article.published_at, article.section_id
            facts.append(Facts(article.pk, section, at, article.is_evergreen, stems, tags=topics))
    finder = Finder.among(facts)
    lists = [row for ids in subjects for row in finder.beside_each_other(ids, SHOWN)]
    listed = {row.article_id for row in lists}
    bulk.add(
        [
            RelatedProfile(
                article_id=one.pk,
                stems=one.stems,
                is_due=one.pk not in listed,
                refreshed_at=finder.now if one.pk in listed else None,
            )
            for one in facts
        ]
    )
    bulk.add(lists)


def _wording(article: Article, known: Mapping[int, Wording]) -> Wording:
    return known.get(article.pk) or wording_of(article.body, language())


def found(article: int, *, is_sensitive: bool) -> QuerySet[RelatedScore]:
    """Return what was found for an article and is not banned; nothing beside a sensitive one."""
    if is_sensitive:
        return RelatedScore.objects.none()
    banned = RelatedArticle.objects.filter(article=article, kind=RelatedArticle.Kind.BANNED)
    return RelatedScore.objects.filter(article=article).exclude(other__in=banned.values("other"))


@transaction.atomic
def _make_due(finder: Finder, limit: int, *, is_spreading: bool) -> int:
    """Make up to `limit` lists that are due and that nobody else is at; return how many."""
    due = RelatedProfile.objects.filter(is_due=True).order_by("pk")
    free = due.select_for_update(skip_locked=True).values_list("pk", "refreshed_at")
    taken = dict(free[:limit])
    lists = finder.lists(taken)
    _store(taken, lists)
    pagecache.purge(*(f"article:{pk}" for pk in taken))
    done = RelatedProfile.objects.filter(pk__in=taken)
    fresh = [pk for pk, refreshed_at in taken.items() if refreshed_at is None]
    if is_spreading and not _tell_neighbours(fresh, lists):
        done = done.exclude(pk__in=fresh)
    done.update(is_due=False, refreshed_at=finder.now)
    return len(taken)


def _store(ids: Iterable[int], lists: Iterable[RelatedScore]) -> None:
    RelatedScore.objects.filter(article__in=list(ids)).delete()
    RelatedScore.objects.bulk_create(lists, batch_size=500)


def _tell_neighbours(ids: Collection[int], lists: Collection[RelatedScore]) -> bool:
    """Have the lists of articles' neighbours made again; False if somebody holds one of them."""
    listed_by = RelatedScore.objects.filter(other__in=ids).values_list("article", flat=True)
    neighbours = {row.other_id for row in lists if row.article_id in ids} | set(listed_by)
    rows = RelatedProfile.objects.filter(pk__in=neighbours - set(ids))
    free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    RelatedProfile.objects.filter(pk__in=free).update(is_due=True)
    return len(free) == rows.count()
