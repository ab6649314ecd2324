"""What readers see: the list and a job's page."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsroom.lib import pagecache
from newsroom.lib.jsonscript import as_script

from .. import jsonld, listing
from ..findable import labels_of
from ..models import Job, Label, Status


@pagecache.cached("q", *listing.KINDS, "before", "after")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the live jobs that an address asks for."""
    response = render(request, "jobs/list.html", {"listing": listing.find(request.GET)})
    return pagecache.tag(response, "jobs")


@pagecache.cached()
@require_safe
def job(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Show a live job; of one that is over only that, and what is like it."""
    shown = Job.objects.once_listed().for_page().filter(pk=pk).first()
    if shown is None or shown.status not in {Status.LISTED, Status.FILLED, Status.WITHDRAWN}:
        raise Http404
    if not shown.is_live:
        context = {"job": shown, "similar": listing.similar(shown)}
        return pagecache.tag(render(request, "jobs/gone.html", context, status=410), "jobs")
    if slug != shown.slug:
        return HttpResponsePermanentRedirect(shown.get_absolute_url())
    context = {
        "job": shown,
        "tags": [label for label in labels_of(shown) if label.kind == Label.Kind.TAG],
        "data": as_script(jsonld.job_posting(shown)),
    }
    return pagecache.tag(render(request, "jobs/job.html", context), "jobs")
