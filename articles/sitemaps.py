"""Sitemaps: an index, a part for each month of articles, one for lists, one for news.

Formats: sitemaps.org 0.9, Google's image 1.1 and news 0.9. Parts are streamed row by row: half a
million addresses need no more memory than ten. Articles that name an original elsewhere are left
out: only canonical addresses belong here.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from django.conf import settings
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from newsroom.lib import pagecache
from newsroom.lib.addresses import absolute
from newsroom.lib.xmltext import element
from newsroom.models import SiteSettings
from newsroom.models.site import settings_for

from . import facts, tallies
from .models import THIN_TOPIC, Article, Genre, NewsletterIssue
from .models.article import ArticleQuerySet
from .models.tally import CHANGED
from .shelves import Shelves

# The protocol ends at 50,000 addresses and 50 MB a file.
PART = 40_000
_MOST_PARTS = 1_000  # of a month: the index itself ends at 50,000
NEWS_HOURS, NEWS_MOST, NEWS_SECONDS = 48, 1000, 60
_LISTED = 12_000  # topics, authors, dossiers, issues: four lists of this length fit into one part
_CHUNK = 2_000

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_ENTRY_COLUMNS = (
    "slug", "month", "published_at", "updated_at",
    *(f"lead_image__{name}" for name in (
        "token", "width", "height", "focal_x", "focal_y", "is_decorative", "alt", "caption",
        "credit",
    )),
)  # fmt: skip


@pagecache.cached()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Name all parts with the time of the last change in each. Two queries, and others' own."""
    parts: list[tuple[str, datetime | None]] = [
        (_part_path(month, number), changed)
        for month, count, changed in tallies.of_sitemap()
        for number in range(1, (count + PART - 1) // PART + 1)
    ]
    newest = max((changed for _path, changed in parts if changed), default=None)
    parts.insert(0, (reverse("articles:sitemap-lists"), newest))
    for name in settings.SITEMAP_PARTS:
        parts += import_string(name)()
    body = "".join(f"<sitemap>\n{_place(path, changed)}</sitemap>\n" for path, changed in parts)
    response = _xml([f'<sitemapindex xmlns="{_SCHEMA}">\n', body, "</sitemapindex>\n"])
    return pagecache.tag(response, "articles", "jobs")


@pagecache.cached()
@require_safe
def month(
    request: HttpRequest, year: int, month: int, part: int = 1
) -> HttpResponse | StreamingHttpResponse:
    """List the articles of a month with their pictures. One query, streamed."""
    if not 0 < part <= _MOST_PARTS:
        raise Http404
    first = date(year, month, 1)
    # Nothing is sorted and nothing held: the index on the time has these rows in this order.
    rows = (
        _canonical()
        .of_month(first)
        .newest()
        .select_related("lead_image")
        .only(*_ENTRY_COLUMNS)[(part - 1) * PART : part * PART]
    )
    found = rows.iterator(chunk_size=_CHUNK)
    newest = next(found, None)
    if newest is None:
        raise Http404
    response = _streamed(_IMAGE, map(_article, chain([newest], found)))
    return pagecache.tag(response, "articles")


@pagecache.cached()
@require_safe
def lists(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """List the front page, sections, topics, authors and dossiers with articles, newsletters."""
    return pagecache.tag(_streamed("", _list_entries()), "articles", "newsletter")


@pagecache.cached()
@require_safe
def news(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """List what was first published in the last 48 hours, for Google News; nothing paid for."""
    since = timezone.now() - timedelta(hours=NEWS_HOURS)
    rows = (
        _canonical()
        .filter(published_at__gt=since)
        .exclude(genre=Genre.ADVERTISING)
        .newest()
        .select_related("lead_image")
        .only(*_ENTRY_COLUMNS, "headline", "language")[:NEWS_MOST]
    )
    site = settings_for(request)
    response = _streamed(f"{_NEWS} {_IMAGE}", (_article(row, site) for row in rows))
    # Articles grow too old for it one by one.
    return pagecache.tag(response, "articles", seconds=NEWS_SECONDS)


def _canonical() -> ArticleQuerySet:
    return Article.objects.visible().filter(canonical_url="")


def _list_entries() -> Iterator[str]:
    shelves = Shelves.load()
    own = dict(_canonical().values_list("section").annotate(changed=Max(CHANGED)))
    yield _entry("/", max(own.values(), default=None))
    for section in shelves.sections:
        moments = [own[pk] for pk in shelves.family(section) if pk in own]
        if moments:
            yield _entry(section.get_absolute_url(), max(moments))
    for name, column, least in (
        ("articles:topic", "tagged_items__tag__slug", THIN_TOPIC),
        ("articles:author", "bylines__author__slug", 1),
        ("articles:dossier", "dossier_entries__dossier__slug", 1),
    ):
        for slug, changed in _used(column, least):
            yield _entry(reverse(name, args=[slug]), changed)
    issues = NewsletterIssue.objects.sent().defer("intro", "closing").order_by("-sent_at", "-pk")
    for number, issue in enumerate(issues[:_LISTED].iterator(chunk_size=_CHUNK)):
        if not number:
            yield _entry(reverse("articles:newsletter"), issue.sent_at)
        yield _entry(issue.get_absolute_url(), issue.sent_at)


def _used(column: str, least: int) -> Iterator[tuple[str, datetime]]:
    """Return the slugs that visible articles lead to, the most used first. One query."""
    rows = (
        Article.objects.visible()
        .filter(**{f"{column}__isnull": False})
        .values_list(column)
        .annotate(articles=Count("pk", distinct=True), changed=Max(CHANGED))
        .filter(articles__gte=least)
        .order_by("-articles", column)
    )
    for slug, _articles, changed in rows[:_LISTED].iterator(chunk_size=_CHUNK):
        yield slug, changed


def _article(article: Article, site: SiteSettings | None = None) -> str:
    extra = _news(article, site) if site is not None else ""
    if article.lead_image is not None:
        image = element("image:loc", facts.crop(article.lead_image).url)
        extra += f"<image:image>\n{image}</image:image>\n"
    return _entry(article.get_absolute_url(), facts.modified_at(article), extra)


def _news(article: Article, site: SiteSettings) -> str:
    language = facts.language_of(article).partition("-")[0]
    publication = element("news:name", site.name) + element("news:language", language)
    return (
        f"<news:news>\n<news:publication>\n{publication}</news:publication>\n"
        f"{element('news:publication_date', facts.iso(article.published_at))}"
        f"{element('news:title', article.headline)}</news:news>\n"
    )


def _entry(path: str, changed: datetime | None, extra: str = "") -> str:
    return f"<url>\n{_place(path, changed)}{extra}</url>\n"


def _place(path: str, changed: datetime | None) -> str:
    lastmod = element("lastmod", facts.iso(changed)) if changed else ""
    return element("loc", absolute(path)) + lastmod


def _part_path(first: date, number: int) -> str:
    arguments = {"year": first.year, "month": f"{first.month:02d}"}
    if number == 1:
        return reverse("articles:sitemap-month", kwargs=arguments)
    return reverse("articles:sitemap-part", kwargs={**arguments, "part": number})


def _streamed(namespaces: str, entries: Iterable[str]) -> StreamingHttpResponse:
    pieces = _urlset(namespaces, entries)
    return StreamingHttpResponse(pieces, content_type="application/xml; charset=utf-8")


def _urlset(namespaces: str, entries: Iterable[str]) -> Iterator[str]:
    """Yield a sitemap; a generator, so that a reader who hangs up ends the query as well."""
    yield f'{_DECLARATION}<urlset xmlns="{_SCHEMA}"{" " if namespaces else ""}{namespaces}>\n'
    yield from entries
    yield "</urlset>\n"


def _xml(pieces: Iterable[str]) -> HttpResponse:
    body = _DECLARATION + "".join(pieces)
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
