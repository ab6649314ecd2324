"""The <picture> element: what {% picture %} and the body's renderer write for an image."""

from dataclasses import dataclass
from typing import Protocol

from django.utils.safestring import SafeString

from .images import WIDTHS, rendition_size, rendition_widths
from .stencils import Stencil


class Picture(Protocol):
    """What an image has to know of itself to be shown."""

    alt: str
    is_decorative: bool
    width: int
    height: int

    def rendition_url(self, ratio: str, width: int, extension: str) -> str:
        """Return the address of one rendition."""


@dataclass(frozen=True)
class Crop:
    """One rendition of a picture with its full address, for others to fetch."""

    url: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str


def picture_html(
    image: Picture,
    *,
    sizes: str = "100vw",
    ratio: str = "",
    priority: bool = False,
    alt: str | None = None,
) -> SafeString:
    """Return the element with AVIF and JPEG in every width that the picture has. No query.

    `sizes` is the attribute of that name; `ratio` one of "1x1", "4x3", "16x9", or empty for the
    picture's own; `priority` for the one large picture above the fold; `alt` replaces the image's.
    """
    ratio = ratio or "full"
    own_alt = "" if image.is_decorative else image.alt
    shown_alt = own_alt if alt is None else alt
    # An address of it stands for the file and its focal point.
    key = (image.rendition_url(ratio, WIDTHS[0], "jpg"), image.width, image.height, ratio, sizes)
    made = _made.get((*key, priority, shown_alt))
    if made is None:
        if len(_made) >= _MOST:
            _made.clear()
        made = _made[*key, priority, shown_alt] = _write(image, ratio, sizes, priority, shown_alt)
    return made


# Elements by all that they are made of. Much the same pictures stand on many pages.
_made: dict[tuple[object, ...], SafeString] = {}
_MOST = 1_000
_PICTURE = Stencil("_picture.html")


def _write(image: Picture, ratio: str, sizes: str, priority: bool, alt: str) -> SafeString:
    widths = rendition_widths(image.width, image.height, ratio)
    size = (image.width, image.height, ratio)
    # The middle one for browsers without srcset; the layout takes only the ratio from its size.
    shown = widths[len(widths) // 2]
    width, height = rendition_size(*size, widths[-1])
    return _PICTURE(
        {"priority": priority},
        {
            "avif": _srcset(image, ratio, widths, "avif"),
            "jpeg": _srcset(image, ratio, widths, "jpg"),
            "src": image.rendition_url(ratio, shown, "jpg"),
            "sizes": sizes,
            "width": width,
            "height": height,
            "alt": alt,
        },
    )


def _srcset(image: Picture, ratio: str, widths: list[int], extension: str) -> str:
    return ", ".join(
        f"{image.rendition_url(ratio, width, extension)}"
        f" {rendition_size(image.width, image.height, ratio, width)[0]}w"
        for width in widths
    )
