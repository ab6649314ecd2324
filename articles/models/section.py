"""Sections (Ressorts): the shelf on which every article stands."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.lib.addresses import path_to

# First path segments that belong to other pages; a section of that name would hide behind them.
RESERVED_SLUGS = frozenset(
    "admin alerts api archive authors comments corrections dossiers feed healthz impressum "
    "datenschutz editorial-principles jobs mail-reports media metrics newsletter preview r read "
    "readyz search static topics".split()
)


class SectionQuerySet(models.QuerySet["Section"]):
    def for_menu(self) -> "SectionQuerySet":
        """The sections of the main menu, in their order."""
        return self.filter(is_in_menu=True, parent=None).order_by("position", "name")


class Section(models.Model):
    """A section of the paper; may stand below another one."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        help_text=_("Its address: /slug/. A later change breaks links from outside."),
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("stands below"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    description = models.TextField(_("description"), blank=True, max_length=300)
    color = models.CharField(
        _("colour"),
        max_length=7,
        default="#1d4e89",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour as #rrggbb."))],
    )
    position = models.PositiveSmallIntegerField(_("position in the menu"), default=100)
    is_in_menu = models.BooleanField(_("in the main menu"), default=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("articles:section", self.slug)

    def clean(self) -> None:
        """Refuse reserved addresses and circles of parents."""
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to another page of the site.")})
        above = self.parent
        while above is not None:
            if above.pk == self.pk and self.pk is not None:
                raise ValidationError({"parent": _("A section cannot stand below itself.")})
            above = above.parent
