"""Pages whose address is a key: no cache keeps them, no index lists them, nobody is told of them."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache


def keyed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view's pages stay between us and whoever has the link: no referrer names it."""

    @never_cache
    @wraps(view)
    def private(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return private
