"""What tables with addresses share: the slug is made here, old addresses lead on."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.lib.purgingadmin import PurgingAdmin
from newsroom.lib.slugs import make_slug

from .. import redirects


class AddressForm(forms.ModelForm):
    """A form whose slug may stay empty: it is then made from the field that `slug_from` names."""

    slug_from = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "Its part of the address. Leave it empty to have it made from the words above. "
                "If you change it later, the old address leads to the new one."
            )

    def clean_slug(self) -> str:
        """Return what was written, else a free slug from the name."""
        written: str = self.cleaned_data["slug"]
        words = str(self.cleaned_data.get(self.slug_from) or "")
        if written or not words:
            return written
        model = self._meta.model
        length = model._meta.get_field("slug").max_length or 80
        slug = make_slug(words, max_length=length - 5, fallback=str(model._meta.model_name))
        others = model._default_manager.exclude(pk=self.instance.pk)
        taken = set(others.filter(slug__startswith=slug).values_list("slug", flat=True))
        free, number = slug, 2
        while free in taken:
            free, number = f"{slug}-{number}", number + 1
        return free


class AddressAdmin(PurgingAdmin):
    """A table whose rows have an address of their own."""

    def view_on_site(self, obj: Any) -> str:
        """Link to the row's page right away."""
        return str(obj.get_absolute_url())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and let the address that the row had lead to the one that it has."""
        before = type(obj)._default_manager.get(pk=obj.pk) if change else obj
        super().save_model(request, obj, form, change)
        redirects.remember(before.get_absolute_url(), obj)
