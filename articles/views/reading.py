"""The beacon that says that an article was read: static/newsroom/site.js sends it."""

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.lib.network import is_same_origin

from .. import mostread

# What calls itself a machine, or is no browser at all.
_MACHINE = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|headless|lighthouse|monitor|archiver|scrap|fetch|"
    r"facebookexternalhit|whatsapp|telegram|python|curl|wget|java/|go-http|okhttp|libwww|perl|ruby",
    re.IGNORECASE,
)
_LARGEST_ID = 2**63 - 1


@csrf_exempt
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Count an article as read and answer nothing; nothing about the reader is kept.

    No CSRF token: it would need a cookie, and all that a forged one could do is count once.
    """
    if pk <= _LARGEST_ID and _is_reader(request):
        mostread.buffer.add(pk)
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response


def _is_reader(request: HttpRequest) -> bool:
    """Whether a person reads: in a browser, on our own page, and not one of the staff."""
    agent = request.headers.get("User-Agent", "")
    if not agent.startswith("Mozilla/") or _MACHINE.search(agent):
        return False
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if "prefetch" in purpose.lower() or "prerender" in purpose.lower():
        return False
    return is_same_origin(request) and not request.user.is_authenticated
