"""A drawing sheet on Pillow: gradients, glows, ridges,
reflections and grain. Used by the scenes."""

import random
from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from itertools import pairwise
from math import cos, pi, sin

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

type Point = tuple[float, float]
type Colors = Sequence[str]

# Everything is drawn twice as large and halved at the end: that is what makes the edges smooth.
_SCALE = 2


class Canvas:
    """A sheet measured in final pixels; `seed` fixes everything that looks accidental."""

    def __init__(self, width: int = 1920, height: int = 1280, *, seed: int = 1) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * _SCALE, height * _SCALE))
        self.draw = ImageDraw.Draw(self.image, "RGBA")
        self.random = random.Random(seed)  # noqa: S311 - a picture, not a secret

    # --- Flat shapes -----------------------------------------------------------------------------

    def polygon(self, points: Iterable[Point], color: str, alpha: float = 1) -> None:
        """Fill a polygon."""
        self.draw.polygon(_scaled(points), fill=_rgba(color, alpha))

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        color: str,
        alpha: float = 1,
        radius: float = 0,
    ) -> None:
        """Fill a rectangle given by its upper left corner, with round corners if wanted."""
        box = _box(x, y, x + w, y + h)
        self.draw.rounded_rectangle(box, radius * _SCALE, fill=_rgba(color, alpha))

    def disc(
        self, x: float, y: float, r: float, color: str, alpha: float = 1, ry: float = 0
    ) -> None:
        """Fill a circle around a point, or an ellipse where `ry` is given."""
        ry = ry or r
        self.draw.ellipse(_box(x - r, y - ry, x + r, y + ry), fill=_rgba(color, alpha))

    def arc(
        self, x: float, y: float, r: float, start: float, end: float, color: str, width: float,
        alpha: float = 1,
    ) -> None:  # fmt: skip
        """Stroke a part of a circle; degrees clockwise from three o'clock."""
        box = _box(x - r, y - r, x + r, y + r)
        self.draw.arc(box, start, end, fill=_rgba(color, alpha), width=round(width * _SCALE))

    def line(self, points: Iterable[Point], color: str, width: float = 2, alpha: float = 1) -> None:
        """Stroke a line with soft joints."""
        stroke = max(1, round(width * _SCALE))
        self.draw.line(_scaled(points), fill=_rgba(color, alpha), width=stroke, joint="curve")

    def limb(self, a: Point, b: Point, r1: float, r2: float, color: str, alpha: float = 1) -> None:
        """Fill a rounded bar from one circle to another."""
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1
        nx, ny = -dy / length, dx / length
        self.polygon(
            [
                (a[0] + nx * r1, a[1] + ny * r1),
                (b[0] + nx * r2, b[1] + ny * r2),
                (b[0] - nx * r2, b[1] - ny * r2),
                (a[0] - nx * r1, a[1] - ny * r1),
            ],
            color,
            alpha,
        )
        self.disc(*a, r1, color, alpha)
        self.disc(*b, r2, color, alpha)

    # --- Light -----------------------------------------------------------------------------------

    def wash(
        self, colors: Colors, top: float = 0, bottom: float | None = None, *, sideways: bool = False
    ) -> None:
        """Fill a band of the sheet with a gradient."""
        bottom = self.height if bottom is None else bottom
        size = (self.image.width, round((bottom - top) * _SCALE))
        self.image.paste(_gradient(size, colors, sideways=sideways), (0, round(top * _SCALE)))

    def shade(
        self, points: Sequence[Point], colors: Colors, *, sideways: bool = False, alpha: float = 1
    ) -> None:
        """Fill a polygon with a gradient over its own extent."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        left, top = max(0, min(xs)), max(0, min(ys))
        right, bottom = min(self.width, max(xs)), min(self.height, max(ys))
        size = (round((right - left) * _SCALE), round((bottom - top) * _SCALE))
        if min(size) < 1:
            return
        mask = Image.new("L", size)
        shifted = [((x - left) * _SCALE, (y - top) * _SCALE) for x, y in points]
        ImageDraw.Draw(mask).polygon(shifted, fill=round(alpha * 255))
        self.image.paste(
            _gradient(size, colors, sideways=sideways),
            (round(left * _SCALE), round(top * _SCALE)),
            mask,
        )

    def glow(
        self, x: float, y: float, r: float, color: str, alpha: float = 1, ry: float = 0
    ) -> None:
        """Lay a round light over the sheet that fades towards its edge."""
        ry = ry or r
        size = (round(2 * r * _SCALE), round(2 * ry * _SCALE))
        mask = _falloff(round(alpha * 100)).resize(size, Image.Resampling.BILINEAR)
        self.image.paste(color, _corner(x - r, y - ry), mask)

    def blur_shape(self, points: Iterable[Point], color: str, alpha: float, blur: float) -> None:
        """Lay a soft-edged polygon over the sheet: mist, beams, shadows."""
        step = 8
        mask = Image.new("L", (self.width // step, self.height // step))
        small = [(x / step, y / step) for x, y in points]
        ImageDraw.Draw(mask).polygon(small, fill=round(alpha * 255))
        mask = mask.filter(ImageFilter.GaussianBlur(blur / step))
        self.image.paste(color, (0, 0), mask.resize(self.image.size, Image.Resampling.BILINEAR))

    def mirror(self, y: float, depth: float, tint: str, strength: float, ripple: float) -> None:
        """Let the sheet above `y` be reflected in water of a colour below it."""
        line, height = round(y * _SCALE), round(depth * _SCALE)
        source = self.image.crop((0, max(0, line - height), self.image.width, line))
        flipped = source.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        flipped = flipped.resize((self.image.width, height))
        water = Image.blend(flipped, Image.new("RGB", flipped.size, tint), strength)
        top = 0
        while top < height:
            share = top / height
            band = round((3 + 9 * share) * _SCALE)
            shift = round(self.random.uniform(-ripple, ripple) * (0.25 + share) * _SCALE)
            strip = water.crop((0, top, water.width, min(height, top + band)))
            self.image.paste(ImageChops.offset(strip, shift, 0), (0, line + top))
            top += band

    # --- Nature ----------------------------------------------------------------------------------

    def ridge(self, y: float, swing: float, *, points: int = 7, rough: float = 0.5) -> list[Point]:
        """Return the outline of hills around a height, closed along the sheet's lower edge."""
        heights = [self.random.uniform(-1, 1) for _ in range(points)]
        scale = 1.0
        for _ in range(5):
            scale *= rough
            middle = [
                (a + b) / 2 + self.random.uniform(-scale, scale) / 2 for a, b in pairwise(heights)
            ]
            heights = [h for pair in zip(heights, [*middle, 0.0], strict=True) for h in pair][:-1]
        step = self.width / (len(heights) - 1)
        line = [(i * step, y - h * swing) for i, h in enumerate(heights)]
        return [(0, self.height), *line, (self.width, self.height)]

    def person(
        self, x: float, foot: float, height: float, color: str, skin: str = "", hair: str = ""
    ) -> None:
        """Draw somebody standing, as a silhouette or, with a skin colour, in a coat."""
        h, legs = height, mix(color, "#101018", 0.45) if skin else color
        stride = h * self.random.uniform(0.02, 0.06)
        for side in (-1, 1):
            self.limb((x + side * h * 0.04, foot - h * 0.45), (x + side * stride, foot - h * 0.02),
                      h * 0.046, h * 0.024, legs)  # fmt: skip
            self.limb((x + side * stride, foot - h * 0.015),
                      (x + side * stride + h * 0.02, foot - h * 0.012),
                      h * 0.02, h * 0.016, legs)  # fmt: skip
        self.limb((x, foot - h * 0.9), (x, foot - h * 0.8), h * 0.03, h * 0.036, skin or color)
        coat = curve([
            (x - h * 0.035, foot - h * 0.835), (x - h * 0.1, foot - h * 0.8),
            (x - h * 0.13, foot - h * 0.62), (x - h * 0.125, foot - h * 0.44),
            (x - h * 0.1, foot - h * 0.36), (x + h * 0.1, foot - h * 0.36),
            (x + h * 0.125, foot - h * 0.44), (x + h * 0.13, foot - h * 0.62),
            (x + h * 0.1, foot - h * 0.8), (x + h * 0.035, foot - h * 0.835),
        ])  # fmt: skip
        self.polygon(coat, color)
        self.disc(x, foot - h * 0.925, h * 0.062, skin or color, ry=h * 0.072)
        if skin:
            for side in (-1, 1):
                self.line([(x + side * h * 0.085, foot - h * 0.7),
                           (x + side * h * 0.09, foot - h * 0.45)],
                          mix(color, "#101018", 0.3), h * 0.008)  # fmt: skip
                self.disc(x + side * h * 0.108, foot - h * 0.425, h * 0.024, skin)
        if hair:
            self.disc(x, foot - h * 0.945, h * 0.07, hair, ry=h * 0.066)

    # --- The end ---------------------------------------------------------------------------------

    def finish(self, *, grain: float = 0.1, vignette: float = 0.22) -> bytes:
        """Return the picture as JPEG bytes: halved, darkened at the corners,
        with a paper's grain."""
        image = self.image.reduce(_SCALE)
        corners = Image.radial_gradient("L").point(
            lambda v: round(255 - max(0, v - 110) * vignette)
        )
        corners = corners.resize(image.size, Image.Resampling.BICUBIC)
        image = ImageChops.multiply(image, Image.merge("RGB", [corners] * 3))
        dust = _grain(image.size, grain)
        image = ImageChops.add(image, Image.merge("RGB", [dust] * 3), 1, -128)
        stream = BytesIO()
        image.save(stream, "JPEG", quality=88, optimize=True, progressive=True)
        return stream.getvalue()


def ellipse(x: float, y: float, rx: float, ry: float, steps: int = 72) -> list[Point]:
    """Return an ellipse as a polygon, for `shade`."""
    return [
        (x + rx * cos(2 * pi * i / steps), y + ry * sin(2 * pi * i / steps)) for i in range(steps)
    ]


def curve(points: Sequence[Point], steps: int = 16) -> list[Point]:
    """Return a smooth line through points (Catmull–Rom)."""
    padded = [points[0], *points, points[-1]]
    line: list[Point] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for i in range(steps):
            t = i / steps
            line.append((_spline(p0[0], p1[0], p2[0], p3[0], t),
                         _spline(p0[1], p1[1], p2[1], p3[1], t)))  # fmt: skip
    return [*line, points[-1]]


def mix(a: str, b: str, share: float) -> str:
    """Return the colour that lies between two, `share` of the way to the second."""
    first, second = ImageColor.getrgb(a), ImageColor.getrgb(b)
    return "#" + "".join(
        f"{round(x + (y - x) * share):02x}" for x, y in zip(first[:3], second[:3], strict=True)
    )


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def _box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    return (x0 * _SCALE, y0 * _SCALE, x1 * _SCALE, y1 * _SCALE)


def _corner(x: float, y: float) -> tuple[int, int]:
    return (round(x * _SCALE), round(y * _SCALE))


def _rgba(color: str, alpha: float) -> tuple[int, int, int, int]:
    red, green, blue = ImageColor.getrgb(color)[:3]
    return (red, green, blue, round(alpha * 255))


def _gradient(size: tuple[int, int], colors: Colors, *, sideways: bool = False) -> Image.Image:
    stops = [ImageColor.getrgb(color)[:3] for color in colors]
    length = size[0] if sideways else size[1]
    strip = Image.new("RGB", (1, length))
    pixels = []
    for i in range(length):
        place = i / max(1, length - 1) * (len(stops) - 1)
        low = min(int(place), max(0, len(stops) - 2))
        first, second, share = stops[low], stops[min(low + 1, len(stops) - 1)], place - low
        pixels.append(tuple(round(a + (b - a) * share) for a, b in zip(first, second, strict=True)))
    strip.putdata(pixels)
    if sideways:
        strip = strip.transpose(Image.Transpose.ROTATE_90).transpose(
            Image.Transpose.FLIP_LEFT_RIGHT
        )
    return strip.resize(size, Image.Resampling.NEAREST)


@cache
def _falloff(percent: int) -> Image.Image:
    """A light of 256 × 256: full in the middle, nothing at the edge, falling smoothly."""
    return Image.radial_gradient("L").point(
        lambda v: round(max(0.0, 1 - v / 180) ** 2.2 * 255 * percent / 100)
    )


@cache
def _grain(size: tuple[int, int], strength: float) -> Image.Image:
    source = random.Random(7)  # noqa: S311
    layers = [Image.frombytes("L", size, source.randbytes(size[0] * size[1])) for _ in range(2)]
    noise = Image.blend(layers[0], layers[1], 0.5).filter(ImageFilter.GaussianBlur(0.45))
    return noise.point(lambda v: round(128 + (v - 128) * strength * 1.6))
