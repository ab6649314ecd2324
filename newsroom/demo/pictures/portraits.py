"""Portraits of the demo's authors: flat half-length figures without a real person's features."""

from dataclasses import dataclass

from .canvas import Canvas, curve, ellipse, mix


@dataclass(frozen=True)
class Look:
    """What tells one figure from another."""

    ground: tuple[str, str]
    skin: str
    hair: str
    coat: str
    cut: str  # bob, short, bun, curls, bald, long
    has_glasses: bool = False
    beard: str = ""
    collar: str = "#f7efe0"


LOOKS = {
    "portrait-a": Look(("#f2b48a", "#d9705a"), "#e9b48f", "#3a2420", "#23404f", "bob", True),
    "portrait-b": Look(
        ("#a9cdc4", "#4f8f8a"), "#c98a62", "#1d1a1f", "#e2a63b", "short", beard="#1d1a1f"
    ),
    "portrait-c": Look(("#f4d58a", "#dd9a3c"), "#f0c3a0", "#b5502f", "#2f5b4f", "bun"),
    "portrait-d": Look(("#b7c3e0", "#5a6ea3"), "#8d5a3d", "#1b1517", "#c9473a", "curls", True),
    "portrait-e": Look(
        ("#dcc9b4", "#a3785c"), "#edbd98", "#9a9591", "#2b3a55", "bald", True, "#b9b4af"
    ),
    "portrait-f": Look(
        ("#c9b3d9", "#7a5a99"), "#dba27c", "#2b1c1a", "#f0e3cc", "long", collar="#8f3d5f"
    ),
}


def portrait(name: str) -> bytes:
    """Draw one of LOOKS, 1200 pixels square."""
    look = LOOKS[name]
    c = Canvas(1200, 1200, seed=sum(map(ord, name)))
    c.wash(look.ground)
    c.disc(600, 520, 430, "#ffffff", 0.16)
    c.glow(380, 260, 620, "#ffffff", 0.35)
    _hair_behind(c, look)
    _body(c, look)
    _head(c, look)
    _hair_before(c, look)
    if look.has_glasses:
        _glasses(c, look)
    return c.finish(vignette=0.14)


def _body(c: Canvas, look: Look) -> None:
    shadow = mix(look.skin, "#4a1f1a", 0.3)
    c.limb((600, 640), (600, 850), 82, 96, look.skin)
    c.polygon(
        curve([(518, 690), (560, 760), (620, 780), (686, 690), (690, 800), (600, 850), (510, 800)]),
        shadow,
        0.8,
    )
    coat = curve([(110, 1260), (150, 1040), (270, 930), (480, 860), (600, 960), (720, 860),
                  (930, 930),
                  (1050, 1040), (1090, 1260)])  # fmt: skip
    c.shade(coat, [look.coat, mix(look.coat, "#120c18", 0.35)])
    c.polygon(
        [(486, 858), (600, 1030), (714, 858), (690, 832), (600, 930), (510, 832)], look.collar
    )
    c.polygon([(486, 858), (470, 900), (560, 1080), (600, 1030)], mix(look.coat, "#ffffff", 0.14))
    c.polygon([(714, 858), (730, 900), (640, 1080), (600, 1030)], mix(look.coat, "#120c18", 0.16))
    c.line([(600, 1040), (600, 1210)], mix(look.coat, "#120c18", 0.4), 6)


def _head(c: Canvas, look: Look) -> None:
    dark = mix(look.skin, "#5a2018", 0.2)
    for side in (-1, 1):
        c.disc(600 + side * 196, 545, 34, dark, ry=48)
    face = curve([(408, 470), (430, 300), (600, 240), (770, 300), (792, 470), (776, 600),
                  (706, 716), (600, 752),
                  (494, 716), (424, 600), (408, 470)])  # fmt: skip
    c.polygon(face, look.skin)
    c.polygon(curve([(640, 242), (770, 300), (792, 470), (776, 600), (706, 716), (600, 752),
                     (668, 640),
                     (690, 520), (670, 380), (640, 242)]), dark, 0.5)  # fmt: skip
    for side in (-1, 1):
        c.disc(600 + side * 118, 610, 46, "#e0604a", 0.16)
        c.disc(600 + side * 84, 520, 13, "#2a1a1c", ry=16)
        c.line(curve([(600 + side * 46, 466), (600 + side * 88, 450), (600 + side * 128, 468)]),
               mix(look.beard or look.hair, "#1a1012", 0.3), 11)  # fmt: skip
    c.line(curve([(604, 520), (622, 586), (594, 602)]), mix(look.skin, "#5a2018", 0.42), 9)
    if look.beard:
        beard = curve([(414, 560), (424, 640), (500, 742), (600, 786), (700, 742), (776, 640),
                       (786, 560),
                       (740, 620), (680, 646), (600, 636), (520, 646), (460, 620),
                       (414, 560)])  # fmt: skip
        c.polygon(beard, look.beard)
        c.line(curve([(548, 680), (600, 700), (652, 680)]), mix(look.skin, "#8f2f2a", 0.5), 13)
    else:
        c.line(curve([(540, 660), (600, 688), (660, 660)]), mix(look.skin, "#8f2f2a", 0.62), 12)


def _hair_behind(c: Canvas, look: Look) -> None:
    tone = mix(look.hair, "#120c10", 0.25)
    if look.cut == "bob":
        c.polygon(curve([(600, 176), (380, 260), (340, 520), (380, 760), (520, 800), (680, 800),
                         (820, 760),
                         (860, 520), (820, 260), (600, 176)]), tone)  # fmt: skip
    elif look.cut == "long":
        c.polygon(curve([(600, 180), (390, 260), (350, 540), (320, 860), (360, 1040),
                         (600, 1000), (840, 1040),
                         (880, 860), (850, 540), (810, 260), (600, 180)]), tone)  # fmt: skip
    elif look.cut == "bun":
        c.disc(600, 168, 104, tone)
        c.disc(584, 156, 84, look.hair)
    elif look.cut == "curls":
        for x, y, r in [(410, 380, 110), (470, 260, 120), (600, 210, 130), (730, 260, 120),
                        (790, 380, 110),
                        (385, 490, 84), (815, 490, 84)]:  # fmt: skip
            c.disc(x, y, r, tone)


def _hair_before(c: Canvas, look: Look) -> None:
    hair, light = look.hair, mix(look.hair, "#ffffff", 0.16)
    if look.cut in {"bob", "long"}:
        c.polygon(curve([(392, 560), (380, 380), (470, 220), (640, 190), (790, 260), (820, 420),
                         (806, 560),
                         (780, 430), (700, 350), (560, 330), (450, 400), (410, 480),
                         (392, 560)]), hair)  # fmt: skip
        c.line(curve([(450, 330), (540, 250), (660, 230)]), light, 12, 0.7)
    elif look.cut == "short":
        c.polygon(curve([(404, 500), (392, 360), (450, 230), (600, 176), (760, 220), (812, 360),
                         (796, 500),
                         (768, 390), (720, 330), (600, 340), (470, 320), (430, 400),
                         (404, 500)]), hair)  # fmt: skip
        c.line(curve([(470, 262), (560, 220), (680, 224)]), light, 12, 0.7)
    elif look.cut == "bun":
        c.polygon(curve([(402, 520), (390, 370), (470, 240), (600, 206), (730, 240), (810, 370),
                         (798, 520),
                         (770, 410), (690, 320), (600, 300), (510, 320), (430, 410),
                         (402, 520)]), hair)  # fmt: skip
        c.line(curve([(470, 300), (560, 244), (650, 240)]), light, 11, 0.7)
    elif look.cut == "curls":
        for x, y, r in [
            (430, 350, 74),
            (510, 276, 82),
            (610, 262, 86),
            (705, 290, 80),
            (775, 360, 70),
        ]:
            c.disc(x, y, r, hair)
            c.arc(x - 8, y - 6, r * 0.6, 190, 280, light, 8, 0.8)
    else:
        for side in (-1, 1):
            c.polygon(curve([(600 + side * 196, 560), (600 + side * 214, 440),
                             (600 + side * 176, 350),
                             (600 + side * 182, 450), (600 + side * 196, 560)]), hair)  # fmt: skip
        c.disc(530, 310, 60, "#ffffff", 0.14, ry=34)


def _glasses(c: Canvas, look: Look) -> None:
    frame = mix(look.coat, "#120c18", 0.4)
    for side in (-1, 1):
        rim = ellipse(600 + side * 90, 526, 74, 66)
        c.polygon(rim, "#ffffff", 0.18)
        c.line([*rim, rim[0], rim[1]], frame, 11)
        c.line([(600 + side * 164, 512), (600 + side * 200, 500)], frame, 11)
    c.line(curve([(574, 516), (600, 504), (626, 516)]), frame, 11)
