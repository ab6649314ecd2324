"""Feeds of comments: an article's, and the whole site's; the newest 50 that readers see.

Each first asks in one query whether the reader has the newest already.
"""

from datetime import date
from http import HTTPStatus

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Article
from newsroom.lib import feeds, pagecache, richtext
from newsroom.lib.addresses import absolute, identifier
from newsroom.lib.freshness import Freshness, of_rows, settings_saved_at
from newsroom.lib.syndication import Item, Person

from . import links
from .models import Comment

ITEMS = 50
_MARK = ("pk", "version", "published_at", "edited_at", "article__live_id")


@pagecache.cached(accept="text/html")
@require_safe
def whole_site(request: HttpRequest) -> HttpResponse:
    """The newest comments on anything."""
    fresh = _fresh(Comment.objects.visible().filter(article__in=Article.objects.visible()))
    if unchanged := fresh.not_modified(request):
        return unchanged
    response = feeds.answer(
        request,
        "rss",
        _items(fresh),
        fresh,
        name=_("Comments"),
        about=_("What readers say."),
        with_hub=False,
    )
    return pagecache.tag(response, "comments", "articles")


@pagecache.cached(accept="text/html")
@require_safe
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """The newest comments on an article; of a withdrawn one only that it is gone."""
    address = {"month": date(year, month, 1), "slug": slug}
    articles = Article.objects.visible().filter(**address)
    fresh = _fresh(Comment.objects.visible().filter(article__in=articles), year, month, slug)
    if fresh.ids and (unchanged := fresh.not_modified(request)):
        return unchanged
    shown = articles.only("headline", "slug", "month").first()
    if shown is None:
        return _gone(request, address)
    if unchanged := fresh.not_modified(request):
        return unchanged
    response = feeds.answer(
        request,
        "rss",
        _items(fresh),
        fresh,
        name=_("Comments on “%(headline)s”") % {"headline": shown.headline},
        path=shown.get_absolute_url(),
        with_hub=False,
    )
    return pagecache.tag(response, f"article:{shown.pk}")


def _gone(request: HttpRequest, address: dict[str, object]) -> HttpResponse:
    gone = Article.objects.withdrawn().only("withdrawn_at", "withdrawn_reason")
    withdrawn = gone.filter(**address).first()
    if withdrawn is None:
        raise Http404
    return render(request, "410.html", {"article": withdrawn}, status=HTTPStatus.GONE)


def _fresh(comments: QuerySet[Comment], *salt: object) -> Freshness:
    """Return the state of the newest. One query, without their texts."""
    newest = comments.order_by("-published_at", "-pk")[:ITEMS]
    rows = list(newest.values_list(*_MARK, settings_saved_at()))
    return of_rows(rows, len(_MARK) + 1, ("comments", settings.LANGUAGE_CODE, *salt))


def _items(fresh: Freshness) -> list[Item]:
    """Read the comments of a state; the gates are asked again. One query."""
    found = Comment.objects.visible().filter(
        pk__in=fresh.ids, article__in=Article.objects.visible()
    )
    rows = found.order_by("-published_at", "-pk").select_related("article")
    return [_item(row) for row in rows.defer("article__body", "article__body_html", "signals")]


def _item(comment: Comment) -> Item:
    at = comment.published_at or comment.created_at
    words = {"name": comment.name, "headline": comment.article.headline}
    url = absolute(links.place(comment))
    return Item(
        id=identifier("comment", comment.pk, comment.created_at),
        url=url,
        title=_("%(name)s on “%(headline)s”") % words,
        summary=richtext.shorten(comment.body, 200),
        published=at,
        updated=max(at, comment.edited_at or at),
        language=comment.article.language or settings.LANGUAGE_CODE,
        body=comment.body_html,
        authors=(Person(comment.name, url),),
    )
