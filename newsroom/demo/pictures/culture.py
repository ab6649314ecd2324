"""Scenes of culture and sport: concert, library, stadium."""

from math import cos, pi, radians, sin

from .canvas import Canvas, Point, curve, ellipse, mix


def concert() -> bytes:
    """An orchestra on stage, seen over the heads of the audience."""
    c = Canvas(seed=53)
    c.wash(["#2a0f1e", "#4f1a26", "#7a2c2c"])
    c.shade([(360, 120), (1560, 120), (1680, 800), (240, 800)], ["#c97a3c", "#e8a554", "#f6cf85"])
    for i in range(31):  # the organ
        x = 560 + i * 26.5
        h = 250 + 150 * abs(sin(i * pi / 15))
        top = 560 - h
        c.shade(
            [(x, top), (x + 21, top), (x + 21, 560), (x, 560)],
            ["#fff0c4", "#d39a45", "#8f5a2a"],
            sideways=True,
        )
        c.polygon([(x + 4, 560), (x + 17, 560), (x + 10.5, 588)], "#8f5a2a")
        c.disc(x + 10.5, 520, 5, "#5b2f1a", ry=8)
    c.rect(520, 586, 880, 70, "#8a4b26")
    for i in range(22):
        c.rect(534 + i * 40, 598, 24, 46, "#6b361c", 0.8, 3)
    c.shade([(240, 800), (420, 656), (1500, 656), (1680, 800)], ["#d98f4a", "#b5652f"])
    _orchestra(c)
    c.shade([(180, 792), (1740, 792), (1740, 866), (180, 866)], ["#5b2a1c", "#38161a"])
    for x0, x1, tone in [(300, 700, 0.34), (760, 900, 0.3), (1160, 1020, 0.3), (1620, 1220, 0.34)]:
        c.blur_shape(
            [(x0 - 16, -20), (x0 + 16, -20), (x1 + 200, 800), (x1 - 200, 800)], "#fff0c4", tone, 26
        )
    for side in (-1, 1):
        for level in range(3):
            _balcony(c, side, level)
    for i in range(22):
        c.disc(300 + i * 63, 74 + 26 * sin(pi * i / 21), 8, "#fff3d0")
        c.glow(300 + i * 63, 74 + 26 * sin(pi * i / 21), 60, "#ffd98a", 0.5)
    _audience(c)
    return c.finish(vignette=0.3)


def _orchestra(c: Canvas) -> None:
    for row, (y, count, spread, h) in enumerate(
        [(690, 17, 500, 80), (730, 15, 560, 92), (776, 13, 610, 104)]
    ):
        for i in range(count):
            u = (i + 0.5) / count * 2 - 1
            if row == 2 and abs(u) < 0.14:
                continue
            x, foot = 960 + u * spread, y + 12 * (1 - u * u)
            c.limb((x, foot - h * 0.62), (x, foot), h * 0.19, h * 0.24, "#2b1420")
            c.disc(x, foot - h * 0.92, h * 0.14, mix("#e8b48e", "#8a4f34", c.random.random() * 0.6))
            c.disc(
                x,
                foot - h * 0.98,
                h * 0.13,
                c.random.choice(["#2b1c1a", "#7a4a2a", "#c9a06a", "#3a2020"]),
            )
            if row == 2 and i % 3 != 1:
                c.limb((x + 10, foot - h * 0.35), (x + 16, foot - h * 0.05), 13, 19, "#a8521f")
                c.line([(x + 6, foot - h * 0.7), (x + 14, foot - h * 0.2)], "#3a1a12", 4)
            elif row < 2 and i % 2:
                c.line([(x - 16, foot - h * 0.45), (x + 20, foot - h * 0.78)], "#f6dc94", 6)
    c.rect(916, 782, 88, 22, "#38161a", 1, 4)
    c.person(960, 784, 170, "#1a0d18")
    c.line([(944, 650), (900, 610), (872, 560)], "#1a0d18", 11)
    c.line([(976, 650), (1022, 622), (1044, 572)], "#1a0d18", 11)
    c.line([(1044, 572), (1074, 520)], "#fff6e0", 3)


def _balcony(c: Canvas, side: int, level: int) -> None:
    def flip(x: float) -> float:
        return x if side < 0 else 1920 - x

    y, reach = 250 + level * 180, 330 - level * 40
    rim = curve([(-10, y + 60), (reach * 0.45, y + 44), (reach * 0.85, y + 14), (reach, y - 16)])
    low = curve(
        [(reach - 6, y + 36), (reach * 0.8, y + 74), (reach * 0.45, y + 108), (-10, y + 126)]
    )
    c.polygon(
        [(flip(x), py - 90) for x, py in rim] + [(flip(x), py) for x, py in reversed(rim)],
        "#38121c",
    )
    for k in range(5):
        x = reach * (0.1 + 0.17 * k)
        c.disc(flip(x), y + 38 - k * 9, 17, mix("#1a0a12", "#7a2c2c", 0.25))
        c.disc(flip(x), y + 62 - k * 9, 27, mix("#1a0a12", "#7a2c2c", 0.15))
    c.shade([(flip(x), py) for x, py in [*rim, *low]], ["#e0a050", "#a8622c"])
    c.line([(flip(x), py) for x, py in rim], "#fbe0a6", 6)
    for k in range(4):
        c.disc(flip(reach * (0.14 + 0.22 * k)), y + 82 - k * 15, 13, "#7a3a20", 0.7)


def _audience(c: Canvas) -> None:
    for row in range(5):
        y, r = 900 + row * 86, 30 + row * 8
        tone = mix("#5b1f28", "#12070f", row / 4)
        count = 21 - row * 2
        for i in range(count):
            x = (i + (row % 2) * 0.5) * 1920 / (count - 1.0) + c.random.uniform(-9, 9)
            c.limb((x - r * 0.9, y + r * 2.1), (x + r * 0.9, y + r * 2.1), r * 0.9, r * 0.9, tone)
            c.disc(x, y, r, tone, ry=r * 1.14)
            kind = c.random.random()
            if kind < 0.25:
                c.disc(x, y - r * 1.15, r * 0.42, tone)
            elif kind < 0.5:
                c.disc(x, y + r * 0.3, r * 1.16, tone, ry=r * 1.2)
            c.arc(x, y, r * 0.98, 215, 325, "#f0a860", 2.5, 0.5 - row * 0.09)
        c.rect(0, y + r * 2.1, 1920, 160, mix(tone, "#000000", 0.15))


def library() -> bytes:
    """A reading room with tall shelves and light from an arched window."""
    c = Canvas(seed=59)
    c.wash(["#3a2a22", "#5b4030", "#6f4c35"])
    arch = [(700, 900), (700, 380), *[(960 - 260 * cos(radians(a)), 380 - 260 * sin(radians(a)))
            for a in range(0, 181, 6)], (1220, 380), (1220, 900)]  # fmt: skip
    c.polygon([(960 + (x - 960) * 1.12, 500 + (y - 500) * 1.07) for x, y in arch], "#8f6a4a")
    c.shade(arch, ["#bfe0e0", "#e9f0d8", "#f9e6b3"])
    c.glow(960, 520, 320, "#fffdf0", 0.8)
    for x, y, r, tone in [
        (780, 800, 90, "#7fae7a"),
        (1130, 820, 110, "#6f9f74"),
        (900, 870, 80, "#8fba82"),
    ]:
        c.disc(x, y, r, tone, 0.75)
    for x in (788, 874, 960, 1046, 1132):
        c.rect(x - 5, 120, 10, 790, "#6f4c35")
    for y in (380, 560, 740):
        c.rect(700, y - 5, 520, 10, "#6f4c35")
    for a in (45, 90, 135):
        c.line(
            [(960, 380), (960 - 260 * cos(radians(a)), 380 - 260 * sin(radians(a)))], "#6f4c35", 9
        )
    c.shade([(0, 900), (1920, 900), (1920, 1280), (0, 1280)], ["#8a5a38", "#4f3022"])
    for i in range(-10, 11):
        c.line([(960 + i * 90, 900), (960 + i * 300, 1280)], "#3b2218", 3, 0.4)
    for side in (-1, 1):
        _shelves(c, side)
    c.blur_shape([(740, 300), (1180, 300), (1560, 1280), (420, 1280)], "#fff0c0", 0.34, 50)
    _table(c)
    for _ in range(90):
        c.disc(
            c.random.gauss(960, 260),
            c.random.uniform(200, 1150),
            c.random.uniform(1, 3),
            "#fff6d6",
            0.5,
        )
    return c.finish(vignette=0.3)


def _shelves(c: Canvas, side: int) -> None:
    palette = [
        "#a03a2c",
        "#c98a2c",
        "#2f6f6b",
        "#27485c",
        "#7a4a6b",
        "#d9b98a",
        "#5f7f4a",
        "#8f3d3a",
        "#e3d2a8",
    ]

    def at(u: float, v: float) -> Point:  # u: 0 near … 1 far, v: -1 top … 1 bottom
        depth = 1 / (1 + 1.7 * u)
        return (960 + side * (-380 + 1340 * depth), 560 + v * 720 * depth)

    c.polygon([at(0, -1), at(1, -1), at(1, 0.98), at(0, 0.98)], "#3f281c")
    rows = 7
    for row in range(rows):
        v0, v1 = -0.96 + 1.86 * row / rows, -0.96 + 1.86 * (row + 1) / rows
        c.polygon([at(0, v0), at(1, v0), at(1, v1), at(0, v1)], "#2a1912")
        u = 0.0
        while u < 0.985:
            w = c.random.uniform(0.008, 0.022) * (1 + u)
            if c.random.random() < 0.06:
                u += w * 2
                continue
            top = v0 + (v1 - v0) * c.random.uniform(0.14, 0.42)
            color = mix(c.random.choice(palette), "#2a1912", 0.36 - 0.34 * u)
            end = min(0.99, u + w)
            c.polygon([at(u, top), at(end, top), at(end, v1 - 0.02), at(u, v1 - 0.02)], color)
            if c.random.random() < 0.5:
                band = top + (v1 - top) * 0.25
                c.polygon([at(u, band), at(end, band), at(end, band + 0.016), at(u, band + 0.016)],
                          "#f3dca4", 0.7)  # fmt: skip
            u = end + 0.0015
        c.polygon(
            [at(0, v1 - 0.022), at(1, v1 - 0.022), at(1, v1 + 0.008), at(0, v1 + 0.008)], "#9a6a42"
        )
    for u in (0.0, 0.17, 0.42, 1.0):
        c.polygon([at(u, -1), at(u + 0.022, -1), at(u + 0.022, 0.98), at(u, 0.98)], "#8a5c3a")
    for offset in (0.24, 0.3):
        c.line([at(offset, -0.75), at(offset + 0.03, 1.0)], "#d9a163", 9)
    for k in range(11):
        v = -0.62 + k * 0.15
        c.line([at(0.245 + k * 0.002, v), at(0.305 + k * 0.002, v)], "#d9a163", 7)


def _table(c: Canvas) -> None:
    c.blur_shape(ellipse(960, 1210, 620, 34), "#1a0d08", 0.7, 26)
    c.limb((960, 860), (960, 1010), 66, 88, "#27485c")
    c.limb((880, 940), (846, 1010), 30, 24, "#27485c")
    c.limb((1040, 940), (1074, 1010), 30, 24, "#27485c")
    c.disc(960, 780, 50, "#e3a883", ry=58)
    c.disc(960, 762, 56, "#3a241c", ry=54)
    c.disc(996, 716, 25, "#3a241c")
    c.shade([(420, 1010), (1500, 1010), (1600, 1090), (320, 1090)], ["#c98d52", "#a86c3a"])
    c.rect(320, 1088, 1280, 30, "#7a4a2a")
    for x in (380, 1500):
        c.rect(x, 1116, 44, 164, "#5f3820")
    c.polygon([(840, 1046), (958, 1030), (960, 1072), (826, 1082)], "#fffaf0")
    c.polygon([(1080, 1046), (962, 1030), (960, 1072), (1094, 1082)], "#f1e6d0")
    for x in (610, 1310):
        c.rect(x - 40, 1042, 80, 12, "#b9781c", 1, 6)
        c.rect(x - 5, 900, 10, 146, "#d9a03c")
        c.shade(
            [(x - 96, 914), (x - 60, 852), (x + 60, 852), (x + 96, 914)], ["#3f8f74", "#1f5f4f"]
        )
        c.glow(x, 960, 240, "#ffe9a8", 0.65)
        c.rect(x - 90, 912, 180, 8, "#fff3c4")
    for i, (color, w) in enumerate([("#a03a2c", 150), ("#d9b98a", 130), ("#2f6f6b", 140)]):
        c.rect(1130 + i * 6, 1034 - i * 24, w, 23, color, 1, 3)


def stadium() -> bytes:
    """A ball before the goal under floodlights."""
    c = Canvas(seed=61)
    c.wash(["#0c1a3a", "#183263", "#2c5a8f", "#5f93b3"], 0, 620)
    for x in (250, 1670):
        c.glow(x, 150, 620, "#dff0ff", 0.6)
    c.shade(
        [(0, 340), (480, 420), (1440, 420), (1920, 340), (1920, 660), (0, 660)],
        ["#1d2c52", "#2a3a63"],
    )
    crowd = ["#e8d9b4", "#d8503f", "#f2c14e", "#7fb2d6", "#ffffff", "#3c5a8f", "#8fa8c9"]
    for row in range(13):
        for i in range(150):
            x = i * 13 + row % 2 * 6
            bend = 80 * (1 - min(1.0, min(x, 1920 - x) / 480))
            y = 446 - bend + row * 16 * (1 + bend / 260)
            if c.random.random() < 0.86:
                c.disc(x, y, 5.4, mix(c.random.choice(crowd), "#1d2c52", 0.45 - row * 0.03))
    roof = [
        (0, 230),
        (480, 350),
        (1440, 350),
        (1920, 230),
        (1920, 345),
        (1440, 424),
        (480, 424),
        (0, 345),
    ]
    c.shade(roof, ["#0f1c3f", "#24386b"])
    c.line([(0, 345), (480, 424), (1440, 424), (1920, 345)], "#e9f3ff", 5, 0.8)
    for x, top in [(250, 90), (1670, 90)]:
        c.rect(x - 9, top + 60, 18, 220, "#0b1630")
        c.rect(x - 120, top, 240, 116, "#0b1630", 1, 8)
        for k in range(15):
            c.disc(x - 96 + k % 5 * 48, top + 24 + k // 5 * 34, 14, "#fbfdff")
            c.glow(x - 96 + k % 5 * 48, top + 24 + k // 5 * 34, 44, "#e9f6ff", 0.8)
    boards = ["#d8503f", "#f7f3e6", "#f2c14e", "#1f6f6b", "#f7f3e6", "#27485c"]
    for i in range(12):
        c.rect(i * 160, 634, 160, 44, boards[i % 6])
        c.rect(i * 160 + 24, 650, 112, 12, "#10203f", 0.35, 6)
    _pitch(c)
    _goal(c)
    c.blur_shape(ellipse(700, 1168, 190, 26), "#06240f", 0.75, 18)
    _ball(c, 700, 1030, 142)
    for side, x in ((1, 250), (-1, 1670)):
        c.blur_shape([(x - 60, 170), (x + 60, 170), (x + side * 1050, 1280),
                      (x + side * 250, 1280)],
                     "#e9f6ff", 0.13, 50)  # fmt: skip
    return c.finish(vignette=0.26)


def _pitch(c: Canvas) -> None:
    c.shade([(0, 676), (1920, 676), (1920, 1280), (0, 1280)], ["#3f9a4f", "#2c7f40", "#1d6232"])
    for i in range(-9, 10, 2):
        c.polygon([(960 + i * 150, 676), (960 + (i + 1) * 150, 676), (960 + (i + 1) * 420, 1280),
                   (960 + i * 420, 1280)], "#7fce6a", 0.2)  # fmt: skip
    c.line([(0, 716), (1920, 716)], "#f4fbef", 5, 0.9)
    c.line([(560, 716), (330, 900), (2100, 900)], "#f4fbef", 7, 0.9)
    c.line([(900, 716), (820, 780), (1760, 780), (1690, 716)], "#f4fbef", 5, 0.9)
    for _ in range(500):
        x, y = c.random.uniform(0, 1920), 900 + 380 * c.random.random()
        h = (y - 700) / 40
        c.line([(x, y), (x + c.random.uniform(-3, 3), y - h)], "#8fdc78", 1.6, 0.35)


def _goal(c: Canvas) -> None:
    left, right, top, foot = 1020, 1590, 470, 718
    for k in range(20):
        x = left + (right - left) * k / 19
        c.line([(x, top), (x + (x - 1305) * -0.06, foot - 26)], "#f4fbff", 1.6, 0.5)
    for k in range(9):
        y = top + (foot - top) * k / 9
        c.line([(left, y), (right, y)], "#f4fbff", 1.6, 0.5)
    c.line([(left, foot), (left, top), (right, top), (right, foot)], "#ffffff", 12)
    c.blur_shape(ellipse(1290, 730, 60, 8), "#06240f", 0.6, 8)
    x, foot = 1290, 724
    c.limb((x - 22, foot - 6), (x - 8, foot - 74), 9, 13, "#10203f")
    c.limb((x + 30, foot - 6), (x + 10, foot - 74), 9, 13, "#10203f")
    c.limb((x, foot - 84), (x, foot - 128), 24, 27, "#f2c14e")
    c.limb((x - 22, foot - 134), (x - 66, foot - 176), 10, 8, "#f2c14e")
    c.limb((x + 22, foot - 134), (x + 66, foot - 170), 10, 8, "#f2c14e")
    c.disc(x - 70, foot - 182, 12, "#ffffff")
    c.disc(x + 70, foot - 176, 12, "#ffffff")
    c.disc(x, foot - 172, 17, "#e3a883")
    c.disc(x, foot - 178, 17, "#3a241c", ry=13)


def _ball(c: Canvas, x: float, y: float, r: float) -> None:
    c.disc(x, y, r, "#fbfaf3")
    c.blur_shape([(x - 10, y + r * 0.1), (x + r * 0.9, y - r * 0.3), (x + r * 0.6, y + r * 0.8),
                  (x - r * 0.3, y + r * 0.92)],
                 "#8fa0ae", 0.5, 36)  # fmt: skip

    def patch(
        cx: float, cy: float, size: float, turn: float, squash: float, axis: float
    ) -> list[Point]:
        points = []
        for k in range(5):
            a = radians(turn + 72 * k)
            u, v = size * cos(a), size * sin(a) * squash
            points.append((cx + u * cos(axis) - v * sin(axis), cy + u * sin(axis) + v * cos(axis)))
        return points

    middle = patch(x, y, r * 0.36, -90, 1, 0)
    c.polygon(middle, "#1d2c52")
    for k, corner in enumerate(middle):
        a = radians(-90 + 72 * k)
        c.line([corner, (x + r * 0.68 * cos(a), y + r * 0.68 * sin(a))], "#1d2c52", 6)
        rim = [(x + r * d * cos(a + t), y + r * d * sin(a + t))
               for d, t in [(0.68, 0.0), (0.84, 0.24), (0.985, 0.17), (0.985, -0.17),
                            (0.84, -0.24)]]  # fmt: skip
        c.polygon(rim, "#1d2c52")
        b = radians(-90 + 72 * k + 36)
        for sign in (-1, 1):
            end = b - sign * radians(36) + sign * 0.24
            c.line([(x + r * 0.84 * cos(end), y + r * 0.84 * sin(end)),
                    (x + r * 0.76 * cos(b), y + r * 0.76 * sin(b))],
                   "#1d2c52", 5)  # fmt: skip
        c.line([(x + r * 0.76 * cos(b), y + r * 0.76 * sin(b)),
                (x + r * 0.97 * cos(b), y + r * 0.97 * sin(b))],
               "#1d2c52", 5)  # fmt: skip
    c.line(curve([(x - r * 0.7, y - r * 0.4), (x - r * 0.5, y - r * 0.66),
                  (x - r * 0.2, y - r * 0.8)]),
           "#ffffff", 12, 0.8)  # fmt: skip
