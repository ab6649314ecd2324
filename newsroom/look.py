"""The look of the site beside its colours: its logo and its icon, and the form that sets it."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .lib import colors, logos
from .models import SiteSettings
from .models.site import settings_for

_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def logo(request: HttpRequest, version: str, extension: str) -> HttpResponse:
    """Send the logo; its name is made of its bytes."""
    file_name = f"logo-{version}.{extension}"
    row = SiteSettings.objects.filter(pk=1, logo_file=file_name).values_list("logo").first()
    if row is None or row[0] is None:
        raise Http404
    response = HttpResponse(bytes(row[0]), content_type=logos.TYPES[extension])
    response["Cache-Control"] = _FOR_EVER
    return response


@require_safe
def icon(request: HttpRequest, version: str) -> HttpResponse:
    """Send the first letter of the site's name on the colour of the house, for tabs."""
    site = settings_for(request)
    drawn = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" '
        'rx="12" fill="{}"/><text x="32" y="47" text-anchor="middle" font-family="Georgia,serif" '
        'font-weight="700" font-size="44" fill="{}">{}</text></svg>',
        site.house_color,
        colors.ink_on(site.house_color),
        site.initial,
    )
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["Cache-Control"] = _FOR_EVER if version == site.icon_version else "public, max-age=60"
    return response


class LookForm(forms.ModelForm):
    """The settings with colours to pick and a logo to upload."""

    logo_upload = forms.FileField(
        label=_("logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".svg,.png,.webp"}),
        help_text=_("SVG, PNG or WebP. In the head it stands in place of the name."),
    )
    removes_logo = forms.BooleanField(label=_("remove the logo"), required=False)

    class Meta:
        model = SiteSettings
        fields = "__all__"  # noqa: DJ007 - the admin names them
        widgets = {
            "house_color": forms.ColorInput(),
            "paper_color": forms.ColorInput(),
        }

    def clean_logo_upload(self) -> logos.Logo | None:
        """Return the logo read anew; refuse what is none."""
        upload = self.cleaned_data["logo_upload"]
        if not upload:
            return None
        if upload.size > logos.MAX_BYTES:
            raise forms.ValidationError(logos.too_large())
        try:
            return logos.read(upload.read())
        except logos.NotALogo as error:
            raise forms.ValidationError(str(error)) from error

    def place_logo(self) -> None:
        """Put the logo into the row, or take it out; the caller saves it."""
        found: logos.Logo | None = self.cleaned_data.get("logo_upload")
        site = self.instance
        if found is not None:
            site.logo, site.logo_file = found.data, found.file_name
            site.logo_width, site.logo_height = found.width, found.height
        elif self.cleaned_data.get("removes_logo"):
            site.logo, site.logo_file, site.logo_width, site.logo_height = None, "", 0, 0
