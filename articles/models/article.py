"""The article: what readers see of it, and the rows that hang on it.

The row is the live text. While an article has never been published it mirrors the newest
revision; afterwards only `workflow` writes it, and only by making a revision the live text.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from newsroom.lib.addresses import path_to
from newsroom.lib.pagination import Order
from newsroom.lib.richtext import RichTextField

from .author import Author
from .byline import Byline
from .desk import DeskQuerySet
from .dossier import Dossier
from .image import Image
from .section import Section
from .status import PLAIN_GENRES, AIUse, Genre, Status
from .tag import Tag, TaggedArticle
from .tally import CHANGED

# The newest of a topic or of an author, by their own copies of the time: see on_topic, signed_by.
LISTED = Order(("listed_at", "listed_pk"), is_descending=True)
LISTED_TIMES = frozenset({"listed_at"})

# What an article's page shows of other rows, one each.
PAGE_RELATIONS = ("section__parent", "lead_image", "ai_reviewed_by", "live_ticker")

# What no teaser shows, in lists, mails and newsletters.
_NOT_ON_CARDS = (
    *("body", "body_html", "withdrawn_at", "withdrawn_reason", "planned_at", "edited_at"),
    *("seo_title", "seo_description", "social_title", "lead_caption", "canonical_url"),
    *("ai_use", "ai_reviewed_by", "ai_reviewed_at", "created_by", "comments_enabled"),
    *("section__description", "lead_image__title", "lead_image__caption", "lead_image__license"),
    *("lead_image__source_url", "lead_image__rights_until", "lead_image__sha256"),
    *("lead_image__uploaded_at", "lead_image__uploaded_by", "lead_image__byte_size"),
)


class ArticleQuerySet(DeskQuerySet["Article"]):
    def visible(self, now: datetime | None = None) -> "ArticleQuerySet":
        """The one gate: what readers may see at a moment (default: this one).

        Scheduled articles are published ones whose time has not come; no run flips them.
        """
        now = now or timezone.now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            Q(embargo_until=None) | Q(embargo_until__lte=now),
            status=Status.PUBLISHED,
            published_at__lte=now,
        )

    def published(self) -> "ArticleQuerySet":
        """Published, for now or for a time to come; what readers see of them `visible` says."""
        return self.filter(status=Status.PUBLISHED)

    def scheduled(self, now: datetime | None = None) -> "ArticleQuerySet":
        """Published for a time to come."""
        return self.filter(status=Status.PUBLISHED, published_at__gt=now or timezone.now())

    def withdrawn(self) -> "ArticleQuerySet":
        """What readers have seen and may be told that it is gone."""
        now = timezone.now()
        return self.filter(
            Q(embargo_until=None) | Q(embargo_until__lte=now),
            status=Status.WITHDRAWN,
            published_at__lte=now,
        )

    def unasked(self) -> "ArticleQuerySet":
        """What may be shown though nobody chose it: in the site's language and not paid for."""
        own = settings.LANGUAGE_CODE
        usual = self.filter(language__in=["", own, own.partition("-")[0]])
        return usual.exclude(genre=Genre.ADVERTISING)

    def newest(self) -> "ArticleQuerySet":
        """In the order of front pages and lists; the id decides between equal times."""
        return self.order_by("-published_at", "-pk")

    def of_month(self, first: date) -> "ArticleQuerySet":
        """With the month in their address. The index on the time has them in the order of lists;
        the days around the month are for zones, `month` decides.
        """
        start = datetime.combine(first, time(), UTC) - timedelta(days=2)
        return self.filter(
            month=first, published_at__gte=start, published_at__lt=start + timedelta(days=36)
        )

    def on_topic(self, **tag: Any) -> "ArticleQuerySet":
        """On the one topic with these values, for lists in the order LISTED."""
        # One id, looked up before: then the index on it gives the order.
        found = self.filter(tagged_items__tag=Tag.objects.filter(**tag).values("pk")[:1])
        return found.annotate(
            listed_at=F("tagged_items__published_at"), listed_pk=F("tagged_items__content_object")
        )

    def signed_by(self, **author: Any) -> "ArticleQuerySet":
        """Signed by the one author with these values, for lists in the order LISTED."""
        one = Author.objects.filter(**author).values("pk")[:1]
        found = self.filter(bylines__author=one, bylines__published_at__isnull=False)
        return found.annotate(listed_at=F("bylines__published_at"), listed_pk=F("bylines__article"))

    def for_card(self) -> "ArticleQuerySet":
        """What a teaser shows, in one query: no body."""
        return self.select_related("section", "lead_image").defer(*_NOT_ON_CARDS)

    def for_page(self) -> "ArticleQuerySet":
        """A whole article, for feeds and the API, in one query each for bylines and topics."""
        bylines = Prefetch("bylines", Byline.objects.select_related("author"))
        whole = self.select_related(*PAGE_RELATIONS)
        return whole.prefetch_related(bylines, "tags")  # type: ignore[misc]  # taggit has no stubs


class Article(models.Model):  # type: ignore[django-manager-missing]  # taggit has no stubs
    """One story at one address for ever."""

    # Where it stands.
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    section = models.ForeignKey(
        Section, verbose_name=_("section"), on_delete=models.PROTECT, related_name="articles"
    )
    slug = models.SlugField(_("slug"), max_length=100)
    # First day of the month of first publication, in the site's zone: half of the address.
    month = models.DateField(null=True, editable=False)

    # Times.
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    updated_at = models.DateTimeField(
        _("updated"),
        null=True,
        editable=False,
        help_text=_("Last change that readers should know."),
    )
    expires_at = models.DateTimeField(
        _("off the site from"), null=True, blank=True, help_text=_("Empty: stays for ever.")
    )
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    planned_at = models.DateTimeField(
        _("planned for"),
        null=True,
        blank=True,
        help_text=_("When the desk means to have it. Publishes nothing."),
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = models.TextField(blank=True, editable=False, max_length=500)

    # The text.
    kicker = models.CharField(_("kicker"), max_length=80, blank=True)
    headline = models.CharField(_("headline"), max_length=200)
    front_headline = models.CharField(_("headline on front pages"), max_length=200, blank=True)
    seo_title = models.CharField(_("title for search engines"), max_length=200, blank=True)
    seo_description = models.CharField(
        _("description for search engines"), max_length=320, blank=True
    )
    social_title = models.CharField(_("title for social media"), max_length=200, blank=True)
    dateline = models.JSONField(_("dateline"), default=list, blank=True)
    standfirst = models.TextField(_("standfirst"), blank=True, max_length=1000)
    body = RichTextField(_("text"), blank=True)
    body_html = models.TextField(blank=True, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    lead_image = models.ForeignKey(
        Image,
        verbose_name=_("lead image"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lead_articles",
    )
    lead_caption = models.CharField(_("caption here"), max_length=400, blank=True)
    body_images = models.ManyToManyField(Image, related_name="body_articles", editable=False)

    # About the text.
    genre = models.CharField(_("kind of text"), max_length=12, choices=Genre, default=Genre.NEWS)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True, default=""
    )
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("translation of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="translations",
    )
    canonical_url = models.URLField(_("original at"), max_length=500, blank=True)
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    is_evergreen = models.BooleanField(_("evergreen"), default=False)
    comments_enabled = models.BooleanField(_("comments allowed"), default=True)
    ai_use = models.CharField(_("use of AI"), max_length=10, choices=AIUse, default=AIUse.NONE)
    # EU AI Act art. 50 (4): who took editorial responsibility for the live text, and when.
    ai_reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="ai_reviewed_articles",
    )
    ai_reviewed_at = models.DateTimeField(null=True, editable=False)

    tags = TaggableManager(
        verbose_name=_("topics"), through=TaggedArticle, blank=True, related_name="articles"
    )
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles")
    dossiers = models.ManyToManyField(Dossier, through="DossierEntry", related_name="articles")

    # Its history.
    head = models.ForeignKey(
        "Revision", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    live = models.ForeignKey(
        "Revision", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="created_articles",
    )
    edited_at = models.DateTimeField(_("last edited"), default=timezone.now, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [
            ("submit_article", "Can submit articles for review"),
            ("edit_any_article", "Can edit articles of others"),
            ("review_article", "Can approve articles or send them back"),
            ("publish_article", "Can publish and schedule articles"),
            ("correct_article", "Can add corrections"),
            ("lift_embargo", "Can lift embargoes"),
            ("withdraw_article", "Can withdraw articles"),
            ("share_preview", "Can give out preview links"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["month", "slug"], name="article_address"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="article_status"),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "withdrawn"])
                | Q(published_at__isnull=False, month__isnull=False),
                name="article_published_has_address",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="article_withdrawn_has_reason",
            ),
        ]
        indexes = [
            # Front page, archive. Status first: without statistics SQLite would rather take the
            # admin's index on it and sort every article.
            models.Index(fields=["status", "-published_at", "-id"], name="article_newest"),
            # A section's page; previous and next in the section.
            models.Index(
                fields=["section", "-published_at", "-id"],
                condition=Q(status="published"),
                name="article_section_newest",
            ),
            # Sitemap: what of a month has changed last.
            models.Index(
                F("month"),
                CHANGED.desc(),
                name="article_month_changed",
                condition=Q(status="published", canonical_url=""),
            ),
            # The page cache: when the next one ends, or is free of its embargo.
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="article_expires"
            ),
            models.Index(
                fields=["embargo_until"],
                condition=Q(embargo_until__isnull=False),
                name="article_embargo",
            ),
            # The admin's list and start page.
            models.Index(fields=["-edited_at", "-id"], name="article_edited"),
            models.Index(fields=["status", "-edited_at"], name="article_status_edited"),
            # Its filters for what is rare.
            models.Index(fields=["genre", "-edited_at", "-id"], name="article_genre_edited"),
            models.Index(
                fields=["-edited_at", "-id"],
                condition=Q(live__isnull=False) & ~Q(live=F("head")),
                name="article_changed",
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """The address for ever; only an article with a month (once published) has one."""
        if self.month is None:
            raise ValueError("An article that was never published has no address.")
        return path_to("articles:article", self.month.year, f"{self.month.month:02d}", self.slug)

    @property
    def is_live(self) -> bool:
        """Whether readers see it at this moment: the gate, for a row already read."""
        now = timezone.now()
        return (
            self.status == Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= now
            and (self.expires_at is None or self.expires_at > now)
            and (self.embargo_until is None or self.embargo_until <= now)
        )

    @property
    def is_scheduled(self) -> bool:
        """Whether it will appear by itself later."""
        return (
            self.status == Status.PUBLISHED
            and self.published_at is not None
            and self.published_at > timezone.now()
        )

    @property
    def is_embargoed(self) -> bool:
        """Whether an embargo still holds."""
        return self.embargo_until is not None and self.embargo_until > timezone.now()

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether a newer revision than the live one waits."""
        return self.live_id is not None and self.head_id != self.live_id

    @property
    def title_on_front(self) -> str:
        """For teasers; what is paid for is called so in every one of them (§ 5a (4) UWG)."""
        title = self.front_headline or self.headline
        is_paid = self.genre == Genre.ADVERTISING
        return f"{self.get_genre_display()}: {title}" if is_paid else title

    @property
    def title_for_search(self) -> str:
        return self.seo_title or self.headline

    @property
    def title_for_social(self) -> str:
        return self.social_title or self.seo_title or self.headline

    @property
    def description(self) -> str:
        """For search engines and link previews."""
        return self.seo_description or self.standfirst

    @property
    def genre_label(self) -> str:
        """The word that readers must see beside the headline; plain news needs none."""
        return "" if self.genre in PLAIN_GENRES else self.get_genre_display()

    @property
    def reading_minutes(self) -> int:
        """At 220 words a minute, at least one."""
        return max(1, round(self.word_count / 220))

    @property
    def caption(self) -> str:
        """The lead image's caption: the one for this use, else the image's own."""
        if self.lead_caption or self.lead_image is None:
            return self.lead_caption
        return self.lead_image.caption


def month_of(moment: datetime) -> date:
    """Return the first day of a moment's month in the site's zone: half of an address."""
    return timezone.localtime(moment).date().replace(day=1)
