"""What editors arrange on the front pages: slots, the articles pinned to them, and the banner.

Written by articles.frontpage; read for readers by articles.layout.
"""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib.richtext import is_web_address

from .article import Article
from .dossier import Dossier
from .section import Section
from .tag import Tag

# A front of more places than this is a list.
MAX_SIZE = 24


class SlotQuerySet(models.QuerySet["Slot"]):
    def of_front(self, section: Section | int | None) -> "SlotQuerySet":
        """The slots of a section's front, or of the home page, from top to bottom."""
        return self.filter(section=section).order_by("position", "pk")

    def with_sources(self) -> "SlotQuerySet":
        """Each slot once per source (`source`, an id or None), with topic and dossier."""
        return self.select_related("tag", "dossier").annotate(source=F("sources"))


class Slot(models.Model):
    """A place on a front page that shows so many articles in one manner."""

    class Kind(models.TextChoices):
        LEAD = "lead", _("Lead story")
        GRID = "grid", _("Grid of cards")
        LIST = "list", _("List of headlines")
        SECTIONS = "sections", _("A block for each section")
        TOPIC = "topic", _("Topic box")
        TICKER = "ticker", _("Live tickers")
        READ_DAY = "read_day", _("Most read today")
        READ_WEEK = "read_week", _("Most read this week")

    class Turn(models.IntegerChoices):
        FIRST = 0, _("before the others")
        NORMAL = 1, _("in the order of the page")
        LAST = 2, _("after the others")

    # Empty: the home page.
    section = models.ForeignKey(
        Section, null=True, editable=False, on_delete=models.CASCADE, related_name="slots"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(
        _("title"),
        max_length=80,
        blank=True,
        help_text=_("Stands above it. Empty: its topic, its dossier, or what suits the kind."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    size = models.PositiveSmallIntegerField(
        _("articles"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SIZE)],
        help_text=_("How many it shows; of blocks, how many each."),
    )
    turn = models.PositiveSmallIntegerField(
        _("takes its articles"),
        choices=Turn,
        default=Turn.NORMAL,
        help_text=_(
            "No article stands twice on a front. Pinned ones are placed first; what fills itself "
            "then chooses in this order."
        ),
    )
    may_repeat = models.BooleanField(
        _("may repeat"),
        default=False,
        help_text=_("It may show what stands elsewhere on the front."),
    )
    tag = models.ForeignKey(
        Tag,
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="slots",
    )
    dossier = models.ForeignKey(
        Dossier,
        verbose_name=_("dossier"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="slots",
    )
    sources = models.ManyToManyField(
        Section,
        verbose_name=_("fills itself from"),
        blank=True,
        related_name="+",
        help_text=_("With all below them. None: from the whole site, or the section of the front."),
    )
    is_balanced = models.BooleanField(
        _("balanced"),
        default=False,
        help_text=_("Takes one of each section in turn, so that a quiet one does not vanish."),
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot of a front page")
        verbose_name_plural = _("front pages")
        ordering = ["position", "pk"]
        default_permissions: ClassVar[list[str]] = []
        permissions = [("arrange_front", "Can arrange front pages and raise banners")]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=MAX_SIZE), name="slot_size_sane"
            ),
            models.CheckConstraint(
                condition=~Q(kind="topic")
                | Q(tag__isnull=False, dossier__isnull=True)
                | Q(tag__isnull=True, dossier__isnull=False),
                name="slot_topic_has_one_source",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Demand of a topic box that it says where its articles come from."""
        if self.kind == self.Kind.TOPIC and (self.tag_id is None) == (self.dossier_id is None):
            raise ValidationError({"tag": _("Choose a topic or a dossier, one of the two.")})

    @property
    def label(self) -> str:
        """What the desk and, where it has a heading, readers call it."""
        if self.title:
            return self.title
        if self.kind == self.Kind.TOPIC and (subject := self.tag or self.dossier):
            return str(subject)
        return str(self.Kind(self.kind).label)

    @property
    def takes_pins(self) -> bool:
        """Whether articles can be chosen for it by hand."""
        return self.kind not in {self.Kind.TICKER, self.Kind.READ_DAY, self.Kind.READ_WEEK}


class PinQuerySet(models.QuerySet["Pin"]):
    def at(self, now: datetime) -> "PinQuerySet":
        """What is pinned at a moment; the gate of the articles is asked for elsewhere."""
        return self.filter(starts_at__lte=now, ends_at__gt=now)


class Pin(models.Model):
    """An article in a slot by an editor's hand, for a while; it shows once readers may see it."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="pins")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pins")
    position = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = PinQuerySet.as_manager()

    class Meta:
        verbose_name = _("pinned article")
        verbose_name_plural = _("pinned articles")
        ordering = ["position", "pk"]
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.UniqueConstraint(fields=["slot", "article"], name="pin_once_in_a_slot"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="pin_ends_after_its_start"
            ),
        ]
        indexes = [
            # tick: which ones have ended.
            models.Index(fields=["ends_at"], name="pin_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.article}"


class BannerQuerySet(models.QuerySet["Banner"]):
    def at(self, now: datetime) -> "BannerQuerySet":
        """What stands on the site at a moment, the most urgent first, of equals the last raised."""
        urgency = Case(When(level="breaking", then=0), When(level="live", then=1), default=2)
        return (
            self.filter(starts_at__lte=now, ends_at__gt=now)
            .annotate(urgency=urgency)
            .order_by("urgency", "-pk")
        )


class Banner(models.Model):
    """A line above everything, for a while."""

    class Level(models.TextChoices):
        BREAKING = "breaking", _("Breaking")
        LIVE = "live", _("Live")
        NOTICE = "notice", _("Notice")

    text = models.CharField(
        _("text"), max_length=140, help_text=_("One line. Readers see it on every page.")
    )
    link = models.CharField(
        _("leads to"),
        max_length=500,
        blank=True,
        help_text=_("A path of this site such as /2026/03/storm/, or an address with https://."),
    )
    level = models.CharField(
        _("level"),
        max_length=8,
        choices=Level,
        default=Level.BREAKING,
        help_text=_("A page shows one banner: the most urgent, of equals the last one raised."),
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), help_text=_("It takes itself down."))
    sections = models.ManyToManyField(
        Section,
        verbose_name=_("sections"),
        blank=True,
        related_name="banners",
        help_text=_("None: on every page. Else on the pages and articles of these only."),
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = BannerQuerySet.as_manager()

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        ordering = ["-starts_at", "-pk"]
        default_permissions: ClassVar[list[str]] = []
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="banner_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["breaking", "live", "notice"]), name="banner_level"
            ),
        ]
        indexes = [
            # Every page: which one stands now. The few that have not ended.
            models.Index(fields=["ends_at"], name="banner_ends"),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Refuse a window that ends before it starts, and links to anything but pages."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("It ends before it starts.")})
        is_path = self.link.startswith("/") and not self.link.startswith(("//", "/\\"))
        is_page = self.link.startswith("https://") and is_web_address(self.link)
        if self.link and not is_path and not is_page:
            raise ValidationError(
                {"link": _("Write a path that begins with one slash, or an https:// address.")}
            )
