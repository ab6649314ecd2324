"""What readers fill in: a comment, a changed one, a report, an appeal.

A form says what is wrong with the input; whether it may be sent now, the verbs say.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.lib.readerforms import ReaderForm

from . import text
from .models import BODY_LENGTH, Reason

_MIN_TEXT = 2
_MAX_NOTE = 1_000
# So many times as long may a text be as is left of it when blanks and marks too many are gone.
_MOST_UNSEEN = 4
# Reasons that say too little by themselves.
_NEEDS_WORDS = {Reason.ILLEGAL, Reason.OTHER}


class _TextField(forms.CharField):
    """Some lines. The limit is not told the browser: it would cut a pasted text without a word."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, shortest: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.longest, self.shortest = longest, shortest
        self.widget.attrs |= {"dir": "auto", "rows": 6}

    def clean(self, value: Any) -> str:
        sent = super().clean(value)
        # Millions of marks on one letter would take hours to be put into their order.
        if len(sent) > _MOST_UNSEEN * self.longest:
            raise self._too_long(sent)
        typed = text.clean(sent)
        if self.required and len(typed) < max(1, self.shortest):
            raise forms.ValidationError(_("Please write a little more."))
        if len(typed) > self.longest:
            raise self._too_long(typed)
        return typed

    def _too_long(self, typed: str) -> forms.ValidationError:
        return forms.ValidationError(
            _("That is %(length)s characters; %(most)s are possible."),
            params={"length": len(typed), "most": self.longest},
        )


def _address(help_text: Any) -> forms.EmailField:
    return forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=help_text,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )


class CommentForm(ReaderForm):
    """A new comment. `parent` is the comment that it answers."""

    body = _TextField(label=gettext_lazy("Your comment"), shortest=_MIN_TEXT, longest=BODY_LENGTH)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Stands above your comment."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    address = _address(gettext_lazy("Never shown. Only for the mails that you ask for here."))
    wants_replies = forms.BooleanField(
        label=gettext_lazy("Tell me by e-mail of replies and of a decision against my comment"),
        required=False,
        help_text=gettext_lazy("After you have confirmed the address. One click ends it."),
    )
    parent = forms.CharField(required=False, widget=forms.HiddenInput)

    def answer_to(self, parent: int | None) -> None:
        """Show the filled form as an answer to another comment, or to none."""
        self.data = {**{name: self.data[name] for name in self.data}, "parent": str(parent or "")}

    def clean_name(self) -> str:
        """Refuse a name of nothing that can be seen."""
        name = text.clean_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Please write a name."))
        return name

    def clean(self) -> dict[str, Any]:
        """Refuse a wish for mails without an address."""
        values = super().clean() or self.cleaned_data
        if values.get("wants_replies") and "address" in values and not values["address"]:
            self.add_error("address", _("Replies by e-mail need an address."))
        return values


class EditForm(ReaderForm):
    """A changed text of one's own comment."""

    body = _TextField(label=gettext_lazy("Your comment"), shortest=_MIN_TEXT, longest=BODY_LENGTH)


class AppealForm(ReaderForm):
    """Why a rejection was wrong."""

    appeal = _TextField(
        label=gettext_lazy("Why should the comment appear after all?"), longest=_MAX_NOTE
    )


class ReportForm(ReaderForm):
    """An objection to a comment."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=[("", gettext_lazy("Please choose")), *Reason.choices],
    )
    address = _address(gettext_lazy("Only to tell you what was decided, and why."))
    text = _TextField(label=gettext_lazy("Explain it"), required=False, longest=_MAX_NOTE)

    def clean(self) -> dict[str, Any]:
        """Ask for words where the reason alone does not say what is wrong."""
        values = super().clean() or self.cleaned_data
        if values.get("reason") in _NEEDS_WORDS and values.get("text") == "":
            self.add_error("text", _("Please explain what is wrong."))
        return values
