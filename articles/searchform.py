"""The search page's form: everything is optional, nothing a reader can send is an error page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.lib.richtext import drop_control_characters

from .search import Filters
from .shelves import Shelves

_LENGTH = 200


class _DayInput(forms.DateInput):
    """A browser's own field for days; what is no day cannot stand in it and is left out."""

    def format_value(self, value: Any) -> str | None:
        """Return the day as the browser wants it."""
        try:
            return super().format_value(forms.DateField().to_python(value))
        except forms.ValidationError:
            return None


class SearchForm(forms.Form):
    """What to search for and where. `from` and `to` are added by name: the first is a keyword."""

    q = forms.CharField(label=_("Search for"), required=False)
    section = forms.ChoiceField(label=_("Section"), required=False)
    author = forms.CharField(label=_("Written by"), required=False)
    topic = forms.CharField(label=_("Topic"), required=False)

    def __init__(self, data: Any, *, shelves: Shelves) -> None:
        cleaned = {name: drop_control_characters(value)[:_LENGTH] for name, value in data.items()}
        super().__init__(cleaned, label_suffix="")
        self._shelves = shelves
        choices = [(section.slug, section.name) for section in shelves.sections]
        self.fields["section"] = forms.ChoiceField(
            label=_("Section"), required=False, choices=[("", _("All sections")), *choices]
        )
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=_DayInput({"type": "date"}, "%Y-%m-%d")
            )
        self.fields["q"].widget.attrs |= {"type": "search", "maxlength": _LENGTH}
        self.is_valid()

    @property
    def text(self) -> str:
        """What to search for."""
        return str(self.cleaned_data.get("q", ""))

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the words was filled in."""
        return any(
            value for name, value in self.data.items() if name in self.fields and name != "q"
        )

    @property
    def page(self) -> int:
        """The number of the page; 1 for whatever is no number."""
        number = self.data.get("page", "")
        return int(number) if number.isdecimal() and number.isascii() and len(number) < 6 else 1

    def filters(self) -> Filters:
        """Return the filters that were understood."""
        chosen = self._shelves.find(self.cleaned_data.get("section") or "")
        return Filters(
            sections=self._shelves.family(chosen) if chosen else (),
            author=self.cleaned_data.get("author", ""),
            topic=self.cleaned_data.get("topic", ""),
            since=self.cleaned_data.get("from"),
            until=self.cleaned_data.get("to"),
        )
