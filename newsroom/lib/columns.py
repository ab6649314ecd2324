"""Columns of the admin's lists."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model

from .moments import element


def moment(model: type[Model], name: str) -> Callable[[Any], str]:
    """Return a column for a field of moments: short, in the site's zone, sorted as the field is."""

    @admin.display(description=getattr(model, name).field.verbose_name, ordering=name)
    def column(row: Any) -> str:
        return short(getattr(row, name))

    column.__name__ = name
    return column


def short(at: datetime | None) -> str:
    """Return a moment as lists show it; a dash for none."""
    return element(at, "short") if at else "–"
