"""Who wants to be told of what by mail, and the proof that they asked for it.

Written by articles.alerts only.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .article import Article

if TYPE_CHECKING:
    from collections.abc import Iterable


def new_nonce() -> str:
    """Return what makes a confirmation link work once."""
    return get_random_string(24)


class Subscriber(models.Model):
    """One address, in small letters. The only table of the alerts that holds it."""

    address = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    # Part of the confirmation link that is open; a new one as soon as it was used.
    nonce = models.CharField(max_length=24, default=new_nonce)
    created_at = models.DateTimeField(_("first asked"), default=timezone.now)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        default_permissions = ["view"]
        permissions = [("prove_consent", "Can look up an address and print its consents")]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """The address for eyes that need not know it: a…@example.org."""
        name, _at, domain = self.address.rpartition("@")
        return f"{name[:1]}…@{domain}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> "SubscriptionQuerySet":
        """Confirmed and not ended."""
        return self.filter(state=Subscription.State.ACTIVE)

    def requested(self) -> "SubscriptionQuerySet":
        """Asked for, not confirmed yet."""
        return self.filter(state=Subscription.State.REQUESTED)

    def unconfirmed(self) -> "SubscriptionQuerySet":
        """Asked for and never confirmed since, whatever became of it; complaints stay for ever."""
        return self.filter(confirmed_at=None).exclude(state=Subscription.State.COMPLAINED)

    def running(self) -> "SubscriptionQuerySet":
        """Active or asked for: what can be ended."""
        return self.filter(state__in=[Subscription.State.ACTIVE, Subscription.State.REQUESTED])

    def of(self, targets: "Iterable[tuple[str, Iterable[int]]]") -> "SubscriptionQuerySet":
        """Those with one of these scopes: (scope, ids of its targets)."""
        wanted = Q()
        for scope, ids in targets:
            wanted |= Q(scope=scope, target__in=list(ids))
        return self.filter(wanted)


class Subscription(models.Model):
    """One thing that one address wants to be told of."""

    class Scope(models.TextChoices):
        ALL = "all", _("Everything")
        SECTION = "section", _("Section")
        TAG = "tag", _("Topic")
        AUTHOR = "author", _("Author")
        COMMENTS = "comments", _("Comments on an article")
        NEWSLETTER = "newsletter", _("Newsletter")

    class Frequency(models.IntegerChoices):
        """The fastest first: a story goes out by the fastest that wants it."""

        AT_ONCE = 0, _("at once")
        DAILY = 1, _("once a day")
        WEEKLY = 2, _("once a week")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Not confirmed")
        ACTIVE = "active", _("Active")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Address does not exist")
        COMPLAINED = "complained", _("Complained of")

    subscriber = models.ForeignKey(
        Subscriber, verbose_name=_("reader"), on_delete=models.CASCADE, related_name="subscriptions"
    )
    scope = models.CharField(_("of what"), max_length=10, choices=Scope)
    # The id of the section, topic, author or article; 0 of everything and the newsletter.
    target = models.BigIntegerField(_("number"), default=0)
    frequency = models.PositiveSmallIntegerField(
        _("how often"), choices=Frequency, default=Frequency.AT_ONCE
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.REQUESTED, editable=False
    )
    requested_at = models.DateTimeField(_("asked for"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "scope", "target"], name="subscription_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["requested", "active", "unsubscribed", "bounced", "complained"]
                ),
                name="subscription_state",
            ),
        ]
        indexes = [
            # alerts.tell_due: who wants to be told of an article. Holds all that is asked for.
            models.Index(
                fields=["scope", "target", "frequency", "subscriber"],
                condition=Q(state="active"),
                name="subscription_wanted",
            ),
            # alerts.forget_unconfirmed.
            models.Index(
                fields=["requested_at"],
                condition=Q(confirmed_at=None),
                name="subscription_unconfirmed",
            ),
            # The admin's list.
            models.Index(fields=["-requested_at", "-id"], name="subscription_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}, {self.get_frequency_display()}"

    @property
    def request(self) -> str:
        """What a page says that it showed of it: how often is a part of what is asked for."""
        return f"{self.pk}-{self.frequency}"

    @property
    def often(self) -> str:
        """How often it comes, in words; the newsletter comes when the editors send it."""
        if self.scope == self.Scope.NEWSLETTER:
            return gettext("with every issue")
        return self.get_frequency_display()


class Consent(models.Model):
    """What happened to an address's consent, for proof (art. 7 (1) GDPR). Rows are only added."""

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("asked for")
        CONFIRMED = "confirmed", _("confirmed")
        CHANGED = "changed", _("changed")
        ENDED = "ended", _("ended")
        BOUNCED = "bounced", _("address does not exist")
        COMPLAINED = "complained", _("complained of")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("when"), default=timezone.now)
    # What it was about, in words and as it was then: [{"scope", "target", "label", "frequency"}].
    scopes: Any = models.JSONField(_("about"), default=list)
    # Of a request: the text that was agreed to (alerts.CONSENT_TEXTS), the page, the link's token.
    text_version = models.PositiveSmallIntegerField(_("version of the text"), default=0)
    page = models.CharField(_("page"), max_length=300, blank=True)
    token = models.CharField(_("token"), max_length=24, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions: ClassVar[list[str]] = []
        ordering = ["at", "pk"]
        indexes = [
            # One address's history.
            models.Index(fields=["subscriber", "at"], name="consent_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class ConfirmationCount(models.Model):
    """How many confirmation mails an address did not answer; keyed hash, no address.

    It outlives the request: nobody can be pestered by asking in his name again and again.
    """

    address_hash = models.CharField(max_length=64, unique=True)
    unanswered = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"{self.address_hash[:8]} {self.unanswered}"


class Announcement(models.Model):
    """That an article is to be told to subscribers: written with its publication, done once.

    It waits until readers can see the article, however its time is moved.
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="announcement")
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)
    # Mails written at once, and stories put aside for digests.
    mails = models.PositiveIntegerField(default=0)
    digests = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        indexes = [
            # alerts.tell_due: what waits.
            models.Index(fields=["id"], condition=Q(told_at=None), name="announcement_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}"


class DigestStory(models.Model):
    """An article put aside for the next digest of an address; each goes into one digest only."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="stories")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    # When the digest goes out.
    due_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "article"], name="digest_story_once"),
        ]
        indexes = [
            # alerts.drop_told: what is over.
            models.Index(fields=["due_at"], name="digest_story_age"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.article_id}"
