"""Whole addresses of this site, for whoever reads them elsewhere: mails, feeds, machines."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse

# What stands in an address as it is, and in none of the samples' places with another meaning.
_PLAIN = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_SAMPLES: dict[type, Callable[[int], object]] = {
    str: lambda number: f"sample-{number}",
    int: lambda number: 1_987_000_001 + number,
    UUID: lambda number: UUID(int=1_987_000_001 + number),
}


def path_to(name: str, *args: int | str | UUID) -> str:
    """Return the path of a named page, as reverse() does, which is asked once for each form of it.

    A form has a gap for every argument or, where the addresses take numbers and words of some kind
    only, for the last one.
    """
    if args and all(not isinstance(arg, str) or _PLAIN.fullmatch(arg) for arg in args):
        where = (settings.ROOT_URLCONF, get_script_prefix(), name)
        kinds = tuple(map(type, args))
        if (form := _form(*where, (), kinds)) is not None:
            return form.format(*args)
        if (form := _form(*where, args[:-1], kinds[-1:])) is not None:
            return form.format(args[-1])
    return _path(settings.ROOT_URLCONF, get_script_prefix(), name, args)


@lru_cache(maxsize=5_000)
def _form(
    _urlconf: str,
    _prefix: str,
    name: str,
    fixed: tuple[int | str | UUID, ...],
    open_: tuple[type, ...],
) -> str | None:
    """Return a path with gaps for the last arguments; None if it does not take any."""
    try:
        samples = [_SAMPLES[kind](number) for number, kind in enumerate(open_)]
        path = reverse(name, args=[*fixed, *samples])
    except (KeyError, NoReverseMatch):
        return None
    for number, sample in enumerate(samples):
        if path.count(str(sample)) != 1:
            return None
        path = path.replace(str(sample), f"{{{number}}}")
    return path


@lru_cache(maxsize=5_000)
def _path(_urlconf: str, _prefix: str, name: str, args: tuple[int | str | UUID, ...]) -> str:
    return reverse(name, args=args)


def absolute(path: str) -> str:
    """Return the address of a path of this site, whatever host was asked."""
    return f"{settings.SITE_URL}{path}"


def host() -> str:
    """Return the name of this site's host, without a port."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def identifier(kind: str, pk: int, minted_at: datetime) -> str:
    """Return a name (RFC 4151) that no change of slug, headline or scheme alters."""
    return f"tag:{host()},{minted_at:%Y-%m-%d}:{kind}/{pk}"
