"""Authors: the public profiles under which articles appear."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.lib.addresses import path_to

from .image import Image


class Author(models.Model):
    """A person or agency that signs texts or pictures; may have an account here, need not."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    position = models.CharField(
        _("position"),
        max_length=120,
        blank=True,
        help_text=_("Such as “Correspondent in Brussels”."),
    )
    biography = models.TextField(_("about"), blank=True, max_length=2000)
    email = models.EmailField(_("public address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    portrait = models.ForeignKey(
        Image,
        verbose_name=_("portrait"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="portraits",
    )
    is_agency = models.BooleanField(_("is an agency"), default=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("articles:author", self.slug)
