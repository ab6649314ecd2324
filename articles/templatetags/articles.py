"""What readers' templates need beyond their context: `{% load articles %}`."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from newsroom.lib import addresses, richtext
from newsroom.lib.jsonscript import as_script

from .. import body, jsonld, metadata, outlinks
from ..models import Author
from ..outlinks import Outlink
from ..shelves import Shelves
from ..story import Story

register = template.Library()


@register.simple_tag(takes_context=True)
def shelves(context: template.Context) -> Shelves:
    """All sections: the view's, if it has read them; else one query."""
    return context.get("shelves") or Shelves.load()


@register.simple_tag(takes_context=True)
def banner(context: template.Context, shelves: Shelves) -> dict[str, Any] | None:
    """What stands above this page at the moment, by the section of the page or its article."""
    section, story = context.get("section"), context.get("story")
    if story:
        return shelves.banner(story.article.section_id)
    return shelves.banner(getattr(section, "pk", None))


@register.simple_tag(takes_context=True)
def describe(context: template.Context, story: Story) -> metadata.Metadata:
    """The metadata of an article's page; the site's settings are those of the page. No query."""
    return metadata.describe(story, context["site"])


@register.simple_tag(takes_context=True)
def organization_data(context: template.Context) -> str:
    """The publisher as structured data, for the front page. No query."""
    return as_script(jsonld.organization(context["site"]))


@register.simple_tag(takes_context=True)
def profile_data(context: template.Context, author: Author) -> str:
    """An author as structured data, for the profile's page. No query."""
    return as_script(jsonld.profile(author, context["site"]))


@register.simple_tag
def share_links(meta: metadata.Metadata) -> list[Outlink]:
    return outlinks.share_links(meta.social_title, meta.url)


@register.simple_tag
def research_links(headline: str) -> list[Outlink]:
    return outlinks.research_links(headline)


@register.simple_tag
def absolute(path: str) -> str:
    """The full address of a path of this site."""
    return addresses.absolute(path)


@register.simple_tag
def moment(at: datetime | None, style: str = "full") -> SafeString | str:
    """A time in the site's zone for people and machines; style `full`, `date` or `time`."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    formats = {"full": "DATETIME_FORMAT", "date": "DATE_FORMAT", "time": "TIME_FORMAT"}
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        date_format(local, formats[style]),
    )


@register.simple_tag
def card_moment(at: datetime | None) -> SafeString | str:
    """The time for an article of today, the date for older ones."""
    if at is None:
        return ""
    is_today = timezone.localdate(at) == timezone.localdate()
    return moment(at, "time" if is_today else "date")


@register.filter
def reader_html(source: str) -> str:
    """A legal page's text as readers get it: cleaned, with pictures and embeds. ≤ 1 query."""
    return body.render(richtext.clean(source)).html
