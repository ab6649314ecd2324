"""Agencies whose feeds bring drafts, what every reading did, and which entry became which draft.

Written by articles.agencies; people here set up the sources.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .article import Article
from .author import Author
from .revision import Revision
from .section import Section


class AgencySourceQuerySet(models.QuerySet["AgencySource"]):
    def with_last_run(self) -> "AgencySourceQuerySet":
        """With the last reading's time, outcome and message, in one query."""
        last = AgencyRun.objects.filter(source=models.OuterRef("pk")).order_by("-pk")
        return self.annotate(
            last_run_at=models.Subquery(last.values("started_at")[:1]),
            last_outcome=models.Subquery(last.values("outcome")[:1]),
            last_message=models.Subquery(last.values("message")[:1]),
        )

    def due(self, now: datetime) -> "list[AgencySource]":
        """What is read and whose interval is over; the longest waiting first. One query."""
        active = self.filter(is_active=True).with_last_run()
        waiting = active.order_by(models.F("last_run_at").asc(nulls_first=True), "pk")
        return [source for source in waiting if source.is_due(now)]


class AgencySource(models.Model):
    """A feed (RSS, Atom, JSON Feed) whose entries become drafts. Nothing is ever published."""

    class Canonical(models.TextChoices):
        ORIGINAL = "original", _("the agency's text")
        OWN = "own", _("our own article")

    name = models.CharField(_("name"), max_length=80, unique=True)
    url = models.URLField(_("address of the feed"), max_length=500)
    section = models.ForeignKey(
        Section, verbose_name=_("section"), on_delete=models.PROTECT, related_name="agency_sources"
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True, default=""
    )
    author = models.ForeignKey(
        Author,
        verbose_name=_("signs as"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agency_sources",
        limit_choices_to={"is_agency": True},
        help_text=_("An author's profile that is an agency. Readers see it above the text."),
    )
    canonical = models.CharField(
        _("original for search engines"),
        max_length=8,
        choices=Canonical,
        default=Canonical.ORIGINAL,
        help_text=_("What the contract says: whose page search engines are to show."),
    )
    licence = models.TextField(
        _("licence"),
        blank=True,
        max_length=1000,
        help_text=_("What may be done with its texts. Stands beside each of its drafts."),
    )
    is_active = models.BooleanField(_("is read"), default=True)
    interval = models.PositiveSmallIntegerField(
        _("every … minutes"),
        default=15,
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
    )
    # What its server said last time, sent back to it to be spared an unchanged feed.
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)

    # Of with_last_run().
    last_run_at: datetime | None

    objects = AgencySourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]
        permissions = [("fetch_agencysource", "Can read agencies' feeds at once")]

    def __str__(self) -> str:
        return self.name

    def is_due(self, now: datetime) -> bool:
        """Whether its interval is over; asked of rows read with their last run."""
        last = self.last_run_at
        return last is None or last <= now - timedelta(minutes=self.interval)


class AgencyRun(models.Model):
    """One reading of a feed: what it found and did. Never altered once it has ended."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNCHANGED = "unchanged", _("Unchanged")
        REFUSED = "refused", _("Refused: nothing was changed")
        BROKEN = "broken", _("Broken off: the next reading goes on")

    source = models.ForeignKey(AgencySource, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, default=Outcome.RUNNING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    seen = models.PositiveIntegerField(_("in the feed"), default=0)
    new = models.PositiveIntegerField(_("new drafts"), default=0)
    updated = models.PositiveIntegerField(_("drafts updated"), default=0)
    noted = models.PositiveIntegerField(_("newer versions noted"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    # [{"entry": "…", "reason": "…"}], the first hundred.
    problems: Any = models.JSONField(_("skipped entries"), default=list)

    class Meta:
        verbose_name = _("reading of an agency")
        verbose_name_plural = _("readings of agencies")
        ordering = ["-pk"]
        default_permissions: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"{self.source_id}: {self.started_at:%Y-%m-%d %H:%M:%S}"


class AgencyEntry(models.Model):
    """An entry of a feed that became a draft; it stays when the draft is deleted, so that the
    entry does not come back.

    `key` and `url_key` are SHA-256 of what the feed calls it and of its address.
    """

    source = models.ForeignKey(AgencySource, on_delete=models.PROTECT, related_name="entries")
    key = models.CharField(max_length=64)
    url = models.CharField(max_length=1000, blank=True)
    url_key = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(default=timezone.now)
    article = models.OneToOneField(
        Article, null=True, on_delete=models.SET_NULL, related_name="agency_entry"
    )
    # The text that was brought in last: while it is the newest one, nobody here has touched it.
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    # A version that came after somebody here had touched the text; cleared once it was looked at.
    newer = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("entry of an agency")
        verbose_name_plural = _("entries of agencies")
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="agency_entry_once"),
        ]
        indexes = [
            # agencies.intake: an entry that is called differently now.
            models.Index(fields=["source", "url_key"], name="agency_entry_url"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.url or self.key}"
