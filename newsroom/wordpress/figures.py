"""Pictures, players and embeds of a body as blocks of HTML. Called by blocks.py."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborNode

from newsroom.lib.richtext import is_web_address

from .embeds import embed_address

PICTURES = {".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".avif"}
_BACKGROUND = re.compile(r"background-image:\s*url\(['\"]?([^'\")]+)")
# Where a picture's address may stand; lazy loaders put a place-holder into src.
_SOURCES = ("data-orig-file", "data-src", "data-lazy-src", "src")


@dataclass(frozen=True)
class Picture:
    """A picture of the library, as a body shows it."""

    pk: int
    url: str
    alt: str
    caption: str


class Pictures(Protocol):
    """Where a body's pictures come from (media.py)."""

    def find(self, attachment: str, url: str, alt: str) -> Picture | None:
        """Return the library's picture of an attachment's id or of an address; None if none."""

    def attached(self) -> list[str]:
        """Return the ids of the pictures that were uploaded to this post."""


@dataclass
class Context:
    """What a body needs to know of the world; collects what could not be carried over."""

    pictures: Pictures
    own_hosts: frozenset[str]
    leftovers: Counter[str]
    # Blocks that texts refer to by their number.
    reusable: Mapping[str, str] = field(default_factory=dict)
    # Links to files of the old site that are no pictures.
    files: Counter[str] = field(default_factory=Counter)


def picture(node: LexborNode, caption: str, context: Context) -> str:
    """Return a picture of the library as a figure, one of another site as a link.

    Empty where the old site's own file is missing. `caption` is HTML of one line.
    """
    values = _values(node)
    alt = " ".join(values.get("alt", "").split())
    number = re.search(r"\bwp-image-(\d+)", values.get("class", ""))
    url = next((v for name in _SOURCES if (v := values.get(name, "")) and v[:5] != "data:"), "")
    found = context.pictures.find(number[1] if number else values.get("data-id", ""), url, alt)
    if found is not None:
        words = caption or (escape(found.caption, quote=False) if "data-own" in values else "")
        return _figure(found, alt, words)
    if is_web_address(url) and urlsplit(url).hostname not in context.own_hosts:
        words = re.sub(r"</?a\b[^>]*>", "", caption) or escape(alt or _("Picture"), quote=False)
        return f'<p><a href="{escape(url)}">{words}</a></p>'
    return ""


def is_file(url: str) -> bool:
    """Tell whether a link is to a picture that the old site kept."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    is_kept = "/wp-content/uploads/" in path or "/content/images/" in path
    return is_kept and PurePosixPath(path).suffix.lower() in PICTURES


def is_upload(url: str, own_hosts: frozenset[str]) -> bool:
    """Tell whether a link is to any file that the old site kept."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return "/wp-content/uploads/" in parts.path and parts.hostname in {None, *own_hosts}


def background(node: LexborNode, context: Context) -> str:
    """Return the picture that an element has as its background: how covers were written once."""
    values = _values(node)
    style = _BACKGROUND.search(values.get("style", ""))
    found = context.pictures.find("", style[1], "") if style else None
    return _figure(found, "", "") if found else ""


def smiley(node: LexborNode) -> str:
    """Return the words of a picture that stands for a character."""
    values = _values(node)
    is_smiley = re.search(r"smiley|emoji", values.get("class", ""))
    return values.get("alt", "") if is_smiley else ""


def player(node: LexborNode, tag: str) -> str:
    """Return what stands for a frame, a video or a sound; empty without an address."""
    source = node.css_first("source")
    url = _values(node).get("src") or (_values(source).get("src", "") if source else "")
    url = f"https:{url}" if url.startswith("//") else url
    label = {"video": _("Video"), "audio": _("Audio")}.get(tag, "")
    name = unquote(PurePosixPath(urlsplit(url).path).name) if is_web_address(url) else ""
    return address(url, f"{label}: {name}" if label else "")


def address(url: str, label: str = "") -> str:
    """Return an embed of a known provider, else a plain link; empty for no web address."""
    if found := embed_address(url):
        return embed(found)
    if is_web_address(url):
        return f'<p><a href="{escape(url)}">{escape(label or url, quote=False)}</a></p>'
    return ""


def embed(url: str) -> str:
    """Return an embed with a plain link inside."""
    safe = escape(url)
    return f'<figure class="embed" data-embed="{safe}"><a href="{safe}">{safe}</a></figure>'


def _figure(shown: Picture, alt: str, words: str) -> str:
    return (
        f'<figure class="figure"><img data-file="{shown.pk}" src="{escape(shown.url)}"'
        f' alt="{escape(alt or shown.alt)}">'
        + (f"<figcaption>{words}</figcaption>" if words else "")
        + "</figure>"
    )


def _values(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}
