"""Scenes of work and machines: servers, robot, harbour, desk."""

from math import cos, radians, sin

from .canvas import Canvas, Point, curve, ellipse, mix


def servers() -> bytes:
    """Somebody in the aisle of a data centre."""
    c = Canvas(seed=17)
    c.wash(["#081a2b", "#0d2c42", "#0a1d30"])
    c.glow(960, 560, 760, "#3fd0d8", 0.75)
    for k in range(9):  # the floor's tiles
        z = 1.12**k * 0.5
        y = 560 + 300 * z
        c.line([(0, y), (1920, y)], "#4fc3d0", 2, 0.16)
    for i in range(-8, 9):
        c.line([(960 + i * 42, 640), (960 + i * 330, 1280)], "#4fc3d0", 2, 0.16)
    c.blur_shape([(860, 640), (1060, 640), (1320, 1280), (600, 1280)], "#66e0e0", 0.35, 60)
    depths = [0.34, 0.44, 0.57, 0.74, 0.97, 1.27, 1.66, 2.2]
    for near, far in zip(depths[1:], depths, strict=False):
        for side in (-1, 1):
            _rack(c, side, far, near)
    for z in depths[:7]:
        y = 560 - 470 * z
        if y > -40:
            c.limb((960 - 120 * z, y), (960 + 120 * z, y), 7 * z, 7 * z, "#c9fbf6", 0.95)
            c.glow(960, y, 300 * z, "#7ff0ec", 0.35, ry=90 * z)
    c.blur_shape(ellipse(985, 1064, 120, 14), "#02101c", 0.8, 12)
    c.person(985, 1060, 400, "#f08a4b", "#e3a883", "#3a241c")
    c.rect(930, 858, 96, 62, "#0b1d2c", 1, 5)
    c.rect(936, 863, 84, 52, "#9ff5ee", 0.95, 3)
    c.glow(978, 880, 150, "#9ff5ee", 0.4)
    return c.finish(vignette=0.3)


def _rack(c: Canvas, side: int, far: float, near: float) -> None:
    def at(depth: float, v: float) -> Point:
        return (960 + side * 520 * depth, 560 + v * depth)

    top, bottom = -400, 400
    gap = far + (near - far) * 0.96
    shade = min(1.0, near / 1.9)
    front, deep = mix("#2b6b80", "#12283c", shade), mix("#16425a", "#0a1726", shade)
    c.shade([at(far, top), at(gap, top), at(gap, bottom), at(far, bottom)],
            [front, deep] if side > 0 else [deep, front], sideways=True)  # fmt: skip
    units = 17
    for k in range(units):
        v0 = top + 24 + (bottom - top - 48) * k / units
        v1 = v0 + (bottom - top - 48) / units * 0.76
        a, b = far + (gap - far) * 0.1, far + (gap - far) * 0.9
        c.polygon([at(a, v0), at(b, v0), at(b, v1), at(a, v1)], "#06121e", 0.75)
        c.line([at(a, v0), at(b, v0)], "#6fb7c4", 1.4, 0.35)
        for n in range(10):
            if c.random.random() < 0.2:
                continue
            d = a + (b - a) * (0.08 + 0.84 * n / 10)
            color = c.random.choice(
                ["#4ff0d8", "#4ff0d8", "#8be9ff", "#ffb74d", "#2c6b78", "#2c6b78"]
            )
            px, py = at(d, (v0 + v1) / 2)
            c.disc(px, py, 2.3 * d + 0.8, color)
            if color == "#ffb74d" and near > 0.8:
                c.glow(px, py, 22 * d, color, 0.6)
    c.line([at(gap, top), at(gap, bottom)], "#9ff5ee", 2 * near, 0.4)


def robot() -> bytes:
    """A robot arm picking an apple from a belt."""
    c = Canvas(seed=19)
    c.wash(["#f7e3c4", "#f6d3a6", "#eebd8a"])
    c.disc(1010, 560, 500, "#f9efd9", 0.9)
    c.disc(1010, 560, 410, "#fbe0b4", 0.9)
    for i in range(6):
        c.rect(90 + i * 330, 0, 10, 150 + i % 2 * 60, "#c98f5f", 0.4)
        c.shade([(50 + i * 330, 150 + i % 2 * 60), (140 + i * 330, 150 + i % 2 * 60),
                 (170 + i * 330, 210 + i % 2 * 60), (20 + i * 330, 210 + i % 2 * 60)],
                ["#2f6f78", "#1f4d57"])  # fmt: skip
    _belt(c)
    base, elbow, wrist = (640, 930), (500, 470), (1010, 330)
    c.blur_shape(ellipse(640, 1012, 260, 20), "#6b3a22", 0.6, 18)
    c.shade([(470, 1010), (510, 900), (770, 900), (810, 1010)], ["#2f5661", "#193740"])
    _arm(c, base, elbow, 74, 58)
    _arm(c, elbow, wrist, 54, 40)
    _arm(c, wrist, (1172, 470), 36, 28)
    for (x, y), r in [(base, 104), (elbow, 84), (wrist, 58)]:
        c.disc(x + 7, y + 9, r, "#5b2a18", 0.3)
        c.disc(x, y, r, "#24505a")
        c.disc(x, y, r * 0.74, "#3a7f88")
        c.disc(x, y, r * 0.42, "#f6e7cc")
        c.disc(x, y, r * 0.2, "#24505a")
        for k in range(6):
            a = radians(60 * k + 20)
            c.disc(x + r * 0.58 * cos(a), y + r * 0.58 * sin(a), r * 0.07, "#f6e7cc", 0.9)
    c.line(curve([(600, 860), (380, 700), (440, 480), (640, 350), (930, 300)]), "#24505a", 12, 0.85)
    c.disc(1180, 480, 40, "#24505a")
    c.limb((1180, 480), (1190, 545), 26, 22, "#24505a")
    for side in (-1, 1):
        c.line(curve([(1190, 545), (1190 + side * 92, 572), (1190 + side * 104, 660),
                      (1190 + side * 62, 716)]),
               "#24505a", 26)  # fmt: skip
        c.disc(1190 + side * 62, 714, 17, "#f08a4b")
    _apple(c, 1190, 690, 64, "#d8402f")
    return c.finish(vignette=0.16)


def _arm(c: Canvas, a: Point, b: Point, r1: float, r2: float) -> None:
    c.limb((a[0] + 8, a[1] + 10), (b[0] + 8, b[1] + 10), r1, r2, "#5b2a18", 0.22)
    c.limb(a, b, r1, r2, "#ef7a35")
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = (dx * dx + dy * dy) ** 0.5
    nx, ny = -dy / length, dx / length
    if ny < 0:
        nx, ny = -nx, -ny
    c.polygon(
        [a, b, (b[0] + nx * r2, b[1] + ny * r2), (a[0] + nx * r1, a[1] + ny * r1)], "#b9501f", 0.6
    )
    c.line([(a[0] - nx * r1 * 0.6 + dx * 0.2, a[1] - ny * r1 * 0.6 + dy * 0.2),
            (b[0] - nx * r2 * 0.6 - dx * 0.2, b[1] - ny * r2 * 0.6 - dy * 0.2)], "#ffd2a1", 9,
            0.8)  # fmt: skip


def _belt(c: Canvas) -> None:
    c.rect(0, 1010, 1920, 270, "#b5764a")
    c.rect(0, 1010, 1920, 14, "#8a5433", 0.6)
    c.shade([(820, 960), (1920, 960), (1920, 1060), (820, 1060)], ["#27414a", "#162a32"])
    c.rect(820, 950, 1100, 20, "#3f616a", 1, 8)
    for i in range(9):
        c.disc(880 + i * 130, 1014, 34, "#0f1f26")
        c.disc(880 + i * 130, 1014, 24, "#5f868e")
        c.disc(880 + i * 130, 1014, 8, "#0f1f26")
    for x in (960, 1340, 1760):
        c.rect(x, 1060, 44, 220, "#1d353d")
    for x, color in [(1540, "#d8402f"), (1700, "#8fae3c"), (1850, "#d8402f")]:
        _apple(c, x, 890, 58, color)
    for x in (985, 1065, 1145):
        _apple(c, x, 872, 44, "#8fae3c" if x == 1065 else "#d8402f")
    c.rect(930, 890, 290, 64, "#d9a163", 1, 5)
    c.rect(930, 890, 290, 10, "#f3cd98", 1, 5)
    c.rect(1030, 912, 90, 20, "#8a5433", 0.8, 10)


def _apple(c: Canvas, x: float, y: float, r: float, color: str) -> None:
    c.disc(x - r * 0.28, y, r * 0.78, color, ry=r * 0.92)
    c.disc(x + r * 0.28, y, r * 0.78, mix(color, "#3b0f12", 0.14), ry=r * 0.92)
    c.disc(x, y + r * 0.08, r * 0.8, mix(color, "#3b0f12", 0.05), ry=r * 0.82)
    c.disc(x - r * 0.48, y - r * 0.3, r * 0.17, "#ffffff", 0.6, ry=r * 0.26)
    c.line(
        curve([(x, y - r * 0.7), (x + r * 0.06, y - r), (x + r * 0.22, y - r * 1.2)]),
        "#5b3a22",
        r * 0.11,
    )
    c.polygon(curve([(x + r * 0.1, y - r), (x + r * 0.45, y - r * 1.35),
                     (x + r * 0.85, y - r * 1.15),
                     (x + r * 0.5, y - r * 0.92), (x + r * 0.1, y - r)]), "#5f8f3a")  # fmt: skip


def harbour() -> bytes:
    """Containers and cranes in the morning haze."""
    c = Canvas(seed=43)
    c.wash(["#f2a65a", "#f7c27c", "#fbe0b0", "#f6ead0"], 0, 900)
    c.glow(640, 610, 760, "#fff6dc", 0.95)
    c.disc(640, 590, 100, "#fffdf2")
    for far, s, tone in [(260, 0.55, "#dba673"), (520, 0.6, "#d39b6c"), (1500, 0.62, "#d39b6c")]:
        _crane(c, far, 850, s, tone)
    x = 0.0
    while x < 1920:
        w = c.random.uniform(60, 150)
        c.rect(x, 850 - c.random.uniform(20, 70), w, 90, "#c98f66")
        x += w
    _crane(c, 1010, 880, 1.15, "#24404c")
    _crane(c, 1600, 880, 1.25, "#1a323d")
    hull = [(150, 780), (1500, 780), (1590, 730), (1640, 730), (1560, 900), (230, 900)]
    palette = ["#c8402f", "#1f6f6b", "#e0a02e", "#2f5b8f", "#e9e2d0", "#a0522d", "#3f7d62"]
    for column in range(11):
        for row in range(c.random.randint(2, 5)):
            color = c.random.choice(palette)
            bx, by = 420 + column * 98, 780 - (row + 1) * 54
            c.rect(bx, by, 95, 52, color, 1, 2)
            for k in range(7):
                c.rect(bx + 8 + k * 12, by + 6, 4, 40, "#1a1a22", 0.16)
            c.rect(bx, by, 95, 5, "#ffffff", 0.3)
    c.shade([(200, 560), (380, 560), (392, 780), (200, 780)], ["#fbf6e8", "#d9cdb4"])
    for row in range(4):
        c.rect(216, 586 + row * 46, 150, 16, "#27485c", 1, 3)
    c.rect(270, 470, 56, 92, "#c8402f")
    c.rect(270, 492, 56, 18, "#fbf6e8")
    c.blur_shape(curve([(298, 466), (270, 400), (190, 360), (60, 340), (90, 300), (260, 330),
                        (330, 420)]),
                 "#8f6a58", 0.45, 26)  # fmt: skip
    c.shade(hull, ["#8f2f2a", "#5b1d24"])
    c.polygon([(150, 780), (1500, 780), (1590, 730), (1640, 730), (1626, 762), (1510, 808),
               (158, 808)],
              "#1d3340")  # fmt: skip
    c.mirror(896, 384, "#c98f5f", 0.38, 9)
    for _ in range(120):
        x, y = c.random.gauss(640, 220), 900 + 370 * c.random.random() ** 1.4
        c.rect(x - 40, y, c.random.uniform(30, 110), 3, "#fff3d0", 0.55, 1.5)
    c.shade([(0, 1280), (0, 1150), (1920, 1210), (1920, 1280)], ["#2a3f48", "#16272f"])
    for bollard in (240.0, 900.0, 1560.0):
        x, y = bollard, 1150 + bollard * 0.031
        c.rect(x - 26, y - 52, 52, 66, "#12222a", 1, 8)
        c.rect(x - 38, y - 62, 76, 20, "#12222a", 1, 10)
    return c.finish(vignette=0.14)


def _crane(c: Canvas, x: float, foot: float, s: float, tone: str) -> None:
    def leg(x0: float, y0: float, x1: float, y1: float, width: float) -> None:
        c.line([(x + x0 * s, foot + y0 * s), (x + x1 * s, foot + y1 * s)], tone, width * s)

    for x0 in (-90, 90):
        leg(x0, 0, x0 * 0.7, -430, 20)
    leg(-80, -120, 80, -120, 12)
    leg(-84, 0, 70, -260, 7)
    leg(84, 0, -70, -260, 7)
    leg(-72, -270, 72, -270, 14)
    leg(-250, -430, 420, -430, 22)
    leg(-250, -408, 420, -408, 5)
    leg(-40, -430, 10, -610, 14)
    leg(60, -430, 10, -610, 14)
    leg(10, -606, 410, -434, 6)
    leg(10, -606, -240, -434, 6)
    for k in range(-240, 420, 40):
        leg(k, -430, k + 20, -408, 4)
    leg(260, -410, 260, -250, 3)
    leg(292, -410, 292, -250, 3)
    c.rect(x + 216 * s, foot - 250 * s, 120 * s, 46 * s, tone)
    c.rect(x - 216 * s, foot - 474 * s, 96 * s, 40 * s, tone)


def desk() -> bytes:
    """A writing desk at a window: paper, cup, lamp."""
    c = Canvas(seed=47)
    c.wash(["#23415a", "#2d5168", "#33596a"])
    c.shade([(560, 0), (1560, 0), (1560, 760), (560, 760)], ["#f7c58a", "#f6e2bd", "#cfe3df"])
    c.glow(1250, 260, 420, "#fff6dc", 0.9)
    c.disc(1250, 260, 70, "#fffbea")
    hills = [
        (560, 760),
        *curve([(560, 600), (800, 540), (1060, 610), (1300, 560), (1560, 620)]),
        (1560, 760),
    ]
    c.polygon(hills, "#7fa894")
    near = [(560, 760), *curve([(560, 690), (860, 640), (1180, 700), (1560, 660)]), (1560, 760)]
    c.polygon(near, "#4f7f73")
    for x in (560, 1046, 1536):
        c.rect(x - 14, 0, 28, 770, "#f4ead6")
    c.rect(546, 370, 1018, 22, "#f4ead6")
    c.rect(500, 750, 1120, 34, "#fbf4e4")
    c.blur_shape([(640, 780), (1500, 780), (1820, 1280), (420, 1280)], "#f7d9a6", 0.3, 60)
    c.shade([(0, 860), (1920, 860), (1920, 1280), (0, 1280)], ["#a8653c", "#7a4429"])
    c.rect(0, 856, 1920, 14, "#d99a63")
    for y in (930, 1010, 1110, 1220):
        c.line(curve([(0, y), (600, y + 16), (1200, y - 10), (1920, y + 8)]), "#5b2f1d", 3, 0.3)
    for i, (x, turn) in enumerate([(760, -60), (960, 20), (880, -10)]):
        sheet = [
            (x - 210, 1010 + i * 6),
            (x + 210 + turn, 990 + i * 6),
            (x + 260 + turn, 1210),
            (x - 250, 1232),
        ]
        c.blur_shape([(px + 10, py + 16) for px, py in sheet], "#3b1d12", 0.35, 14)
        c.shade(sheet, ["#fffdf6", "#efe3cc"])
    for k in range(8):
        c.line(
            [(700 - k * 4, 1046 + k * 22), (1010 + (k % 3) * 22, 1036 + k * 22)], "#5f6f7a", 5, 0.55
        )
    c.line([(700, 1112), (860, 1106)], "#c8402f", 9, 0.85)
    c.limb((1130, 1180), (1290, 1050), 12, 10, "#c8402f")
    c.polygon([(1120, 1170), (1138, 1190), (1096, 1206)], "#f3d9a6")
    _lamp(c, 330, 866)
    c.blur_shape(ellipse(1440, 1092, 150, 22), "#3b1d12", 0.5, 14)
    c.shade(
        [(1340, 900), (1540, 900), (1520, 1080), (1360, 1080)],
        ["#f4ead6", "#d9c7a6"],
        sideways=True,
    )
    c.disc(1440, 900, 100, "#fbf4e4", ry=24)
    c.disc(1440, 902, 84, "#4a2a1c", ry=17)
    c.arc(1552, 980, 54, -100, 110, "#e6d8bb", 20)
    for left in (1400, 1440, 1480):
        steam = [(left, 868), (left + 18, 820), (left - 14, 770), (left + 10, 710)]
        c.line(curve(steam), "#ffffff", 7, 0.4)
    books = [("#c8402f", 46), ("#e0a02e", 40), ("#1f6f6b", 52)]
    top = 866
    for i, (color, h) in enumerate(books):
        top -= h
        c.rect(1640 + i * 12, top, 260, h, color, 1, 5)
        c.rect(1664 + i * 12, top + 10, 26, h - 20, "#fbf4e4", 0.8, 3)
    return c.finish(vignette=0.26)


def _lamp(c: Canvas, x: float, foot: float) -> None:
    c.polygon(
        [(x - 120, foot + 6), (x + 120, foot + 6), (x + 90, foot - 26), (x - 90, foot - 26)],
        "#e0a02e",
    )
    c.line([(x, foot - 20), (x - 70, foot - 300), (x + 90, foot - 520)], "#e0a02e", 20)
    c.disc(x - 70, foot - 300, 22, "#b9781c")
    shade = [
        (x + 40, foot - 560),
        (x + 130, foot - 590),
        (x + 300, foot - 430),
        (x + 110, foot - 380),
    ]
    c.glow(x + 260, foot - 300, 460, "#ffe9a8", 0.75)
    c.shade(shade, ["#f6c04f", "#d48f22"])
    c.disc(x + 208, foot - 398, 40, "#fff6d6")
