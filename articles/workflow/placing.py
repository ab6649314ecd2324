"""Texts from elsewhere: whole articles placed as another system had them, without side effects.

The importer and the bulk demo use this instead of the desk's verbs: nobody submits ten thousand
old texts one by one. Same rows, same renderer, same log.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from newsroom.lib import pagecache
from newsroom.models import User

from .. import body, content, related, search
from ..content import Content
from ..models import (
    Article,
    Byline,
    Revision,
    Status,
    TaggedArticle,
    WorkflowEntry,
    month_of,
    tag_key,
    tags_by_key,
)
from .drafts import add_revision
from .livetext import free_slug, go_live, mirror
from .moves import lock


@dataclass
class Placement:
    """One text to place. Times are aware; published_at is needed for published ones."""

    content: Content
    status: Status
    published_at: datetime | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None
    by: User | None = None


@transaction.atomic
def place(placements: list[Placement]) -> list[Article]:
    """Create articles in bulk, in the order given; some ten queries for any number.

    Dossiers and related choices of the contents are not written (they name articles that may not
    exist yet); everything else is.
    """
    rendered = [body.render(placement.content["body"]) for placement in placements]
    articles = [_article(p, r) for p, r in zip(placements, rendered, strict=True)]
    originals = content.originals(p.content["translation_of"] for p in placements)
    for article, placement in zip(articles, placements, strict=True):
        article.translation_of_id = originals.get(placement.content["translation_of"] or 0)
    _give_free_slugs(articles)
    Article.objects.bulk_create(articles, batch_size=200)
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                article=article,
                number=1,
                kind=Revision.Kind.IMPORTED,
                content=placement.content,
                saved_at=placement.updated_at or placement.published_at or article.edited_at,
                saved_by=placement.by,
            )
            for article, placement in zip(articles, placements, strict=True)
        ],
        batch_size=200,
    )
    for article, revision in zip(articles, revisions, strict=True):
        article.head = revision
        if article.status == Status.PUBLISHED:
            article.live = revision
    _point_at_first_revisions(articles)
    _hang_rows(articles, placements, rendered)
    search.index_many(articles)
    related.profile(articles)
    WorkflowEntry.objects.bulk_create(
        [
            WorkflowEntry(
                article=article,
                verb="import",
                to_status=article.status,
                revision=article.head,
                by=placement.by,
            )
            for article, placement in zip(articles, placements, strict=True)
        ],
        batch_size=500,
    )
    if any(article.status == Status.PUBLISHED for article in articles):
        pagecache.purge("site")
    return articles


def _point_at_first_revisions(articles: list[Article]) -> None:
    """Write head and live of new articles: two updates for every 500, not a CASE for each row."""
    first = Revision.objects.filter(article=OuterRef("pk"), number=1).values("pk")
    for batch in batched(articles, 500):
        rows = Article.objects.filter(pk__in=[article.pk for article in batch])
        rows.update(head=Subquery(first))
        rows.filter(status=Status.PUBLISHED).update(live=F("head"))


@transaction.atomic
def place_again(article: Article, placement: Placement) -> bool:
    """Bring a changed record of the source into an article placed earlier; False if left alone.

    A text that people here have changed since is theirs: it stays as it is.
    """
    article = lock(article)
    if article.revisions.exclude(kind=Revision.Kind.IMPORTED).exists():
        return False
    revision = add_revision(
        article, placement.content, by=placement.by, base=article.head, kind=Revision.Kind.IMPORTED
    )
    if placement.status == Status.PUBLISHED:
        go_live(
            article,
            revision,
            by=placement.by,
            at=placement.published_at,
            details={},
            is_substantial=False,
        )
        article.updated_at = placement.updated_at
        article.save(update_fields=["updated_at"])
    elif article.live_id is None:
        mirror(article, revision)
    return True


def _article(placement: Placement, rendered: body.Rendered) -> Article:
    values = placement.content
    article = Article(section_id=values["section"], created_by=placement.by)
    content.set_columns(article, values)
    article.slug = values["slug"]
    article.status = placement.status
    article.body = values["body"]
    article.body_html, article.word_count = rendered.html, rendered.words
    if placement.status == Status.PUBLISHED:
        article.published_at = placement.published_at or timezone.now()
        article.month = month_of(article.published_at)
        article.updated_at = placement.updated_at
    article.edited_at = placement.updated_at or placement.published_at or timezone.now()
    article.created_at = placement.created_at or placement.published_at or timezone.now()
    return article


def _give_free_slugs(articles: list[Article]) -> None:
    """Number slugs that are taken in their month, in the database or earlier in the list."""
    addressed = [article for article in articles if article.month]
    taken = set(
        Article.objects.filter(
            month__in={article.month for article in addressed},
            slug__in={article.slug for article in addressed},
        ).values_list("month", "slug")
    )
    for article in addressed:
        if (article.month, article.slug) in taken:
            article.slug = free_slug(article, article.slug, also_taken=taken)
        taken.add((article.month, article.slug))


def _hang_rows(
    articles: list[Article], placements: list[Placement], rendered: list[body.Rendered]
) -> None:
    pairs = list(zip(articles, placements, strict=True))
    names = list(dict.fromkeys(name for _, p in pairs for name in p.content["tags"]))
    tags = tags_by_key(names)
    TaggedArticle.objects.bulk_create(
        [
            TaggedArticle(content_object=article, tag=tags[tag_key(name)])
            for article, placement in pairs
            for name in placement.content["tags"]
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    Byline.objects.bulk_create(
        [
            Byline(article=a, author_id=entry["author"], role=entry["role"], position=position)
            for a, placement in pairs
            for position, entry in enumerate(placement.content["bylines"])
        ],
        batch_size=500,
    )
    through = Article.body_images.through
    through.objects.bulk_create(
        [
            through(article_id=article.pk, image_id=image.pk)
            for article, text in zip(articles, rendered, strict=True)
            for image in text.images
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
