"""Scenes of science and the open country: satellite, laboratory, glacier, turbines."""

from math import cos, pi, radians, sin

from .canvas import Canvas, Point, curve, ellipse, mix


def satellite() -> bytes:
    """A satellite above the curve of the Earth."""
    c = Canvas(seed=5)
    c.wash(["#070b22", "#0c1636", "#14264f"])
    for _ in range(460):
        r = c.random.choice([0.8, 1, 1.2, 1.6, 2.4])
        c.disc(c.random.uniform(0, 1920), c.random.uniform(0, 1280), r, "#dfe9ff",
               c.random.uniform(0.25, 0.95))  # fmt: skip
    c.glow(420, 240, 700, "#5b3f8f", 0.35)
    c.glow(1060, 1750, 1560, "#58c7f0", 0.75)
    for r, color, alpha in [
        (1160, "#3fa4dd", 0.28), (1138, "#6fd0f2", 0.4), (1120, "#bdeffb", 0.7),
        (1108, "#0f4f8c", 1),
    ]:  # fmt: skip
        c.disc(1180, 1920, r, color, alpha)
    _earth(c)
    c.blur_shape(
        [(0, 900), (0, 1280), (1920, 1280), (1920, 1180), (700, 1110)], "#071030", 0.55, 160
    )
    _spacecraft(c, 800, 500)
    for i, r in enumerate((170, 240, 310, 380)):
        c.arc(868, 628, r, 32, 78, "#ffd98a", 6, 0.75 - i * 0.15)
    return c.finish(vignette=0.12)


def _earth(c: Canvas) -> None:
    def on_globe(angle: float, depth: float) -> Point:
        return (
            1180 + (1108 - depth) * cos(radians(angle)),
            1920 + (1108 - depth) * sin(radians(angle)),
        )

    for start, end, depth, color in [
        (-114, -97, 70, "#2f8f7b"), (-90, -68, 110, "#3c9c7a"), (-61, -47, 60, "#c9a868"),
        (-103, -86, 260, "#58a878"), (-77, -60, 300, "#b79a5e"),
    ]:  # fmt: skip
        rim, back = [], []
        for k in range(9):
            bow = sin(pi * k / 8)
            a = start + (end - start) * k / 8
            rim.append(on_globe(a, depth - c.random.uniform(20, 50) * bow))
            back.append(on_globe(start + end - a, depth + c.random.uniform(50, 120) * bow))
        c.polygon(curve([*rim, *back], 10), color, 0.85)
    for _ in range(34):
        a, r = c.random.uniform(-128, -50), 1108 - c.random.uniform(24, 460)
        tone = c.random.choice(["#e8f3fa", "#c3dced", "#a4c8e2"])
        for k in range(c.random.randint(2, 4)):
            west = a + c.random.uniform(-1.6, 1.6)
            east = west + c.random.uniform(3, 9)
            width, ring = c.random.uniform(7, 17), r - k * 15
            c.arc(1180, 1920, ring, west, east, tone, width)
            for tip in (west, east):
                turn, middle = radians(tip), ring - width / 2
                c.disc(1180 + middle * cos(turn), 1920 + middle * sin(turn), width / 2, tone)
    c.arc(1180, 1920, 1110, 228, 320, "#e9fbff", 5, 0.9)


def _spacecraft(c: Canvas, x: float, y: float) -> None:
    def at(u: float, v: float) -> Point:
        turn = radians(-18)
        return (x + u * cos(turn) - v * sin(turn), y + u * sin(turn) + v * cos(turn))

    c.line([at(-420, 0), at(420, 0)], "#aab7c8", 10)
    for side in (-1, 1):
        for panel in range(3):
            left = side * (140 + panel * 122) if side > 0 else -252 - panel * 122
            c.shade([at(left, -96), at(left + 112, -96), at(left + 112, 96), at(left, 96)],
                    ["#3d7fe0", "#2453b3", "#173a86"])  # fmt: skip
            c.polygon([at(left, -96), at(left + 112, -96), at(left, 60)], "#9cc8ff", 0.22)
            for k in range(1, 6):
                c.line([at(left, -96 + 32 * k), at(left + 112, -96 + 32 * k)], "#bcd6ff", 2, 0.55)
            for k in range(1, 3):
                c.line([at(left + 37 * k, -96), at(left + 37 * k, 96)], "#bcd6ff", 2, 0.55)
            c.line([at(left, -96), at(left + 112, -96), at(left + 112, 96), at(left, 96),
                    at(left, -96)],
                   "#d9e6fb", 4)  # fmt: skip
    c.shade([at(-92, -110), at(92, -110), at(92, 110), at(-92, 110)],
            ["#fbe3a2", "#e9b04a", "#a86a24"], sideways=True)  # fmt: skip
    for _ in range(34):
        u, v = c.random.uniform(-84, 70), c.random.uniform(-100, 90)
        c.polygon([at(u, v), at(u + 26, v + 6), at(u + 10, v + 24)], "#fff6d2",
                  c.random.uniform(0.08, 0.3))  # fmt: skip
    c.polygon([at(-92, -110), at(92, -110), at(70, -140), at(-70, -140)], "#f6f8fb")
    c.polygon([at(-60, 20), at(-4, 20), at(-4, 80), at(-60, 80)], "#1c2b45")
    c.disc(*at(40, -30), 34, "#1c2b45")
    c.disc(*at(40, -30), 22, "#69c3e8")
    c.disc(*at(34, -38), 7, "#ffffff", 0.9)
    c.line([at(0, 110), at(0, 150)], "#cfd8e3", 10)
    dish = [at(110 * cos(radians(k)), 150 + 62 * sin(radians(k))) for k in range(0, 181, 6)]
    c.shade(dish, ["#ffffff", "#b9c6d6"])
    c.line([at(-110, 150), at(110, 150)], "#8fa0b5", 5)
    c.line([at(-50, 152), at(0, 232), at(50, 152)], "#dfe6ee", 4)
    c.disc(*at(0, 234), 9, "#ffd98a")


def laboratory() -> bytes:
    """Glassware with coloured liquids on a bench."""
    c = Canvas(seed=13)
    c.wash(["#e2efec", "#cfe5e4", "#b4d5d8"], 0, 1010)
    c.disc(960, 560, 470, "#f5faf4", 0.85)
    c.disc(960, 560, 390, "#ffffff", 0.7)
    for cx, cy in [(250, 250), (370, 320), (370, 180), (1610, 240), (1730, 310), (1490, 310)]:
        hexagon = [(cx + 68 * cos(radians(30 + 60 * k)), cy + 68 * sin(radians(30 + 60 * k)))
                   for k in range(7)]  # fmt: skip
        c.line(hexagon, "#7fb0b5", 6, 0.5)
        for px, py in hexagon[::2]:
            c.disc(px, py, 13, "#4f8f98", 0.6)
    c.shade([(0, 1000), (1920, 1000), (1920, 1280), (0, 1280)], ["#27485c", "#16303f"])
    c.rect(0, 992, 1920, 16, "#3d6579")
    _tubes(c, 170, 640)
    _erlenmeyer(c, 800, 330, "#f0654e", 1.12)
    _round_flask(c, 1250, 600, "#159a9c")
    _erlenmeyer(c, 1600, 610, "#f2b53f", 0.7)
    c.limb((1560, 260), (1380, 400), 17, 9, "#5b97a3", 0.75)
    c.disc(1598, 230, 46, "#e5533d", ry=36)
    c.disc(1352, 442, 12, "#159a9c", ry=17)
    for x, r in [(800, 250), (1250, 200), (1600, 160), (390, 250)]:
        c.blur_shape(ellipse(x, 1030, r, 18), "#0b1c28", 0.75, 18)
    c.rect(1020, 1040, 200, 22, "#f5faf4", 0.9, 4)
    c.limb((1050, 1030), (1330, 1056), 8, 8, "#f2b53f")
    return c.finish(vignette=0.16)


def _erlenmeyer(c: Canvas, x: float, top: float, liquid: str, s: float) -> None:
    bottom = 1000

    def side(share: float) -> float:  # half the width at a share of the height
        return (62 if share < 0.34 else 62 + (share - 0.34) / 0.66 * 214) * s

    height = bottom - top
    left = [(x - side(k / 30), top + height * k / 30) for k in range(31)]
    right = [(x + side(k / 30), top + height * k / 30) for k in range(30, -1, -1)]
    c.shade([*left, *right], ["#eef8f8", "#c4e2e6"], alpha=0.75)
    level = 0.52
    fill = [
        (x - side(k / 30) + 12 * s, top + height * k / 30) for k in range(round(level * 30), 30)
    ]
    back = [
        (x + side(k / 30) - 12 * s, top + height * k / 30)
        for k in range(29, round(level * 30) - 1, -1)
    ]
    c.shade([*fill, *back], [mix(liquid, "#ffffff", 0.28), liquid, mix(liquid, "#24112a", 0.32)])
    y = top + height * round(level * 30) / 30
    c.disc(x, y, side(level) - 12 * s, mix(liquid, "#ffffff", 0.45), ry=18 * s)
    for _ in range(24):
        share = c.random.uniform(level + 0.1, 0.95)
        bx = x + c.random.uniform(-0.75, 0.75) * side(share)
        c.disc(
            bx,
            top + height * share,
            c.random.uniform(4, 15) * s,
            "#ffffff",
            c.random.uniform(0.15, 0.4),
        )
    c.polygon([(x - 40 * s, top + 24), (x - 22 * s, top + 24), (x - 22 * s, top + height * 0.36),
               (x - 150 * s, top + height * 0.9), (x - 196 * s, top + height * 0.9),
               (x - 42 * s, top + height * 0.36)], "#ffffff", 0.4)  # fmt: skip
    c.line([*left], "#5b97a3", 6 * s)
    c.line([*right], "#5b97a3", 6 * s)
    c.line([left[-1], right[0]], "#5b97a3", 7 * s)
    c.rect(x - 82 * s, top - 14 * s, 164 * s, 26 * s, "#d9eef0", 1, 12 * s)
    c.rect(x - 82 * s, top + 4 * s, 164 * s, 8 * s, "#5b97a3", 0.7, 4)
    for k in range(4):
        c.line(
            [(x + 30 * s, 900 - k * 70 * s), (x + 88 * s, 900 - k * 70 * s)], "#ffffff", 5 * s, 0.75
        )


def _round_flask(c: Canvas, x: float, top: float, liquid: str) -> None:
    cx, cy, r = x, 812, 178
    c.shade([(x - 36, top - 60), (x + 36, top - 60), (x + 36, cy - r + 20), (x - 36, cy - r + 20)],
            ["#eef8f8", "#d3eaec"], alpha=0.85)  # fmt: skip
    c.disc(cx, cy, r, "#dff0f1", 0.85)
    bowl = [
        (cx + (r - 12) * cos(radians(a)), cy + (r - 12) * sin(radians(a)))
        for a in range(-12, 193, 4)
    ]
    c.shade(bowl, [mix(liquid, "#ffffff", 0.3), liquid, mix(liquid, "#0b1c40", 0.35)])
    c.disc(cx, cy - 34, (r - 14) * 0.975, mix(liquid, "#ffffff", 0.5), ry=22)
    for _ in range(16):
        c.disc(cx + c.random.uniform(-100, 100), cy + c.random.uniform(10, 120),
               c.random.uniform(4, 13),
               "#ffffff", c.random.uniform(0.15, 0.4))  # fmt: skip
    c.arc(cx, cy, r - 34, 150, 230, "#ffffff", 16, 0.55)
    c.arc(cx, cy, r, -78, 258, "#5b97a3", 6)
    c.line([(x - 36, top - 60), (x - 36, cy - r + 6)], "#5b97a3", 6)
    c.line([(x + 36, top - 60), (x + 36, cy - r + 6)], "#5b97a3", 6)
    c.rect(x - 52, top - 74, 104, 20, "#d9eef0", 1, 10)
    c.shade(
        [(x - 110, 1000), (x - 80, 968), (x + 80, 968), (x + 110, 1000)], ["#8a5a3a", "#5e3a28"]
    )


def _tubes(c: Canvas, x: float, y: float) -> None:
    for i, color in enumerate(["#f0654e", "#f2b53f", "#159a9c", "#6a4c93"]):
        tx = x + 60 + i * 116
        c.rect(tx - 34, y - 120, 68, 420, "#eef8f8", 0.85, 34)
        level = 40 + c.random.uniform(0, 90)
        c.rect(tx - 26, y + level - 40, 52, 332 - level, color, 0.95, 26)
        c.rect(tx - 26, y + level - 40, 52, 26, mix(color, "#ffffff", 0.45), 1)
        c.rect(tx - 20, y - 96, 11, 360, "#ffffff", 0.6, 5)
        c.rect(tx - 42, y - 130, 84, 18, "#5b97a3", 0.9, 9)
    for yy, tone in [(y + 40, "#c98b55"), (y + 268, "#a86c3d")]:
        c.rect(x - 20, yy, 510, 36, tone, 1, 6)
        c.rect(x - 20, yy, 510, 8, "#f0c294", 0.7, 4)
    for px in (x - 10, x + 444):
        c.rect(px, y + 40, 36, 318, "#8f5a33", 1, 4)


def glacier() -> bytes:
    """A glacier between mountains, with a research hut at the lake."""
    c = Canvas(seed=29)
    c.wash(["#f3c9a8", "#f6dcc4", "#dfe8ea", "#b8d5e2"], 0, 900)
    c.glow(1420, 250, 640, "#fff3da", 0.95)
    c.disc(1420, 250, 60, "#fffaf0")
    for y, swing, color in [(560, 150, "#b9c9d9"), (620, 120, "#9fb4cb")]:
        c.polygon(c.ridge(y, swing, points=9, rough=0.55), color)
    _peak(c, 330, 190, 620, "#3f5878", "#e9f1f6")
    _peak(c, 1630, 240, 600, "#48617f", "#eef4f7")
    _peak(c, 840, 330, 420, "#5c7692", "#f4f8fa")
    tongue: list[Point] = [*curve([(700, 560), (640, 700), (500, 860), (420, 905)]),
                           *curve([(1480, 905), (1330, 840), (1180, 690),
                                   (1080, 560)])]  # fmt: skip
    c.shade(tongue, ["#ffffff", "#d3ecf5", "#8fcbe2"])
    for i in range(26):
        y = 590 + i * 12
        share = (y - 560) / 345
        left, right = 705 - 280 * share, 1075 + 400 * share
        crack = [(left + (right - left) * k / 10, y + 16 * sin(k * 0.9 + i) - 22 * sin(pi * k / 10))
                 for k in range(1, 10)]  # fmt: skip
        start = c.random.randint(0, 4)
        c.line(curve(crack[start : start + 5], 6), "#4f9fc0", 3.5, 0.2 + share * 0.35)
    for side in (0, 1):
        moraine = [
            (700 - 270 * k / 8 if side == 0 else 1080 + 390 * k / 8, 560 + 43 * k) for k in range(9)
        ]
        c.line(curve(moraine), "#57646f", 12, 0.6)
    front = [(x, 905 - c.random.uniform(24, 74)) for x in range(400, 1500, 34)]
    c.polygon([(400, 912), *front, (1500, 912)], "#6fb7d4")
    c.polygon([(400, 912), *[(x + 12, y + 20) for x, y in front], (1500, 912)], "#4a98bb")
    c.mirror(910, 370, "#2f6f8f", 0.42, 7)
    for x, y, s in [(1120, 1010, 1.0), (760, 980, 0.6), (1480, 970, 0.5), (980, 1130, 0.8)]:
        _iceberg(c, x, y, s)
    shore = curve([(0, 1060), (200, 1040), (420, 1100), (640, 1190), (820, 1280)])
    c.polygon([(0, 1280), *shore], "#2c3a45")
    c.polygon([(0, 1280), *[(x, y + 40) for x, y in shore]], "#22303a")
    c.shade([(150, 1010), (330, 1010), (330, 1110), (150, 1110)], ["#d6452f", "#a52f24"])
    c.polygon([(130, 1014), (190, 940), (370, 940), (350, 1014)], "#f0efe9")
    c.rect(180, 1040, 46, 70, "#5e1c18")
    c.rect(256, 1036, 48, 38, "#ffd98a")
    c.line([(366, 1120), (366, 900)], "#e8edf0", 5)
    c.polygon([(366, 902), (430, 918), (366, 936)], "#f2b53f")
    c.person(470, 1150, 116, "#f2b53f", "#d79b76", "#27384a")
    c.person(530, 1168, 112, "#d6452f", "#d79b76", "#27384a")
    return c.finish(vignette=0.14)


def _peak(c: Canvas, x: float, top: float, half: float, rock: str, snow: str) -> None:
    base = 912.0

    def at(across: float, down: float) -> Point:  # shares of half the width and of the height
        return (x + half * across, top + (base - top) * down)

    spine = [at((0.03 if k % 2 else -0.05) * (k / 4), k / 8) for k in range(9)]
    c.shade([at(-1, 1), at(0, 0), at(1, 1)], [rock, mix(rock, "#b8d5e2", 0.35)])
    c.shade([*spine, at(-1, 1)], [mix(rock, "#ffffff", 0.26), mix(rock, "#b8d5e2", 0.5)])
    left = [
        at(-0.44, 0.44),
        at(-0.33, 0.4),
        at(-0.3, 0.52),
        at(-0.2, 0.4),
        at(-0.13, 0.56),
        at(-0.06, 0.42),
    ]
    right = [
        at(0.0, 0.42),
        at(0.07, 0.54),
        at(0.13, 0.38),
        at(0.22, 0.5),
        at(0.27, 0.37),
        at(0.38, 0.38),
    ]
    c.polygon([at(0, 0), *left, at(0.0, 0.42)], snow)
    c.polygon([at(0, 0), *right], mix(snow, rock, 0.3))
    c.polygon([at(0, 0), at(-0.05, 0.2), at(0.02, 0.3), at(0, 0.42), at(0.06, 0.3), at(0.02, 0.18)],
              mix(snow, rock, 0.3))  # fmt: skip
    for _ in range(8):
        across = c.random.uniform(-0.8, 0.75)
        sx, sy = at(across, abs(across) + c.random.uniform(0.05, 0.12))
        if sy < at(0, 0.5)[1] or sy > 840:
            continue
        c.polygon([(sx, sy), (sx + 15, sy + 46), (sx - 2, sy + c.random.uniform(80, 130)),
                   (sx - 14, sy + 40)],
                  snow, 0.7)  # fmt: skip


def _iceberg(c: Canvas, x: float, y: float, s: float) -> None:
    c.polygon([(x - 130 * s, y), (x - 70 * s, y - 70 * s), (x - 10 * s, y - 46 * s),
               (x + 30 * s, y - 104 * s),
               (x + 140 * s, y)], "#f7fbfd")  # fmt: skip
    c.polygon([(x + 30 * s, y - 104 * s), (x + 140 * s, y), (x - 10 * s, y),
               (x - 10 * s, y - 46 * s)],
              "#b5dcea")  # fmt: skip
    c.polygon([(x - 130 * s, y), (x + 140 * s, y), (x + 60 * s, y + 34 * s),
               (x - 60 * s, y + 30 * s)],
              "#7cc0d8", 0.7)  # fmt: skip


def turbines() -> bytes:
    """Wind turbines over fields in the morning."""
    c = Canvas(seed=31)
    c.wash(["#8fc7d6", "#bfe0d8", "#f4edc9", "#fbdba0"], 0, 860)
    c.glow(560, 640, 760, "#fff4c9", 0.9)
    c.disc(560, 610, 92, "#fffbe6")
    for x, y, w in [(1280, 210, 420), (1500, 250, 300), (300, 180, 380)]:
        c.blur_shape(ellipse(x, y, w / 2, 26), "#ffffff", 0.75, 24)
    c.shade(c.ridge(720, 60, points=6), ["#a9c9b5", "#c9d9ac"])
    for x, foot, s, turn in [(1010, 760, 0.42, 20), (1230, 770, 0.5, 75), (210, 780, 0.46, 50)]:
        _turbine(c, x, foot, s, turn, "#f3f6ee")
    c.shade(c.ridge(800, 54, points=5), ["#7fb089", "#9fbf7a"])
    _turbine(c, 1620, 890, 0.92, 8, "#ffffff")
    c.shade(c.ridge(880, 40, points=4, rough=0.35), ["#dfc445", "#f0d65c", "#e7c53c"])
    for i in range(-16, 40):
        x = 960 + (i - 12) * 150
        c.polygon([(960 + (i - 12) * 40, 925), (960 + (i - 12) * 40 + 9, 925), (x + 62, 1280),
                   (x, 1280)],
                  "#b79a24", 0.26)  # fmt: skip
    _turbine(c, 830, 1040, 1.45, 42, "#ffffff")
    c.shade(c.ridge(1120, 46, points=5, rough=0.35), ["#3f7d62", "#23523f"])
    for x, y, s in [(140, 1090, 1.0), (60, 1120, 0.8), (1800, 1110, 1.1), (1700, 1120, 0.7)]:
        c.rect(x - 7 * s, y, 14 * s, 80 * s, "#2c3b2c")
        for dx, dy, r in [(0, -50, 74), (-46, -14, 52), (48, -10, 56)]:
            c.disc(x + dx * s, y + dy * s, r * s, "#2f6b4f")
        c.disc(x - 22 * s, y - 66 * s, 36 * s, "#4f9268", 0.8)
    path = [*curve([(1010, 1280), (1080, 1210), (1230, 1160), (1250, 1126)]),
            *curve([(1266, 1126), (1270, 1170), (1180, 1220), (1190, 1280)])]  # fmt: skip
    c.polygon(path, "#e7dcb4", 0.9)
    return c.finish(vignette=0.14)


def _turbine(c: Canvas, x: float, foot: float, s: float, turn: float, color: str) -> None:
    hub_y = foot - 560 * s
    c.shade([(x - 8 * s, hub_y), (x + 8 * s, hub_y), (x + 17 * s, foot), (x - 17 * s, foot)],
            [color, mix(color, "#7f9aa0", 0.45)], sideways=True)  # fmt: skip
    for k in range(3):
        a = radians(turn + 120 * k)

        def at(u: float, v: float, a: float = a) -> Point:
            return (x + (u * cos(a) - v * sin(a)) * s, hub_y + (u * sin(a) + v * cos(a)) * s)

        c.polygon(
            curve([at(8, -10), at(60, -24), at(180, -12), at(318, 0), at(180, 7), at(8, 9)], 8),
            color,
        )
        c.polygon(
            curve([at(8, 0), at(60, -2), at(318, 0), at(180, 7), at(8, 9)], 8), "#7f9aa0", 0.45
        )
    c.disc(x, hub_y, 20 * s, color)
    c.disc(x, hub_y, 11 * s, "#c8d3d3")
