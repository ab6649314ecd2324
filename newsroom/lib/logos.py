"""The logo of a site as somebody uploads it: what comes out holds no script and no address."""

import hashlib
import re
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from PIL import Image

MAX_BYTES = 150_000
TYPES = {"svg": "image/svg+xml", "png": "image/png", "webp": "image/webp"}
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = set(
    "svg g defs title desc path rect circle ellipse line polyline polygon clipPath mask "
    "linearGradient radialGradient stop".split()
)
_ATTRIBUTES = set(
    "id viewBox width height d x y x1 x2 y1 y2 cx cy r rx ry fx fy points transform fill "
    "fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit "
    "stroke-dasharray stroke-dashoffset stroke-opacity opacity offset stop-color stop-opacity "
    "gradientUnits gradientTransform spreadMethod clip-path clip-rule clipPathUnits mask "
    "maskUnits maskContentUnits preserveAspectRatio".split()
)
# Values may point at other parts of the same drawing only, and are read as CSS: an escape can spell
# url, and other functions than url load pictures too.
_POINTS_ELSEWHERE = re.compile(
    r"\\|/\*|(?<![\w-])(?!(?:url\(\s*['\"]?#|(?:rgba?|hsla?|matrix|translate|scale|rotate|skew[XY])\s*\())"
    r"[\w-]*\(",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*", re.ASCII)


class NotALogo(ValueError):
    """The file is refused; str() says why."""


@dataclass(frozen=True)
class Logo:
    """A file as it is served, under a name that its bytes make."""

    data: bytes
    extension: str
    width: int
    height: int

    @property
    def file_name(self) -> str:
        return f"logo-{hashlib.sha256(self.data).hexdigest()[:16]}.{self.extension}"


def read(data: bytes) -> Logo:
    """Return the logo in an SVG, PNG or WebP file, written anew. Raises NotALogo."""
    if len(data) > MAX_BYTES:
        raise NotALogo(too_large())
    if data.lstrip()[:1] == b"<":
        return _drawing(data)
    return _pixels(data)


def too_large() -> str:
    """Return the sentence that refuses a file by its size."""
    return _("The logo is too large: at most %(size)d KB.") % {"size": MAX_BYTES // 1000}


def _pixels(data: bytes) -> Logo:
    try:
        with Image.open(BytesIO(data), formats=["PNG", "WEBP"]) as image:
            kind = str(image.format).lower()
            if max(image.size) > 2000:
                raise NotALogo(_("The logo is too large: at most 2,000 pixels on a side."))
            pixels = image.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotALogo(_("That is no SVG, PNG or WebP picture.")) from error
    written = BytesIO()
    pixels.save(written, format=kind, lossless=True)
    return Logo(written.getvalue(), kind, *pixels.size)


def _drawing(data: bytes) -> Logo:
    try:
        root = fromstring(data, forbid_dtd=False)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise NotALogo(_("That is no SVG, PNG or WebP picture.")) from error
    if root.tag != f"{_SVG}svg":
        raise NotALogo(_("That is no SVG, PNG or WebP picture."))
    width, height = _size(root)
    try:
        _clean(root)
    except RecursionError as error:
        raise NotALogo(_("That is no SVG, PNG or WebP picture.")) from error
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    root.attrib.setdefault("viewBox", f"0 0 {width:g} {height:g}")
    ElementTree.register_namespace("", _SVG[1:-1])
    written = ElementTree.tostring(root, encoding="utf-8")
    return Logo(written, "svg", max(round(width), 1), max(round(height), 1))


def _size(root: ElementTree.Element) -> tuple[float, float]:
    """Return width and height: those given, or those of the view box."""
    given = [_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
    if given[0] and given[1]:
        width, height = float(given[0][1]), float(given[1][1])
    else:
        try:
            _left, _top, width, height = map(
                float, root.get("viewBox", "").replace(",", " ").split()
            )
        except ValueError as error:
            raise NotALogo(_("The drawing does not say how large it is (viewBox).")) from error
    if not (0 < width <= 10_000 and 0 < height <= 10_000):
        raise NotALogo(_("The drawing does not say how large it is (viewBox)."))
    return width, height


def _clean(element: ElementTree.Element) -> None:
    """Take out what is not on the lists: scripts, styles, links, events, foreign content."""
    for name, value in list(element.attrib.items()):
        if name not in _ATTRIBUTES or _POINTS_ELSEWHERE.search(value):
            del element.attrib[name]
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.removeprefix(_SVG) in _ELEMENTS:
            _clean(child)
        else:
            element.remove(child)
