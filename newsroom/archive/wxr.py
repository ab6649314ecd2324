"""Writes the site as a WordPress export (WXR 1.2), streamed. `manage.py export_wordpress` calls it.

Live texts, or the newest of what was never published; approved comments without addresses.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db.models import Prefetch
from django.utils import timezone

from articles.body import image_ids
from articles.models import Article, Author, Byline, Image, Section, Tag
from comments.models import Comment
from newsroom.lib.xmltext import element
from newsroom.models import SiteSettings

from . import wxritems as items
from .tables import snapshot
from .wxritems import cdata

_BATCH = 200
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
"""


def export(path: Path) -> Counter[str]:
    """Write the file in one step; return how many of each kind are in it."""
    counts: Counter[str] = Counter()
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as file, snapshot():
        for kind, text in _pieces():
            file.write(text)
            counts[kind] += 1
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    del counts[""]
    return counts


def _pieces() -> Iterator[tuple[str, str]]:
    """Yield the file piece by piece, each with what it is counted as."""
    yield "", _HEAD + _channel()
    for author in _stream(Author.objects.all()):
        yield "author", _author(author)
    for section in _parents_first():
        yield "category", _category(section)
    for tag in _stream(Tag.objects.all()):
        yield "tag", _tag(tag)
    for image in _stream(Image.objects.all()):
        yield "attachment", items.attachment(image)
    for pages in batched(_stream(FlatPage.objects.all()), _BATCH):
        images = Image.objects.in_bulk(_image_ids(page.content for page in pages))
        for page in pages:
            yield "page", items.page(page, images)
    yield from _posts()
    yield "", "</channel>\n</rss>\n"


def _parents_first() -> Iterator[Section]:
    """Yield the sections: WordPress looks a parent up among those before."""
    left = list(Section.objects.select_related("parent").order_by("pk"))
    known: set[int | None] = {None}
    while left:
        # Nobody makes a circle; whoever did gets it as it is.
        free = [section for section in left if section.parent_id in known] or left
        yield from free
        known |= {section.pk for section in free}
        left = [section for section in left if section.pk not in known]


def _stream(rows: Any) -> Iterator[Any]:
    yield from rows.order_by("pk").iterator(chunk_size=_BATCH)


def _posts() -> Iterator[tuple[str, str]]:
    """Yield articles with their comments, a fixed number of queries for each batch."""
    bylines = Prefetch("bylines", Byline.objects.select_related("author"))
    last = 0
    rows = Article.objects.select_related("section").prefetch_related(bylines, "tags")  # type: ignore[misc]  # taggit has no stubs
    while articles := list(rows.filter(pk__gt=last).defer("body_html").order_by("pk")[:_BATCH]):
        last = articles[-1].pk
        images = Image.objects.in_bulk(_image_ids(article.body for article in articles))
        comments: dict[int, list[Comment]] = {}
        for comment in Comment.objects.visible().filter(article__in=articles).order_by("pk"):
            comments.setdefault(comment.article_id, []).append(comment)
        for article in articles:
            said = comments.get(article.pk, [])
            yield "post", items.post(article, images)
            known = {comment.pk for comment in said}
            for comment in said:
                yield "comment", items.comment(comment, known)
            yield "", "</item>\n"


def _image_ids(bodies: Iterable[str]) -> list[int]:
    return [pk for body in bodies for pk in image_ids(body)]


# --- What stands before the items -----------------------------------------------------------------


def _channel() -> str:
    site = SiteSettings.load()
    return (
        element("title", site.name)
        + element("link", settings.SITE_URL)
        + element("description", site.tagline)
        + element("pubDate", format_datetime(timezone.now()))
        + element("language", settings.LANGUAGE_CODE)
        + element("wp:wxr_version", "1.2")
        + element("wp:base_site_url", settings.SITE_URL)
        + element("wp:base_blog_url", settings.SITE_URL)
    )


def _author(author: Author) -> str:
    return (
        "<wp:author>"
        + element("wp:author_id", str(author.pk))
        + cdata("wp:author_login", author.slug)
        + cdata("wp:author_email", "")
        + cdata("wp:author_display_name", author.name)
        + "</wp:author>\n"
    )


def _category(section: Section) -> str:
    return (
        "<wp:category>"
        + element("wp:term_id", str(2 * section.pk))
        + cdata("wp:category_nicename", section.slug)
        + cdata("wp:category_parent", section.parent.slug if section.parent else "")
        + cdata("wp:cat_name", section.name)
        + cdata("wp:category_description", section.description)
        + "</wp:category>\n"
    )


def _tag(tag: Tag) -> str:
    return (
        "<wp:tag>"
        + element("wp:term_id", str(2 * tag.pk + 1))
        + cdata("wp:tag_slug", tag.slug)
        + cdata("wp:tag_name", tag.name)
        + cdata("wp:tag_description", tag.description)
        + "</wp:tag>\n"
    )
