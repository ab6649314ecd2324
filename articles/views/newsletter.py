"""The newsletter on the web: the form that asks for it, the list of issues, one issue."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from newsroom.lib.pagination import Order, paginate

from .. import newsletter
from ..models import NewsletterIssue

_NEWEST = Order(("sent_at", "pk"), is_descending=True)


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Show the form that asks for the newsletter, and below it the issues, newest first."""
    issues = NewsletterIssue.objects.sent().defer("intro", "closing")
    page = paginate(issues, request.GET, order=_NEWEST, times=frozenset({"sent_at"}))
    return render(request, "articles/newsletter/archive.html", {"page": page})


@require_safe
def issue(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Show what went out, without what has been withdrawn since."""
    found = get_object_or_404(NewsletterIssue.objects.sent(), pk=pk)
    if slug != found.slug:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    return page(request, newsletter.read(found))


def page(
    request: HttpRequest, letter: newsletter.Letter, *, is_preview: bool = False
) -> HttpResponse:
    """Return an issue's page; the caller has checked who may see one that was not sent."""
    context = {"letter": letter, "issue": letter.issue, "is_preview": is_preview}
    return render(request, "articles/newsletter/issue.html", context)
