"""Source body → the HTML that readers get; rendered once per publication."""

import re
from dataclasses import dataclass

from newsroom.lib.richtext import plain_text

from .models import Image

_IMAGE_ID = re.compile(r'<img[^>]*\sdata-file="(\d+)"')


@dataclass(frozen=True)
class Rendered:
    """Readers' HTML, the pictures it shows, its number of words."""

    html: str
    images: list[Image]
    words: int


def image_ids(source: str) -> list[int]:
    """Return the library ids of the pictures in a source body."""
    return [int(pk) for pk in _IMAGE_ID.findall(source)]


def render(source: str) -> Rendered:
    """Turn a cleaned source body into readers' HTML. One query if it has pictures."""
    images = list(Image.objects.filter(pk__in=ids)) if (ids := image_ids(source)) else []
    return Rendered(source, images, len(plain_text(source).split()))
