"""The one row of settings that an editor may change without a server. Read on every page."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from newsroom.lib import colors

from .standing import Standing


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


def _policy(label: Any, help_text: Any = "") -> Any:
    """Return a field for the address of a page that states a rule of the house."""
    return models.CharField(
        label,
        max_length=300,
        blank=True,
        help_text=help_text,
        validators=[
            RegexValidator(
                r"^(/(?![/\\])|https://)\S*\Z",
                _("Write a path such as /about/ or an address that starts with https://."),
            )
        ],
    )


# Then text in 70 % of the ink still has 4.5, the edge of a field 3.
LEAST_CONTRAST_OF_PAPER = 15
_IS_COLOR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Write a colour as #rrggbb."))


class Typeface(models.TextChoices):
    """Which of the two typefaces says what; static/newsroom/readers/base.css sets them."""

    SERIF = "serif", _("Serif: headlines and texts")
    MIXED = "mixed", _("Mixed: headlines without serifs, texts with them")
    SANS = "sans", _("Sans: nothing has serifs")


class Mast(models.TextChoices):
    """How the head of the pages is laid out."""

    CENTRED = "centred", _("Name in the middle, sections below")
    LEFT = "left", _("Name on the left, sections below")
    BAR = "bar", _("One bar with name and sections")


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
    typeface = models.CharField(
        _("typefaces"), max_length=8, choices=Typeface, default=Typeface.SERIF
    )
    mast = models.CharField(_("head"), max_length=8, choices=Mast, default=Mast.CENTRED)
    house_color = models.CharField(
        _("colour of the house"),
        max_length=7,
        default="#8f1d21",
        validators=[_IS_COLOR],
        help_text=_("Buttons, marks and rules. Made darker or lighter where it could not be read."),
    )
    paper_color = models.CharField(
        _("paper"),
        max_length=7,
        default="#fdfcf9",
        validators=[_IS_COLOR],
        help_text=_("The ground of all pages by day: white or nearly so. At night it is dark."),
    )
    mast_color = models.CharField(
        _("ground of the head"),
        max_length=7,
        blank=True,
        validators=[_IS_COLOR],
        help_text=_("Empty: the paper. The name on it is dark or white, as it is read best."),
    )
    # Read by its own address only: load() leaves it out. What it is, the other three say.
    logo = models.BinaryField(null=True, blank=True)
    logo_file = models.CharField(max_length=40, blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_is_mono = models.BooleanField(
        _("logo of one colour"),
        default=False,
        help_text=_("It is drawn in the colour of the head's text, by day and at night."),
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

    feeds_full_text = models.BooleanField(
        _("whole texts in feeds"),
        default=False,
        help_text=_("Otherwise feed readers get the standfirst and a link."),
    )
    websub_hub = models.URLField(
        _("WebSub hub"),
        blank=True,
        help_text=_(
            "A service that tells feed readers of news at once, such as "
            "https://pubsubhubbub.appspot.com/. Empty: they look for themselves."
        ),
    )
    indexnow_key = models.CharField(
        _("IndexNow key"),
        max_length=128,
        blank=True,
        validators=[
            RegexValidator(
                r"^[a-zA-Z0-9-]{8,128}\Z", _("8 to 128 letters, digits and hyphens, no others.")
            )
        ],
        help_text=_(
            "Any word of your own. With it Bing and other search engines are told of new and "
            "changed articles within minutes. Empty: they look for themselves."
        ),
    )
    allows_search_bots = models.BooleanField(
        _("search engines may read the site"),
        default=True,
        help_text=_("Google, Bing and the like. Without them readers hardly find anything here."),
    )
    allows_ai_search_bots = models.BooleanField(
        _("AI search may read the site"),
        default=True,
        help_text=_("Search engines that answer with a summary and name their sources."),
    )
    allows_assistant_bots = models.BooleanField(
        _("AI assistants may open a page that a user asks for"),
        default=True,
        help_text=_("One page at a time, for somebody who has asked about it."),
    )
    allows_training_bots = models.BooleanField(
        _("AI models may be trained on the texts"),
        default=False,
        help_text=_(
            "If not, robots.txt says so, and text and data mining is reserved in a form that "
            "machines read (§ 44b UrhG). Link previews of messengers work in any case."
        ),
    )
    masthead_url = _policy(_("Masthead"), _("Who works here."))
    ownership_url = _policy(_("Ownership and funding"), _("Who owns the site, who pays for it."))
    ethics_policy_url = _policy(
        _("Principles"), _("Empty: the page “Editorial principles” of this site.")
    )
    corrections_policy_url = _policy(
        _("How mistakes are corrected"), _("Empty: the page with the corrections of this site.")
    )
    feedback_policy_url = _policy(_("How to reach the newsroom"))
    verification_policy_url = _policy(_("How facts are checked"))
    sources_policy_url = _policy(_("When sources stay unnamed"))
    diversity_policy_url = _policy(_("Diversity"))
    mission_policy_url = _policy(_("What the site covers first"))
    bylines_policy_url = _policy(_("When texts carry no name"))
    # Part of what feeds and the API are answered 304 by: a new name or rule is a new answer.
    saved_at = models.DateTimeField(auto_now=True, null=True)

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

        if colors.contrast(colors.INK, self.paper_color) < LEAST_CONTRAST_OF_PAPER:
            raise ValidationError({"paper_color": _("Too dark: texts would be hard to read.")})

    @property
    def css(self) -> str:
        """The site's own colours as a stylesheet; the rest of its look is classes of <body>."""
        light, dark = colors.boxes(self.paper_color)
        rules = (
            f":root{{--paper-light:{self.paper_color};"
            f"--house-light:{colors.legible(self.house_color, light)};"
            f"--house-dark:{colors.legible(self.house_color, dark)}}}\n"
        )
        if self.mast_color:
            ink = colors.ink_on(self.mast_color)
            rules += (
                f".masthead{{--mast-paper:{self.mast_color};--mast-ink:{ink};--mast-mark:{ink}}}\n"
            )
        if self.logo_file and self.logo_is_mono:
            rules += (
                f".logo-mono{{--logo:url(/{self.logo_file});"
                f"--logo-ratio:{self.logo_width}/{self.logo_height}}}\n"
            )
        return rules

    @property
    def icon_version(self) -> str:
        """Part of the icon's address: a new letter or colour is a new address."""
        return hashlib.sha256(f"{self.initial}{self.house_color}".encode()).hexdigest()[:12]

    @property
    def initial(self) -> str:
        """The letter that stands on the icon."""
        return next((sign for sign in self.name if sign.isalnum()), "·").upper()

    @property
    def legal_pages(self) -> tuple[LegalPage, ...]:
        """What the footer of every page links to."""
        return LEGAL_PAGES

    @classmethod
    def load(cls) -> "SiteSettings":
        """Return the row, or the defaults while nobody has saved one. One query."""
        return cls.objects.filter(pk=1).defer("logo").first() or cls(pk=1)


_standing = Standing(SiteSettings.load)


def settings_for(request: HttpRequest) -> SiteSettings:
    """Return the settings, read once per request."""
    if not hasattr(request, "_site_settings"):
        request._site_settings = _standing()  # type: ignore[attr-defined]
    return request._site_settings  # type: ignore[attr-defined, no-any-return]


def context_processor(request: HttpRequest) -> dict[str, object]:
    """Give every template `site`: the settings, read when first used."""
    return {"site": SimpleLazyObject(lambda: settings_for(request))}
