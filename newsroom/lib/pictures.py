"""The <picture> element: what {% picture %} and the body's renderer write for an image."""

from dataclasses import dataclass
from typing import Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .images import rendition_size, rendition_widths


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
    widths = rendition_widths(image.width, image.height, ratio)
    size = (image.width, image.height, ratio)
    # The middle one for browsers without srcset; the layout takes only the ratio from its size.
    shown = widths[len(widths) // 2]
    width, height = rendition_size(*size, widths[-1])
    own_alt = "" if image.is_decorative else image.alt
    return render_to_string(
        "_picture.html",
        {
            "avif": _srcset(image, ratio, widths, "avif"),
            "jpeg": _srcset(image, ratio, widths, "jpg"),
            "src": image.rendition_url(ratio, shown, "jpg"),
            "sizes": sizes,
            "width": width,
            "height": height,
            "alt": own_alt if alt is None else alt,
            "priority": priority,
        },
    )


def _srcset(image: Picture, ratio: str, widths: list[int], extension: str) -> str:
    return ", ".join(
        f"{image.rendition_url(ratio, width, extension)}"
        f" {rendition_size(image.width, image.height, ratio, width)[0]}w"
        for width in widths
    )
