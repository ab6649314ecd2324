"""Old addresses answer with one permanent redirect to where the thing is now, for ever."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from .models import Article, Redirect

# WordPress' plain permalinks live below the front page, which is no 404 of ours.
_PLAIN_KEYS = ("p", "page_id", "attachment_id", "cat", "author")


def remember(old_path: str, article: Article) -> None:
    """Let an old path lead to an article; a path that the article has again is forgotten."""
    Redirect.objects.filter(old_path=article.get_absolute_url()).delete()
    Redirect.objects.update_or_create(
        old_path=old_path,
        defaults={"article": article, "section": None, "tag": None, "author": None, "new_path": ""},
    )


def target(old_path: str) -> str | None:
    """Return where an old path (with its query, if that belongs to it) leads; None if nowhere.

    One query. An article that readers may not see is nowhere, except a withdrawn one, whose
    address tells why it is gone.
    """
    redirect = (
        Redirect.objects.select_related("article", "section", "tag", "author")
        .filter(old_path__in={old_path, old_path.rstrip("/"), old_path.rstrip("/") + "/"})
        .first()
    )
    if redirect is None:
        return None
    if redirect.article is not None:
        if redirect.article.is_live or redirect.article.status == "withdrawn":
            return redirect.article.get_absolute_url()
        return None
    row = redirect.section or redirect.tag or redirect.author
    return row.get_absolute_url() if row else redirect.new_path


class RedirectMiddleware:
    """Answer what nothing else knows from the table of old addresses. One query, on 404s only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/" and any(key in request.GET for key in _PLAIN_KEYS):
            key = next(key for key in _PLAIN_KEYS if key in request.GET)
            if path := target(f"/?{key}={request.GET[key]}"):
                return HttpResponsePermanentRedirect(path)
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        path = target(request.path)
        return HttpResponsePermanentRedirect(path) if path else response
