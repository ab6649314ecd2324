"""How many published articles a month and a topic have. Written by triggers (tallytriggers.py)."""

from typing import Any

from django.db import models
from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Greatest

# When readers last had reason to read an article again; the same as facts.modified_at.
CHANGED = Greatest(F("published_at"), Coalesce(F("updated_at"), F("published_at")))


class TallyQuerySet(models.QuerySet[Any]):
    def sums(self, by: str, column: str) -> dict[Any, int]:
        """Add up what is written down; none that are nothing."""
        rows = self.order_by().values_list(by).annotate(total=Sum(column))
        return {key: total for key, total in rows if total}


class Tally(models.Model):
    """A change of a count; the count is the sum of all its rows.

    Nobody waits for a row, however many publish at once. `tallies.fold` adds them up.
    """

    # Published ones, whatever their times: readers' gate is asked of the few that are hidden.
    articles = models.IntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = []

    def __str__(self) -> str:
        return f"{self.articles:+d}"


class MonthTally(Tally):
    """Of a month; `own` are those of them whose original is here."""

    month = models.DateField()
    own = models.IntegerField()


class TopicTally(Tally):
    """Of a topic, by its number: a foreign key would make writers wait for its row."""

    tag_id = models.BigIntegerField()
