"""The small forms around the text: times, steps, corrections, preview links. Used by the admin."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import Correction


class MomentInput(forms.DateTimeInput):
    """The browser's own picker, to the minute."""

    input_type = "datetime-local"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **options)


class MomentField(forms.DateTimeField):
    """A time to the minute, in the site's zone, with the browser's own picker."""

    widget = MomentInput

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__(required=required, **options)

    def validate(self, value: Any) -> None:
        """Refuse years that no database or zone can reckon with."""
        super().validate(value)
        if value is not None and not 1900 <= value.year <= 2199:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


# formfield_overrides of tables of the admin.
MOMENTS: dict[type[models.Field], dict[str, Any]] = {
    models.DateTimeField: {"form_class": MomentField, "widget": MomentInput}
}


class PlanForm(forms.Form):
    """Times that publish nothing."""

    planned_at = MomentField(
        label=_("Planned for"), help_text=_("When the desk means to have it. Publishes nothing.")
    )
    embargo_until = MomentField(
        label=_("Embargo until"),
        help_text=_("It cannot appear before. Only a chief editor can lift it."),
    )
    expires_at = MomentField(label=_("Off the site from"), help_text=_("Empty: stays for ever."))


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StepForm(forms.Form):
    """What the steps ask for; each button reads its own fields."""

    publish_at = MomentField(label=_("Publish at"), help_text=_("A time to come."))
    is_update = forms.BooleanField(
        label=_("Show readers as updated"),
        required=False,
        initial=True,
        help_text=_("Take the tick away for a typo: the time “updated” stays as it is."),
    )
    ai_reviewed = forms.BooleanField(
        label=_("I have read this AI text and answer for it"),
        required=False,
        help_text=_("Your name and the time are kept with the publication."),
    )
    send_back_reason = _reason(_("What is to be done? The writer reads it."))
    withdraw_reason = _reason(_("Readers see it at the old address."))
    reinstate_reason = _reason(_("For the log."))


class CorrectionForm(forms.Form):
    """A public word on what was wrong."""

    correction_kind = forms.ChoiceField(
        label=_("Kind"), choices=Correction.Kind.choices, required=False
    )
    correction_text = forms.CharField(
        label=_("What was wrong"),
        required=False,
        max_length=1000,
        help_text=_(
            "Readers see it with its date below the article, and on the page of corrections."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    correction_is_public = forms.BooleanField(label=_("Public"), required=False, initial=True)


class ShareForm(forms.Form):
    """A preview link to give away."""

    days = forms.IntegerField(
        label=_("Valid for days"), min_value=1, max_value=30, initial=7, required=True
    )
    note = forms.CharField(
        label=_("For whom"),
        max_length=140,
        required=False,
        help_text=_("So that you know later what to revoke."),
    )


class BulkForm(forms.Form):
    """The page between a choice in the list and a step for all of them."""

    reason = _reason(_("Every writer concerned reads it."))
