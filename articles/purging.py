"""Which pages a change touches, and which rows a page shows: both sides of the page cache's keys.

article:7, section:2, topic:3, author:4, dossier:5 stand for a row. "articles" is on lists of the
whole site, "front" and "mostread" on every front, "mostread:top", "promos" and "jobs" on articles,
comments:1 where comments on an article are read and written, "site" on everything. A page names
every row that it shows, so a change of a row needs its own key only; what a row newly appears on is
found here.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value

from newsroom.lib import pagecache

from .models import (
    Article,
    Byline,
    DossierEntry,
    Image,
    RelatedArticle,
    RelatedScore,
    TaggedArticle,
)
from .story import Story


def purge_article(article: Article) -> None:
    """Purge what shows an article or is to show it from now on. One query.

    The caller has written all rows of the article.
    """
    original = article.translation_of_id or article.pk
    is_translation = Q(translation_of=original) | Q(pk=original)
    first, *others = (
        _columns(TaggedArticle.objects.filter(content_object=article), "topic", "tag_id"),
        _columns(Byline.objects.filter(article=article), "author", "author_id"),
        _columns(DossierEntry.objects.filter(article=article), "dossier", "dossier_id"),
        # Pages that lead on to it.
        _columns(RelatedArticle.objects.filter(other=article), "article", "article_id"),
        _columns(RelatedScore.objects.filter(other=article), "article", "article_id"),
        _columns(Article.objects.filter(is_translation), "article", "pk"),
    )
    rows = first.union(*others)
    keys = {f"{kind}:{pk}" for kind, pk in rows}
    pagecache.purge("articles", f"article:{article.pk}", f"section:{article.section_id}", *keys)


def purge_image(image: Image) -> None:
    """Purge what shows a picture. Two queries, and more only for one beside the articles."""
    if image.portraits.exists() or image.dossiers.exists() or image.promos.exists():
        pagecache.purge("site")
        return
    ways = ("lead_image", "body_images", "live_ticker__entries__images")
    first, *others = (
        Article.objects.filter(**{way: image}).order_by().values_list("pk", flat=True)
        for way in ways
    )
    pagecache.purge(*(f"article:{pk}" for pk in first.union(*others)))


def keys_of_story(story: Story) -> set[str]:
    """Return the keys of all that stands on an article's page. No query."""
    near = story.neighbours
    shown = [story.article, *near.pinned, *near.translations, *near.most_read, *story.related]
    shown += [other for other in (near.previous, near.next) if other is not None]
    shown += [other for box in story.dossiers for other in box.articles]
    # Who comes between it and its neighbours comes into the section.
    keys = keys_of(shown) | {f"section:{story.article.section_id}", "mostread:top"}
    keys |= {f"author:{byline.author_id}" for byline in story.bylines}
    keys |= {f"topic:{topic.pk}" for topic in story.topics}
    keys |= {f"dossier:{box.dossier.pk}" for box in story.dossiers}
    # Jobs beside it and comments below are other apps'; the keys are all that has to be agreed.
    keys |= {"jobs", f"comments:{story.article.pk}"}
    return keys if story.article.is_sensitive else keys | {"promos"}


def keys_of(articles: Iterable[Article]) -> set[str]:
    """Return the keys of articles in a list."""
    return {f"article:{article.pk}" for article in articles}


def _columns(rows: QuerySet[Any], kind: str, column: str) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(Value(kind, TextField()), F(column))
