"""Issues of the site's newsletter: what editors put together, and what went out.

Written by articles.newsletter only. Who gets them stands in subscription.py.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib.richtext import RichTextField
from newsroom.lib.slugs import make_slug

from .article import Article
from .section import Section

# More than this nobody reads in a mail.
MOST_STORIES = 20


class NewsletterIssueQuerySet(models.QuerySet["NewsletterIssue"]):
    def sent(self) -> "NewsletterIssueQuerySet":
        """What has gone out: all that readers may see of it."""
        return self.filter(state=NewsletterIssue.State.SENT)

    def due(self, now: datetime | None = None) -> "NewsletterIssueQuerySet":
        """What is to go out by now."""
        return self.filter(
            state=NewsletterIssue.State.SCHEDULED, scheduled_for__lte=now or timezone.now()
        )


class NewsletterIssue(models.Model):
    """One mail to the whole list, and its page on the web."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENT = "sent", _("Sent")

    class Source(models.TextChoices):
        NEWEST = "newest", _("the newest since the last issue")
        MOST_READ = "most_read", _("the most read since the last issue")

    subject = models.CharField(
        _("subject"), max_length=150, help_text=_("The first that readers see in their mailbox.")
    )
    intro = RichTextField(
        _("opening"), blank=True, help_text=_("A few sentences above the articles.")
    )
    closing = RichTextField(_("closing"), blank=True, help_text=_("Stands below the articles."))
    auto_count = models.PositiveSmallIntegerField(
        _("articles by themselves"),
        default=5,
        validators=[MaxValueValidator(MOST_STORIES)],
        help_text=_("So many come behind the picked ones when the issue goes out. 0: none."),
    )
    auto_source = models.CharField(
        _("which ones"), max_length=10, choices=Source, default=Source.NEWEST
    )
    sections = models.ManyToManyField(
        Section,
        verbose_name=_("only from these sections"),
        blank=True,
        related_name="+",
        help_text=_("With all below them. None: from the whole site."),
    )

    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.DRAFT, editable=False
    )
    # Counts what was saved: a form that was opened on an older number is refused.
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    scheduled_for = models.DateTimeField(_("goes out"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    # Ids of what was in it when it went out, in their order.
    articles: Any = models.JSONField(default=list, editable=False)
    # What became of its mails, written back from the outbox, which forgets them after two weeks.
    recipients = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    delivered = models.PositiveIntegerField(_("delivered"), default=0, editable=False)
    failed = models.PositiveIntegerField(_("failed"), default=0, editable=False)
    skipped = models.PositiveIntegerField(_("skipped"), default=0, editable=False)

    objects = NewsletterIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue of the newsletter")
        verbose_name_plural = _("newsletter")
        default_permissions: ClassVar[list[str]] = []
        permissions = [("send_newsletter", "Can compose and send the newsletter")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(state="scheduled", scheduled_for__isnull=False)
                | Q(state="sent", sent_at__isnull=False),
                name="newsletter_state_has_its_time",
            ),
        ]
        indexes = [
            # The archive; when the last one went out.
            models.Index(
                fields=["-sent_at", "-id"], condition=Q(state="sent"), name="newsletter_sent"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """The page in the archive; readers find it there once it was sent."""
        return reverse("articles:newsletter-issue", args=[self.pk, self.slug])

    @property
    def slug(self) -> str:
        """The words of the address; the number alone finds the page."""
        return make_slug(self.subject, fallback="issue")

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_sent(self) -> bool:
        return self.state == self.State.SENT

    @property
    def waiting(self) -> int:
        """How many of its mails have not ended yet."""
        return max(0, self.recipients - self.delivered - self.failed - self.skipped)


class NewsletterPick(models.Model):
    """An article that an editor put into an issue; it goes out if readers can see it then."""

    issue = models.ForeignKey(NewsletterIssue, on_delete=models.CASCADE, related_name="picks")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "article"], name="newsletter_pick_once"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.article_id}"


class NewsletterEntry(models.Model):
    """A line of an issue's log: who did what, when. Rows are only added."""

    class Verb(models.TextChoices):
        CREATED = "created", _("begun")
        SAVED = "saved", _("saved")
        TESTED = "tested", _("test mail asked for")
        SCHEDULED = "scheduled", _("scheduled")
        UNSCHEDULED = "unscheduled", _("taken off the schedule")
        SENT = "sent", _("sent")
        EMPTY = "empty", _("not sent: there was nothing in it that readers can see")

    issue = models.ForeignKey(NewsletterIssue, on_delete=models.CASCADE, related_name="entries")
    verb = models.CharField(max_length=11, choices=Verb)
    at = models.DateTimeField(default=timezone.now)
    # Empty: tick.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.verb}"
