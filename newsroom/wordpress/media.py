"""Pictures: from a local uploads folder into the image library; found again for bodies.

What is in neither the folder nor, where that is wanted, on the old site is reported as missing.
"""

import hashlib
import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from articles import images, redirects
from articles.images import ImageRefused
from articles.models import Image
from newsroom.lib import images as pixels
from newsroom.lib.richtext import drop_control_characters, plain_text

from .addresses import old_addresses
from .digests import digest_of
from .downloads import Downloads
from .figures import PICTURES, Context, Picture
from .ledger import Ledger, Line
from .metafields import credit_of, custom_fields
from .records import Item
from .report import Outcome, Report

# Ghost keeps its pictures in content/images.
_UPLOADS = re.compile(r"/(?:wp-content/uploads|files|content/images)/(.+)$")
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w+$)")
# Width of the address in a body's source; the page asks for the width it needs.
_HINT_WIDTH = 960


class Refused(Exception):
    """A path that leads out of the folder."""


class Folder:
    """The uploads folder of the old site, or a folder that holds it; None: nothing is there."""

    def __init__(self, path: Path | None) -> None:
        inner = [path / "wp-content" / "uploads", path / "uploads", path] if path else []
        self.root = next((folder.resolve() for folder in inner if folder.is_dir()), None)

    def read(self, relative: str) -> bytes | None:
        """Return a file's bytes, None if there is none. Raises Refused, ImageRefused, OSError."""
        if self.root is None or not relative:
            return None
        path = (self.root / relative.lstrip("/")).resolve()
        if not path.is_relative_to(self.root):
            raise Refused(_("the path leads out of the media folder"))
        if not path.is_file():
            return None
        if path.stat().st_size > pixels.MAX_BYTES:
            raise ImageRefused(pixels.too_large())
        return path.read_bytes()


class Library:
    """The pictures of one source; without `keeps_files` only their rows, for a dry run."""

    def __init__(
        self,
        ledger: Ledger,
        folder: Folder,
        report: Report,
        hosts: frozenset[str],
        *,
        keeps_files: bool,
        downloads: Downloads | None = None,
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._report = report
        self._hosts = hosts
        self._keeps_files = keeps_files
        self._downloads = downloads
        self._shown: dict[int, Picture] = {}
        # Blocks that texts refer to, by number.
        self.reusable: dict[str, str] = {}

    def take(self, item: Item) -> tuple[Outcome, str]:
        """Bring one attachment into the library; return what became of it and why."""
        path = upload_path(item.one("_wp_attached_file") or item.attachment_url)
        known = self._ledger.find(item.kind, [item.key]).get(item.key)
        words = self._words(item, path)
        if known is None:
            self._lead_to_parent(item)
        if PurePosixPath(path).suffix.lower() not in PICTURES:
            self._report.other_files[item.attachment_url or path] += 0
            return self._leave(item, _("not a picture"))
        if known is not None and known.target:
            return self._take_again(item, known.target_id, known.digest, words)
        try:
            stored = self._store(path, words, item.attachment_url)
        except (ImageRefused, Refused, OSError, ValueError) as error:
            return Outcome.FAILED, str(error)
        if stored is None:
            self._report.missing_files[path or item.attachment_url] += 1
            reason = _("its file is not in the media folder")
            return self._leave(item, reason if self._folder.root else _("no media folder given"))
        self._remember(item, stored, path, words)
        return Outcome.IMPORTED, ""

    def context(self, item: Item) -> Context:
        """Return what the body of an item needs to know of the world."""
        pictures = _AttachedTo(self, self._ledger, item.post_id)
        report = self._report
        return Context(
            pictures, self._hosts, report.leftovers, self.reusable, files=report.other_files
        )

    def find(self, attachment: str, url: str, alt: str) -> Picture | None:
        """Return the picture of an attachment's id, else of an address (figures.Pictures)."""
        if attachment:
            known = self._ledger.find("attachment", [attachment]).get(attachment)
            if known is not None and known.target_id:
                return self._show(known.target_id)
        path = upload_path(url)
        if not path or not is_upload(url):
            return None
        candidates = list(dict.fromkeys([_SIZE.sub("", path), path]))
        keys = {_key(candidate): candidate for candidate in candidates}
        known_files = self._ledger.find("file", list(keys))
        for key, candidate in keys.items():
            if key in known_files and known_files[key].target_id:
                return self._show(known_files[key].target_id or 0)
            if stored := self._try(
                candidate,
                {"title": PurePosixPath(candidate).stem, "alt": alt},
                url.partition("?")[0].replace(quote(path), quote(candidate)),
            ):
                return self._show(stored.pk)
        self._report.missing_files[path] += 1
        return None

    def lead(self, item: Item) -> int | None:
        """Return the id of an item's featured image, None if it has none here."""
        wanted = item.one("_thumbnail_id")
        if not wanted:
            return None
        known = self._ledger.find("attachment", [wanted]).get(wanted)
        picture = self._show(known.target_id) if known and known.target_id else None
        if picture is None:
            self._report.notes[_("featured image missing")] += 1
        return picture.pk if picture else None

    def _lead_to_parent(self, item: Item) -> None:
        """Let a picture's own page lead to the text that it was uploaded to."""
        if item.parent.strip("0"):
            redirects.remember_all(dict.fromkeys(old_addresses(item), f"/?p={item.parent}"))

    def _show(self, pk: int) -> Picture | None:
        if pk not in self._shown:
            image = Image.objects.filter(pk=pk).first()
            if image is None:
                return None
            if len(self._shown) > 2000:
                self._shown.clear()
            url = image.rendition_url("full", _HINT_WIDTH, "jpg")
            self._shown[pk] = Picture(pk, url, image.alt, image.caption)
        return self._shown[pk]

    def _take_again(
        self, item: Item, pk: int | None, digest: str, words: dict[str, str]
    ) -> tuple[Outcome, str]:
        image = Image.objects.filter(pk=pk or 0).first()
        if image is None:
            return Outcome.SKIPPED, _("deleted here since")
        if digest == digest_of(words):
            return Outcome.UNCHANGED, ""
        if digest_of({name: getattr(image, name) for name in words}) != digest:
            return Outcome.SKIPPED, _("edited here since")
        images.update(image, by=None, **words)
        self._shown.pop(image.pk, None)
        path = upload_path(item.one("_wp_attached_file") or item.attachment_url)
        self._remember(item, image, path, words)
        return Outcome.UPDATED, ""

    def _words(self, item: Item, path: str) -> dict[str, str]:
        """Return a picture's words, as long as the library takes them."""
        names = {"title": _("title of a picture"), "alt": _("description of a picture"),
                 "caption": _("caption"), "credit": _("credit")}  # fmt: skip
        texts = _texts(item, path)
        return {name: self._report.fit(texts[name], _length(name), names[name]) for name in texts}

    def _leave(self, item: Item, reason: str) -> tuple[Outcome, str]:
        self._ledger.write([Line(item.kind, item.key, note=reason)])
        return Outcome.SKIPPED, reason

    def _remember(self, item: Item, image: Image, path: str, words: dict[str, str]) -> None:
        self._ledger.write(
            [
                Line(
                    item.kind, item.key, target="articles.image", target_id=image.pk,
                    digest=digest_of(words), note=f"of {item.parent}",
                    fields=custom_fields(item) | _too_long(item, path),
                ),
                self._file(path, image),
            ]
        )  # fmt: skip

    def _file(self, path: str, image: Image) -> Line:
        return Line("file", _key(path), target="articles.image", target_id=image.pk)

    def _try(self, path: str, words: dict[str, str], url: str) -> Image | None:
        """Store a file that no record names, with its line."""
        try:
            with transaction.atomic():
                if stored := self._store(path, words, url):
                    self._ledger.write([self._file(path, stored)])
                return stored
        except (ImageRefused, Refused, OSError, ValueError) as error:
            self._report.notes[f"{path}: {error}"] += 1
            return None

    def _store(self, path: str, words: dict[str, str], url: str) -> Image | None:
        """Store a file; also the one without the mark of WordPress' own shrinking."""
        data = self._folder.read(path) or self._folder.read(path.replace("-scaled.", "."))
        if data is None and self._downloads is not None:
            data = self._downloads.read(url)
        if data is None:
            return None
        name = PurePosixPath(path.replace("-scaled.", ".")).name
        if not self._keeps_files:
            return _without_file(data, name, words)
        return images.store(
            ContentFile(data, name=name),
            by=None,
            title=words["title"],
            alt=words["alt"],
            caption=words.get("caption", ""),
            credit=words.get("credit", ""),
        )


class _AttachedTo:
    """The library as one post sees it (figures.Pictures)."""

    def __init__(self, library: Library, ledger: Ledger, post_id: str) -> None:
        self._ledger = ledger
        self._post_id = post_id
        self.find = library.find

    def attached(self) -> list[str]:
        """Return the ids of the pictures that were uploaded to this post. One query."""
        return self._ledger.noted("attachment", f"of {self._post_id}") if self._post_id else []


def upload_path(address: str) -> str:
    """Return the path below the uploads folder that an address or a stored path means."""
    parts = urlsplit(address) if "//" in address else None
    path = unquote(parts.path) if parts else address
    found = _UPLOADS.search(path)
    return drop_control_characters(found[1] if found else path).lstrip("/")[:400]


def is_upload(url: str) -> bool:
    """Whether an address is that of a file which the old site kept."""
    host = urlsplit(url).hostname or ""
    return bool(_UPLOADS.search(urlsplit(url).path)) or host.endswith(".files.wordpress.com")


def _key(path: str) -> str:
    return path if len(path) <= 200 else hashlib.sha256(path.encode()).hexdigest()


def _texts(item: Item, path: str) -> dict[str, str]:
    """Return a picture's words, each in one line."""
    texts = {
        "title": plain_text(item.title) or PurePosixPath(path).stem or item.key,
        "alt": plain_text(item.one("_wp_attachment_image_alt")),
        "caption": plain_text(item.excerpt),
        "credit": credit_of(item),
    }
    return {name: " ".join(drop_control_characters(text).split()) for name, text in texts.items()}


def _too_long(item: Item, path: str) -> dict[str, list[str]]:
    """Return those words that our columns cannot hold whole."""
    texts = _texts(item, path)
    return {f"({name})": [text] for name, text in texts.items() if len(text) > _length(name)}


def _length(name: str) -> int:
    return Image._meta.get_field(name).max_length or 0  # type: ignore[union-attr]


def _without_file(data: bytes, name: str, words: dict[str, str]) -> Image:
    """Make the row that a dry run needs, by the same rules; it is undone at the end."""
    digest = hashlib.sha256(data).hexdigest()
    if known := Image.objects.filter(sha256=digest).first():
        return known
    facts = pixels.inspect(data, name=name)
    return Image.objects.create(
        width=facts.width, height=facts.height, byte_size=len(data), sha256=digest,
        file=name[:100], **words,
    )  # fmt: skip
