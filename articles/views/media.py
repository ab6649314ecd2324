"""Pictures for readers, behind the same gate as the articles that show them."""

import logging
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from newsroom.lib.images import ImageRefused

from .. import renditions
from ..models import Image

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_STAFF = "private, no-store"

logger = logging.getLogger(__name__)


@require_safe
def rendition(request: HttpRequest, token: UUID, spec: str, extension: str) -> HttpResponseBase:
    """Send a rendition, making it when it is asked for first. One query for readers.

    Pictures that no reader may see yet answer 404, except to staff. The session is read for those
    only, so that answers to readers stay free of cookies.
    """
    image = Image.objects.visible().filter(token=token).first()
    caching = _FOR_EVER
    if image is None:
        if not _may_see_hidden(request):
            raise Http404
        image, caching = get_object_or_404(Image, token=token), _FOR_STAFF
    return send(request, image, spec, extension, caching=caching)


def send(
    request: HttpRequest, image: Image, spec: str, extension: str, *, caching: str = _FOR_STAFF
) -> HttpResponseBase:
    """Send a rendition of an image to somebody who may see it; raises Http404."""
    wanted = renditions.find(image, spec, extension)
    if wanted is None:
        raise Http404
    if not wanted.is_current:
        # Not for ever: the focal point may move back to where this address is right.
        moved = HttpResponseRedirect(wanted.url)
        moved["Cache-Control"] = "public, max-age=60" if caching == _FOR_EVER else _FOR_STAFF
        return moved
    response = get_conditional_response(request, etag=wanted.etag) or _send(wanted)
    response["ETag"] = wanted.etag
    if settings.CDN_SECONDS:
        # Nobody could take it back from there when its article is withdrawn: readers' own caches.
        caching = caching.replace("public", "private")
    response["Cache-Control"] = caching
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _send(wanted: renditions.Rendition) -> HttpResponseBase:
    try:
        name = wanted.make()
        file = wanted.image.file.storage.open(name)
    except (FileNotFoundError, ImageRefused) as error:
        logger.warning("No rendition of image %s: %s", wanted.image.pk, error)
        raise Http404 from error
    return FileResponse(file, content_type=wanted.content_type)


def _may_see_hidden(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and user.is_staff and user.has_perm("articles.view_image")
