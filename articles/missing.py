"""What readers ask for in vain: counted without a trace of who asked, led somewhere by the desk.

The middleware counts; the admin shows the report and calls `lead`.
"""

import logging
import re
from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.slugs import make_slug
from newsroom.lib.verbs import Refused, demand
from newsroom.models import User

from . import redirects
from .models import Article, Author, Dossier, MissingPath, Section, Tag

MOST_ROWS = 2_000
# Beyond this a flood is under way, and what it asks for is worth nothing.
MOST_A_MINUTE = 300
_MOST_SUGGESTIONS = 5

# Machines that look for holes, files that no page of ours ever was, addresses that hold a secret.
_NOISE = re.compile(
    r"""^/(?:\.|wp-|wordpress/|xmlrpc|cgi-bin|phpmyadmin|pma/|vendor/|node_modules/|actuator|
        admin/|static/|media/|preview/|alerts/|api/|r/|
        comments/(?:own|confirm|no-replies)/|jobs/manage/)
    | \.(?:php\d?|aspx?|jsp|cgi|env|git|sql|bak|old|zip|t?gz|tar|rar|ini|ya?ml|log|map|js|css|
        png|jpe?g|gif|webp|ico|svg|json|txt|xml)/?$
    | /(?:wp-login|wp-admin|wp-content|wp-includes|\.git|\.env|trackback|amp)\b
    | [@<>"'`{}\\|] | //""",
    re.IGNORECASE | re.VERBOSE,
)

logger = logging.getLogger(__name__)


class MissingMiddleware:
    """Count what ends in a 404 after pages and old addresses have been asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.method == "GET":
            note(request.path)
        return response


def note(path: str) -> None:
    """Count a path that leads nowhere. At most three queries; a failure is logged, never raised."""
    if len(path) > 300 or not path.isprintable() or _NOISE.search(path):
        return
    try:
        if _has_room_this_minute():
            _count(path)
    except Exception:  # whatever database or cache have: a reader still gets a plain 404
        logger.exception("A missing address was not counted")


def suggestions(missing: MissingPath) -> list[Article | Section | Tag | Author | Dossier]:
    """Return what readers may have meant, best first: rows with the same last word. ≤ 6 queries."""
    last = missing.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    word = make_slug(last.replace("_", "-"))
    if not word:
        return []
    articles = Article.objects.visible().newest()
    found: list[Article | Section | Tag | Author | Dossier] = list(articles.filter(slug=word)[:3])
    found += Section.objects.filter(slug=word)
    found += Tag.objects.filter(slug=word)
    found += Author.objects.filter(slug=word)
    found += Dossier.objects.filter(slug=word)
    if len(word) > 8:
        near = articles.filter(slug__startswith=word[: max(8, len(word) * 2 // 3)])
        found += [article for article in near[:_MOST_SUGGESTIONS] if article not in found]
    return found[:_MOST_SUGGESTIONS]


@transaction.atomic
def lead(missing: MissingPath, to: str, *, by: User) -> str:
    """Let a missing address lead to a page of the site for ever; return the page's address.

    Raises NotPermitted, and Refused where readers find nothing at `to`.
    """
    demand(by, "articles.add_redirect")
    row = redirects.row_at(to)
    if row is None:
        raise Refused(_("Readers find nothing at this address."))
    if row.get_absolute_url() == missing.path:
        raise Refused(_("There is a page at this address again."))
    redirects.remember(missing.path, row)
    missing.delete()
    return row.get_absolute_url()


def _count(path: str) -> None:
    now = timezone.now()
    row = MissingPath.objects.filter(path=path)
    if row.update(count=F("count") + 1, last_seen_at=now):
        return
    if MissingPath.objects.count() >= MOST_ROWS:
        _drop_least_wanted()
    _made, created = MissingPath.objects.get_or_create(path=path)
    if not created:  # another process was faster by a moment
        row.update(count=F("count") + 1, last_seen_at=now)


def _drop_least_wanted() -> None:
    """Let a tenth of a full table go: what was asked for least and longest ago."""
    rows = MissingPath.objects.order_by("count", "last_seen_at").values_list("pk", flat=True)
    MissingPath.objects.filter(pk__in=list(rows[: max(1, MOST_ROWS // 10)])).delete()


def _has_room_this_minute() -> bool:
    key = f"missing-{timezone.now():%Y%m%d%H%M}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key) <= MOST_A_MINUTE
