"""The one row of settings that an editor may change without a server. Read on every page."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class LegalPage:
    """A flat page that every site must have: its address and the title that the footer shows."""

    url: str
    title: str | Promise


# § 5 DDG and § 18 (2) MStV; art. 13 GDPR; the house's own rules (schema.org publishingPrinciples).
LEGAL_PAGES = (
    LegalPage("/impressum/", _("Legal notice")),
    LegalPage("/datenschutz/", _("Privacy")),
    LegalPage("/editorial-principles/", _("Editorial principles")),
)


class SiteSettings(models.Model):
    """Name, voice and rules of the site; a single row with id 1."""

    name = models.CharField(
        _("name"),
        max_length=80,
        default="Newsroom",
        help_text=_("As readers know it. It also stands in front of every dateline."),
    )
    tagline = models.CharField(_("tagline"), max_length=140, blank=True)
    description = models.TextField(
        _("description"),
        blank=True,
        max_length=300,
        help_text=_("One or two sentences for search engines and link previews."),
    )
    publisher = models.CharField(
        _("publisher"), max_length=140, blank=True, help_text=_("The legal person behind the site.")
    )
    contact_email = models.EmailField(
        _("contact address"), blank=True, help_text=_("Shown at corrections and on error pages.")
    )
    social_links = models.TextField(
        _("profiles elsewhere"),
        blank=True,
        help_text=_("One address a line, such as https://mastodon.social/@example."),
    )
    requires_second_factor = models.BooleanField(
        _("demand a second factor of staff"),
        default=False,
        help_text=_("Everybody who signs in must then set up an authenticator app."),
    )
    requires_four_eyes = models.BooleanField(
        _("four eyes"),
        default=False,
        help_text=_("Nobody may approve or publish a text that only he or she has worked on."),
    )

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="site_settings_single_row"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a profile that is not a plain https address."""
        for line in self.social_links.split():
            if not line.startswith("https://"):
                raise ValidationError(
                    {"social_links": _("“%(line)s” does not start with https://.") % {"line": line}}
                )

    @property
    def legal_pages(self) -> tuple[LegalPage, ...]:
        """What the footer of every page links to."""
        return LEGAL_PAGES

    @classmethod
    def load(cls) -> "SiteSettings":
        """Return the row, or the defaults while nobody has saved one. One query."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


def settings_for(request: HttpRequest) -> SiteSettings:
    """Return the settings, read once per request."""
    if not hasattr(request, "_site_settings"):
        request._site_settings = SiteSettings.load()  # type: ignore[attr-defined]
    return request._site_settings  # type: ignore[attr-defined, no-any-return]


def context_processor(request: HttpRequest) -> dict[str, object]:
    """Give every template `site`: the settings, read when first used."""
    return {"site": SimpleLazyObject(lambda: settings_for(request))}
