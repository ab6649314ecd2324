"""The image library."""

import uuid
from datetime import date
from pathlib import PurePath
from typing import Any, cast

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib.addresses import path_to
from newsroom.lib.images import rendition_widths


def _original_path(image: "Image", filename: str) -> str:
    """Name the stored original after its random token, never after what was uploaded."""
    return f"originals/{image.token.hex[:2]}/{image.token.hex}{PurePath(filename).suffix.lower()}"


def pages_showing(pk: Any) -> models.QuerySet[FlatPage]:
    """Flat pages whose text shows an image; there are few of them, so their texts are searched."""
    mark = Concat(Value('data-file="'), Cast(pk, models.CharField()), Value('"'))
    return FlatPage.objects.filter(content__contains=mark)


class ImageQuerySet(models.QuerySet["Image"]):
    def visible(self) -> "ImageQuerySet":
        """Pictures that a stranger may see: of visible articles, entries of tickers, profiles,
        dossiers, flat pages, running promos.
        """
        article, entry, author, promo = (
            cast("Any", self.model._meta.get_field(name).related_model)
            for name in ("lead_articles", "live_entries", "portraits", "promos")
        )
        visible = article.objects.visible()
        return self.filter(
            Exists(visible.filter(lead_image=OuterRef("pk")))
            | Exists(visible.filter(body_images=OuterRef("pk")))
            | Exists(entry.objects.visible().filter(images=OuterRef("pk")))
            | Exists(visible.filter(dossiers__image=OuterRef("pk")))
            | Exists(author.objects.filter(portrait=OuterRef("pk")))
            | Exists(promo.objects.running().filter(image=OuterRef("pk")))
            | Exists(pages_showing(OuterRef("pk")))
        )

    def usable(self, today: date | None = None) -> "ImageQuerySet":
        """Pictures whose rights have not run out."""
        today = today or timezone.localdate()
        return self.filter(Q(rights_until=None) | Q(rights_until__gte=today))

    def undescribed(self) -> "ImageQuerySet":
        """Neither an alternative text nor the word that it needs none: not to be published."""
        return self.filter(alt="", is_decorative=False)

    def unused(self) -> "ImageQuerySet":
        """In no article's live text or draft, in no ticker, on no profile, dossier or promo."""
        return self.filter(
            lead_articles=None,
            body_articles=None,
            live_entries=None,
            portraits=None,
            dossiers=None,
            promos=None,
        )

    def matching(self, text: str) -> "ImageQuerySet":
        """Every word of a text somewhere in the picture's words."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(
                Q(title__icontains=word)
                | Q(alt__icontains=word)
                | Q(caption__icontains=word)
                | Q(credit__icontains=word)
            )
        return found


class Image(models.Model):
    """A picture with its words and rights. Files: the original (private) and renditions of it."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to=_original_path, editable=False, max_length=120)
    title = models.CharField(
        _("title"), max_length=140, help_text=_("For finding it again here; readers never see it.")
    )
    alt = models.CharField(
        _("alternative text"),
        max_length=250,
        blank=True,
        help_text=_("What the picture shows, for readers who cannot see it."),
    )
    is_decorative = models.BooleanField(
        _("is decorative"),
        default=False,
        help_text=_("It adds nothing to the text: screen readers skip it."),
    )
    caption = models.CharField(_("caption"), max_length=400, blank=True)
    credit = models.CharField(
        _("credit"), max_length=140, blank=True, help_text=_("Photographer and source.")
    )
    license = models.CharField(_("licence"), max_length=140, blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    rights_until = models.DateField(
        _("rights end on"), null=True, blank=True, help_text=_("Last day on which it may be used.")
    )
    # Shares of width and height, from the left and the top.
    focal_x = models.FloatField(
        _("focal point x"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    focal_y = models.FloatField(
        _("focal point y"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    byte_size = models.PositiveIntegerField(_("bytes"), editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="uploaded_images",
    )

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-uploaded_at", "-pk"]
        indexes = [
            # The library's list and the picker, newest first.
            models.Index(fields=["-uploaded_at", "-id"], name="image_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__gte=0, focal_x__lte=1, focal_y__gte=0, focal_y__lte=1),
                name="image_focal_point_inside",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Demand one of the two answers to "what does a blind reader get?"."""
        if self.is_decorative and self.alt:
            raise ValidationError(
                {"alt": _("A decorative picture has no alternative text: clear one of the two.")}
            )

    @property
    def is_expired(self) -> bool:
        """Whether its rights have run out."""
        return self.rights_until is not None and self.rights_until < timezone.localdate()

    @property
    def focal_key(self) -> str:
        """The focal point in rendition addresses ("5050"): a moved point is a new address."""
        return f"{round(self.focal_x * 99):02d}{round(self.focal_y * 99):02d}"

    @property
    def focal_point(self) -> tuple[float, float]:
        """The point that every crop keeps, as shares from the left and the top."""
        return self.focal_x, self.focal_y

    def rendition_url(self, ratio: str, width: int, extension: str) -> str:
        """Return the address of a rendition; newsroom.lib.images names ratios and widths."""
        spec = f"{ratio}-{width}-{self.focal_key}"
        return path_to("articles:rendition", self.token, spec, extension)

    @property
    def thumb_url(self) -> str:
        """Address of a small 4:3 crop, for forms and the picker."""
        return self.rendition_url("4x3", 320, "jpg")

    @property
    def preview_url(self) -> str:
        """Address of a middling rendition, for the editor: the page itself goes by the id."""
        widths = rendition_widths(self.width, self.height, "full")
        return self.rendition_url("full", widths[min(1, len(widths) - 1)], "jpg")
