"""Whether somebody who comes back has the newest already: asked before anything is rendered.

For feeds and the API, whose readers ask again and again for what has not changed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from newsroom.models import SiteSettings

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# To be asked for again each time: it costs one query, and what is withdrawn is gone at once.
_CACHING = "public, max-age=0, must-revalidate"


@dataclass(frozen=True)
class Freshness:
    """The rows that an answer is made of, in its order, and the mark of their present state."""

    ids: list[int]
    etag: str
    last_modified: datetime

    def not_modified(self, request: HttpRequest) -> HttpResponse | None:
        """Return 304 for a client that has this state, else None."""
        since = int(self.last_modified.timestamp())
        response = get_conditional_response(request, etag=self.etag, last_modified=since)
        return self.stamp(response) if isinstance(response, HttpResponse) else None

    def stamp[R: HttpResponse](self, response: R) -> R:
        """Say in a response's head which state it shows."""
        response["ETag"] = self.etag
        response["Last-Modified"] = http_date(int(self.last_modified.timestamp()))
        response["Cache-Control"] = _CACHING
        return response


def settings_saved_at() -> Subquery:
    """A column of any query: when the site's settings were last saved."""
    return Subquery(SiteSettings.objects.filter(pk=1).values("saved_at")[:1])


def of_rows(rows: Sequence[tuple[Any, ...]], marking: int, salt: Iterable[object]) -> Freshness:
    """Make the state of rows that begin with their id; the first `marking` columns are the mark.

    A renamed author or section stands in none of them: the day is part of the mark, so that such
    a change is told on the next one at the latest.
    """
    now = timezone.now()
    mark = repr(([row[:marking] for row in rows], timezone.localdate(now), *salt))
    digest = hashlib.sha256(mark.encode()).hexdigest()[:32]
    moments = [value for row in rows for value in row if isinstance(value, datetime)]
    last = max((at for at in moments if at <= now), default=_LONG_AGO)
    return Freshness([row[0] for row in rows], f'W/"{digest}"', last)
