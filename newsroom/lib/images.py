"""What Pillow does for us: judge an upload before it is decoded, crop around a point, encode.

Knows no app; articles/images.py calls it.
"""

import io
import warnings
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from pathlib import PurePath

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000  # JPEG and AVIF end at 65,535

# Pillow's own guard as a second one: decoders check sizes that no header told.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# None keeps the picture's own ratio.
RATIOS: dict[str, tuple[int, int] | None] = {
    "full": None,
    "1x1": (1, 1),
    "4x3": (4, 3),
    "16x9": (16, 9),
}
WIDTHS = (320, 640, 960, 1280, 1920)
ENCODINGS = {"avif": "image/avif", "jpg": "image/jpeg"}

# Real format → the endings and content types under which it may come; the first ending is ours.
_FORMATS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "JPEG": ((".jpg", ".jpeg", ".jpe", ".jfif"), ("image/jpeg", "image/jpg", "image/pjpeg")),
    "PNG": ((".png",), ("image/png", "image/x-png", "image/apng")),
    "WEBP": ((".webp",), ("image/webp",)),
    "AVIF": ((".avif",), ("image/avif",)),
    "GIF": ((".gif",), ("image/gif",)),
}
_SAYS_NOTHING = {"", "application/octet-stream"}
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

type Box = tuple[int, int, int, int]


class ImageRefused(Exception):
    """An upload that is not taken; str() tells why in the user's language."""


@dataclass(frozen=True)
class Facts:
    """What an accepted picture is: the ending of its real format, its upright size in pixels."""

    extension: str
    width: int
    height: int


def inspect(data: bytes, *, name: str = "", content_type: str = "") -> Facts:
    """Judge an upload by its content and return what it is; raises ImageRefused.

    Size and pixels are checked before anything is decoded. Name and content type may be empty; what
    they do say has to be true. Of an animation only the first frame is ever decoded.
    """
    if not data:
        raise ImageRefused(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise ImageRefused(too_large())
    try:
        with Image.open(io.BytesIO(data), formats=tuple(_FORMATS)) as image:
            real = "JPEG" if image.format == "MPO" else str(image.format)
            _refuse_lie(real, name, content_type)
            _refuse_size(image.width, image.height)
            image.load()
            _refuse_size(image.width, image.height)
            width, height = image.size
            if _orientation(image) >= 5:
                width, height = height, width
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused(_too_many_pixels()) from error
    except UnidentifiedImageError as error:
        raise ImageRefused(
            _("This is no JPEG, PNG, WebP, AVIF or GIF picture, or its beginning is damaged.")
        ) from error
    except Exception as error:  # decoders raise whatever their parsers do
        raise ImageRefused(_("The picture is damaged or incomplete.")) from error
    return Facts(_FORMATS[real][0][0], width, height)


def too_large() -> str:
    """Say that a file has too many bytes."""
    return _("The file is too large: at most %(size)d MB.") % {"size": MAX_BYTES // 1024 // 1024}


def crop_box(width: int, height: int, ratio: str, focal: tuple[float, float] = (0.5, 0.5)) -> Box:
    """Return the largest box of a ratio, its centre as near to the focal point as the edges let.

    image_focal.js computes the same for the live previews in the admin.
    """
    shape = RATIOS[ratio]
    if shape is None:
        return 0, 0, width, height
    across, down = shape
    box_width = max(1, min(width, round(height * across / down)))
    box_height = max(1, min(height, round(width * down / across)))
    left = round(min(max(width * focal[0] - box_width / 2, 0), width - box_width))
    top = round(min(max(height * focal[1] - box_height / 2, 0), height - box_height))
    return left, top, left + box_width, top + box_height


def rendition_widths(width: int, height: int, ratio: str) -> list[int]:
    """Return the widths in which a picture is offered: none beyond its own, but always one."""
    left, _top, right, _bottom = crop_box(width, height, ratio)
    return [wide for wide in WIDTHS if wide <= right - left] or [WIDTHS[0]]


@lru_cache(maxsize=10_000)
def rendition_size(width: int, height: int, ratio: str, wanted: int) -> tuple[int, int]:
    """Return the size in pixels of a rendition; a picture that is too small is not enlarged."""
    left, top, right, bottom = crop_box(width, height, ratio)
    wide = min(wanted, right - left)
    return wide, max(1, round(wide * (bottom - top) / (right - left)))


def render(
    data: bytes, *, ratio: str, width: int, focal: tuple[float, float], extension: str
) -> bytes:
    """Return a rendition as AVIF ("avif") or JPEG ("jpg"): upright, sRGB, without any metadata."""
    with Image.open(io.BytesIO(data), formats=tuple(_FORMATS)) as image:
        _refuse_size(image.width, image.height)
        orientation = _orientation(image)
        upright = image.size[::-1] if orientation >= 5 else image.size
        left, _top, right, _bottom = crop_box(*upright, ratio)
        share = rendition_size(*upright, ratio, width)[0] / (right - left)
        # JPEG can be decoded at a half, quarter or eighth: as small as the crop allows.
        image.draft(None, (ceil(image.width * share), ceil(image.height * share)))
        picture = _flat_rgb(image)
    if (turn := _TURNS.get(orientation)) is not None:
        picture = picture.transpose(turn)
    picture = picture.resize(
        rendition_size(*picture.size, ratio, width),
        Image.Resampling.LANCZOS,
        box=crop_box(*picture.size, ratio, focal),
        reducing_gap=2.0,
    )
    picture.info = {}  # nothing of the original's comments, profiles, places
    out = io.BytesIO()
    if extension == "avif":
        picture.save(out, "AVIF", quality=62, speed=8)
    else:
        picture.save(out, "JPEG", quality=80, progressive=True, optimize=True)
    return out.getvalue()


def _refuse_lie(real: str, name: str, content_type: str) -> None:
    endings, types = _FORMATS[real]
    ending = PurePath(name).suffix.lower()
    if ending and ending not in endings:
        raise ImageRefused(
            _(
                "The name ends in “%(ending)s”, but the file is a %(format)s picture. "
                "Rename it to “%(right)s” if that is what you mean to upload."
            )
            % {"ending": ending, "format": real, "right": endings[0]}
        )
    claimed = content_type.partition(";")[0].strip().lower()
    if claimed not in _SAYS_NOTHING and claimed not in types:
        raise ImageRefused(
            _("The file was sent as “%(type)s”, but it is a %(format)s picture.")
            % {"type": claimed, "format": real}
        )


def _refuse_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ImageRefused(_too_many_pixels())
    if max(width, height) > MAX_SIDE:
        raise ImageRefused(
            _("The picture is too long: at most %(side)d pixels on a side.") % {"side": MAX_SIDE}
        )
    if min(width, height) < 1:
        raise ImageRefused(_("The picture has no size."))


def _too_many_pixels() -> str:
    return _("The picture has too many pixels: at most %(million)d million.") % {
        "million": MAX_PIXELS // 1_000_000
    }


def _orientation(image: Image.Image) -> int:
    """Read how a camera was held; broken metadata says nothing and refuses nothing."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # the parser raises whatever it meets
        return 1
    return value if isinstance(value, int) and value in _TURNS else 1


def _flat_rgb(image: Image.Image) -> Image.Image:
    """Return the first frame as 8-bit sRGB on white."""
    image.load()
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16-bit grey: a plain convert() would clip it to white
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
        return _to_srgb(flat, profile) if image.mode == "RGBA" else flat
    if image.mode in {"RGB", "CMYK"}:
        return _to_srgb(image, profile)
    return image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Translate the colours of a profile (cameras, print) into those of the web."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            translated = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile of another kind of picture, or broken: take the numbers as they are
        else:
            if translated is not None:
                return translated
    return image.convert("RGB")
