"""Charts for the desk: SVG that needs neither script nor style, coloured by newsroom/charts.css."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString

_HEIGHT, _BAR, _GAP = 120, 10, 2


@dataclass(frozen=True)
class Series:
    """One kind of numbers, a number for each name on the axis."""

    label: str
    values: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.values)

    @property
    def grouped(self) -> str:
        """The total as people write it: "1,855"."""
        return number_format(self.total, force_grouping=True)


@dataclass(frozen=True)
class _Bar:
    x: int
    y: float
    width: int
    height: float
    series: int


@dataclass(frozen=True)
class _Column:
    title: str
    x: int
    bars: list[_Bar]


def bars(names: Sequence[str], series: Sequence[Series], *, label: str) -> SafeString:
    """Return a chart with a column for each name, its series one above the other.

    `label` says to screen readers what it is: the numbers must stand in a table beside it.
    """
    sums = [sum(numbers) for numbers in zip(*(one.values for one in series), strict=True)]
    top = _round_above(max(sums, default=0))
    columns = [_column(place, name, series, top) for place, name in enumerate(names)]
    context = {
        "columns": columns,
        "width": max(1, len(names) * (_BAR + _GAP) - _GAP),
        "height": _HEIGHT,
        "label": label,
        "scale": [top, top // 2, 0] if top % 2 == 0 else [top, 0],
        "axis": [names[0], names[len(names) // 2], names[-1]] if len(names) > 2 else list(names),
    }
    return render_to_string("admin/_bars.html", context)


def _column(place: int, name: str, series: Sequence[Series], top: int) -> _Column:
    drawn: list[_Bar] = []
    floor = float(_HEIGHT)
    for number, one in enumerate(series, start=1):
        value = one.values[place]
        # What is there can be seen, however much more there is elsewhere.
        height = max(round(_HEIGHT * value / top, 1), 1.5) if value else 0.0
        floor = max(0.0, round(floor - height, 1))
        if height:
            drawn.append(_Bar(place * (_BAR + _GAP), floor, _BAR, height, number))
    words = [f"{one.label}: {one.values[place]}" for one in series]
    return _Column(f"{name} – {', '.join(words)}", place * (_BAR + _GAP), drawn)


def _round_above(highest: int) -> int:
    """Return the end of an axis: 1, 2, 4, 6, 8 or 10 and their tenfolds, never below `highest`."""
    if highest <= 1:
        return 2
    unit: int = 10 ** (len(str(highest)) - 1)
    return next(step * unit for step in (1, 2, 4, 6, 8, 10) if step * unit >= highest)
