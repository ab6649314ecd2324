"""Templates that are rendered once, then only filled in: for what stands on a page many times.

Django takes longer to walk through the template of a comment or a picture than to read its row. A
stencil is that template with gaps: it is rendered once for each shape, and from then on the values
are put into the gaps, escaped as the template would:

    _comment = Stencil("comments/_comment.html")
    html = _comment({"depth": 2, "is_open": True}, {"name": comment.name, "pk": comment.pk})

The shape decides what stands where, by tags and filters, as in any template. Values are printed as
they are, or with `|safe`, and decide nothing but, by being empty, whether they are there.
"""

import html
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .kept import facts

# Of one template; more would mean that something belongs to the values.
_MOST_SHAPES = 500
# No filter leaves this as it is: too long, with signs, capitals, blanks and empty lines.
_FILLING = " <Ä&'>\n\nword\n" + " Word  " * 300


# The text with its gaps, and of each gap: its name, the value's, whether that is printed unescaped.
type _Cut = tuple[str, tuple[tuple[str, str, bool], ...]]


class Stencil:
    """A template by its name: call it with a shape and with values, and get the HTML."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cut: dict[Any, _Cut] = {}

    def __call__(self, shape: Mapping[str, Any], values: Mapping[str, Any]) -> SafeString:
        """Return the HTML. No query of its own.

        Raises TypeError where the template does something with a value, and Untold for a shape
        that is not made of rows, words, numbers and times.
        """
        kinds = tuple([_kind(value) for value in values.values()])
        key = (get_language(), kinds, *values, *map(facts, shape.values()))
        cut = self._cut.get(key)
        if cut is None:
            if len(self._cut) >= _MOST_SHAPES:
                self._cut.clear()
            cut = self._cut[key] = self._make(shape, values)
        pattern, gaps = cut
        return SafeString(
            pattern
            % {
                gap: values[name] if is_safe else _escaped(values[name])
                for gap, name, is_safe in gaps
            }
        )

    def _make(self, shape: Mapping[str, Any], values: Mapping[str, Any]) -> _Cut:
        """Render it with two sets of samples: what is the same but for them is the stencil."""
        first, second = (self._with_gaps(shape, values, turn) for turn in ("1", "22"))
        if first != second:
            raise TypeError(f"{self._name} does not print its values as they are.")
        ways = [(name, name, False) for name in values]
        ways += [(f"{name}|safe", name, True) for name in values]
        return first, tuple(way for way in ways if f"%({way[0]})s" in first)

    def _with_gaps(self, shape: Mapping[str, Any], values: Mapping[str, Any], turn: str) -> str:
        samples: dict[str, str] = {
            name: (SafeString if isinstance(value, SafeString) else str)(f"{turn}{name}{_FILLING}")
            for name, value in values.items()
            if value not in _EMPTY
        }
        text = render_to_string(self._name, {**values, **samples, **shape}).replace("%", "%%")
        for name, sample in samples.items():
            text = text.replace(_escaped(sample), f"%({name})s")
            text = text.replace(sample, f"%({name}|safe)s")
        return text


_EMPTY = ("", None)


def _escaped(value: Any) -> str:
    """Escape a value as a template does."""
    return value if isinstance(value, SafeString) else html.escape(str(value))


def _kind(value: Any) -> object:
    """What of a value decides how it is printed."""
    return value if value in _EMPTY else isinstance(value, SafeString)
