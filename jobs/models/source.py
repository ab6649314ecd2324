"""Partners whose jobs are read from a feed, and what every reading did."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class JobSourceQuerySet(models.QuerySet["JobSource"]):
    def due(self, since: datetime) -> "JobSourceQuerySet":
        """What is read and has not been since a time; the longest waiting first."""
        recent = SourceRun.objects.filter(source=models.OuterRef("pk"), started_at__gt=since)
        return (
            self.filter(~models.Exists(recent), is_active=True)
            .annotate(last_run_at=models.Max("runs__started_at"))
            .order_by(models.F("last_run_at").asc(nulls_first=True), "pk")
        )


class JobSource(models.Model):
    """A partner's feed: where it is, how it is read, how far it is trusted."""

    class Format(models.TextChoices):
        XML = "xml", _("XML as for Indeed")
        RSS = "rss", _("RSS with fields")
        JSON = "json", _("JSON")

    name = models.CharField(_("name"), max_length=80, unique=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    file = models.CharField(
        _("or file"), max_length=300, blank=True, help_text=_("A path on the server.")
    )
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.XML)
    # Field of an advert → name in the feed; what is not named is looked for under the usual names.
    field_map: Any = models.JSONField(
        _("fields"),
        default=dict,
        blank=True,
        help_text=_("Only what is called differently there, such as {“title”: “jobtitle”}."),
    )
    is_trusted = models.BooleanField(
        _("trusted"), default=False, help_text=_("Its jobs are listed without a review.")
    )
    is_paid = models.BooleanField(
        _("paid for"), default=False, help_text=_("Its jobs are called advertisements.")
    )
    is_active = models.BooleanField(_("is read"), default=True)
    max_drop = models.PositiveSmallIntegerField(
        _("largest drop in percent"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("A feed that has lost more jobs than this changes nothing."),
    )
    # What the partner's server said last time, sent back to it to be spared an unchanged feed.
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)

    objects = JobSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("job source")
        verbose_name_plural = _("job sources")
        ordering = ["name"]
        permissions = [("run_jobsource", "Can read partners' feeds at once")]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(url="") & Q(file="")) | (Q(url="") & ~Q(file="")),
                name="job_source_one_place",
                violation_error_message=_("Give either an address or a file."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a map that is none: each of its entries is a text that stands for a text."""
        fields = self.field_map
        if not isinstance(fields, dict) or not all(isinstance(n, str) for n in fields.values()):
            raise ValidationError(
                {"field_map": _("Write names in pairs, such as {“title”: “jobtitle”}.")}
            )


class SourceRunQuerySet(models.QuerySet["SourceRun"]):
    def running(self) -> "SourceRunQuerySet":
        """On the way, or killed on it."""
        return self.filter(outcome=SourceRun.Outcome.RUNNING)


class SourceRun(models.Model):
    """One reading of a feed: what it found and did. Never altered once it has ended."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNCHANGED = "unchanged", _("Unchanged")
        REFUSED = "refused", _("Refused: nothing was changed")

    source = models.ForeignKey(
        JobSource, verbose_name=_("source"), on_delete=models.CASCADE, related_name="runs"
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, default=Outcome.RUNNING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    seen = models.PositiveIntegerField(_("seen"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    missed = models.PositiveIntegerField(_("missed"), default=0)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    # [{"line": 17, "id": "A-3", "reason": "…"}], the first hundred.
    problems: Any = models.JSONField(_("rejected jobs"), default=list)

    objects = SourceRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a source")
        verbose_name_plural = _("runs of sources")
        ordering = ["-pk"]
        default_permissions: ClassVar[list[str]] = ["view"]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.started_at), "DATETIME_FORMAT")

    @property
    def is_refused(self) -> bool:
        """Whether it changed nothing because something was wrong."""
        return self.outcome == self.Outcome.REFUSED

    def counts(self) -> dict[str, int]:
        """Return what it found and did, without the zeros."""
        names = ("seen", "new", "changed", "unchanged", "missed", "withdrawn", "rejected")
        return {name: getattr(self, name) for name in names if getattr(self, name)}
