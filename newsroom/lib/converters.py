"""The parts of an article's address, for every app whose pages stand below one."""

from django.urls import register_converter
from django.urls.converters import StringConverter

# `path(f"{ARTICLE}comments/", …)`: hands year, month and slug to the view.
ARTICLE = "<yyyy:year>/<mm:month>/<slug:slug>/"


class YearConverter(StringConverter):
    """A year that a date can have: 1900–2199."""

    regex = r"(?:19|20|21)\d{2}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


class MonthConverter(StringConverter):
    """A month with two digits."""

    regex = r"(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


register_converter(YearConverter, "yyyy")
register_converter(MonthConverter, "mm")
