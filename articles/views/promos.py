"""The address behind a promo: counts the click and leads to where the promo says."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from newsroom.lib.network import is_person

from .. import promoclicks
from ..models import Promo, PromoSlot, Section


@require_safe
def leave(request: HttpRequest, pk: int, slot: str, section: str = "") -> HttpResponse:
    """Lead to the stored target, never to one that the address names.

    A promo that has not begun does not exist yet; one that has ended still leads on from old mails
    and feeds, uncounted. HEAD, machines, prefetches and the staff count nothing.
    """
    if slot not in PromoSlot.values:
        raise Http404
    promo = get_object_or_404(Promo.objects.begun(), pk=pk)
    if promo.is_running and request.method == "GET" and is_person(request):
        known = Section.objects.filter(slug=section).exists() if section else False
        promoclicks.count(promo, slot, section if known else "")
    response = HttpResponseRedirect(promo.target)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
