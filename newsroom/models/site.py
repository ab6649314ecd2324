"""The one row of settings that an editor may change without a server. Read on every page."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

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

    @property
    def legal_pages(self) -> tuple[LegalPage, ...]:
        """What the footer of every page links to."""
        return LEGAL_PAGES

    @classmethod
    def load(cls) -> "SiteSettings":
        """Return the row, or the defaults while nobody has saved one. One query."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


_standing = Standing(SiteSettings.load)


def settings_for(request: HttpRequest) -> SiteSettings:
    """Return the settings, read once per request."""
    if not hasattr(request, "_site_settings"):
        request._site_settings = _standing()  # type: ignore[attr-defined]
    return request._site_settings  # type: ignore[attr-defined, no-any-return]


def context_processor(request: HttpRequest) -> dict[str, object]:
    """Give every template `site`: the settings, read when first used."""
    return {"site": SimpleLazyObject(lambda: settings_for(request))}
