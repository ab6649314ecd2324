"""Old addresses: what once stood where, for ever."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .article import Article
from .author import Author
from .section import Section
from .tag import Tag


class Redirect(models.Model):
    """An old path and what is there now: a row of ours, or another path.

    Rows are pointed at, not their addresses, so that one direct answer stays true after the next
    change of a slug.
    """

    old_path = models.CharField(
        _("old address"),
        max_length=400,
        unique=True,
        help_text=_("Path below the root with its query, such as /2019/05/12/title/ or /?p=12."),
    )
    article = models.ForeignKey(
        Article,
        verbose_name=_("article"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="redirects",
    )
    section = models.ForeignKey(
        Section,
        verbose_name=_("section"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="redirects",
    )
    tag = models.ForeignKey(
        Tag,
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="redirects",
    )
    author = models.ForeignKey(
        Author,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="redirects",
    )
    new_path = models.CharField(
        _("or new address"), max_length=400, blank=True, help_text=_("Path below the root.")
    )

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["old_path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=False)
                | Q(section__isnull=False)
                | Q(tag__isnull=False)
                | Q(author__isnull=False)
                | ~Q(new_path=""),
                name="redirect_leads_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.old_path

    def clean(self) -> None:
        """Refuse what is not a path of this site: a redirect must not lead readers elsewhere."""
        for name in ("old_path", "new_path"):
            value = getattr(self, name)
            if value and (not value.startswith("/") or value.startswith(("//", "/\\"))):
                raise ValidationError({name: _("Write a path that begins with one slash.")})
