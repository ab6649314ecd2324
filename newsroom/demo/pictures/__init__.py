"""The demo's pictures, drawn when asked for: the same bytes every time. Called by demo/house.py."""

from collections.abc import Callable
from functools import cache, partial

from . import city, culture, nature, portraits, work

DRAWINGS: dict[str, Callable[[], bytes]] = {
    "bridge": city.bridge,
    "tram": city.tram,
    "market": city.market,
    "council": city.council,
    "satellite": nature.satellite,
    "laboratory": nature.laboratory,
    "glacier": nature.glacier,
    "turbines": nature.turbines,
    "servers": work.servers,
    "robot": work.robot,
    "harbour": work.harbour,
    "desk": work.desk,
    "concert": culture.concert,
    "library": culture.library,
    "stadium": culture.stadium,
    **{name: partial(portraits.portrait, name) for name in portraits.LOOKS},
}


@cache
def draw(name: str) -> bytes:
    """Return a drawing as JPEG bytes. Raises KeyError. About half a second."""
    return DRAWINGS[name]()
