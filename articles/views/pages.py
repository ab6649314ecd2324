"""The pages that readers read: front, lists of articles, corrections, archive, article."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from newsroom.lib import pagecache
from newsroom.lib.fulltext import among
from newsroom.lib.pagination import Order, paginate
from newsroom.models.site import settings_for

from .. import layout, story, tallies
from ..models import (
    THIN_TOPIC,
    Article,
    Author,
    Correction,
    Dossier,
    Section,
    Tag,
)
from ..models.article import LISTED, LISTED_TIMES
from ..purging import keys_of, keys_of_story
from ..shelves import Shelves

_TOPICS_LISTED = 400


@pagecache.cached()
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the home page: what editors have arranged, filled up with the newest."""
    return render_front(request, None, Shelves.load())


@pagecache.cached("before", "after")
@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a section's front and the list of all that stands in it and below it."""
    shelves = Shelves.load()
    shown = shelves.find(slug)
    if shown is None:
        raise Http404
    return render_front(request, shown, shelves)


def render_front(
    request: HttpRequest, section: Section | None, shelves: Shelves, at: datetime | None = None
) -> HttpResponse:
    """Return the home page or a section's front, now or as it is to be at a moment.

    The caller has checked who asks for another moment than this one.
    """
    is_first = section is None or not {"before", "after"} & request.GET.keys()
    shown = layout.compose(section, shelves, at=at) if is_first else None
    context: dict[str, Any] = {"shelves": shelves, "front": shown, "preview_at": at}
    keys = {"front", "mostread"}
    if shown is not None and shown.is_arranged:
        # Slots draw from anywhere.
        keys.add("articles")
    if shown is not None:
        keys |= keys_of(article for box in shown.boxes for article in box.articles)
    if section is None:
        response = render(request, "articles/front.html", context)
        return pagecache.tag(response, "articles", *keys)
    articles = Article.objects.visible(at).filter(section__in=shelves.family(section))
    if shown is not None and shown.shown:
        articles = articles.exclude(pk__in=shown.shown)
    context |= {
        "section": section,
        "parent": next((s for s in shelves.sections if s.pk == section.parent_id), None),
        "children": shelves.children(section),
        "page": paginate(articles.for_card(), request.GET),
    }
    keys |= keys_of(context["page"].items) | {f"section:{pk}" for pk in shelves.family(section)}
    return pagecache.tag(render(request, "articles/section.html", context), *keys)


@pagecache.cached()
@require_safe
def section_colors(request: HttpRequest, version: str) -> HttpResponse:
    """Send the colours of the site and its sections; under their present address for ever."""
    shelves, site = Shelves.load(), settings_for(request)
    response = HttpResponse(shelves.css(site), content_type="text/css; charset=utf-8")
    is_current = version == shelves.css_version(site)
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_current else "public, max-age=60"
    )
    return pagecache.tag(response)


@pagecache.cached()
@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """List the topics that readers can find something under, the most used ones only."""
    counts = tallies.of_topics()
    least = min(sorted(counts.values(), reverse=True)[:_TOPICS_LISTED], default=0)
    wanted = [pk for pk, count in counts.items() if count >= least]
    found = among(Tag.objects.all(), wanted)
    used = sorted(found, key=lambda tag: (-counts[tag.pk], tag.name))[:_TOPICS_LISTED]
    used.sort(key=lambda tag: tag.key)
    context = {"topics": [(tag, counts[tag.pk]) for tag in used]}
    return pagecache.tag(render(request, "articles/topics.html", context), "articles")


@pagecache.cached("before", "after")
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a topic; one that stands on hidden articles only does not exist for readers."""
    tag = get_object_or_404(Tag, slug=slug)
    articles = Article.objects.visible().on_topic(pk=tag.pk)
    page = paginate(articles.for_card(), request.GET, order=LISTED, times=LISTED_TIMES)
    if not page:
        raise Http404
    is_thin = page.is_first and not page.next and len(page.items) < THIN_TOPIC
    context = {"tag": tag, "page": page, "is_thin": is_thin}
    response = render(request, "articles/topic.html", context)
    return pagecache.tag(response, f"topic:{tag.pk}", *keys_of(page.items))


@pagecache.cached("before", "after")
@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a public profile with what it signs."""
    profile = get_object_or_404(Author.objects.select_related("portrait"), slug=slug)
    articles = Article.objects.visible().signed_by(pk=profile.pk)
    page = paginate(articles.for_card(), request.GET, order=LISTED, times=LISTED_TIMES)
    response = render(request, "articles/author.html", {"author": profile, "page": page})
    return pagecache.tag(response, f"author:{profile.pk}", *keys_of(page.items))


@pagecache.cached("before", "after")
@require_safe
def dossier(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a dossier in its editors' order; without a visible article it is not there yet."""
    shown = get_object_or_404(Dossier.objects.select_related("image"), slug=slug)
    entries = shown.entries.filter(article__in=Article.objects.visible()).select_related(
        "article__section", "article__lead_image"
    )
    page = paginate(
        entries.defer("article__body", "article__body_html"),
        request.GET,
        order=Order(("position", "pk")),
        times=frozenset(),
    )
    if not page:
        raise Http404
    articles = [entry.article for entry in page.items]
    context = {"dossier": shown, "page": page, "articles": articles}
    response = render(request, "articles/dossier.html", context)
    return pagecache.tag(response, f"dossier:{shown.pk}", *keys_of(articles))


@pagecache.cached("before", "after")
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Show what the newsroom has corrected, newest first."""
    found = Correction.objects.visible().select_related("article__section")
    page = paginate(
        found.defer("article__body", "article__body_html"),
        request.GET,
        order=Order(("corrected_at", "pk"), is_descending=True),
        times=frozenset({"corrected_at"}),
    )
    shown = keys_of(correction.article for correction in page.items)
    response = render(request, "articles/corrections.html", {"page": page})
    return pagecache.tag(response, "articles", *shown)


@pagecache.cached()
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """List the months that have articles, the newest year first."""
    years: dict[int, list[tuple[date, int]]] = {}
    for month, count in tallies.of_months():
        years.setdefault(month.year, []).append((month, count))
    context = {"years": sorted(years.items(), reverse=True)}
    return pagecache.tag(render(request, "articles/archive.html", context), "articles")


@pagecache.cached("before", "after")
@require_safe
def archive_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Show the articles of a month, newest first."""
    first = date(year, month, 1)
    articles = Article.objects.visible().of_month(first)
    page = paginate(articles.for_card(), request.GET)
    if not page:
        raise Http404
    response = render(request, "articles/archive_month.html", {"month": first, "page": page})
    return pagecache.tag(response, "articles", *keys_of(page.items))


@pagecache.cached("before", "after")
@require_safe
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """Show an article; of a withdrawn one, only that and why it is gone."""
    address: dict[str, Any] = {"month": date(year, month, 1), "slug": slug}
    shown = story.at_address(**address)
    if shown is not None:
        read = story.of_article(shown, request.GET)
        response = render(request, "articles/article.html", {"story": read})
        return pagecache.tag(response, *keys_of_story(read))
    gone = get_object_or_404(
        Article.objects.withdrawn().only("withdrawn_at", "withdrawn_reason"), **address
    )
    response = render(request, "410.html", {"article": gone}, status=410)
    return pagecache.tag(response, f"article:{gone.pk}")
