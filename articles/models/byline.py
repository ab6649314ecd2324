"""Who has done what in an article."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .author import Author

if TYPE_CHECKING:
    from .article import Article


class Byline(models.Model):
    """An author's part in an article."""

    class Role(models.TextChoices):
        TEXT = "text", _("Text")
        PHOTO = "photo", _("Photo")
        COLLABORATION = "collaboration", _("Collaboration")
        AGENCY = "agency", _("Agency")

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="bylines"
    )
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    role = models.CharField(_("role"), max_length=14, choices=Role, default=Role.TEXT)
    position = models.PositiveSmallIntegerField()
    # The article's own, at the first of an author's parts in it: so the newest of an author are one
    # range of one index, each of them once.
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "author", "role"], name="byline_once"),
        ]
        indexes = [
            # An author's page and feed.
            models.Index(
                fields=["author", "-published_at", "-article"],
                condition=Q(published_at__isnull=False),
                name="byline_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author} ({self.get_role_display()})"

    @classmethod
    def of(cls, article: "Article", parts: Iterable[tuple[int, str]]) -> "list[Byline]":
        """Return the unsaved rows of authors' ids and roles, in their order."""
        seen: set[int] = set()
        rows = []
        for position, (author, role) in enumerate(parts):
            at = None if author in seen else article.published_at
            seen.add(author)
            row = cls(article=article, author_id=author, role=role, position=position)
            row.published_at = at
            rows.append(row)
        return rows
