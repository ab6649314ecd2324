"""What Pillow does for us: uploads refused or taken, crops, renditions without metadata."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from newsroom.lib import images
from newsroom.lib.images import ImageRefused


def picture(size=(640, 480), mode="RGB", kind="JPEG", color="red", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def halves(size=(800, 400)) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image


def encoded(image: Image.Image, kind="JPEG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def render(data: bytes, ratio="full", width=320, focal=(0.5, 0.5), extension="jpg"):
    return opened(images.render(data, ratio=ratio, width=width, focal=focal, extension=extension))


def near(color, wanted) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(color, wanted, strict=True))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header tells a size and whose single data chunk is tiny."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"), ("AVIF", ".avif"), ("GIF", ".gif")],
)
def test_picture_of_an_allowed_kind_is_known_by_its_content(kind, extension):
    data = picture((64, 48), kind=kind)
    assert images.inspect(data) == images.Facts(extension, 64, 48)
    assert images.inspect(data, name=f"a{extension.upper()}").extension == extension


def test_jpeg_with_a_second_picture_inside_is_a_jpeg():
    first, second = Image.new("RGB", (64, 48)), Image.new("RGB", (32, 24))
    data = encoded(first, "MPO", save_all=True, append_images=[second])
    assert opened(data).format == "MPO"
    assert images.inspect(data, name="phone.jpg", content_type="image/jpeg").extension == ".jpg"


REFUSED = {
    "empty": (b"", "empty"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "is no JPEG"),
    "html": (b"<!doctype html><html><script>1</script></html>", "is no JPEG"),
    "bmp": (picture(kind="BMP"), "is no JPEG"),
    "tiff": (picture(kind="TIFF"), "is no JPEG"),
    "bomb": (picture((10_000, 10_000), "1", "PNG", 0), "too many pixels"),
    "header bomb": (png_of_size(100_000, 100_000), "too many pixels"),
    "strip": (png_of_size(30_000, 2), "too long"),
    "no size": (png_of_size(0, 0), "damaged"),
    "header without pixels": (png_of_size(640, 480), "incomplete"),
    "truncated jpeg": (encoded(Image.effect_noise((640, 480), 90))[:-4000], "incomplete"),
    "truncated png": (picture(kind="PNG")[:100], "incomplete"),
    "truncated avif": (picture(kind="AVIF")[:300], "incomplete"),
    "jpeg header only": (b"\xff\xd8\xff\xe0" + b"a" * 100, "incomplete"),
    "gif garbage": (b"GIF89a" + b"\xff" * 40, "damaged"),
    "21 MB": (picture() + b"a" * (21 * 1024 * 1024), "too large: at most 20 MB"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_upload_that_is_no_usable_picture_is_refused_with_its_reason(data, reason):
    with pytest.raises(ImageRefused, match=reason):
        images.inspect(data, name="")


def test_bomb_is_a_small_file():
    assert len(picture((10_000, 10_000), "1", "PNG", 0)) < 20_000


@pytest.mark.parametrize(
    ("name", "content_type", "reason"),
    [
        ("a.jpg", "", "ends in “.jpg”, but the file is a PNG"),
        ("a.html", "", "ends in “.html”"),
        ("a.png.php", "", "ends in “.php”"),
        ("a.png", "text/html", "sent as “text/html”"),
        ("a.png", "image/jpeg", "sent as “image/jpeg”"),
        ("a.png", "image/svg+xml; charset=utf-8", "sent as “image/svg"),
    ],
)
def test_picture_that_lies_about_its_kind_is_refused(name, content_type, reason):
    data = picture(kind="PNG")
    assert images.inspect(data, name="a.png", content_type="image/png")
    with pytest.raises(ImageRefused, match=reason):
        images.inspect(data, name=name, content_type=content_type)


def test_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (500, 500), color) for color in ("red", "lime", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert images.inspect(data) == images.Facts(".gif", 500, 500)
    shown = render(data)
    assert (shown.format, getattr(shown, "n_frames", 1)) == ("JPEG", 1)
    assert near(shown.getpixel((100, 100)), (255, 0, 0))


MODES = {
    "CMYK JPEG": (picture(mode="CMYK", color=(0, 255, 255, 0)), (255, 0, 0)),
    "16-bit PNG": (encoded(Image.new("I;16", (400, 400), 32768), "PNG"), (128, 128, 128)),
    "grey PNG": (picture((400, 400), "L", "PNG", 200), (200, 200, 200)),
    "transparent grey PNG": (picture((400, 400), "LA", "PNG", (0, 0)), (255, 255, 255)),
    "transparent PNG": (picture((400, 400), "RGBA", "PNG", (255, 0, 0, 0)), (255, 255, 255)),
    "opaque WebP": (picture((400, 400), "RGBA", "WEBP", (255, 0, 0, 255)), (255, 0, 0)),
    "palette PNG": (picture((400, 400), "P", "PNG", 0, transparency=0), (255, 255, 255)),
    "bitmap PNG": (picture((400, 400), "1", "PNG", 1), (255, 255, 255)),
}


@pytest.mark.parametrize(("data", "wanted"), MODES.values(), ids=MODES)
@pytest.mark.parametrize("extension", ["jpg", "avif"])
def test_every_colour_mode_becomes_rgb_on_white(data, wanted, extension):
    assert images.inspect(data)
    shown = render(data, extension=extension)
    assert shown.mode == "RGB"
    assert near(shown.getpixel((100, 100)), wanted)


def test_camera_orientation_is_applied_to_size_and_pixels():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate a quarter to the right
    data = encoded(halves(), exif=exif)
    assert images.inspect(data) == images.Facts(".jpg", 400, 800)
    shown = render(data)
    assert shown.size == (320, 640)
    assert near(shown.getpixel((160, 60)), (255, 0, 0))
    assert near(shown.getpixel((160, 580)), (0, 0, 255))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_would(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    corner = Image.new("RGB", (800, 400), "white")
    corner.paste("red", (0, 0, 400, 200))
    shown = render(encoded(corner, exif=exif))
    left, top = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1)][orientation - 1]
    width, height = shown.size
    point = (width // 4 + left * width // 2, height // 4 + top * height // 2)
    assert near(shown.getpixel(point), (255, 0, 0))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_metadata_refuses_nothing():
    data = picture((400, 400), exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff garbage")
    assert images.inspect(data).width == 400
    assert render(data).size == (320, 320)


@pytest.mark.parametrize("extension", ["jpg", "avif"])
def test_rendition_carries_no_place_comment_or_profile(extension):
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 17.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(halves(), exif=exif, icc_profile=profile, comment=b"by Eve")
    original = opened(data)
    assert original.getexif().get_ifd(0x8825)[1] == "N"
    assert original.info["comment"] == b"by Eve"
    rendered = images.render(data, ratio="full", width=320, focal=(0.5, 0.5), extension=extension)
    shown = opened(rendered)
    assert dict(shown.getexif()) == {}
    assert {"exif", "icc_profile", "comment", "xmp"} & shown.info.keys() == set()
    assert b"Secret camera" in data
    assert b"Secret camera" not in rendered


@pytest.mark.parametrize(
    ("ratio", "focal", "box"),
    [
        ("full", (0.1, 0.1), (0, 0, 1600, 900)),
        ("1x1", (0.5, 0.5), (350, 0, 1250, 900)),
        ("1x1", (0.0, 0.0), (0, 0, 900, 900)),
        ("1x1", (1.0, 0.0), (700, 0, 1600, 900)),
        ("1x1", (0.4, 0.9), (190, 0, 1090, 900)),
        ("4x3", (0.5, 0.5), (200, 0, 1400, 900)),
        ("16x9", (0.2, 0.2), (0, 0, 1600, 900)),
    ],
)
def test_crop_holds_the_focal_point_as_central_as_the_edges_let(ratio, focal, box):
    assert images.crop_box(1600, 900, ratio, focal) == box


def test_rendition_is_cropped_around_the_focal_point():
    data = encoded(halves())
    assert near(render(data, "1x1", focal=(0.0, 0.5)).getpixel((160, 160)), (255, 0, 0))
    assert near(render(data, "1x1", focal=(1.0, 0.5)).getpixel((160, 160)), (0, 0, 255))


def test_turned_picture_is_cropped_around_the_point_as_the_editor_sees_it():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(halves((1600, 800)), exif=exif)
    assert near(render(data, "1x1", focal=(0.5, 0.0)).getpixel((160, 160)), (255, 0, 0))
    assert near(render(data, "1x1", focal=(0.5, 1.0)).getpixel((160, 160)), (0, 0, 255))


@pytest.mark.parametrize(
    ("size", "ratio", "widths"),
    [
        ((4000, 3000), "full", [320, 640, 960, 1280, 1920]),
        ((1600, 900), "full", [320, 640, 960, 1280]),
        ((1600, 900), "1x1", [320, 640]),
        ((200, 100), "full", [320]),
    ],
)
def test_widths_offered_do_not_exceed_the_picture(size, ratio, widths):
    assert images.rendition_widths(*size, ratio) == widths


def test_small_picture_is_not_enlarged():
    assert render(picture((200, 100))).size == (200, 100)
    assert render(picture((200, 100)), "1x1").size == (100, 100)


@given(
    width=st.integers(1, 20_000),
    height=st.integers(1, 20_000),
    ratio=st.sampled_from(list(images.RATIOS)),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
)
def test_crop_stays_inside_and_keeps_the_point(width, height, ratio, x, y):
    left, top, right, bottom = images.crop_box(width, height, ratio, (x, y))
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert left - 1 <= width * x <= right + 1
    assert top - 1 <= height * y <= bottom + 1
    assert min(images.rendition_size(width, height, ratio, 320)) >= 1


@given(st.binary(max_size=400), st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF", "GIF"]))
def test_garbage_is_refused_and_nothing_else(noise, kind):
    start = picture((8, 8), kind=kind)[:24]
    for data in (noise, start + noise):
        try:
            images.inspect(data)
        except ImageRefused as refused:
            assert str(refused)
