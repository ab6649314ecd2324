"""Charts for the desk, as SVG that needs neither script nor style."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

_HEIGHT, _BAR, _GAP = 120, 10, 2


@dataclass(frozen=True)
class _Bar:
    x: int
    y: int
    width: int
    height: int
    title: str


def bars(values: Sequence[tuple[str, int]], *, label: str) -> SafeString:
    """Return a chart with one bar a value, each with its name and number to read on it.

    `label` says to screen readers what it is; the numbers should stand in a table, too.
    """
    highest = max((value for _label, value in values), default=0)
    drawn = []
    for number, (name, value) in enumerate(values):
        height = round(_HEIGHT * value / highest) if highest else 0
        height = max(height, 2 if value else 0)
        left = number * (_BAR + _GAP)
        drawn.append(_Bar(left, _HEIGHT - height, _BAR, height, f"{name}: {value}"))
    context = {
        "bars": drawn,
        "width": max(1, len(values) * (_BAR + _GAP) - _GAP),
        "height": _HEIGHT,
        "label": label,
        "first": values[0][0] if values else "",
        "last": values[-1][0] if values else "",
        "most": _("highest: %(count)s") % {"count": highest},
    }
    return render_to_string("admin/_bars.html", context)
