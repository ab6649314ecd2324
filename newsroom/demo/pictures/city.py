"""Scenes of the town: bridge, tram, market, council."""

from math import cos, pi, radians, sin

from .canvas import Canvas, Point, curve, ellipse, mix


def bridge() -> bytes:
    """A stone bridge over a river at dusk."""
    c = Canvas(seed=11)
    c.wash(["#1d2350", "#3d3670", "#7d4a80", "#c8627a", "#f29a6b", "#ffd394"], 0, 800)
    c.glow(1330, 580, 800, "#ffe1a6", 0.9)
    c.disc(1330, 560, 84, "#fff4d8")
    for cloud, high, w in [(260, 190, 520), (900, 300, 640), (1500, 150, 420), (420, 420, 380)]:
        c.blur_shape(ellipse(cloud, high, w / 2, 20), "#f7a98a", 0.4, 26)
    c.shade(c.ridge(690, 70, points=6), ["#8b5382", "#b9677f"])
    c.shade(c.ridge(730, 38, points=9), ["#64407a", "#8d4f7c"])
    _skyline(c)
    _arches(c)
    c.mirror(812, 468, "#3b2f66", 0.42, 9)
    for _ in range(150):
        x, y = c.random.gauss(1330, 190), 815 + 440 * c.random.random() ** 1.4
        c.rect(x - 40, y, c.random.uniform(30, 120), 3, "#ffe2ad", 0.4, 1.5)
    _boat(c, 610, 1010)
    bank = [(0, 1280), (0, 1120), *curve([(0, 1120), (240, 1150), (520, 1215), (760, 1280)])]
    c.polygon(bank, "#191b3d")
    for _ in range(70):
        x = c.random.uniform(0, 560)
        foot, tall = 1140 + x * 0.16, c.random.uniform(60, 210)
        lean = c.random.uniform(-26, 40)
        c.line([(x, foot + 20), (x + lean * 0.4, foot - tall * 0.6), (x + lean, foot - tall)],
               "#191b3d", 3)  # fmt: skip
    for x, y in [(430, 250), (490, 222), (548, 262), (610, 214)]:
        c.line(curve([(x - 20, y - 8), (x - 8, y - 12), (x, y), (x + 8, y - 12), (x + 20, y - 8)]),
               "#231d4a", 3)  # fmt: skip
    return c.finish()


def _skyline(c: Canvas) -> None:
    x = -20.0
    while x < c.width:
        w, h = c.random.uniform(46, 110), c.random.uniform(70, 150)
        if not 1100 < x < 1560:
            h += c.random.uniform(60, 130)
        c.rect(x, 812 - h, w, h, "#4a3370")
        if c.random.random() < 0.6:
            c.polygon([(x - 4, 812 - h), (x + w / 2, 812 - h - w * 0.45), (x + w + 4, 812 - h)],
                      "#4a3370")  # fmt: skip
        for column in range(int(w // 22)):
            for row in range(int(h // 30)):
                if c.random.random() < 0.33:
                    c.rect(x + 9 + column * 22, 824 - h + row * 30, 8, 12, "#ffd28a", 0.85)
        x += w + c.random.uniform(-6, 10)
    for x, top, w in [(318, 350, 60), (402, 420, 50)]:
        c.rect(x, top + 120, w, 812 - top - 120, "#432f6b")
        c.polygon([(x - 6, top + 122), (x + w / 2, top), (x + w + 6, top + 122)], "#432f6b")
        c.rect(x + w / 2 - 5, top + 160, 10, 34, "#ffd28a", 0.8, 5)


def _arches(c: Canvas) -> None:
    def deck(x: float) -> float:
        return 640 + 34 * ((x - 960) / 960) ** 2

    top = [(x, deck(x)) for x in range(-20, 1960, 20)]
    outline: list[Point] = [*top, (1940, 812)]
    for start, end in [(1880, 1440), (1380, 900), (840, 360), (300, -140)]:
        middle, half = (start + end) / 2, (start - end) / 2
        outline += [(start, 812)]
        outline += [
            (middle + half * cos(radians(a)), 806 - 104 * sin(radians(a))) for a in range(0, 181, 6)
        ]
        outline += [(end, 812)]
    c.shade([*outline, (-20, 812)], ["#3a2a5e", "#241f4b"])
    c.line(top, "#f4a27a", 5, 0.85)
    c.line([(x, y - 26) for x, y in top], "#33275a", 5)
    for x in range(0, 1940, 32):
        c.line([(x, deck(x) - 26), (x, deck(x))], "#33275a", 3)
    for x in range(120, 1900, 240):
        foot = deck(x)
        c.line([(x, foot), (x, foot - 104)], "#2a2152", 5)
        c.glow(x, foot - 112, 96, "#ffdf9a", 0.8)
        c.disc(x, foot - 112, 11, "#fff3d0")
    for x, height in [(520, 62), (556, 58), (1098, 64), (1730, 60)]:
        c.person(x, deck(x) - 2, height, "#211b46")


def _boat(c: Canvas, x: float, y: float) -> None:
    c.blur_shape(ellipse(x, y + 36, 150, 16), "#15163a", 0.6, 12)
    c.polygon(
        curve([(x - 140, y), (x - 96, y + 38), (x + 96, y + 38), (x + 150, y - 6)]), "#1b1b42"
    )
    c.line([(x - 140, y), (x + 150, y - 6)], "#f4a27a", 4, 0.8)
    c.limb((x - 10, y - 54), (x - 4, y + 4), 19, 22, "#1b1b42")
    c.disc(x - 8, y - 86, 15, "#1b1b42")
    c.line([(x - 12, y - 40), (x + 60, y - 10), (x + 190, y + 40)], "#1b1b42", 6)


def tram() -> bytes:
    """A tram in the rain at night."""
    c = Canvas(seed=23)
    c.wash(["#0f2436", "#173a4d", "#2a5a66", "#4b7a78"], 0, 830)
    c.glow(960, 720, 900, "#ffca7a", 0.4)
    _facades(c)
    c.blur_shape([(300, 560), (1620, 560), (1920, 840), (0, 840)], "#f2c98a", 0.35, 120)
    for x, top in [(300, 330), (1610, 300)]:
        c.line([(x, 860), (x, top), (x + (90 if x < 960 else -90), top - 26)], "#0c1c2a", 8)
        lamp = x + (96 if x < 960 else -96)
        c.glow(lamp, top - 10, 210, "#ffdf9f", 0.75)
        c.disc(lamp, top - 16, 15, "#fff4d6")
    for x in (700, 1220):
        c.line([(x, 0), (960 + (x - 960) * 0.25, 420)], "#0b1824", 4)
    _tram_front(c)
    c.mirror(852, 428, "#12303f", 0.45, 12)
    for x in (790, 1130):
        c.polygon([(960 + (x - 960) * 0.55, 852), (960 + (x - 960) * 0.55 + 8, 852),
                   (x + (x - 960) * 1.1 + 26, 1280), (x + (x - 960) * 1.1, 1280)],
                  "#c9dcd6", 0.55)  # fmt: skip
    for x, foot, tall, color in [
        (330, 985, 300, "#d8533f"), (215, 1010, 320, "#0b1a28"), (1620, 1000, 310, "#e2a63b"),
    ]:  # fmt: skip
        _umbrella(c, x, foot, tall, color)
    _rain(c)
    return c.finish()


def _rain(c: Canvas) -> None:
    for _ in range(420):
        x, y, d = c.random.uniform(-60, 1920), c.random.uniform(-60, 1280), c.random.uniform(30, 90)
        c.line([(x, y), (x + d * 0.22, y + d)], "#d6ecec", 1.6, c.random.uniform(0.1, 0.34))
    for _ in range(60):
        x, y = c.random.uniform(0, 1920), c.random.uniform(900, 1270)
        c.arc(x, y, (y - 840) / 16, 190, 350, "#d6ecec", 1.5, 0.4)


def _facades(c: Canvas) -> None:
    x = -30.0
    while x < c.width:
        w, top = c.random.uniform(170, 260), c.random.uniform(120, 300)
        distance = 1 - min(1.0, abs(x + w / 2 - 960) / 900)
        top += distance * 200
        wall = mix("#0e2231", "#356069", distance * 0.8)
        c.rect(x, top, w + 2, 840 - top, wall)
        c.polygon([(x - 8, top), (x + 26, top - 56), (x + w - 26, top - 56), (x + w + 8, top)],
                  mix(wall, "#08131d", 0.35))  # fmt: skip
        for row in range(int((760 - top) // 82)):
            for column in range(3):
                lit = c.random.random() < 0.42
                wx, wy = x + 24 + column * (w - 30) / 3, top + 30 + row * 82
                c.rect(wx, wy, (w - 110) / 3 + 12, 50, "#ffce7d" if lit else mix(wall, "#0a1a26",
                                                                                 0.4),
                       0.92, 3)  # fmt: skip
                if lit:
                    c.rect(wx, wy + 24, (w - 110) / 3 + 12, 3, mix(wall, "#0a1a26", 0.4))
        c.rect(x + 14, 752, w - 28, 88, "#ffb765", c.random.choice([0.2, 0.75, 0.9]), 4)
        c.polygon([(x + 8, 752), (x + w - 8, 752), (x + w + 4, 778), (x - 4, 778)],
                  c.random.choice(["#a9402f", "#1f6b6b", "#c98a2c"]))  # fmt: skip
        x += w


def _tram_front(c: Canvas) -> None:
    c.blur_shape(ellipse(960, 862, 300, 22), "#05101a", 0.8, 14)
    body = [(742, 850), (722, 560), (748, 384), (800, 348), (1120, 348), (1172, 384), (1198, 560),
            (1178, 850)]  # fmt: skip
    c.shade(body, ["#ffd65e", "#f5b52f", "#d98a1c"])
    c.polygon([(960, 348), (1120, 348), (1172, 384), (1198, 560), (1178, 850), (960, 850)],
              "#b5641a", 0.16)  # fmt: skip
    c.shade([(768, 590), (784, 430), (812, 410), (1108, 410), (1136, 430), (1152, 590)],
            ["#24485a", "#6d97a0"])  # fmt: skip
    c.polygon([(820, 590), (900, 410), (980, 410), (900, 590)], "#e4f3ef", 0.16)
    c.person(1050, 700, 250, "#0f2634")
    c.rect(752, 588, 416, 122, "#f2ad2b")
    c.rect(746, 590, 428, 10, "#fff0b8", 0.8)
    c.rect(858, 360, 204, 40, "#10222e", 1, 8)
    for i in range(9):
        c.rect(880 + i * 18, 374, 10, 12, "#ffb13d", 1 if i not in (1, 4) else 0.2, 2)
    c.rect(742, 786, 436, 56, "#2a2f35", 1, 10)
    c.rect(900, 736, 120, 22, "#8f4a14", 0.7, 10)
    for x in (806, 1114):
        c.glow(x, 738, 230, "#fff2c4", 0.85)
        c.disc(x, 738, 32, "#fffbe8")
    c.line([(930, 348), (890, 300), (960, 262), (1030, 300), (990, 348)], "#0c1c2a", 6)
    c.line([(870, 262), (1050, 262)], "#0c1c2a", 7)


def _umbrella(c: Canvas, x: float, foot: float, tall: float, color: str) -> None:
    c.blur_shape(ellipse(x, foot + 6, 80, 10), "#04101a", 0.7, 10)
    c.person(x, foot, tall * 0.78, "#081622")
    top, r = foot - tall, tall * 0.42
    dome = [(x + r * cos(radians(a)), top + r * 0.62 - r * 0.62 * sin(radians(a)))
            for a in range(0, 181, 6)]  # fmt: skip
    scallops = [(x - r + 2 * r * i / 40, top + r * 0.62 - 10 * abs(sin(pi * i / 10)))
                for i in range(41)]  # fmt: skip
    c.shade([*dome, *scallops], [mix(color, "#ffffff", 0.18), mix(color, "#04101a", 0.35)])
    c.line([(x, top - 12), (x, top + r * 1.5)], "#04101a", 4)


def market() -> bytes:
    """Stalls with striped awnings on a market square."""
    c = Canvas(seed=37)
    c.wash(["#cfe6e4", "#f3ead2", "#fbdcb4"], 0, 900)
    c.glow(420, 230, 620, "#fff6da", 0.9)
    x = -40.0
    for color in ["#d98d6a", "#e7b57a", "#b9c3a4", "#dba48a", "#8fb0ac", "#e3c18c", "#cf8468",
                  "#a6bda8"]:  # fmt: skip
        w, top = c.random.uniform(220, 280), c.random.uniform(190, 330)
        _gable(c, x, top, w, mix(color, "#f3ead2", 0.25))
        x += w
    c.wash(["#d9b98f", "#b98e68", "#8f6650"], 820, 1280)
    for row in range(12):
        y = 836 + row * row * 3.4
        for i in range(-2, 34):
            c.line([(i * 62 + row % 2 * 31 + (i * 62 - 960) * row * 0.05, y),
                    (i * 62 + row % 2 * 31 + 40 + (i * 62 - 960) * row * 0.05, y)],
                   "#7b5545", 3, 0.35)  # fmt: skip
    for x in (395, 815, 1180, 1530):
        c.person(x, 905, 190, mix("#2f4a52", "#b98e68", 0.25))
    _stall(c, 90, 480, 560, "#c8402f", ["#d94b36", "#e8a02d", "#7f9f3c"])
    _stall(c, 720, 500, 500, "#e0a02e", ["#7f9f3c", "#f0c64c", "#8f3d5f"])
    _stall(c, 1290, 480, 560, "#1f6f6b", ["#e88b2f", "#d94b36", "#f0d27a"])
    for x, color, hair in [
        (690, "#27495a", "#4a2f22"), (1240, "#a33d43", "#e0b06a"), (1120, "#e0a02e", "#7a4a2a"),
    ]:  # fmt: skip
        c.blur_shape(ellipse(x + 30, 1200, 100, 16), "#4b2f2a", 0.6, 16)
        c.person(x, 1200, 430 if x != 1120 else 290, color, "#e3a883", hair)
    bunting = curve([(0, 120), (480, 230), (960, 150), (1440, 240), (1920, 110)], 24)
    c.line(bunting, "#5b4a44", 3)
    for i, (x, y) in enumerate(bunting[3::5]):
        flag = ["#c8402f", "#f7efd9", "#1f6f6b", "#e0a02e"][i % 4]
        c.polygon([(x - 20, y), (x + 20, y + 2), (x, y + 52)], flag)
    return c.finish(vignette=0.16)


def _gable(c: Canvas, x: float, top: float, w: float, wall: str) -> None:
    c.rect(x, top, w + 2, 860 - top, wall)
    c.polygon(
        [(x - 6, top + 2), (x + w / 2, top - 96), (x + w + 6, top + 2)], mix(wall, "#8a4b3c", 0.5)
    )
    c.rect(x + w - 26, top, 28, 860 - top, "#7a5a4c", 0.12)
    for row in range(int((800 - top) // 118)):
        for column in range(3):
            wx, wy = x + 26 + column * (w - 34) / 3, top + 40 + row * 118
            c.rect(wx - 4, wy - 4, 48, 78, "#fff8e6")
            c.rect(wx, wy, 40, 70, "#5f8187")
            c.polygon([(wx, wy), (wx + 30, wy), (wx, wy + 50)], "#cfe6e4", 0.35)


def _stall(c: Canvas, x: float, y: float, w: float, color: str, goods: list[str]) -> None:
    c.blur_shape([(x, 1110), (x + w, 1110), (x + w + 60, 1180), (x - 20, 1180)], "#4b2f2a", 0.6, 24)
    c.shade([(x + 20, y + 60), (x + w - 20, y + 60), (x + w - 20, 900), (x + 20, 900)],
            ["#3f2b2b", "#6f4a3d"])  # fmt: skip
    hair = c.random.choice(["#2b1c1a", "#8f8a86", "#5b3a26"])
    c.person(x + w * 0.62, 1010, 360, "#f1e6cf", "#d79b76", hair)
    c.rect(x + w * 0.62 - 26, 790, 52, 120, "#c8402f")
    c.shade([(x, 900), (x + w, 900), (x + w - 10, 1130), (x + 10, 1130)], ["#a8713f", "#7c4d2f"])
    for i in range(6):
        c.line([(x + 8, 930 + i * 38), (x + w - 8, 930 + i * 38)], "#5e3823", 3, 0.5)
    third = (w - 40) / 3
    for i, fruit in enumerate(goods):
        left = x + 20 + i * third
        for row in range(3):
            for k in range(6 - row % 2):
                fx = left + 18 + k * (third - 20) / 6 + row % 2 * 12
                fy = 896 - row * 22
                c.disc(fx, fy, 19, mix(fruit, "#3b1a1a", 0.12 * (2 - row)))
                c.disc(fx - 6, fy - 6, 5, "#ffffff", 0.4)
        c.rect(left, 896, third - 8, 44, "#c99558", 1, 4)
    for px in (x + 16, x + w - 28):
        c.rect(px, y + 60, 12, 1080 - y, "#5e3823")
    stripes = 9
    for i in range(stripes):
        a, b = i / stripes, (i + 1) / stripes
        tint = color if i % 2 == 0 else "#fbf3df"
        c.shade([(x + w * (0.08 + 0.84 * a), y - 60), (x + w * (0.08 + 0.84 * b), y - 60),
                 (x - 20 + (w + 40) * b, y + 90), (x - 20 + (w + 40) * a, y + 90)],
                [mix(tint, "#ffffff", 0.12), mix(tint, "#3b1a1a", 0.12)])  # fmt: skip
        left, width = x - 20 + (w + 40) * a, (w + 40) / stripes
        c.polygon([(left, y + 88), (left + width, y + 88),
                   *[(left + width / 2 + width / 2 * cos(radians(k)), y + 96 + 30 * sin(radians(k)))
                     for k in range(0, 181, 12)]], mix(tint, "#3b1a1a", 0.22))  # fmt: skip


def council() -> bytes:
    """The seats of a council chamber, seen from above."""
    c = Canvas(seed=41)
    c.wash(["#7a2230", "#9c3038", "#b8443f"])
    for r, tone in [(1180, "#8a2833"), (980, "#a8383c"), (350, "#c65a48")]:
        c.disc(960, 1150, r, tone, 0.55)
    c.glow(960, 760, 900, "#ffcf9a", 0.35)
    colors = ["#f7e6cf", "#f0b56a", "#23404f", "#e8d3b4", "#4e7d82", "#f7e6cf"]
    for row in range(6):
        r = 440 + row * 112
        seats = int(pi * r / 92)
        c.arc(960, 1150, r + 46, 180, 360, "#6d1d2b", 22, 0.9)
        c.arc(960, 1150, r + 40, 180, 360, "#d98b62", 7, 0.9)
        for i in range(seats):
            angle = pi + pi * (i + 0.5) / seats
            x, y = 960 + r * cos(angle), 1150 + r * sin(angle)
            block = colors[int((i + 0.5) / seats * len(colors))]
            _seat(c, x, y, angle, block)
            papers = c.random.random()
            if papers < 0.5:
                px, py = 960 + (r + 42) * cos(angle), 1150 + (r + 42) * sin(angle)
                c.polygon([(px - 13, py - 8), (px + 11, py - 11), (px + 13, py + 8),
                           (px - 11, py + 11)],
                          "#fffaf0", 0.9)  # fmt: skip
    c.disc(960, 1170, 250, "#5b1a28")
    c.disc(960, 1170, 226, "#e9b98a")
    c.disc(960, 1170, 190, "#f4dbb6")
    c.shade(ellipse(960, 1075, 120, 44), ["#8a4a35", "#5f2e27"])
    c.limb((922, 1142), (998, 1142), 26, 26, "#23404f")
    c.disc(960, 1132, 26, "#e8b48e")
    c.disc(960, 1140, 25, "#4a2f22")
    for i in range(4):
        c.rect(884 + i * 42, 1050 + i % 2 * 8, 28, 36, "#fffaf0", 0.95, 2)
    c.blur_shape([(880, 0), (1040, 0), (1500, 1280), (420, 1280)], "#fff0d0", 0.16, 90)
    return c.finish()


def _seat(c: Canvas, x: float, y: float, angle: float, color: str) -> None:
    dx, dy = cos(angle), sin(angle)
    c.disc(x + 5, y + 9, 31, "#4b1320", 0.45)
    c.disc(x, y, 31, "#5b1a28")
    c.disc(x, y, 27, "#8a2d35")
    if c.random.random() < 0.12:
        return
    c.limb((x - dy * 17, y + dx * 17), (x + dy * 17, y - dx * 17), 13, 13, color)
    hair = c.random.choice(["#2b1c1a", "#5b3a26", "#c99a5b", "#a8a29c", "#1b1a20"])
    c.disc(x - dx * 4, y - dy * 4, 13, "#e8b48e")
    c.disc(x, y, 13, hair)
