"""The readers' stylesheet: one file with hashed typefaces in production."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from newsroom.settings import STORAGES

SOURCE = Path(__file__).resolve().parents[2] / "newsroom/static/newsroom"


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder, STORAGES=STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder / "newsroom"


def hashed(folder: Path) -> Path:
    (found,) = folder.glob("site.????????????.css")
    return found


def test_production_serves_one_file_that_calls_nothing_but_its_typefaces(collected):
    sheet = hashed(collected).read_text()
    assert "@import" not in sheet
    assert "/*" not in sheet
    for part in re.findall(r'@import url\("([^"]+)"\)', (SOURCE / "site.css").read_text()):
        lines = [line for line in (SOURCE / part).read_text().splitlines() if "url(" not in line]
        assert [line for line in lines if line.endswith("}") and line not in sheet] == []
    called = re.findall(r"url\(\"?([^\")]+)", sheet)
    assert len(called) == 7
    for address in called:
        assert re.fullmatch(r"fonts/[a-z-]+\.[0-9a-f]{12}\.woff2", address)
        assert (collected / address).exists()


def test_every_part_is_in_the_stylesheet():
    parts = {f"readers/{path.name}" for path in (SOURCE / "readers").glob("*.css")}
    assert set(re.findall(r'url\("([^"]+)"\)', (SOURCE / "site.css").read_text())) == parts


def test_typefaces_have_their_licence_beside_them():
    fonts = {path.name for path in (SOURCE / "fonts").iterdir()}
    assert {"serif-OFL.txt", "sans-OFL.txt"} <= fonts
    for name in ("serif", "sans"):
        assert (
            "SIL Open Font License, Version 1.1" in (SOURCE / f"fonts/{name}-OFL.txt").read_text()
        )
