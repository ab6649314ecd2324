"""Putting a revision's content into the row that readers see. Called by the verbs beside it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from newsroom.models import User

from .. import body, content, pings, purging, redirects, related, search
from ..content import Content
from ..models import Article, Revision, Status, month_of
from .moves import log


def go_live(
    article: Article,
    revision: Revision,
    *,
    by: User | None,
    at: datetime | None,
    details: dict[str, Any],
    is_substantial: bool,
) -> None:
    """Write a revision into the row that readers see. The caller holds the lock."""
    now = timezone.now()
    source, appeared = article.status, has_appeared(article)
    old_path = article.get_absolute_url() if appeared else ""
    if not appeared:
        article.published_at = at or now
        article.month = month_of(article.published_at)
    elif is_substantial:
        article.updated_at = now
    values = content.make(revision.content)
    article.slug = free_slug(article, values["slug"])
    article.status, article.live = Status.PUBLISHED, revision
    reviewed = "ai_reviewed_by" in details
    article.ai_reviewed_by = by if reviewed else None
    article.ai_reviewed_at = now if reviewed else None
    write_text(article, values)
    related.refresh(article)
    pings.note(article)
    if appeared and old_path != article.get_absolute_url():
        redirects.remember(old_path, article)
    log(
        article,
        "publish",
        by=by,
        source=source,
        revision=revision,
        details=details | {"at": (at or now).isoformat()},
    )
    purging.purge_article(article)


def mirror(article: Article, revision: Revision) -> None:
    """Let the row of an article that was never published show its newest revision."""
    values = content.make(revision.content)
    article.slug = values["slug"]
    write_text(article, values)


def write_text(article: Article, values: Content) -> None:
    """Write a content into the row, its rendered body and the rows that hang on it; save."""
    content.set_fields(article, values)
    set_body(article, values["body"])
    article.edited_at = timezone.now()
    article.save()
    content.write_rows(article, values)
    search.index(article)


def set_body(article: Article, source: str) -> None:
    """Render the body for readers and remember which pictures it shows."""
    rendered = body.render(source)
    article.body, article.body_html = source, rendered.html
    article.word_count = rendered.words
    article.body_images.set(rendered.images)


def free_slug(
    article: Article, wanted: str, also_taken: Collection[tuple[date | None, str]] = ()
) -> str:
    """Return the slug, or with -2, -3 … the first one that is free in the article's month.

    `also_taken` names months and slugs of articles that are not stored yet.
    """
    taken = set(
        Article.objects.filter(month=article.month, slug__startswith=wanted)
        .exclude(pk=article.pk)
        .values_list("slug", flat=True)
    )
    slug, number = wanted, 2
    while slug in taken or (article.month, slug) in also_taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def has_appeared(article: Article) -> bool:
    """Whether readers may have seen the address: then neither it nor the first date changes."""
    return (
        article.month is not None
        and article.published_at is not None
        and article.published_at <= timezone.now()
    )
