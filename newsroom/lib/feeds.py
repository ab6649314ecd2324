"""The answer to a request for a feed: who publishes it, written in the kind that was asked for."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers

from newsroom.models.site import settings_for

from . import syndication
from .addresses import absolute
from .freshness import Freshness
from .syndication import Channel, Item, Kind, Person


def answer(
    request: HttpRequest,
    kind: Kind,
    items: Sequence[Item],
    fresh: Freshness,
    *,
    name: str = "",
    path: str = "/",
    about: str = "",
    with_hub: bool = True,
) -> HttpResponse:
    """Return the feed of what is called `name` and stands at `path`. One query: the settings.

    `about` is its description, else that of the site; `with_hub` for feeds of which the WebSub hub
    is told.
    """
    site = settings_for(request)
    channel = Channel(
        title=f"{site.name} – {name}" if name else site.name,
        description=about or site.description or site.tagline,
        url=absolute(path),
        self_url=absolute(request.path),
        language=settings.LANGUAGE_CODE,
        updated=fresh.last_modified,
        icon=absolute(static("newsroom/favicon.svg")),
        stylesheet=static("newsroom/feed.css"),
        publisher=Person(site.publisher or site.name, absolute("/")),
        hub=site.websub_hub if with_hub else "",
    )
    body = syndication.write(kind, channel, items)
    # Browsers show a feed's own types as bare text; as plain XML they take its stylesheet.
    for_people = kind != "json" and "text/html" in request.headers.get("Accept", "")
    content_type = "text/xml; charset=utf-8" if for_people else syndication.CONTENT_TYPES[kind]
    response = fresh.stamp(HttpResponse(body, content_type=content_type))
    patch_vary_headers(response, ["Accept"])
    if channel.hub:
        # WebSub looks into the header first; a "self" without a hub would say nothing.
        response["Link"] = f'<{channel.hub}>; rel="hub", <{channel.self_url}>; rel="self"'
    return response
