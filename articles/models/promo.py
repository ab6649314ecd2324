"""Offers that stand beside and inside articles, always under their label, and their clicks."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from newsroom.lib.addresses import path_to
from newsroom.lib.affiliates import is_affiliate

from .article import Article
from .image import Image
from .section import Section
from .tag import Tag


class PromoSlot(models.TextChoices):
    """Where a promo can stand. The value is part of the address that counts clicks."""

    AFTER_LEAD = "after-lead", _("After the lead")
    IN_TEXT = "in-text", _("Inside the text")
    END = "end", _("End of the article")
    SIDEBAR = "sidebar", _("Beside the article")
    FEED = "feed", _("Feeds")
    MAIL = "mail", _("Mails")


class PromoQuerySet(models.QuerySet["Promo"]):
    def running(self, now: datetime | None = None) -> "PromoQuerySet":
        """What may be shown at a moment: an ended promo is gone at once, without a run."""
        now = now or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)

    def planned(self) -> "PromoQuerySet":
        return self.filter(starts_at__gt=timezone.now())

    def begun(self) -> "PromoQuerySet":
        return self.filter(starts_at__lte=timezone.now())

    def ended(self) -> "PromoQuerySet":
        return self.filter(ends_at__lte=timezone.now())

    def with_rules(self, articles: Any) -> "PromoQuerySet":
        """A row for every combination of a promo's targets and its choices for these articles.

        `promos.gather` folds them together: the whole of it costs one query.
        """
        return (
            self.select_related("image")
            .annotate(
                chosen=FilteredRelation("choices", condition=Q(choices__article__in=articles))
            )
            .annotate(
                target_section=F("targets__section"),
                target_tag=F("targets__tag"),
                target_is_excluded=F("targets__is_excluded"),
                chosen_for=F("chosen__article"),
                chosen_kind=F("chosen__kind"),
                chosen_position=F("chosen__position"),
            )
            .order_by("pk")
        )


class Promo(models.Model):
    """One offer. What readers see of it is made by promos.render alone, with its label."""

    class Kind(models.TextChoices):
        BOOK = "book", _("Book")
        PRODUCT = "product", _("Product")
        NEWSLETTER = "newsletter", _("Newsletter")
        SUPPORT = "support", _("Support")
        JOBS = "jobs", _("Job board")
        HOUSE = "house", _("Of the house")

    class Disclosure(models.TextChoices):
        """What readers are told about it (§ 5a (4) UWG); the label of every teaser."""

        AD = "ad", _("Advertisement")
        AFFILIATE = "affiliate", _("Advertisement · Affiliate link: we earn a commission")
        HOUSE = "house", _("Own offer")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    text = models.CharField(
        _("text"), max_length=300, blank=True, help_text=_("One or two sentences.")
    )
    image = models.ForeignKey(
        Image,
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="promos",
    )
    target = models.CharField(
        _("leads to"),
        max_length=500,
        help_text=_("An address that starts with https://, or a path of this site such as /jobs/."),
        validators=[
            RegexValidator(
                r"^(/(?![/\\])|https://[^\s/@\\]+(?=/|$|\?|#))\S*\Z",
                _("Write a path such as /about/ or an address that starts with https://."),
            )
        ],
    )
    disclosure = models.CharField(
        _("what it is"),
        max_length=10,
        choices=Disclosure,
        default=Disclosure.AD,
        help_text=_("Readers see it above the title, wherever it stands. It cannot be left out."),
    )
    slots = models.JSONField(_("where it may stand"), default=list)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: until it is taken away.")
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Twice the weight is shown twice as often. 1 to 100."),
    )
    most_per_page = models.PositiveSmallIntegerField(
        _("most on one page"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PromoQuerySet.as_manager()

    class Meta:
        verbose_name = _("promo")
        verbose_name_plural = _("promos")
        constraints = [
            models.CheckConstraint(
                condition=Q(disclosure__in=["ad", "affiliate", "house"]), name="promo_disclosure"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="promo_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100), name="promo_weight"
            ),
        ]
        indexes = [
            # Every article's page: what is running.
            models.Index(fields=["starts_at", "ends_at"], name="promo_running"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse what would mislead readers, and an end before the beginning."""
        if self.disclosure == self.Disclosure.HOUSE and is_affiliate(self.target or ""):
            raise ValidationError(
                {
                    "disclosure": _(
                        "This address earns a commission: it cannot be called an own offer."
                    )
                }
            )
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end comes before the beginning.")})
        if not self.slots or set(self.slots) - set(PromoSlot.values):
            raise ValidationError({"slots": _("Choose where it may stand.")})

    @property
    def label(self) -> str:
        """The word that stands above it, in the language of the page or mail."""
        return str(self.Disclosure(self.disclosure).label)

    @property
    def rel(self) -> str:
        """What the link says to machines."""
        paid = self.disclosure != self.Disclosure.HOUSE
        return "sponsored nofollow noopener" if paid else "nofollow noopener"

    @property
    def is_running(self) -> bool:
        """Whether it may be shown now: running(), for a row already read."""
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()

    def link(self, slot: str, section: str = "") -> str:
        """The address that counts a click and leads on."""
        names: list[int | str] = [self.pk, slot, section] if section else [self.pk, slot]
        return path_to("articles:promo-in-section" if section else "articles:promo", *names)


class PromoTarget(models.Model):
    """A section or a topic beside which a promo stands, or does not.

    Neither can be deleted while it decides: a promo for it alone would stand everywhere.
    """

    promo = models.ForeignKey(Promo, on_delete=models.CASCADE, related_name="targets")
    section = models.ForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="+")
    tag = models.ForeignKey(Tag, null=True, on_delete=models.PROTECT, related_name="promo_targets")
    is_excluded = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("target of a promo")
        verbose_name_plural = _("targets of promos")
        constraints = [
            models.CheckConstraint(
                condition=Q(section=None, tag__isnull=False) | Q(section__isnull=False, tag=None),
                name="promo_target_section_or_tag",
            ),
            models.UniqueConstraint(
                fields=["promo", "section"],
                condition=Q(section__isnull=False),
                name="promo_target_section_once",
            ),
            models.UniqueConstraint(
                fields=["promo", "tag"],
                condition=Q(tag__isnull=False),
                name="promo_target_tag_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{'−' if self.is_excluded else '+'} {self.section or self.tag}"


class PromoChoice(models.Model):
    """An editor's word on a promo beside an article: this one always, or never."""

    class Kind(models.TextChoices):
        PINNED = "pinned", _("Pinned")
        BANNED = "banned", _("Banned")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="promo_choices")
    promo = models.ForeignKey(
        Promo, verbose_name=_("promo"), on_delete=models.CASCADE, related_name="choices"
    )
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.PINNED)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "promo"], name="promo_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.promo}"


class PromoClicks(models.Model):
    """How often a promo was clicked on a day, by place and section; nothing about who."""

    promo = models.ForeignKey(Promo, on_delete=models.CASCADE, related_name="clicks")
    slot = models.CharField(max_length=10, choices=PromoSlot)
    # Its slug on that day: the count outlives the section. Empty: no section.
    section = models.SlugField(max_length=80, blank=True, db_index=False)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("clicks on a promo")
        verbose_name_plural = _("clicks on promos")
        permissions = [("view_promo_report", "Can see the report of promos")]
        constraints = [
            models.UniqueConstraint(
                fields=["promo", "slot", "section", "day"], name="promo_clicks_once"
            ),
        ]
        indexes = [
            # The report: a span of days.
            models.Index(fields=["day"], name="promo_clicks_day"),
        ]

    def __str__(self) -> str:
        day = date_format(self.day, "SHORT_DATE_FORMAT")
        return f"{day} · {self.get_slot_display()}: {self.count}"
