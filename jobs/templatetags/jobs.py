"""What templates show of jobs: `{% load jobs %}`. No query but that of `jobs_beside`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .. import facts, matching

register = template.Library()

register.filter("job_places", facts.places)
register.filter("job_towns", facts.place_names)
register.filter("job_remote", facts.remote)
register.filter("job_countries", facts.allowed_countries)
register.filter("job_types", facts.types)
register.filter("job_salary", facts.salary)
register.filter("job_reference", facts.reference)
register.filter("job_url", facts.url_of)


@register.inclusion_tag("jobs/_beside.html", takes_context=True)
def jobs_beside(context: template.Context, tags: Iterable[Any], text: str = "") -> dict[str, Any]:
    """Jobs that suit some tags and words, for the page of whatever has them. One query."""
    found = matching.jobs_for(map(str, tags), text)
    return {"jobs": found, "LANGUAGE_CODE": context.get("LANGUAGE_CODE")}


@register.filter
def job_day(at: datetime | None) -> SafeString | str:
    """A day in the site's zone, for people and machines."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        date_format(local, "DATE_FORMAT"),
    )
