"""The job: what it says, where it stands, until when. Written by jobs.moderation only."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib.addresses import path_to

from .employer import Employer
from .source import JobSource


class Status(models.TextChoices):
    """Where a job stands. "Expired" is not among them: that is time (JobQuerySet.live)."""

    DRAFT = "draft", _("Waiting for confirmation")
    PENDING = "pending", _("To review")
    LISTED = "listed", _("Listed")
    REJECTED = "rejected", _("Rejected")
    FILLED = "filled", _("Filled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_LOOKS: dict[str, str] = {
    Status.PENDING: "in_review",
    Status.REJECTED: "withdrawn",
    Status.WITHDRAWN: "withdrawn",
}


class Reason(models.TextChoices):
    """Why the desk turns a job down."""

    INCOMPLETE = "incomplete", _("Something is missing")
    NOT_A_JOB = "not_a_job", _("Not a job")
    DUPLICATE = "duplicate", _("Is here already")
    DISCRIMINATING = "discriminating", _("Puts people at a disadvantage")
    MISLEADING = "misleading", _("Misleading")
    SPAM = "spam", _("Spam")
    OTHER = "other", _("Other")


class Remote(models.TextChoices):
    NONE = "none", _("On site")
    HYBRID = "hybrid", _("Partly remote")
    FULL = "full", _("Fully remote")


class Type(models.TextChoices):
    """Kinds of employment, in the words of schema.org."""

    FULL_TIME = "FULL_TIME", _("Full time")
    PART_TIME = "PART_TIME", _("Part time")
    CONTRACTOR = "CONTRACTOR", _("Freelance")
    TEMPORARY = "TEMPORARY", _("Fixed term")
    INTERN = "INTERN", _("Internship")
    TRAINEE = "TRAINEE", _("Training")
    VOLUNTEER = "VOLUNTEER", _("Voluntary")
    PER_DIEM = "PER_DIEM", _("By the day")
    OTHER = "OTHER", _("Other kind")


class SalaryUnit(models.TextChoices):
    HOUR = "HOUR", _("an hour")
    DAY = "DAY", _("a day")
    WEEK = "WEEK", _("a week")
    MONTH = "MONTH", _("a month")
    YEAR = "YEAR", _("a year")


class JobQuerySet(models.QuerySet["Job"]):
    def live(self, now: datetime | None = None) -> "JobQuerySet":
        """The one gate: what readers may see at a moment (default: this one).

        A job ends by time; no run has to flip anything.
        """
        return self.filter(status=Status.LISTED, valid_through__gt=now or timezone.now())

    def ended(self, now: datetime | None = None) -> "JobQuerySet":
        """What readers have seen and may be told that it is gone; the taken back not among it."""
        return self.filter(
            Q(status=Status.FILLED)
            | Q(status=Status.LISTED, valid_through__lte=now or timezone.now())
        )

    def listed(self) -> "JobQuerySet":
        """Listed, ended or not; what readers see of them `live` says."""
        return self.filter(status=Status.LISTED)

    def pending(self) -> "JobQuerySet":
        """New ones that wait for the desk."""
        # Every one has the time; said, it is a range of the index.
        return self.filter(status=Status.PENDING, waiting_since__isnull=False)

    def waiting(self) -> "JobQuerySet":
        """All that waits for the desk: new ones, and changes of listed ones. Oldest first."""
        return self.filter(waiting_since__isnull=False).order_by("waiting_since", "pk")

    def in_play(self) -> "JobQuerySet":
        """Listed or on the way there: what a feed may still take back."""
        return self.filter(status__in=[Status.PENDING, Status.LISTED])

    def proposals(self) -> "JobQuerySet":
        """Listed ones whose employer wants to change what readers see."""
        return self.filter(status=Status.LISTED, waiting_since__isnull=False)

    def rejected(self) -> "JobQuerySet":
        """Turned down by the desk."""
        return self.filter(status=Status.REJECTED)

    def not_ended(self, now: datetime | None = None) -> "JobQuerySet":
        """Whose end is to come, or not yet fixed."""
        moment = now or timezone.now()
        return self.filter(Q(valid_through__isnull=True) | Q(valid_through__gt=moment))

    def to_be_read_again(self, soon: datetime) -> "JobQuerySet":
        """For which a feed must be read though it has not changed: missed once, ending soon, or
        freed from what the desk had set."""
        return self.in_play().filter(
            Q(missed_runs__gt=0)
            | Q(content_hash="")
            | Q(valid_through__gt=timezone.now(), valid_through__lt=soon)
        )

    def never_listed(self) -> "JobQuerySet":
        """What no reader has seen."""
        return self.filter(published_at__isnull=True)

    def once_listed(self) -> "JobQuerySet":
        """What readers have seen at some time, whatever became of it."""
        return self.filter(published_at__isnull=False)

    def ending(
        self, until: datetime, now: datetime
    ) -> "models.QuerySet[Job, tuple[int, datetime, datetime, int]]":
        """Live ones of employers with an address that end until a moment: what reminders need."""
        jobs = self.live(now).exclude(contact_email="").filter(valid_through__lte=until)
        return jobs.order_by("valid_through").values_list(  # type: ignore[return-value]
            "pk", "valid_through", "published_at", "renewals"
        )

    def sent_by(self, address: str) -> "JobQuerySet":
        """Sent in with a normalised address (newsroom.lib.privacy)."""
        return self.filter(contact_email=address).exclude(contact_email="").order_by("pk")

    def drafts(self) -> "JobQuerySet":
        """Sent in, but the address was never confirmed."""
        return self.filter(status=Status.DRAFT)

    def newest(self) -> "JobQuerySet":
        """In the order of lists; the id decides between equal times."""
        return self.order_by("-published_at", "-pk")

    def for_card(self) -> "JobQuerySet":
        """What a list shows, in one query: no description."""
        return self.select_related("employer").defer("description", "proposed", "overrides")

    def for_page(self) -> "JobQuerySet":
        """What the job's page shows, in one query."""
        return self.select_related("employer").defer("proposed", "overrides")


class Job(models.Model):
    """One job at one address for ever."""

    # Where it stands.
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("sent in"), default=timezone.now, editable=False)
    # Since when the desk has had something to decide; null while there is nothing.
    waiting_since = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(_("listed since"), null=True, editable=False)
    valid_through = models.DateTimeField(_("ends"), null=True, editable=False)
    # What readers and machines should fetch again (304, lastmod).
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    days = models.PositiveSmallIntegerField(_("days"), default=30)
    renewals = models.PositiveSmallIntegerField(_("renewals"), default=0, editable=False)
    featured_until = models.DateTimeField(_("put forward until"), null=True, blank=True)
    is_paid = models.BooleanField(
        _("paid for"), default=False, help_text=_("Readers see that it is an advertisement.")
    )

    # What it says (jobs/advert.py has the rules).
    title = models.CharField(_("title"), max_length=160)
    # Without gender suffix and inner forms: for matching and finding duplicates.
    title_key = models.CharField(max_length=160, blank=True, editable=False)
    gender_suffix = models.CharField(max_length=40, blank=True, editable=False)
    slug = models.SlugField(max_length=80, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    employer = models.ForeignKey(
        Employer, verbose_name=_("employer"), on_delete=models.PROTECT, related_name="jobs"
    )
    employer_url = models.URLField(_("employer's website"), max_length=500, blank=True)
    # [{"locality": "Köln", "region": "Nordrhein-Westfalen", "country": "DE"}]
    places: Any = models.JSONField(_("places"), default=list, blank=True)
    remote = models.CharField(_("remote work"), max_length=6, choices=Remote, default=Remote.NONE)
    # Where people may live who work fully remote: ["DE", "AT"].
    remote_countries: Any = models.JSONField(_("allowed countries"), default=list, blank=True)
    employment_types: Any = models.JSONField(_("kinds of employment"), default=list)
    salary_min = models.DecimalField(
        _("salary from"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    salary_max = models.DecimalField(
        _("salary to"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    salary_currency = models.CharField(_("currency"), max_length=3, blank=True)
    salary_unit = models.CharField(_("per"), max_length=5, choices=SalaryUnit, blank=True)
    description = models.TextField(_("description"))
    apply_url = models.URLField(_("application page"), max_length=1000, blank=True)
    apply_email = models.EmailField(_("address for applications"), blank=True)
    is_direct_apply = models.BooleanField(_("application without an account"), default=False)
    tags: Any = models.JSONField(_("tags"), default=list, blank=True)

    # Who sent it. Never shown to readers; gone when its owner asks for it (jobs/privacy.py).
    contact_email = models.EmailField(_("contact"), blank=True, editable=False)
    # The language of the mails to the employer.
    contact_language = models.CharField(max_length=10, blank=True, editable=False)

    # An employer's change of a listed job; the live text stays until the desk has agreed.
    proposed: Any = models.JSONField(null=True, editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)

    # Where an imported one comes from.
    source = models.ForeignKey(
        JobSource,
        verbose_name=_("source"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="jobs",
    )
    external_id = models.CharField(max_length=300, blank=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    missed_runs = models.PositiveSmallIntegerField(default=0, editable=False)
    # Field → value that the desk has set; no run of the source changes these.
    overrides: Any = models.JSONField(default=dict, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        permissions = [("review_job", "Can list jobs, reject and end them")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="job_status"),
            models.CheckConstraint(
                condition=~Q(status__in=["listed", "filled"])
                | Q(published_at__isnull=False, valid_through__isnull=False),
                name="job_listed_has_times",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", waiting_since__isnull=False)
                | Q(status="listed", waiting_since=models.F("proposed_at"))
                | Q(waiting_since__isnull=True, proposed_at__isnull=True),
                name="job_waits_for_the_desk",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=Q(source__isnull=False),
                name="job_source_id",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True) | ~Q(external_id=""), name="job_source_has_id"
            ),
            models.CheckConstraint(
                condition=Q(salary_max__isnull=True)
                | Q(salary_min__isnull=True)
                | Q(salary_max__gte=models.F("salary_min")),
                name="job_salary_range",
            ),
            models.CheckConstraint(
                condition=~Q(apply_url="") | ~Q(apply_email=""), name="job_can_be_applied_for"
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=60), name="job_days"),
        ]
        indexes = [
            # Lists and feeds of readers, newest first.
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(status="listed"),
                name="job_listed_newest",
            ),
            # The desk's queue, oldest first.
            models.Index(
                fields=["waiting_since", "id"],
                condition=Q(waiting_since__isnull=False),
                name="job_waiting",
            ),
            # Reminders, and what feeds answer 304 by: the ends to come.
            models.Index(
                fields=["valid_through"], condition=Q(status="listed"), name="job_listed_end"
            ),
            # What is newest for those who have seen the feeds before.
            models.Index(
                fields=["-changed_at"],
                condition=Q(published_at__isnull=False),
                name="job_changed",
            ),
            # The sidebar's last resort.
            models.Index(
                fields=["-featured_until"],
                condition=Q(status="listed", featured_until__isnull=False),
                name="job_featured",
            ),
            # The admin's list.
            models.Index(fields=["-created_at", "-id"], name="job_created"),
            # Duplicates: the same title of the same house.
            models.Index(fields=["employer", "title_key"], name="job_same_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("jobs:job", self.pk, self.slug)

    @property
    def is_live(self) -> bool:
        """Whether readers see it at this moment: the gate, for a row already read."""
        return (
            self.status == Status.LISTED
            and self.valid_through is not None
            and self.valid_through > timezone.now()
        )

    @property
    def look(self) -> str:
        """How the desk's badge looks: as that of an article with this status."""
        return "published" if self.is_live else _LOOKS.get(self.status, "draft")

    @property
    def is_featured(self) -> bool:
        """Whether it is put forward now."""
        return self.featured_until is not None and self.featured_until > timezone.now()
