"""How good related articles are on the golden set; a test asks, `make bench` prints it."""

from collections.abc import Callable, Iterable
from statistics import fmean
from typing import Any

from articles.likeness import meaning_scorer
from articles.models import Article, TaggedArticle
from articles.neighbours import Finder
from tests.articles.golden import NOW, Text

Ranking = Callable[[Article], list[int]]


def measure(
    texts: list[Text], articles: dict[str, Article], ranking: Ranking
) -> tuple[float, float]:
    """Return precision at 5 and mean reciprocal rank of a ranking."""
    return scores(
        (ranking(articles[text.key]), {articles[key].pk for key in text.near}) for text in texts
    )


def scores(rankings: Iterable[tuple[list[Any], set[Any]]]) -> tuple[float, float]:
    """Return precision at 5 and mean reciprocal rank of what was found against what was wanted.

    Precision counts against what can be reached: of three wanted, three in the first five are 1.
    Nothing found where nothing was wanted is right.
    """
    precision, reciprocal = [], []
    for found, wanted in rankings:
        if not wanted:
            precision.append(float(not found))
            reciprocal.append(float(not found))
            continue
        places = [place for place, one in enumerate(found, start=1) if one in wanted]
        precision.append(len(wanted.intersection(found[:5])) / min(5, len(wanted)))
        reciprocal.append(1 / places[0] if places else 0.0)
    return fmean(precision), fmean(reciprocal)


def newest_of_section(article: Article) -> list[int]:
    """The simplest list: what is new in the section."""
    rows = Article.objects.filter(section=article.section_id).exclude(pk=article.pk)
    return list(rows.newest().values_list("pk", flat=True))


def by_tags(article: Article) -> list[int]:
    """The usual list: the most topics in common, the newest first."""
    mine = set(article.tags.values_list("pk", flat=True))
    tagged = TaggedArticle.objects.filter(tag__in=mine).exclude(content_object=article.pk)
    counts: dict[int, int] = {}
    for pk in tagged.values_list("content_object", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    newest = Article.objects.filter(pk__in=counts).newest().values_list("pk", flat=True)
    return sorted(newest, key=lambda pk: -counts[pk])


def ours(*, by_meaning: bool) -> Ranking:
    """The lists of articles.related, with or without the second scorer."""
    finder = Finder(now=NOW, by_meaning=by_meaning)
    return lambda article: [row.other_id for row in finder.lists([article.pk])]


def table(texts: list[Text], articles: dict[str, Article]) -> dict[str, tuple[float, float]]:
    """Return precision at 5 and mean reciprocal rank of the baselines and of our lists."""
    rankings = {
        "newest of the section": newest_of_section,
        "topics only": by_tags,
        "words": ours(by_meaning=False),
    }
    if meaning_scorer() is not None:
        rankings["words and meaning"] = ours(by_meaning=True)
    return {name: measure(texts, articles, ranking) for name, ranking in rankings.items()}
