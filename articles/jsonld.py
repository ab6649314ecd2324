"""Structured data: what schema.org and Google's documentation ask of news pages.

Called by metadata.py for articles and by the pages' template tags for the rest. No query.
"""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from newsroom.lib.addresses import absolute
from newsroom.models import SiteSettings

from . import livepage
from .facts import (
    crop,
    crops,
    iso,
    language_of,
    modified_at,
    short,
    signature,
    url_of,
    writers,
)
from .models import AIUse, Author, Genre
from .story import Story

_TYPES: dict[str, str] = {
    Genre.NEWS: "NewsArticle",
    Genre.REPORT: "ReportageNewsArticle",
    Genre.ANALYSIS: "AnalysisNewsArticle",
    Genre.BACKGROUND: "BackgroundNewsArticle",
    Genre.OPINION: "OpinionNewsArticle",
    Genre.REVIEW: "ReviewNewsArticle",
    Genre.LIVE: "LiveBlogPosting",
    Genre.ADVERTISING: "AdvertiserContentArticle",
}
# IPTC's words for where a text comes from, as schema.org names them.
_SOURCE_TYPES: dict[str, str] = {
    AIUse.GENERATED: "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
    AIUse.ASSISTED: "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource",
}
type Data = dict[str, Any]


def news_article(story: Story, site: SiteSettings) -> Data:
    """Describe an article as schema.org/NewsArticle and Google's Article documentation ask."""
    article = story.article
    url = url_of(article)
    authors = [signature(author) for author in writers(story.bylines)]
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": _TYPES.get(article.genre, "NewsArticle"),
            "@id": f"{url}#article",
            "mainEntityOfPage": url,
            "url": url,
            "headline": article.headline,
            "alternativeHeadline": article.front_headline,
            "description": short(article.description),
            "datePublished": iso(article.published_at),
            "dateModified": iso(modified_at(article)),
            "coverageStartTime": iso(article.published_at) if article.genre == Genre.LIVE else "",
            "articleSection": article.section.name,
            "inLanguage": language_of(article),
            "wordCount": article.word_count,
            "isAccessibleForFree": True,
            "author": authors or [publisher(site)],
            "publisher": publisher(site),
            "keywords": [tag.name for tag in story.topics],
            "dateline": " / ".join(article.dateline),
            "image": [made.url for made in crops(article.lead_image)],
            "correction": [
                {
                    "@type": "CorrectionComment",
                    "text": correction.text,
                    "datePublished": iso(correction.corrected_at),
                    "correctedWork": {"@id": f"{url}#article"},
                }
                for correction in story.corrections
            ],
            "digitalSourceType": _SOURCE_TYPES.get(article.ai_use, ""),
            "isBasedOn": article.canonical_url,
        }
        | (livepage.structured(story.live, url) if story.live is not None else {})
    )


def breadcrumbs(story: Story, site: SiteSettings) -> Data:
    """The way from the front page to an article."""
    article = story.article
    section = article.section
    above = [section.parent] if section.parent is not None else []
    steps = [(site.name, absolute("/"))]
    steps += [(shelf.name, absolute(shelf.get_absolute_url())) for shelf in (*above, section)]
    steps.append((article.headline, url_of(article)))
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(steps, 1)
        ],
    }


def publisher(site: SiteSettings) -> Data:
    """Who publishes, as far as an article's page must tell."""
    return {
        "@type": "NewsMediaOrganization",
        "@id": absolute("/#organization"),
        "name": site.publisher or site.name,
        "url": absolute("/"),
        "logo": absolute(
            f"/{site.logo_file}" if site.logo_file else static("newsroom/favicon.svg")
        ),
        "publishingPrinciples": _page(site.ethics_policy_url or "/editorial-principles/"),
    }


def organization(site: SiteSettings) -> Data:
    """Who publishes and by which rules, for the front page."""
    return _filled(
        {
            "@context": "https://schema.org",
            **publisher(site),
            "alternateName": site.name if site.publisher else "",
            "description": site.description,
            "sameAs": site.social_links.split(),
            "email": site.contact_email,
            "masthead": _page(site.masthead_url),
            "ownershipFundingInfo": _page(site.ownership_url),
            "ethicsPolicy": _page(site.ethics_policy_url or "/editorial-principles/"),
            "correctionsPolicy": _page(site.corrections_policy_url or "/corrections/"),
            "actionableFeedbackPolicy": _page(site.feedback_policy_url),
            "verificationFactCheckingPolicy": _page(site.verification_policy_url),
            "unnamedSourcesPolicy": _page(site.sources_policy_url),
            "diversityPolicy": _page(site.diversity_policy_url),
            "missionCoveragePrioritiesPolicy": _page(site.mission_policy_url),
            "noBylinesPolicy": _page(site.bylines_policy_url),
        }
    )


def profile(author: Author, site: SiteSettings) -> Data:
    """Describe an author's page (Google's ProfilePage)."""
    portrait = crop(author.portrait, "1x1").url if author.portrait is not None else ""
    about = {
        **signature(author),
        "@id": absolute(f"{author.get_absolute_url()}#author"),
        "identifier": str(author.pk),
        "description": short(author.biography),
        "jobTitle": "" if author.is_agency else author.position,
        "image": portrait,
        "sameAs": [author.website] if author.website else [],
        "worksFor": {} if author.is_agency else publisher(site),
    }
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "url": absolute(author.get_absolute_url()),
        "inLanguage": settings.LANGUAGE_CODE,
        "name": _("Articles by %(name)s") % {"name": author.name},
        "mainEntity": _filled(about),
    }


def _page(address: str) -> str:
    return absolute(address) if address.startswith("/") else address


def _filled(data: Data) -> Data:
    return {name: value for name, value in data.items() if value not in ("", [], {}, None)}
