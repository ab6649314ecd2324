"""Colours that stay legible: an editor picks one, readers get it on light and on dark paper."""

import re
from functools import lru_cache

_HEX = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)

type Rgb = tuple[float, float, float]

# What static/newsroom/readers/base.css writes with: ink on light paper, ink on dark, dark paper.
INK, INK_IN_THE_DARK, DARK_PAPER = "#17181b", "#e9e6df", "#141518"


@lru_cache(maxsize=1000)
def legible(color: str, paper: str, *, least: float = 4.5) -> str:
    """Return the colour, darkened or lightened until text in it can be read on the paper.

    Both are "#rrggbb"; anything else counts as grey. 4.5 is WCAG 2.2's level AA for text.
    """
    ink, ground = _parse(color), _parse(paper)
    goal: Rgb = (0, 0, 0) if _luminance(ground) > 0.18 else (1, 1, 1)
    for step in range(21):
        mixed: Rgb = (
            ink[0] + (goal[0] - ink[0]) * step / 20,
            ink[1] + (goal[1] - ink[1]) * step / 20,
            ink[2] + (goal[2] - ink[2]) * step / 20,
        )
        shown = _format(mixed)
        # What is written down is judged, not what it was rounded from.
        if _contrast(_parse(shown), ground) >= least:
            return shown
    return _format(goal)


def boxes(paper: str) -> tuple[str, str]:
    """Return the grounds of boxes on light and on dark paper: the hardest to read on of a page."""
    return mixed(paper, INK, 0.05), mixed(DARK_PAPER, INK_IN_THE_DARK, 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with a share (0 to 1) of another, as color-mix() in srgb does."""
    here, there = _parse(one), _parse(other)
    first, second, third = (a + (b - a) * share for a, b in zip(here, there, strict=True))
    return _format((first, second, third))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.2: 1 to 21, text needs 4.5."""
    return _contrast(_parse(one), _parse(other))


def ink_on(ground: str) -> str:
    """Return an ink to be read on a ground: dark or white, else black; one has 4.5 on any."""
    return next((ink for ink in (INK, "#ffffff") if contrast(ink, ground) >= 4.5), "#000000")


def _parse(color: str) -> Rgb:
    if not _HEX.fullmatch(color):
        return (0.5, 0.5, 0.5)
    return (int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255)


def _format(color: Rgb) -> str:
    return "#" + "".join(f"{round(share * 255):02x}" for share in color)


def _luminance(color: Rgb) -> float:
    """Follow WCAG 2.2, "relative luminance"."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
