"""Pieces of pages that a process has rendered before: `{% kept article kind %}…{% endkept %}`.

A piece is remembered under everything that it is made of, which the tag names: rows with all
their values, words, numbers. The language and the day come along by themselves. Whatever differs is
another piece, so that an old one can never be shown. What a piece depends on and its tag does not
name is a mistake: name it, or leave the tag away.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

from django.db.models import Model
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression
from django.utils import timezone
from django.utils.functional import LazyObject, empty
from django.utils.safestring import SafeString
from django.utils.translation import get_language

_MOST = 500  # of one tag


class Same:
    """An object as part of a name: equal to itself only, and alive as long as the name is."""

    __slots__ = ("_object",)

    def __init__(self, value: object) -> None:
        self._object = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self._object is other._object

    def __hash__(self) -> int:
        return id(self._object)


class KeptNode(Node):
    """Renders its content once for each name."""

    def __init__(self, expressions: list[FilterExpression], content: NodeList) -> None:
        self.expressions = expressions
        self.nodelist = content
        self._pieces: OrderedDict[Any, SafeString] = OrderedDict()
        self._lock = Lock()

    def render(self, context: Context) -> SafeString:
        name = (
            get_language(),
            timezone.localdate(),
            context.autoescape,
            *(facts(expression.resolve(context)) for expression in self.expressions),
        )
        with self._lock:
            piece = self._pieces.get(name)
            if piece is not None:
                self._pieces.move_to_end(name)
                return piece
        piece = self.nodelist.render(context)
        with self._lock:
            self._pieces[name] = piece
            if len(self._pieces) > _MOST:
                self._pieces.popitem(last=False)
        return piece


def facts(value: Any) -> Any:
    """Return what a value tells, to compare: a row's values and those of the rows read with it."""
    if isinstance(value, LazyObject):
        if value._wrapped is empty:  # type: ignore[attr-defined]
            value._setup()  # type: ignore[attr-defined]
        value = value._wrapped  # type: ignore[attr-defined]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Model):
        told = tuple(map(_plain, vars(value).values()))
        return type(value), *told[1:], *map(facts, value._state.fields_cache.values())
    try:
        hash(value)
    except TypeError:
        return Same(value)
    return value


def _plain(value: Any) -> Any:
    """A column's value; lists and objects of JSON as their text."""
    return repr(value) if isinstance(value, list | dict) else value
