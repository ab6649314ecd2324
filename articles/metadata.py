"""What machines read of a page: description, link previews, structured data. One builder for all.

Specifications: schema.org/NewsArticle as Google's Article documentation asks, ogp.me.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language

from newsroom.lib.images import rendition_size
from newsroom.models import SiteSettings

from . import livepage
from .models import Author, Byline, Image
from .story import Story

# What must not stand in a <script> element; the same characters as Django's json_script.
_SCRIPT_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
_DESCRIPTION_LENGTH = 200
# Of the fixed widths the one that link previews show without scaling.
_PREVIEW_WIDTH = 1280


@dataclass(frozen=True)
class PreviewImage:
    """A picture for link previews."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Metadata:
    """The head of an article's page."""

    description: str
    social_title: str
    url: str
    canonical: str
    published: str
    modified: str
    image: PreviewImage | None
    json_ld: str


def absolute(path: str) -> str:
    """Return the address of a path of this site, whatever host was asked."""
    return f"{settings.SITE_URL}{path}"


def describe(story: Story, site: SiteSettings) -> Metadata:
    """Return the metadata of an article's page. No query."""
    article = story.article
    url = absolute(article.get_absolute_url())
    image = _preview_image(article.lead_image) if article.lead_image else None
    return Metadata(
        description=_short(article.description),
        social_title=article.title_for_social,
        url=url,
        canonical=article.canonical_url or url,
        published=_iso(article.published_at),
        modified=_iso(article.updated_at or article.published_at),
        image=image,
        json_ld=_script_safe(_news_article(story, site, url, image)),
    )


def _news_article(
    story: Story, site: SiteSettings, url: str, image: PreviewImage | None
) -> dict[str, Any]:
    article = story.article
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "url": url,
        "headline": article.headline,
        "description": _short(article.description),
        "datePublished": _iso(article.published_at),
        "dateModified": _iso(article.updated_at or article.published_at),
        "articleSection": article.section.name,
        "inLanguage": get_language() or settings.LANGUAGE_CODE,
        "wordCount": article.word_count,
        "isAccessibleForFree": True,
        "author": [
            _author(byline.author)
            for byline in story.bylines
            if byline.role != Byline.Role.PHOTO.value
        ]
        or [_publisher(site)],
        "publisher": _publisher(site),
        "keywords": [tag.name for tag in story.topics],
        "dateline": " / ".join(article.dateline),
        "image": [image.url] if image else [],
        "isBasedOn": article.canonical_url,
    }
    if story.live is not None:
        data |= livepage.structured(story.live, url)
    return {name: value for name, value in data.items() if value not in ("", [], None)}


def _author(author: Author) -> dict[str, str]:
    return {
        "@type": "Organization" if author.is_agency else "Person",
        "name": author.name,
        "url": absolute(author.get_absolute_url()),
    }


def _publisher(site: SiteSettings) -> dict[str, Any]:
    return {
        "@type": "NewsMediaOrganization",
        "name": site.publisher or site.name,
        "url": absolute("/"),
        "logo": absolute(static("newsroom/favicon.svg")),
        "publishingPrinciples": absolute("/editorial-principles/"),
    }


def _preview_image(image: Image) -> PreviewImage:
    width, height = rendition_size(image.width, image.height, "16x9", _PREVIEW_WIDTH)
    url = absolute(image.rendition_url("16x9", _PREVIEW_WIDTH, "jpg"))
    return PreviewImage(url, width, height, "" if image.is_decorative else image.alt)


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(_DESCRIPTION_LENGTH)


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _script_safe(data: dict[str, Any]) -> str:
    """Return JSON that cannot end the element it stands in."""
    return json.dumps(data, ensure_ascii=False).translate(_SCRIPT_ESCAPES)
