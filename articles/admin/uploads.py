"""Files on their way into the library: the forms, and one verb call per file. Used by two pages."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib.images import MAX_BYTES, MAX_PIXELS
from newsroom.models import User

from .. import images
from ..models import Image

# What the page says of it before a file is sent.
LIMITS = {
    "max_bytes": MAX_BYTES,
    "max_megabytes": MAX_BYTES // 1024 // 1024,
    "max_megapixels": MAX_PIXELS // 1_000_000,
}
ACCEPTED = "image/jpeg,image/png,image/webp,image/avif,image/gif"


class _ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class _ManyFilesField(forms.FileField):
    """A list of uploads, unjudged: the verb tells of each what is wrong with it."""

    widget = _ManyFilesInput(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [file for file in data or [] if file]
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class UploadForm(forms.Form):
    """One or many files, and what holds for all of them."""

    pictures = _ManyFilesField(label=_("Files"))
    alt = forms.CharField(
        label=_("Alternative text"),
        max_length=250,
        required=False,
        help_text=_(
            "What the picture shows, for readers who cannot see it. Several files are described "
            "one by one afterwards."
        ),
    )
    credit = forms.CharField(
        label=_("Credit"),
        max_length=140,
        required=False,
        help_text=_("Photographer and source, such as “Ada Lovelace / dpa”."),
    )
    license = forms.CharField(
        label=_("Licence"), max_length=140, required=False, help_text=_("Such as “CC BY 4.0”.")
    )
    rights_until = forms.DateField(
        label=_("Rights end on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Last day on which they may be used. Empty: no limit."),
    )


@dataclass
class Taken:
    """What became of the files of one upload."""

    stored: list[Image] = field(default_factory=list)
    known: list[Image] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def take_in(form: UploadForm, *, by: User) -> Taken:
    """Store every file of a valid form on its own: one bad file keeps no other out."""
    result, began = Taken(), timezone.now()
    values = dict(form.cleaned_data)
    files = values.pop("pictures")
    if len(files) > 1:
        values["alt"] = ""
    for file in files:
        try:
            image = images.store(file, by=by, **values)
        except images.ImageRefused as refused:
            result.refused.append((file.name or "", str(refused)))
        else:
            (result.stored if image.uploaded_at >= began else result.known).append(image)
    return result
