"""The memory of imports: which record of which source became which row of ours."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedRecord(models.Model):
    """One record of a foreign system, found again by its key there, never by its title.

    `kind` is the foreign type ("post", "author", "category", "attachment", "comment" …), `key` its
    identity there, `target` and `target_id` our row ("articles.article", 42) or empty where the
    record was seen and left out. `digest` is a SHA-256 of what was made of the record, so that an
    unchanged one is recognised, and a row that people here have changed since. `fields` keeps what
    the record says beyond what our row can hold: custom fields by name, each a list of texts.
    """

    source = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    target = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)
    fields: Any = models.JSONField(default=dict, blank=True)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        constraints = [
            # The importer's look-up of one record.
            models.UniqueConstraint(fields=["source", "kind", "key"], name="imported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.key}"
