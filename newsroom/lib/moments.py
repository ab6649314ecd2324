"""Times in words and as HTML; each day, each minute of a day and each moment is written once."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as written_as
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

_FORMATS = {
    "full": "DATETIME_FORMAT",
    "short": "SHORT_DATETIME_FORMAT",
    "date": "DATE_FORMAT",
    "time": "TIME_FORMAT",
}
_DAYS = {"full": "DATE_FORMAT", "short": "SHORT_DATE_FORMAT", "date": "DATE_FORMAT"}


def element(at: datetime, style: str = "full") -> SafeString:
    """Return HTML for a moment in the site's zone, for people and machines; style as written()."""
    return _element(at, style, get_language(), timezone.get_current_timezone_name())


@lru_cache(maxsize=5_000)
def _element(at: datetime, style: str, _language: str | None, _zone: str) -> SafeString:
    local = timezone.localtime(at)
    machine = local.isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', machine, written(local, style))


def written(local: datetime, style: str = "full") -> str:
    """Return a time of the site's zone in the active language: `full`, `short`, `date`, `time`."""
    language = get_language()
    whole = _format(_FORMATS[style], language)
    day = _format(_DAYS[style], language) if style in _DAYS else ""
    if not whole.startswith(day):
        return written_as(local, whole)
    clock = whole[len(day) :]
    written_day = _day(local.date(), day, language) if day else ""
    return written_day + (_clock(local.hour, local.minute, clock, language) if clock else "")


@lru_cache
def _format(name: str, language: str | None) -> str:
    return str(get_format(name, lang=language))


@lru_cache(maxsize=5_000)
def _day(day: date, form: str, _language: str | None) -> str:
    return written_as(day, form)


@lru_cache(maxsize=5_000)
def _clock(hour: int, minute: int, form: str, _language: str | None) -> str:
    return written_as(datetime(1987, 1, 1, hour, minute), form)  # noqa: DTZ001 - hours only
