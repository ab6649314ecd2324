"""What open pages of a live ticker ask: one address per ten seconds, shared by all readers."""

import hashlib
from datetime import date

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from newsroom.lib import pagecache

from .. import livepage
from ..models import Article

# Clocks of caches and readers differ by a little.
_AROUND = 2


@pagecache.cached()
@require_safe
def changes(
    request: HttpRequest, year: int, month: int, slug: str, bucket: int
) -> HttpResponseBase:
    """Send what has changed lately; any other bucket than the present one leads to it."""
    articles = Article.objects.visible().filter(live_ticker__isnull=False)
    article = get_object_or_404(
        articles.select_related("live_ticker"), month=date(year, month, 1), slug=slug
    )
    now = timezone.now()
    current = livepage.bucket_of(now)
    if abs(bucket - current) > _AROUND:
        moved = HttpResponseRedirect(livepage.address(article, current))
        moved["Cache-Control"] = "no-store"
        return moved
    response = JsonResponse(livepage.changes(article.live_ticker, article, now))
    response["Cache-Control"] = f"public, max-age={livepage.BUCKET}"
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return pagecache.tag(answer or response, f"article:{article.pk}", seconds=livepage.BUCKET)
