"""What machines read in the head of an article's page: description, link previews, structured data.

Specifications: ogp.me, Google's documentation of canonical and hreflang. facts.py and jsonld.py
hold what feeds and the API tell as well.
"""

from dataclasses import dataclass

from django.utils.translation import to_locale

from newsroom.lib.jsonscript import as_script
from newsroom.models import SiteSettings

from . import jsonld
from .facts import Crop, crop, iso, language_of, modified_at, short, url_of
from .story import Story


@dataclass(frozen=True)
class Metadata:
    """The head of an article's page. `alternates`: languages and addresses, its own among them."""

    description: str
    social_title: str
    url: str
    canonical: str
    published: str
    modified: str
    locale: str
    image: Crop | None
    authors: list[str]
    alternates: list[tuple[str, str]]
    json_ld: list[str]


def describe(story: Story, site: SiteSettings) -> Metadata:
    """Return the metadata of an article's page. No query."""
    article = story.article
    url = url_of(article)
    return Metadata(
        description=short(article.description),
        social_title=article.title_for_social,
        url=url,
        canonical=article.canonical_url or url,
        published=iso(article.published_at),
        modified=iso(modified_at(article)),
        locale=to_locale(language_of(article)),
        image=crop(article.lead_image) if article.lead_image else None,
        authors=[byline.author.name for byline in story.bylines if byline.role != "photo"],
        alternates=_alternates(story),
        json_ld=[
            as_script(jsonld.news_article(story, site)),
            as_script(jsonld.breadcrumbs(story, site)),
        ],
    )


def _alternates(story: Story) -> list[tuple[str, str]]:
    """The article and its translations by language; nothing while there is only one language."""
    by_language = {language_of(story.article): url_of(story.article)}
    for other in story.neighbours.translations:
        by_language.setdefault(language_of(other), url_of(other))
    return sorted(by_language.items()) if len(by_language) > 1 else []
