"""Dossiers: what belongs to one subject, in an order of the editors' own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.lib.addresses import path_to

from .image import Image


class Dossier(models.Model):
    """An ordered collection of articles on one subject."""

    title = models.CharField(_("title"), max_length=140)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    standfirst = models.TextField(_("standfirst"), blank=True, max_length=600)
    image = models.ForeignKey(
        Image,
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers",
    )

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("articles:dossier", self.slug)


class DossierEntry(models.Model):
    """An article's place in a dossier."""

    dossier = models.ForeignKey(
        Dossier, verbose_name=_("dossier"), on_delete=models.CASCADE, related_name="entries"
    )
    article = models.ForeignKey(
        "articles.Article",
        verbose_name=_("article"),
        on_delete=models.CASCADE,
        related_name="dossier_entries",
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("dossier entry")
        verbose_name_plural = _("dossier entries")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "article"], name="dossier_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier}: {self.article}"
