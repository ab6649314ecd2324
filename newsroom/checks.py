"""Checks of `manage.py check --deploy` that know this project."""

from typing import Any

from django.contrib.flatpages.models import FlatPage
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError
from django.utils.html import strip_tags

from .models.site import LEGAL_PAGES


@register(Tags.security, deploy=True)
def check_legal_pages(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn while a page that the law or the house demands is missing or empty."""
    try:
        filled = {
            page.url
            for page in FlatPage.objects.filter(url__in=[page.url for page in LEGAL_PAGES])
            if strip_tags(page.content).strip()
        }
    except DatabaseError:
        return []  # before the first migrate
    return [
        Warning(
            f"The page {page.url} ({page.title}) is missing or empty.",
            hint="Write it in the admin under “Flat pages”; the footer links to it.",
            id="newsroom.W001",
        )
        for page in LEGAL_PAGES
        if page.url not in filled
    ]
