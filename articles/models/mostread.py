"""What readers read: counts by the hour without a trace of who, and the lists made from them.

Written by articles.mostread only.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .article import Article


class ReadCount(models.Model):
    """How often an article was read in an hour."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="read_counts")
    # Hours since 1970: plain numbers, so that every database can do sums with their age.
    hour = models.PositiveIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reading count")
        verbose_name_plural = _("reading counts")
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.UniqueConstraint(fields=["article", "hour"], name="read_count_once_an_hour"),
        ]
        indexes = [
            # tick: the sums of the last weeks; what is older goes into ReadDay.
            models.Index(fields=["hour"], name="read_count_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.count}"


class ReadDay(models.Model):
    """How often all articles together were read on a day of the site's zone, kept for ever.

    Only of hours whose counts by article are gone: the two together are the whole, and nothing
    stands in both.
    """

    day = models.DateField(primary_key=True)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("reads of a day")
        verbose_name_plural = _("reads by day")
        default_permissions: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class MostRead(models.Model):
    """An article's place in a list of the most read ones."""

    class Window(models.TextChoices):
        DAY = "day", _("today")
        WEEK = "week", _("this week")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="rankings")
    window = models.CharField(max_length=4, choices=Window)
    place = models.PositiveSmallIntegerField()
    score = models.FloatField()
    ranked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("most read article")
        verbose_name_plural = _("most read articles")
        ordering = ["window", "place"]
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.UniqueConstraint(fields=["window", "article"], name="most_read_once"),
        ]
        indexes = [
            # Front and article pages: the first ones of a list.
            models.Index(fields=["window", "place"], name="most_read_place"),
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.place}: {self.article_id}"
