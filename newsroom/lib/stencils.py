"""Templates that are rendered once, then only filled in: for what stands on a page many times.

Django takes longer to walk through the template of a comment or a picture than to read its row. A
stencil is that template with gaps: it is rendered once for each shape, and from then on the values
are put into the gaps, escaped as the template would:

    _comment = Stencil("comments/_comment.html")
    html = _comment({"depth": 2, "is_open": True}, {"name": comment.name, "pk": comment.pk})

The shape decides what stands where, by tags and filters, as in any template. Values are printed as
they are, or with `|safe`, and decide nothing but, by being empty, whether they are there.
"""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .kept import facts

# Of one template; more would mean that something belongs to the values.
_MOST_SHAPES = 500
# No filter leaves this as it is: too long, with signs, capitals, blanks and empty lines.
_FILLING = " <Ä&'>\n\nword\n" + " Word  " * 300


class Stencil:
    """A template by its name: call it with a shape and with values, and get the HTML."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cut: dict[Any, str] = {}

    def __call__(self, shape: Mapping[str, Any], values: Mapping[str, Any]) -> SafeString:
        """Return the HTML. No query of its own.

        Raises TypeError where the template does something with a value, and Untold for a shape
        that is not made of rows, words, numbers and times.
        """
        kinds = tuple([_kind(value) for value in values.values()])
        key = (get_language(), kinds, *values, *map(facts, shape.values()))
        pattern = self._cut.get(key)
        if pattern is None:
            if len(self._cut) >= _MOST_SHAPES:
                self._cut.clear()
            pattern = self._cut[key] = self._make(shape, values)
        filled: dict[str, object] = {f"{name}|safe": value for name, value in values.items()}
        filled |= {name: conditional_escape(value) for name, value in values.items()}
        return SafeString(pattern % filled)

    def _make(self, shape: Mapping[str, Any], values: Mapping[str, Any]) -> str:
        """Render it with two sets of samples: what is the same but for them is the stencil."""
        first, second = (self._with_gaps(shape, values, turn) for turn in ("1", "22"))
        if first != second:
            raise TypeError(f"{self._name} does not print its values as they are.")
        return first

    def _with_gaps(self, shape: Mapping[str, Any], values: Mapping[str, Any], turn: str) -> str:
        samples: dict[str, str] = {
            name: (SafeString if isinstance(value, SafeString) else str)(f"{turn}{name}{_FILLING}")
            for name, value in values.items()
            if value not in _EMPTY
        }
        text = render_to_string(self._name, {**values, **samples, **shape}).replace("%", "%%")
        for name, sample in samples.items():
            text = text.replace(conditional_escape(sample), f"%({name})s")
            text = text.replace(sample, f"%({name}|safe)s")
        return text


_EMPTY = ("", None)


def _kind(value: Any) -> object:
    """What of a value decides how it is printed."""
    return value if value in _EMPTY else isinstance(value, SafeString)
