"""Texts from elsewhere: whole articles placed as another system had them, without side effects.

The importer and the bulk demo use this instead of the desk's verbs: nobody submits ten thousand
old texts one by one. Same rows, same renderer, same log.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from newsroom.lib import bulk, pagecache
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
from ..wording import Wording, wording_of
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
    wording: Wording | None = field(default=None, repr=False)  # of the body, where it is known


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
    # Articles name revisions that name articles; the database looks at that when all is there.
    for article, revision in zip(articles, bulk.new_ids(Revision, len(articles)), strict=True):
        article.head_id = revision
        article.live_id = revision if article.status == Status.PUBLISHED else None
    bulk.insert(articles)
    _write_first_revisions(articles, placements)
    _hang_rows(articles, placements, rendered)
    wordings = {
        article.pk: placement.wording or wording_of(article.body, search.language())
        for article, placement in zip(articles, placements, strict=True)
    }
    search.index_many(articles, wordings)
    related.profile(articles, wordings)
    if any(article.status == Status.PUBLISHED for article in articles):
        pagecache.purge("site")
    return articles


def _write_first_revisions(articles: list[Article], placements: list[Placement]) -> None:
    """Write the revisions that new articles name, and the first lines of their logs."""
    pairs = list(zip(articles, placements, strict=True))
    bulk.insert_values(
        Revision,
        ["id", "article_id", "number", "kind", "content", "saved_at", "saved_by_id"],
        [
            (
                article.head_id,
                article.pk,
                1,
                Revision.Kind.IMPORTED.value,
                one.content,
                one.updated_at or one.published_at or article.edited_at,
                one.by.pk if one.by else None,
            )
            for article, one in pairs
        ],
    )
    bulk.insert_values(
        WorkflowEntry,
        ["article_id", "verb", "to_status", "revision_id", "by_id"],
        [
            (article.pk, "import", str(article.status), article.head_id, one.by and one.by.pk)
            for article, one in pairs
        ],
    )


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
    bulk.insert_values(
        TaggedArticle,
        ["content_object_id", "tag_id"],
        [
            (article.pk, tags[tag_key(name)].pk)
            for article, placement in pairs
            for name in placement.content["tags"]
        ],
        ignores_known=True,
    )
    bulk.insert_values(
        Byline,
        ["article_id", "author_id", "role", "position"],
        [
            (article.pk, entry["author"], entry["role"], position)
            for article, placement in pairs
            for position, entry in enumerate(placement.content["bylines"])
        ],
    )
    bulk.insert_values(
        Article.body_images.through,
        ["article_id", "image_id"],
        [
            (article.pk, image.pk)
            for article, text in zip(articles, rendered, strict=True)
            for image in text.images
        ],
        ignores_known=True,
    )
