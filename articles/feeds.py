"""Feeds of the site, its sections, topics, authors and dossiers, and of the corrections.

Each first asks in one query whether the reader has the newest already (freshness.py), then reads
the articles in a fixed number of queries; newsroom.lib.feeds answers.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsroom.lib import feeds, pagecache
from newsroom.lib.addresses import absolute, identifier
from newsroom.lib.freshness import Freshness
from newsroom.lib.kept import Pieces
from newsroom.lib.pagination import NEWEST
from newsroom.lib.prepared import in_tens, prepared
from newsroom.lib.syndication import Item, Kind, Person
from newsroom.models.site import settings_for

from . import attached, facts, freshness, promos
from .attached import Attached
from .models import Article, Author, Correction, Dossier, Section, Tag
from .models.article import LISTED
from .purging import keys_of
from .shelves import Shelves

# Google reads at most 60 new items at a time.
ITEMS = 50


@pagecache.cached(accept="text/html")
@require_safe
def whole_site(request: HttpRequest, kind: Kind = "rss") -> HttpResponse:
    """The newest of everything."""
    fresh = freshness.of_newest(_newest(timezone.now(), None), kind, settings.LANGUAGE_CODE)
    if unchanged := fresh.not_modified(request):
        return unchanged
    return pagecache.tag(_articles(request, kind, fresh, None, ""), "articles")


@pagecache.cached(accept="text/html")
@require_safe
def section(request: HttpRequest, slug: str, kind: Kind = "rss") -> HttpResponse:
    """The newest of a section and all below it. The tree of sections is read first."""
    shelves = Shelves.load()
    shown = shelves.find(slug)
    if shown is None:
        raise Http404
    newest = _newest(timezone.now(), tuple(shelves.family(shown)))
    fresh = freshness.of_newest(newest, kind, settings.LANGUAGE_CODE, "section", shown.pk)
    if unchanged := fresh.not_modified(request):
        return unchanged
    response = _articles(request, kind, fresh, shown, shown.description)
    return pagecache.tag(response, *(f"section:{pk}" for pk in shelves.family(shown)))


@pagecache.cached(accept="text/html")
@require_safe
def topic(request: HttpRequest, slug: str, kind: Kind = "rss") -> HttpResponse:
    """The newest on a topic; one that stands on hidden articles only does not exist."""
    articles = LISTED.apply(Article.objects.visible().on_topic(slug=slug))
    fresh = _fresh(articles, kind, "topic", slug)
    if not fresh.ids:
        raise Http404
    if unchanged := fresh.not_modified(request):
        return unchanged
    tag = get_object_or_404(Tag, slug=slug)
    response = _articles(request, kind, fresh, tag, tag.description)
    return pagecache.tag(response, f"topic:{tag.pk}")


@pagecache.cached(accept="text/html")
@require_safe
def author(request: HttpRequest, slug: str, kind: Kind = "rss") -> HttpResponse:
    """The newest that somebody has signed."""
    articles = LISTED.apply(Article.objects.visible().signed_by(slug=slug))
    fresh = _fresh(articles, kind, "author", slug)
    if fresh.ids and (unchanged := fresh.not_modified(request)):
        return unchanged
    profile = get_object_or_404(Author, slug=slug)
    response = _articles(request, kind, fresh, profile, profile.biography)
    return pagecache.tag(response, f"author:{profile.pk}")


@pagecache.cached(accept="text/html")
@require_safe
def dossier(request: HttpRequest, slug: str, kind: Kind = "rss") -> HttpResponse:
    """The newest of a dossier; without a visible article it is not there yet."""
    articles = Article.objects.visible().filter(dossier_entries__dossier__slug=slug)
    fresh = _fresh(articles, kind, "dossier", slug)
    if not fresh.ids:
        raise Http404
    if unchanged := fresh.not_modified(request):
        return unchanged
    shown = get_object_or_404(Dossier, slug=slug)
    response = _articles(request, kind, fresh, shown, shown.standfirst)
    return pagecache.tag(response, f"dossier:{shown.pk}")


@pagecache.cached(accept="text/html")
@require_safe
def corrections(request: HttpRequest, kind: Kind = "rss") -> HttpResponse:
    """What the newsroom has corrected."""
    newest = Correction.objects.visible().newest()[:ITEMS]
    fresh = freshness.of_corrections(newest, kind, "corrections", settings.LANGUAGE_CODE)
    if unchanged := fresh.not_modified(request):
        return unchanged
    found = Correction.objects.visible().filter(pk__in=fresh.ids).newest().select_related("article")
    shown = list(found.defer("article__body"))
    items = [_correction_item(correction) for correction in shown]
    response = feeds.answer(
        request, kind, items, fresh, name=_("Corrections"), path="/corrections/"
    )
    return pagecache.tag(response, "articles", *keys_of(each.article for each in shown))


@prepared
def _newest(now: datetime, sections: tuple[int, ...] | None) -> QuerySet[Any, Any]:
    """The state of the newest articles, of all sections or of some."""
    articles = Article.objects.visible(now)
    if sections is not None:
        articles = articles.filter(section__in=sections)
    return freshness.columns(NEWEST.apply(articles)[:ITEMS])


def _fresh(articles: QuerySet[Article], kind: Kind, *salt: object) -> Freshness:
    newest = articles if articles.ordered else NEWEST.apply(articles)
    return freshness.of_articles(newest[:ITEMS], kind, settings.LANGUAGE_CODE, *salt)


def _articles(
    request: HttpRequest,
    kind: Kind,
    fresh: Freshness,
    about: Section | Tag | Author | Dossier | None,
    description: str,
) -> HttpResponse:
    site = settings_for(request)
    articles = _read(in_tens(fresh.ids), timezone.now(), with_text=site.feeds_full_text)
    each = attached.to_each(articles)
    around = [
        promos.surroundings(article, (tag.pk for tag in each[article.pk].topics))
        for article in articles
    ]
    offers = promos.for_feed(around, {pk: rows.picks for pk, rows in each.items()})
    items = [_kept(article, each[article.pk], offers.get(article.pk)) for article in articles]
    name = str(about) if about is not None else ""
    path = about.get_absolute_url() if about is not None else "/"
    short = facts.short(description)
    response = feeds.answer(request, kind, items, fresh, name=name, path=path, about=short)
    return pagecache.tag(response, "promos", *keys_of(articles))


# What items tell, and what decides about their promos.
_TOLD = (
    *("slug", "month", "created_at", "published_at", "updated_at", "headline", "standfirst"),
    *("genre", "language", "lead_caption", "canonical_url", "ai_use", "ai_reviewed_at"),
    *("is_sensitive", "section__name", "section__slug", "section__parent_id"),
    *(f"lead_image__{name}" for name in ("token", "width", "height", "focal_x", "focal_y")),
    *(f"lead_image__{name}" for name in ("alt", "is_decorative", "caption", "credit")),
)


@prepared
def _read(ids: tuple[int, ...], now: datetime, *, with_text: bool) -> QuerySet[Article]:
    """Read articles with what their items tell; the gate is asked again."""
    found = Article.objects.visible(now).filter(pk__in=ids).newest()
    text = ("body_html",) if with_text else ()
    return found.select_related("section", "lead_image").only(*_TOLD, *text)


# Items by all that they are made of: of fifty, a publication changes one.
_items: Pieces[Item] = Pieces(300)


def _kept(article: Article, rows: Attached, offer: promos.Placed | None) -> Item:
    return _items.get((article, rows, offer), lambda: _article_item(article, rows, offer))


def _article_item(article: Article, rows: Attached, offer: promos.Placed | None) -> Item:
    picture = facts.crop(article.lead_image) if article.lead_image is not None else None
    lead = {"article": article, "image": picture}
    published = article.published_at or timezone.now()
    has_text = "body_html" not in article.get_deferred_fields()
    said = {"article": article, "corrections": rows.corrections}
    notes = render_to_string("articles/feeds/_notes.html", said).strip()
    return Item(
        id=facts.article_id(article),
        url=facts.url_of(article),
        title=facts.title_of(article),
        summary=article.standfirst,
        published=published,
        updated=facts.modified_at(article) or published,
        language=facts.language_of(article),
        lead=render_to_string("articles/feeds/_lead.html", lead).strip(),
        body=facts.portable(article.body_html) if has_text else "",
        notes=notes + (promos.render(offer).strip() if offer else ""),
        authors=tuple(
            Person(signed.name, absolute(signed.get_absolute_url()))
            for signed in facts.writers(rows.bylines)
        ),
        categories=(article.section.name, *(tag.name for tag in rows.topics)),
        picture=picture,
    )


def _correction_item(correction: Correction) -> Item:
    article, at = correction.article, correction.corrected_at
    text = render_to_string("articles/feeds/_correction.html", {"correction": correction})
    return Item(
        id=identifier("correction", correction.pk, at),
        url=f"{facts.url_of(article)}#corrections",
        title=f"{correction.get_kind_display()}: {article.headline}",
        summary=correction.text,
        published=at,
        updated=at,
        language=facts.language_of(article),
        body=text.strip(),
    )
