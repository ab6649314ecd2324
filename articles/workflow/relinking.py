"""Links between texts from elsewhere, once all of these are here. The importer calls it last."""

import re
from collections.abc import Callable, Collection, Mapping
from html import escape, unescape
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import transaction
from django.db.models import Exists, OuterRef

from newsroom.lib import bulk

from .. import redirects
from ..models import Article, Revision

_LINK = re.compile(r'(<a\b[^>]*?\shref=")(/(?!/)[^"]*)(?=")')


@transaction.atomic
def relink(ids: Collection[int]) -> int:
    """Let links to old addresses lead straight to where these lead now; return in how many texts.

    Of texts that nobody here has touched: their imported revision is completed in place, since it
    is the source's text and not a version of ours. Six queries for any number.
    """
    ours = Revision.objects.filter(article=OuterRef("pk")).exclude(kind=Revision.Kind.IMPORTED)
    rows = Article.objects.filter(~Exists(ours), pk__in=ids).select_for_update(of=("self",))
    articles = list(rows.order_by("pk"))
    revisions = Revision.objects.in_bulk([row.head_id for row in articles if row.head_id])
    change = rewriting([row.body for row in articles])
    changed = []
    for article in articles:
        revision = revisions.get(article.head_id or 0)
        body = change(article.body)
        if body != article.body and revision is not None:
            article.body, article.body_html = body, change(article.body_html)
            revision.content["body"] = body
            changed.append((article, revision))
    bulk.update([article for article, _revision in changed], ["body", "body_html"])
    bulk.update([revision for _article, revision in changed], ["content"])
    return len(changed)


def rewriting(bodies: Collection[str]) -> Callable[[str], str]:
    """Return what changes the links in these texts. A query, and some for paths to paths."""
    wanted = {_key(match[2]) for body in bodies for match in _LINK.finditer(body)}
    found = redirects.targets(wanted)
    return lambda body: _LINK.sub(lambda match: match[1] + _changed(match[2], found), body)


def _changed(href: str, found: Mapping[str, str]) -> str:
    target = found.get(_key(href))
    if target is None:
        return href
    _rest, sign, fragment = href.partition("#")
    return escape(target) + sign + fragment


def _key(href: str) -> str:
    """Return a link as the table of old addresses has it."""
    try:
        parts = urlsplit(unescape(href))
    except ValueError:
        return href
    path = unquote(parts.path)
    plain = [f"{k}={v}" for k, v in parse_qsl(parts.query) if k in redirects.PLAIN_KEYS]
    return f"{path}?{plain[0]}" if plain else path
