"""How good related articles are on the golden set; a test asks, `make bench` prints it."""

from collections.abc import Callable

from articles.likeness import meaning_scorer
from articles.models import Article, TaggedArticle
from articles.neighbours import Finder
from tests.articles.golden import NOW, Text

Ranking = Callable[[Article], list[int]]


def measure(
    texts: list[Text], articles: dict[str, Article], ranking: Ranking
) -> tuple[float, float]:
    """Return precision at 5 and mean reciprocal rank.

    Precision counts against what can be reached: of three judged neighbours, three in the first
    five are 1.
    """
    precision = reciprocal = 0.0
    for text in texts:
        wanted = {articles[key].pk for key in text.near}
        found = ranking(articles[text.key])
        precision += len(wanted.intersection(found[:5])) / min(5, len(wanted))
        places = [place for place, pk in enumerate(found, start=1) if pk in wanted]
        reciprocal += 1 / places[0] if places else 0
    return precision / len(texts), reciprocal / len(texts)


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
    return lambda article: [row.other_id for row in finder.rank(article.pk)]


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


def show(scores: dict[str, tuple[float, float]]) -> str:
    """Return the table as lines of text."""
    lines = [f"{'':24} P@5   MRR"]
    lines += [f"{name:24} {p:.2f}  {mrr:.2f}" for name, (p, mrr) in scores.items()]
    return "\n".join(lines)
