"""Section colours: what an editor picked can be read on light and on dark paper."""

import pytest

from newsroom.lib.colors import legible

LIGHT, DARK = "#fdfcf9", "#141518"


def test_a_colour_that_can_be_read_stays():
    assert legible("#1d4e89", LIGHT) == "#1d4e89"
    assert legible("#ffd84d", DARK) == "#ffd84d"


@pytest.mark.parametrize(("color", "paper"), [("#ffff00", LIGHT), ("#000080", DARK)])
def test_a_colour_that_cannot_be_read_is_changed_until_it_can(color, paper):
    changed = legible(color, paper)
    assert changed != color
    assert legible(changed, paper) == changed


def test_what_is_no_colour_never_reaches_the_stylesheet():
    assert legible("red;}*{display:none", LIGHT) == legible("#808080", LIGHT)
