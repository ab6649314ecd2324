"""What a text lacks before it should appear. The form shows it, `publish` refuses what blocks,
`submit` what is no text yet.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.richtext import plain_text

from . import body
from .models import Image


@dataclass(frozen=True)
class Gap:
    """Something missing: the form's field, what to say, whether it stops publication."""

    field: str
    message: str | Promise
    is_blocking: bool = False


def gaps(content: dict[str, Any]) -> list[Gap]:
    """Return what is missing in a content, blocking gaps first. One query for its pictures."""
    found = [
        *voids(content),
        Gap("standfirst", _("The standfirst is missing: lists and search results show it."))
        if not content["standfirst"]
        else None,
        Gap("bylines", _("Nobody signs it: name an author or an agency."))
        if not content["bylines"]
        else None,
        Gap("tags", _("It has no topic: readers will not find it beside others."))
        if not content["tags"]
        else None,
        Gap("lead_image", _("It has no lead image.")) if not content["lead_image"] else None,
        _affiliate_gap(content["body"]),
        *_picture_gaps(content),
    ]
    return sorted((gap for gap in found if gap), key=lambda gap: not gap.is_blocking)


def voids(content: dict[str, Any]) -> list[Gap]:
    """Return what is missing without which there is nothing to read. No query."""
    found = []
    if not content["headline"]:
        found.append(Gap("headline", _("The headline is missing."), is_blocking=True))
    if not plain_text(content["body"]) and "<figure" not in content["body"]:
        found.append(Gap("body", _("The text is empty."), is_blocking=True))
    return found


def blockers(content: dict[str, Any]) -> list[Gap]:
    """Return only what stops publication."""
    return [gap for gap in gaps(content) if gap.is_blocking]


def _affiliate_gap(source: str) -> Gap | None:
    links = len(body.affiliate_links(source))
    if not links:
        return None
    text = ngettext(
        "One link earns a commission: readers see “%(label)s” beside it.",
        "%(count)s links earn a commission: readers see “%(label)s” beside them.",
        links,
    )
    return Gap("body", text % {"count": links, "label": gettext("Advertisement")})


def _picture_gaps(content: dict[str, Any]) -> list[Gap]:
    wanted = {content["lead_image"], *body.image_ids(content["body"])} - {None}
    found = []
    for image in Image.objects.filter(pk__in=wanted):
        field = "lead_image" if image.pk == content["lead_image"] else "body"
        name = {"name": image.title}
        if not image.alt and not image.is_decorative:
            found.append(
                Gap(
                    field,
                    _("The picture “%(name)s” has no alternative text.") % name,
                    is_blocking=True,
                )
            )
        if image.is_expired:
            found.append(
                Gap(
                    field,
                    _("The rights to the picture “%(name)s” have ended.") % name,
                    is_blocking=True,
                )
            )
        if not image.credit:
            found.append(Gap(field, _("The picture “%(name)s” has no credit.") % name))
    return found
