"""The files that readers get of an image: made when first asked for, gone when the crop moves.

views/media.py asks for them, articles/images.py drops them.
"""

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile

from newsroom.lib import images as pixels

from .models import Image

# Where they lie in the storage, in a folder for each image's token.
FOLDER = "renditions"
# What a file is called that is not whole yet.
PART = ".part-"
_SPEC = re.compile(
    rf"({'|'.join(pixels.RATIOS)})-({'|'.join(map(str, pixels.WIDTHS))})-(\d{{4}})", re.ASCII
)


@dataclass(frozen=True)
class Rendition:
    """One crop of one image in one width and encoding."""

    image: Image
    ratio: str
    width: int
    extension: str
    focal_key: str

    @property
    def is_current(self) -> bool:
        """Whether the image's focal point is still the one of the address."""
        return self.focal_key == self.image.focal_key

    @property
    def url(self) -> str:
        """Where it is now."""
        return self.image.rendition_url(self.ratio, self.width, self.extension)

    @property
    def content_type(self) -> str:
        return pixels.ENCODINGS[self.extension]

    @property
    def etag(self) -> str:
        return (
            f'"{self.image.sha256[:16]}-{self.ratio}-{self.width}-{self.focal_key}'
            f'-{self.extension}"'
        )

    @property
    def name(self) -> str:
        """Its name in the storage."""
        spec = f"{self.ratio}-{self.width}-{self.focal_key}.{self.extension}"
        return f"{_folder(self.image)}/{spec}"

    def make(self) -> str:
        """Make the file unless it is there and return its name in the storage.

        Raises FileNotFoundError where the original is gone, ImageRefused where it cannot be read.
        Safe to run twice at once: each writes a file of its own and moves it into place.
        """
        storage = self.image.file.storage
        if not storage.exists(self.name):
            # Not image.file.open(): that one file would be shared by all who hold this instance.
            with storage.open(self.image.file.name or "", "rb") as original:
                data = original.read()
            rendered = pixels.render(
                data,
                ratio=self.ratio,
                width=self.width,
                focal=self.image.focal_point,
                extension=self.extension,
            )
            try:
                path = Path(storage.path(self.name))
            except NotImplementedError:  # object stores write a whole object or none
                storage.save(self.name, ContentFile(rendered))
            else:
                _write(path, rendered)
        return self.name


def find(image: Image, spec: str, extension: str) -> Rendition | None:
    """Read an address's last part ("16x9-640-5050", "avif"); None for what is never offered."""
    match = _SPEC.fullmatch(spec)
    if match is None or extension not in pixels.ENCODINGS:
        return None
    ratio, width, focal_key = match[1], int(match[2]), match[3]
    if width not in pixels.rendition_widths(image.width, image.height, ratio):
        return None
    return Rendition(image, ratio, width, extension, focal_key)


def forget(image: Image) -> None:
    """Remove every rendition of an image. What is asked for again is made again."""
    storage, folder = image.file.storage, _folder(image)
    with suppress(FileNotFoundError):
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")
        storage.delete(folder)


def _folder(image: Image) -> str:
    return f"{FOLDER}/{image.token.hex}"


def _write(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
