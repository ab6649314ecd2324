"""Checks of `manage.py check --deploy` that know this project."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError
from django.utils.html import strip_tags

from .lib.pagecache import outside
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


@register(Tags.translation, deploy=True)
def check_catalogues(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where a catalogue was not compiled since it changed: the site would speak English."""
    texts = [path for folder in settings.LOCALE_PATHS for path in Path(folder).rglob("*.po")]
    return [
        Warning(
            f"The catalogue {text.parent.parent.name}/{text.name} is not compiled.",
            hint="Run manage.py messages --compile.",
            id="newsroom.W002",
        )
        for text in texts
        if not (compiled := text.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime < text.stat().st_mtime
    ]


@register(Tags.caches, deploy=True)
def check_caches_in_front(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where a cache in front would keep pages that nobody takes out."""
    return [Warning(problem, id="newsroom.W003") for problem in outside.problems()]
