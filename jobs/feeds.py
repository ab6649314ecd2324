"""Live jobs for machines: RSS and JSON Feed of the newest, Indeed's XML of all.

Each answers a client that has the newest already from one query, before any job is read.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.db.models import Count, Max, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsroom.lib import pagecache
from newsroom.lib.addresses import absolute, host
from newsroom.lib.xmltext import allowed, element
from newsroom.models import SiteSettings
from newsroom.models.site import settings_for

from . import facts
from .models import Job, JobQuerySet

ITEMS = 50
_CHUNK = 500
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class State:
    """What all feeds show at a moment, as two marks of it."""

    etag: str
    last_modified: datetime

    @classmethod
    def read(cls, kind: str) -> "State":
        """Return the state of the live jobs. One query, answered by indexes."""
        now = timezone.now()
        jobs = Job.objects.order_by()
        newest = jobs.once_listed().order_by("-changed_at")
        row = newest.values_list(
            "changed_at",
            _one(jobs.live(now), Count("pk")),
            # What has ended since then is a change as well.
            _one(jobs.listed().filter(valid_through__lte=now), Max("valid_through")),
            Subquery(SiteSettings.objects.filter(pk=1).values("saved_at")[:1]),
        ).first()
        mark = repr((kind, settings.LANGUAGE_CODE, row))
        moments = [value for value in row or () if isinstance(value, datetime)]
        digest = hashlib.sha256(mark.encode()).hexdigest()[:32]
        return cls(f'W/"{digest}"', max(moments, default=_LONG_AGO))

    def not_modified(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return 304 for a client that has this state, else None."""
        since = int(self.last_modified.timestamp())
        response = get_conditional_response(request, etag=self.etag, last_modified=since)
        return self.stamp(response) if response is not None else None

    def stamp(self, response: HttpResponseBase) -> HttpResponseBase:
        """Say in a response's head which state it shows."""
        response["ETag"] = self.etag
        response["Last-Modified"] = http_date(int(self.last_modified.timestamp()))
        response["Cache-Control"] = "public, max-age=0, must-revalidate"
        return response


def _one(jobs: JobQuerySet, what: Any) -> Subquery:
    """A number over many jobs as a column; grouped by what they have in common."""
    return Subquery(jobs.values("status").annotate(found=what).values("found")[:1])


@pagecache.cached()
@require_safe
def rss(request: HttpRequest) -> HttpResponseBase:
    """The newest jobs for feed readers."""
    return _answer(request, "rss", "application/rss+xml", _rss)


@pagecache.cached()
@require_safe
def json_feed(request: HttpRequest) -> HttpResponseBase:
    """The newest jobs as JSON Feed 1.1, with the particulars of each."""
    return _answer(request, "json", "application/feed+json", _json)


@pagecache.cached()
@require_safe
def partners(request: HttpRequest) -> HttpResponseBase:
    """All live jobs for job search engines, streamed."""
    state = State.read("xml")
    if unchanged := state.not_modified(request):
        return unchanged
    site = settings_for(request)
    response = StreamingHttpResponse(
        _partners_xml(site), content_type="application/xml; charset=utf-8"
    )
    return pagecache.tag(state.stamp(response), "jobs")


def _answer(
    request: HttpRequest,
    kind: str,
    content_type: str,
    write: Callable[[SiteSettings, QuerySet[Job], datetime], str],
) -> HttpResponseBase:
    state = State.read(kind)
    if unchanged := state.not_modified(request):
        return unchanged
    jobs = Job.objects.live().newest().for_page()[:ITEMS]
    text = write(settings_for(request), jobs, state.last_modified)
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    return pagecache.tag(state.stamp(response), "jobs")


def _rss(site: SiteSettings, jobs: Iterable[Job], changed: datetime) -> str:
    feed = quoteattr(absolute(reverse("jobs:feed")))
    head = (
        element("title", _channel_title(site))
        + element("link", absolute(reverse("jobs:list")))
        + element("description", _channel_title(site))
        + element("language", settings.LANGUAGE_CODE)
        + element("lastBuildDate", _rfc822(changed))
        + f'<atom:link rel="self" href={feed} type="application/rss+xml"/>\n'
    )
    items = "".join(map(_rss_item, jobs))
    return (
        f'{_DECLARATION}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        f"<channel>\n{head}{items}</channel>\n</rss>\n"
    )


def _rss_item(job: Job) -> str:
    return (
        "<item>\n"
        + element("title", title_for_others(job))
        + element("link", facts.url_of(job))
        + f'<guid isPermaLink="false">{escape(_identifier(job))}</guid>\n'
        + element("pubDate", _rfc822(job.published_at or job.created_at))
        + "".join(element("category", tag) for tag in job.tags)
        + element("description", f"<p>{escape(facts.summary(job))}</p>{job.description}")
        + "</item>\n"
    )


def _json(site: SiteSettings, jobs: Iterable[Job], changed: datetime) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _channel_title(site),
        "home_page_url": absolute(reverse("jobs:list")),
        "feed_url": absolute(reverse("jobs:feed-json")),
        "language": settings.LANGUAGE_CODE,
        "items": [_json_item(job) for job in jobs],
    }
    return json.dumps(feed, ensure_ascii=False)


def _json_item(job: Job) -> dict[str, Any]:
    return {
        "id": _identifier(job),
        "url": facts.url_of(job),
        "title": title_for_others(job),
        "summary": facts.summary(job),
        "content_html": job.description,
        "date_published": facts.iso(job.published_at),
        "date_modified": facts.iso(job.changed_at),
        "language": job.language,
        "tags": job.tags,
        # An extension as JSON Feed 1.1 allows it: a name that begins with an underscore.
        "_job": {
            "reference": facts.reference(job),
            "employer": job.employer.name,
            "places": job.places,
            "remote": job.remote,
            "countries": job.remote_countries,
            "employment_types": job.employment_types,
            "salary": facts.salary(job),
            "valid_through": facts.iso(job.valid_through),
            "is_advertisement": job.is_paid,
        },
    }


def _partners_xml(site: SiteSettings) -> Iterator[str]:
    """Yield the XML that Indeed reads, and with it most others; one query however many jobs."""
    yield f"{_DECLARATION}<source>\n"
    yield element("publisher", site.publisher or site.name)
    yield element("publisherurl", absolute("/"))
    yield element("lastBuildDate", _rfc822(timezone.now()))
    for job in Job.objects.live().newest().for_page().iterator(chunk_size=_CHUNK):
        yield _partners_job(job)
    yield "</source>\n"


def _partners_job(job: Job) -> str:
    place = job.places[0] if job.places else {"locality": "", "region": "", "country": ""}
    country = place["country"] or (job.remote_countries or [""])[0]
    remote = {"full": "Fully remote", "hybrid": "Hybrid remote"}.get(job.remote, "")
    values = {
        "title": job.title,
        "date": _rfc822(job.published_at or job.created_at),
        "referencenumber": facts.reference(job),
        "url": facts.url_of(job),
        "company": job.employer.name,
        "city": place["locality"],
        "state": place["region"],
        "country": country,
        "description": job.description,
        "salary": facts.salary(job),
        "jobtype": ", ".join(kind.lower().replace("_", "") for kind in job.employment_types),
        "category": ", ".join(job.tags),
        "remotetype": remote,
        "expirationdate": facts.iso(job.valid_through),
    }
    lines = (f"<{name}>{_cdata(value)}</{name}>\n" for name, value in values.items() if value)
    return f"<job>\n{''.join(lines)}</job>\n"


def _cdata(text: str) -> str:
    """As Indeed's documentation has it: every text in CDATA."""
    return f"<![CDATA[{allowed(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def title_for_others(job: Job) -> str:
    """The title and who offers it; what is paid for is called so."""
    title = f"{job.title} – {job.employer.name}"
    return f"{_('Ad')}: {title}" if job.is_paid else title


def _channel_title(site: SiteSettings) -> str:
    return f"{site.name} – {_('Jobs')}"


def _identifier(job: Job) -> str:
    """A name (RFC 4151) that no change of title or scheme alters."""
    return f"tag:{host()},{job.created_at:%Y-%m-%d}:job/{job.pk}"


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
