"""Live tickers: articles told in entries as things happen. Written by articles.liveticker only."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib.richtext import RichTextField

from .article import Article
from .author import Author
from .image import Image

# How long a line of the front page or of the key events may be.
WORDS_LENGTH = 160


class LiveTicker(models.Model):
    """What makes an article a live ticker; open while something is to come."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="live_ticker")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("live ticker")
        verbose_name_plural = _("live tickers")
        default_permissions: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.article_id)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class LiveEntryQuerySet(models.QuerySet["LiveEntry"]):
    def shown(self) -> "LiveEntryQuerySet":
        """Not taken back; for those who have asked the gate about the article already."""
        return self.filter(withdrawn_at=None).select_related("author")

    def visible(self, now: datetime | None = None) -> "LiveEntryQuerySet":
        """What readers may see: the gate of the article, and not taken back."""
        article = Article.objects.visible(now).filter(pk=OuterRef("ticker__article"))
        return self.filter(Exists(article), withdrawn_at=None, at__lte=now or timezone.now())


class LiveEntry(models.Model):
    """One message of a ticker; readers see it at once."""

    ticker = models.ForeignKey(LiveTicker, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    title = models.CharField(_("headline"), max_length=140, blank=True)
    text = RichTextField(_("text"))
    text_html = models.TextField(editable=False)
    images = models.ManyToManyField(
        Image, verbose_name=_("images"), related_name="live_entries", editable=False
    )
    # Headline or first words, plain: for key events and the front page.
    words = models.CharField(max_length=WORDS_LENGTH, editable=False)
    author = models.ForeignKey(
        Author, null=True, on_delete=models.SET_NULL, related_name="live_entries"
    )
    is_key = models.BooleanField(_("key event"), default=False)
    is_pinned = models.BooleanField(_("stays on top"), default=False)
    correction = models.CharField(_("correction"), max_length=300, blank=True)
    # Any change that readers should get, taking back included.
    changed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = LiveEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a live ticker")
        verbose_name_plural = _("entries of live tickers")
        ordering = ["-at", "-pk"]
        default_permissions: ClassVar[list[str]] = []
        indexes = [
            # The article's page: newest first, by pages.
            models.Index(fields=["ticker", "-at", "-id"], name="live_entry_newest"),
            # The shared address that open pages ask: what has changed lately.
            models.Index(fields=["ticker", "-changed_at"], name="live_entry_changed"),
            # The front page: the newest of all open tickers.
            models.Index(
                fields=["-at", "-id"], condition=Q(withdrawn_at=None), name="live_entry_front"
            ),
        ]

    def __str__(self) -> str:
        return self.words


class LiveEntryVersion(models.Model):
    """What an entry said from a moment on; never changed, never deleted."""

    entry = models.ForeignKey(LiveEntry, on_delete=models.CASCADE, related_name="versions")
    title = models.CharField(max_length=140, blank=True)
    text = models.TextField()
    is_withdrawn = models.BooleanField(default=False)
    correction = models.CharField(max_length=300, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("version of an entry")
        verbose_name_plural = _("versions of entries")
        ordering = ["-pk"]
        default_permissions: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.saved_at:%Y-%m-%d %H:%M:%S}"
