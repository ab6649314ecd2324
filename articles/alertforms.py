"""The readers' forms of alerts: asking for them, and what stands on the page of preferences."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.lib.richtext import drop_control_characters

from .alerts import Choice, scopes
from .models import Subscription

OFF = ""


class ScopeField(forms.Field):
    """What is ticked, as choices that exist."""

    default_error_messages = {"required": _("Tick what you want to be told of.")}

    def to_python(self, value: Any) -> list[Choice]:
        return scopes.find(value or [])

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class AskForm(forms.Form):
    """A request for alerts. The pages write its fields themselves: see _alert_form.html."""

    scope = ScopeField(widget=forms.SelectMultiple)
    frequency = forms.TypedChoiceField(
        choices=Subscription.Frequency.choices,
        coerce=int,
        initial=Subscription.Frequency.AT_ONCE,
    )
    address = forms.EmailField(
        max_length=254,
        error_messages={
            "required": _("The e-mail address is still missing."),
            "invalid": _("This is no e-mail address."),
        },
    )
    page = forms.CharField(required=False)

    def clean_page(self) -> str:
        """Take a path of this site and nothing else."""
        page = drop_control_characters(self.cleaned_data["page"])
        return page[:300] if page.startswith("/") and not page.startswith("//") else ""

    @property
    def chosen(self) -> set[str]:
        """The values that were ticked, to tick them again."""
        data: Any = self.data
        return set(data.getlist("scope"))


class PreferencesForm(forms.Form):
    """How often each alert of an address comes; "no longer" ends it."""

    def __init__(
        self, data: Any = None, *, alerts: Sequence[tuple[Subscription, str]], **options: Any
    ) -> None:
        super().__init__(data, label_suffix="", **options)
        for row, label in alerts:
            is_letter = row.scope == Subscription.Scope.NEWSLETTER
            often = [(row.frequency, row.often)] if is_letter else Subscription.Frequency.choices
            choices = [*often, (OFF, _("no longer"))]
            self.fields[f"alert-{row.pk}"] = forms.ChoiceField(
                label=label, choices=choices, initial=row.frequency, required=False
            )

    def frequencies(self) -> dict[int, int]:
        """Return what is to go on, by the ids of the subscriptions."""
        return {
            int(name.removeprefix("alert-")): int(value)
            for name, value in self.cleaned_data.items()
            if value != OFF
        }
