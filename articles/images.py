"""The image library's verbs: store, update, delete; and the renditions, made when first asked for.

Admin, importer and demo call the verbs, views/media.py asks for renditions.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from django.contrib.flatpages.models import FlatPage
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsroom.lib import images as pixels
from newsroom.lib.images import ImageRefused
from newsroom.lib.richtext import drop_control_characters, is_web_address
from newsroom.lib.verbs import NotPermitted, demand
from newsroom.models import User

from . import liveticker, purging, renditions, workflow
from .models import Article, Author, Dossier, Image, LiveTicker, Promo, Revision
from .models.image import pages_showing

__all__ = ["ImageRefused", "Use", "delete", "may_change", "store", "update", "uses"]

type Upload = File[bytes] | bytes

_WORDS = ("title", "alt", "caption", "credit", "license")
_FIELDS = (*_WORDS, "is_decorative", "source_url", "rights_until", "focal_x", "focal_y")
# What the readers' HTML of a body says of its pictures.
_SHOWN = ("alt", "is_decorative", "caption", "credit", "focal_x", "focal_y")


def store(
    upload: Upload,
    *,
    by: User | None,
    title: str = "",
    alt: str = "",
    caption: str = "",
    credit: str = "",
    license: str = "",
    source_url: str = "",
    is_decorative: bool = False,
    focal: tuple[float, float] = (0.5, 0.5),
    rights_until: date | None = None,
) -> Image:
    """Take a picture into the library and return its row.

    The same bytes are kept once: a second upload returns the row of the first, unchanged. `title`
    defaults to the file's name. Raises ImageRefused (nothing is stored then) and NotPermitted.
    """
    if by is not None:
        demand(by, "articles.add_image")
    data, name = _read(upload), _name(upload)
    digest = hashlib.sha256(data).hexdigest()
    if known := Image.objects.filter(sha256=digest).first():
        return known
    facts = pixels.inspect(data, name=name, content_type=getattr(upload, "content_type", "") or "")
    image = Image(
        width=facts.width,
        height=facts.height,
        byte_size=len(data),
        sha256=digest,
        uploaded_by=by,
        is_decorative=is_decorative,
        source_url=source_url if _is_source(source_url) else "",
        rights_until=rights_until,
        focal_x=min(max(focal[0], 0.0), 1.0),
        focal_y=min(max(focal[1], 0.0), 1.0),
    )
    words = {
        "title": title or PurePath(name).stem or _("Picture"),
        "alt": "" if is_decorative else alt,
        "caption": caption,
        "credit": credit,
        "license": license,
    }
    for field, text in words.items():
        setattr(image, field, _line(field, text))
    return _write(image, data, facts.extension)


def may_change(image: Image, user: User) -> bool:
    """Tell whether a user may change a picture's words: editors all, reporters what is theirs.

    Words and crop show at once wherever the picture stands, so what readers see is the editors'.
    """
    if not user.has_perm("articles.change_image"):
        return False
    if user.has_perm("articles.edit_any_article"):
        return True
    is_own = image.uploaded_by_id == user.pk
    return is_own and not Image.objects.visible().filter(pk=image.pk).exists()


def _write(image: Image, data: bytes, extension: str) -> Image:
    """Write the file, then the row: whatever happens between, no row is without its file.

    The file is on the disk by then, so that no failure of power takes it from under its row.
    """
    image.file.save(f"original{extension}", ContentFile(data), save=False)
    try:
        _bring_to_disk(image)
        with transaction.atomic():
            image.save(force_insert=True)
    except BaseException as error:
        image.file.storage.delete(image.file.name or "")
        known = None
        if isinstance(error, DatabaseError):  # somebody stored the same bytes a moment ago
            known = Image.objects.filter(sha256=image.sha256).first()
        if known is None:
            raise
        return known
    return image


def _bring_to_disk(image: Image) -> None:
    """Sync an original and the folders that name it. Object stores do so before they answer."""
    if not isinstance(image.file.storage, FileSystemStorage):
        return
    path = Path(image.file.path)
    _sync(path)
    for folder in path.parents[: len(PurePath(image.file.name or "").parts)]:
        with suppress(OSError):  # not every file system can
            _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@transaction.atomic
def update(image: Image, *, by: User | None, **values: Any) -> Image:
    """Change an image's words, rights or focal point, and the texts that show it with them.

    Raises ValidationError for a value that its field does not take, NotPermitted, and TypeError
    for a name that is no field of these.
    """
    if by is not None and not may_change(image, by):
        raise NotPermitted(
            _("Readers see this picture already, or it is a colleague’s: ask an editor.")
        )
    if unknown := values.keys() - set(_FIELDS):
        raise TypeError(f"No such field of an image: {', '.join(sorted(unknown))}")
    before = Image.objects.get(pk=image.pk)
    for name, value in values.items():
        setattr(image, name, _line(name, value) if name in _WORDS else value)
    image.full_clean(validate_unique=False, validate_constraints=False)
    image.save(update_fields=list(values))
    purging.purge_image(image)
    if image.focal_point != before.focal_point:
        transaction.on_commit(lambda: renditions.forget(image))
    if any(getattr(image, name) != getattr(before, name) for name in _SHOWN):
        liveticker.render_again(image)  # first: a ticker is locked before its article
        for article in image.body_articles.order_by("pk"):
            workflow.render_again(article)
    return image


@transaction.atomic
def delete(image: Image, *, by: User | None) -> None:
    """Remove an image that nothing uses, with its files; raises ImageRefused, NotPermitted."""
    if by is not None:
        demand(by, "articles.delete_image")
    if used := uses(image):
        raise ImageRefused(
            _("“%(title)s” is in use: %(places)s.")
            % {"title": image.title, "places": "; ".join(str(use) for use in used)}
        )
    storage, name = image.file.storage, image.file.name or ""
    image.delete()

    def remove_files() -> None:
        renditions.forget(image)
        storage.delete(name)

    transaction.on_commit(remove_files)


@dataclass(frozen=True)
class Use:
    """A place that shows an image: the row, and in which part of it."""

    row: Article | Author | Dossier | FlatPage | Promo
    part: str

    @property
    def change_view(self) -> str:
        """The name of the address at which the row is edited."""
        return f"admin:{self.row._meta.app_label}_{self.row._meta.model_name}_change"

    def __str__(self) -> str:
        kind = capfirst(self.row._meta.verbose_name)
        return _("%(kind)s “%(name)s” (%(part)s)") % {
            "kind": kind,
            "name": self.row,
            "part": self.part,
        }


def uses(image: Image) -> list[Use]:
    """Return where an image is used, in texts, tickers, people and what else. Eight queries.

    Old revisions and versions of entries do not count: restoring one leaves out pictures that are
    gone. An entry that was taken back does: it can be put back.
    """
    places: dict[tuple[str, int], Use] = {}

    def add(row: Article | Author | Dossier | FlatPage | Promo, part: str) -> None:
        places.setdefault((row._meta.label, row.pk), Use(row, part))

    for article in image.lead_articles.defer("body", "body_html"):
        add(article, _("lead image"))
    for article in image.body_articles.defer("body", "body_html"):
        add(article, _("text"))
    tickers = LiveTicker.objects.filter(entries__images=image)
    for article in Article.objects.filter(live_ticker__in=tickers).defer("body", "body_html"):
        add(article, _("live ticker"))
    for revision in _waiting(image):
        add(revision.article, _("working copy"))
    for author in image.portraits.all():
        add(author, _("portrait"))
    for dossier in image.dossiers.all():
        add(dossier, _("image"))
    for promo in image.promos.all():
        add(promo, _("image"))
    for page in pages_showing(image.pk):
        add(page, _("text"))
    return list(places.values())


def _waiting(image: Image) -> QuerySet[Revision]:
    """Revisions that may still go live and are not what the article's row shows."""
    is_newer = Q(pk=F("article__head"), article__live__isnull=False) & ~Q(pk=F("article__live"))
    return (
        Revision.objects.filter(is_newer | Q(publish_at__isnull=False))
        .filter(
            Q(content__lead_image=image.pk) | Q(content__body__icontains=f'data-file="{image.pk}"')
        )
        .select_related("article")
    )


def _read(upload: Upload) -> bytes:
    """Return all bytes of an upload; refuse a large one before it is in memory."""
    if isinstance(upload, bytes):
        return upload
    if upload.size > pixels.MAX_BYTES:
        raise ImageRefused(pixels.too_large())
    upload.seek(0)
    data: bytes = upload.read()
    return data


def _name(upload: Upload) -> str:
    return PurePath(getattr(upload, "name", "") or "").name


def _line(field: str, text: object) -> str:
    """Return a text as one line that its column takes."""
    length = Image._meta.get_field(field).max_length  # type: ignore[union-attr]
    return " ".join(drop_control_characters(str(text or "")).split())[:length]


def _is_source(address: str) -> bool:
    return len(address) <= 500 and is_web_address(address)
