"""Logos: what an upload becomes, and what is refused."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from newsroom.lib import logos


def drawing(inside: str = '<path d="M0 0h9v9z"/>', *, size: str = 'viewBox="0 0 90 30"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inside}</svg>'.encode()


def picture(kind: str, size=(90, 30), text: str = "") -> bytes:
    out, notes = BytesIO(), PngInfo()
    if text:
        notes.add_text("note", text, zip=True)
    image = Image.new("RGBA", size, (200, 30, 30, 128))
    image.save(out, format=kind, **({"pnginfo": notes} if kind == "PNG" else {}))
    return out.getvalue()


def test_a_drawing_keeps_its_shapes_and_gets_its_size():
    logo = logos.read(drawing('<g fill="#a00"><path d="M1 1h2"/></g>'))
    assert (logo.extension, logo.width, logo.height) == ("svg", 90, 30)
    assert b'<g fill="#a00"><path d="M1 1h2" /></g>' in logo.data
    assert b'width="90" height="30"' in logo.data
    assert logo.file_name == logos.read(drawing('<g fill="#a00"><path d="M1 1h2"/></g>')).file_name


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path d="M0 0" onload="alert(1)"/>',
        '<path d="M0 0" style="background:url(https://evil.example/x)"/>',
        '<path d="M0 0" fill="url(https://evil.example/x)"/>',
        '<path d="M0 0" fill="url( &quot;//evil.example/x)"/>',
        '<path d="M0 0" fill="u\\72l(https://evil.example/x)"/>',
        '<path d="M0 0" fill="\\75 rl(https://evil.example/x)"/>',
        """<path d="M0 0" mask="image-set('https://evil.example/x' 1x)"/>""",
        """<path d="M0 0" mask="-webkit-image-set('https://evil.example/x' 1x)"/>""",
        '<path d="M0 0" mask="url(#a), url/**/(https://evil.example/x)"/>',
        "<style>@import 'https://evil.example/x'</style>",
        '<image href="https://evil.example/x"/>',
        '<use href="data:image/svg+xml;base64,evil"/>',
        '<a xlink:href="javascript:evil" xmlns:xlink="http://www.w3.org/1999/xlink"><g/></a>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">evil</p></foreignObject>',
        '<animate attributeName="href" values="javascript:evil"/>',
        "<!-- evil --><?evil x?>",
    ],
)
def test_nothing_of_a_drawing_runs_or_calls_elsewhere(inside):
    data = logos.read(drawing(inside)).data
    for trace in (
        b"script",
        b"evil",
        b"onload",
        b"style",
        b"href",
        b"http://www.w3.org/1999/xhtml",
    ):
        assert trace not in data


def test_a_drawing_may_point_at_its_own_parts():
    inside = '<linearGradient id="a"/><path d="M0 0" fill="url(#a)" transform="rotate(9 1 1)"/>'
    assert b'fill="url(#a)"' in logos.read(drawing(inside)).data


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_is_written_anew(kind):
    logo = logos.read(picture(kind) + b"<script>")
    assert (logo.extension, logo.width, logo.height) == (kind.lower(), 90, 30)
    assert b"<script>" not in logo.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html/>",
        b"<svg",
        b"GIF89a",
        drawing(size=""),
        drawing(size='viewBox="0 0 x 1"'),
        drawing(size='viewBox="0 0 0 30"'),
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + drawing("<title>&b;</title>"),
        drawing("<g/>" * 40_000),
        drawing("<g>" * 2_000 + "</g>" * 2_000),
        picture("PNG", (2001, 10)),
        picture("PNG", text="x" * 2_000_000),
    ],
)
def test_what_is_no_logo_is_refused(data):
    with pytest.raises(logos.NotALogo):
        logos.read(data)
