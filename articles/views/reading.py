"""The beacon that says that an article was read: static/newsroom/site.js sends it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.lib.network import client_address, is_person, is_same_origin, network_of

from .. import mostread

_LARGEST_ID = 2**63 - 1


@csrf_exempt
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Count an article as read and answer nothing; nothing about the reader is kept.

    No CSRF token: it would need a cookie, and all that a forged one could do is count once. What
    one network sends by the hundred counts only so often.
    """
    if pk <= _LARGEST_ID and is_person(request) and is_same_origin(request):
        mostread.buffer.add(pk, network_of(client_address(request)))
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response
