"""What forms of these tables are filled in with: a field for a picture, plain choices."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.translation import gettext_lazy as _

from ..models import Image


class PictureWidget(forms.NumberInput):
    """A picture of the library, chosen in the picker's window; without JavaScript its number."""

    template_name = "admin/articles/image/widget.html"

    class Media:
        css = {"all": ["articles/admin/image_field.css"]}
        js = [forms.Script("articles/admin/image_field.js", defer=True)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        known = str(value).isdecimal() and len(str(value)) < 10
        context["image"] = Image.objects.filter(pk=value).first() if known else None
        return context


class PictureField(forms.ModelChoiceField):
    """A picture of the library, or none."""

    widget = PictureWidget

    def __init__(self, **kwargs: Any) -> None:
        options = {"label": _("Image"), "required": False, **kwargs}
        super().__init__(queryset=Image.objects.all(), **options)


def choose_only(form: forms.BaseForm) -> None:
    """Take the pencils and plus signs off a form: here one chooses what is there already."""
    for field in form.fields.values():
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_view_related = field.widget.can_delete_related = False
