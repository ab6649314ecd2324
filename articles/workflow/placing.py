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
    Author,
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


@dataclass(frozen=True)
class Prepared:
    """What is made of a body before it is stored; worth keeping where texts share one."""

    rendered: body.Rendered
    wording: Wording


@dataclass
class Placement:
    """One text to place. Times are aware; published_at is needed for published ones.

    Texts of one `subject` in a call are listed beside each other at once; what stands beside the
    others, `tick` finds out.
    """

    content: Content
    status: Status
    published_at: datetime | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None
    by: User | None = None
    prepared: Prepared | None = None
    wording: Wording | None = field(default=None, repr=False)  # of the body, where it is known
    subject: str = ""


def prepare(source: str, wording: Wording | None = None) -> Prepared:
    """Render and analyse a clean body, whose wording may be known. One query if it has pictures."""
    return Prepared(body.render(source), wording or wording_of(source, search.language()))


@transaction.atomic
def place(placements: list[Placement]) -> list[Article]:
    """Create articles in bulk, in the order given; some twelve queries for any number.

    Dossiers and related choices of the contents are not written (they name articles that may not
    exist yet); everything else is.
    """
    texts = [p.prepared or prepare(p.content["body"], p.wording) for p in placements]
    articles = [_article(p, text.rendered) for p, text in zip(placements, texts, strict=True)]
    originals = content.originals(p.content["translation_of"] for p in placements)
    ids = bulk.new_ids(Article, len(articles))
    heads = bulk.new_ids(Revision, len(articles))
    for article, placement, pk, head in zip(articles, placements, ids, heads, strict=True):
        article.translation_of_id = originals.get(placement.content["translation_of"] or 0)
        article.pk, article.head_id = pk, head
        article.live_id = head if article.status == Status.PUBLISHED else None
    _give_free_slugs(articles)
    bulk.add(articles)
    pairs = list(zip(articles, placements, strict=True))
    bulk.add(
        [
            _new_revision(
                article.head_id,
                article.pk,
                1,
                Revision.Kind.IMPORTED,
                placement.content,
                placement.updated_at or placement.published_at or article.edited_at,
                placement.by.pk if placement.by else None,
            )
            for article, placement in pairs
        ]
    )
    _hang_rows(pairs, texts)
    bulk.add(
        [
            _new_entry(
                article.pk,
                "import",
                article.status,
                article.head_id,
                placement.by.pk if placement.by else None,
            )
            for article, placement in pairs
        ]
    )
    if any(article.status == Status.PUBLISHED for article in articles):
        pagecache.purge("site")
    return articles


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


_new_article = bulk.maker(Article, ["section_id", "created_by_id"])
_new_revision = bulk.maker(
    Revision, ["id", "article_id", "number", "kind", "content", "saved_at", "saved_by_id"]
)
_new_entry = bulk.maker(WorkflowEntry, ["article_id", "verb", "to_status", "revision_id", "by_id"])
_new_topic = bulk.maker(TaggedArticle, ["content_object_id", "tag_id", "published_at"])


def _article(placement: Placement, rendered: body.Rendered) -> Article:
    values = placement.content
    article = _new_article(values["section"], placement.by.pk if placement.by else None)
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


def _hang_rows(pairs: list[tuple[Article, Placement]], texts: list[Prepared]) -> None:
    """Write topics, bylines and pictures, and what finds the articles by their texts."""
    tags = tags_by_key(list(dict.fromkeys(n for _, p in pairs for n in p.content["tags"])))
    topics = [
        {tag.pk: tag for name in placement.content["tags"] if (tag := tags[tag_key(name)])}
        for _article, placement in pairs
    ]
    bulk.add(
        [
            _new_topic(article.pk, tag, article.published_at)
            for (article, _placement), found in zip(pairs, topics, strict=True)
            for tag in found
        ]
    )
    bulk.add(
        [
            byline
            for article, placement in pairs
            for byline in Byline.of(
                article, ((part["author"], part["role"]) for part in placement.content["bylines"])
            )
        ]
    )
    through = Article.body_images.through
    bulk.add(
        [
            through(article_id=article.pk, image_id=image)
            for (article, _placement), text in zip(pairs, texts, strict=True)
            for image in dict.fromkeys(image.pk for image in text.rendered.images)
        ]
    )
    _let_find(pairs, texts, [{pk: tag.name for pk, tag in found.items()} for found in topics])


def _let_find(
    pairs: list[tuple[Article, Placement]], texts: list[Prepared], topics: list[dict[int, str]]
) -> None:
    """Let articles be found by readers, and beside each other."""
    writers = {entry["author"] for _article, p in pairs for entry in p.content["bylines"]}
    names = dict(Author.objects.filter(pk__in=writers).values_list("pk", "name"))
    search.index_new(
        (article, text.wording, [*found.values()],
         [names[entry["author"]] for entry in placement.content["bylines"]])
        for (article, placement), text, found in zip(pairs, texts, topics, strict=True)
    )  # fmt: skip
    subjects: dict[str, list[int]] = {}
    for article, placement in pairs:
        if placement.subject and article.status == Status.PUBLISHED:
            subjects.setdefault(placement.subject, []).append(article.pk)
    related.describe_new(
        (
            (article, text.wording.first_stems, found)
            for (article, placement), text, found in zip(pairs, texts, topics, strict=True)
            if placement.subject
        ),
        subjects.values(),
    )
    related.profile(
        [article for article, placement in pairs if not placement.subject],
        {
            article.pk: text.wording
            for (article, _placement), text in zip(pairs, texts, strict=True)
        },
    )
