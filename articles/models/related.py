"""What stands beside an article: by an editor's word, and by computation (articles.related)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .article import Article


class RelatedArticle(models.Model):
    """An editor's word on what stands beside an article: this one always, or never."""

    class Kind(models.TextChoices):
        PINNED = "pinned", _("Pinned")
        BANNED = "banned", _("Banned")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_choices")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("related article")
        verbose_name_plural = _("related articles")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="related_once"),
            models.CheckConstraint(
                condition=~Q(article=models.F("other")), name="related_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} → {self.other}"


class RelatedScore(models.Model):
    """One article that suits another one, how well, and why."""

    # No constraints in the database: their check would wait for an article that is being published,
    # whose publication may be waiting for us. A row is made up of what is there and made anew.
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="related_scores", db_constraint=False
    )
    other = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    position = models.PositiveSmallIntegerField()
    score = models.FloatField()
    # The points of each part and what it rests on: articles.reasons puts them in sentences.
    reasons = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("related article found")
        verbose_name_plural = _("related articles found")
        ordering = ["position"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="related_score_once"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.other_id}: {self.score:.2f}"


class RelatedProfile(models.Model):
    """What a published article is about, as the scorers read it."""

    article = models.OneToOneField(
        Article, primary_key=True, on_delete=models.CASCADE, related_name="related_profile"
    )
    # Stem → weight, of headline, standfirst and first paragraphs.
    stems = models.JSONField(default=dict)
    # The meaning as little-endian float32; empty without the semantic extra.
    vector = models.BinaryField(default=bytes)
    # Of what text and by which model the vector is, so that it is made once.
    vector_key = models.CharField(max_length=32, blank=True)
    # Its list has to be made, or made again because a neighbour changed; `tick` does it.
    is_due = models.BooleanField(default=True)
    refreshed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("profile of an article")
        verbose_name_plural = _("profiles of articles")
        default_permissions: ClassVar[list[str]] = []
        indexes = [
            # tick: which lists are due.
            models.Index(fields=["article"], condition=Q(is_due=True), name="related_profile_due"),
        ]

    def __str__(self) -> str:
        return str(self.article_id)
