"""A working copy as readers will see it: for staff in the admin, for guests by a link."""

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from .. import body, story
from ..models import Article, Image, PreviewLink, Revision, Status
from . import media

# What no cache may keep, no index list, and no other site learn the address of.
_PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
# Where an address in src or srcset says that a rendition lies (articles:rendition).
_PICTURE_FOLDER = re.compile(rb'(?<=[" ])/media/(?=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/)')


def render_working_copy(
    request: HttpRequest, article: Article, revision: Revision, back: str = ""
) -> HttpResponse:
    """Return a revision on the article's page as readers would get it. Writes nothing.

    The caller has checked who asks; `back` is where the desk works on it. Pictures that
    no reader may see yet come only to staff.
    """
    context = {"story": story.of_working_copy(article, revision), "preview": revision, "back": back}
    return _private(render(request, "articles/article.html", context))


@require_safe
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the newest working copy to whoever holds an open link to it."""
    link = _open_link(token)
    if link is None or link.article.head is None:
        return _private(render(request, "articles/preview_closed.html", status=404))
    response = render_working_copy(request, link.article, link.article.head)
    # Guests get hidden pictures under the link's own address, which closes with it.
    folder = reverse("articles:preview", args=[token]) + "media/"
    response.content = _PICTURE_FOLDER.sub(folder.encode(), response.content)
    return response


@require_safe
def picture_by_link(
    request: HttpRequest, token: str, image: UUID, spec: str, extension: str
) -> HttpResponseBase:
    """Send a picture of the working copy to whoever holds an open link to it."""
    link = _open_link(token)
    if link is None or link.article.head is None:
        raise Http404
    shown = get_object_or_404(Image, token=image)
    content = link.article.head.content
    if shown.pk not in {content["lead_image"], *body.image_ids(content["body"])}:
        shown = get_object_or_404(Image.objects.visible(), token=image)
    return _private(media.send(request, shown, spec, extension))


def _open_link(token: str) -> PreviewLink | None:
    """Return the link if it still opens something: never what is under embargo or withdrawn."""
    link = (
        PreviewLink.objects.select_related(
            "article__head", "article__section", "article__lead_image"
        )
        .filter(token=token)
        .first()
    )
    if link is None or not link.is_open or link.article.is_embargoed:
        return None
    return None if link.article.status == Status.WITHDRAWN else link


def _private[R: HttpResponseBase](response: R) -> R:
    for name, value in _PRIVATE.items():
        response.headers[name] = value
    return response
