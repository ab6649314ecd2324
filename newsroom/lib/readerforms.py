"""Forms that readers fill in, of every app."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class ReaderForm(forms.Form):
    """A form that loses nothing: what was typed comes back with every refusal.

    `problem` is what stands in the way besides the fields.
    """

    problem = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.error_messages["required"] = _("This is still missing.")

    def focus_on_error(self) -> None:
        """Let the page open at the first field that needs a change; works without JavaScript."""
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True
                return
