"""The sitemap of live jobs. `parts` is named in settings.SITEMAP_PARTS; the view streams one."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Max
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from newsroom.lib import pagecache
from newsroom.lib.addresses import absolute
from newsroom.lib.xmltext import element

from .facts import iso
from .models import Job

# The protocol ends at 50,000 addresses a file.
PART = 40_000
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


def parts() -> list[tuple[str, datetime | None]]:
    """Return path and last change of every file that the index of sitemaps names. One query."""
    found = Job.objects.live().aggregate(count=Count("pk"), changed=Max("changed_at"))
    numbers = range(1, -(-found["count"] // PART) + 1)
    return [(_path(number), found["changed"]) for number in numbers]


@pagecache.cached()
@require_safe
def jobs(request: HttpRequest, part: int = 1) -> StreamingHttpResponse:
    """List the pages of live jobs. One query, streamed."""
    if not 0 < part <= 1000:
        raise Http404
    rows = Job.objects.live().newest().only("slug", "changed_at")[(part - 1) * PART : part * PART]
    content_type = "application/xml; charset=utf-8"
    response = StreamingHttpResponse(
        _entries(rows.iterator(chunk_size=2000)), content_type=content_type
    )
    return pagecache.tag(response, "jobs")


def _entries(rows: Iterator[Job]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SCHEMA}">\n'
    yield _entry(reverse("jobs:list"), None)
    for job in rows:
        yield _entry(job.get_absolute_url(), job.changed_at)
    yield "</urlset>\n"


def _entry(path: str, changed: datetime | None) -> str:
    lastmod = element("lastmod", iso(changed)) if changed else ""
    return f"<url>\n{element('loc', absolute(path))}{lastmod}</url>\n"


def _path(number: int) -> str:
    return reverse("jobs:sitemap") if number == 1 else reverse("jobs:sitemap-part", args=[number])
