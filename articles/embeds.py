"""What we know of the sites whose players and posts an article may show. Called by body.py only.

Nothing of theirs is loaded before the reader's click; hosts that settings.EMBED_FRAME_HOSTS does
not name are only linked to.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsroom.lib.richtext import is_web_address

_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{6,20}")
_NUMBER = re.compile(r"[0-9]{1,25}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_HANDLE = re.compile(r"@[A-Za-z0-9_.-]{1,60}(?:@[A-Za-z0-9.-]{1,100})?")


@dataclass(frozen=True)
class Embed:
    """Something of another site: where it is, who runs that site, what may be framed of it."""

    url: str
    provider: str
    frame_url: str = ""  # empty: a link only
    shape: str = "post"  # or "video", "tall": class of the placeholder

    @property
    def action(self) -> str:
        """What the button says."""
        if self.shape == "post":
            return _("Show the post from %(provider)s here") % {"provider": self.provider}
        return _("Play the video from %(provider)s here") % {"provider": self.provider}


def resolve(url: str) -> Embed | None:
    """Return what an address shows; None for one that is no plain web address."""
    if not is_web_address(url):
        return None
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    reader = _READERS.get(host, _mastodon)
    found = reader(url, parts) or Embed(url, parts.hostname or "")
    return found if _may_be_framed(found.frame_url) else Embed(found.url, found.provider)


def _may_be_framed(frame_url: str) -> bool:
    parts = urlsplit(frame_url)
    return f"{parts.scheme}://{parts.netloc}" in settings.EMBED_FRAME_HOSTS


def _path(parts: SplitResult) -> list[str]:
    return [step for step in parts.path.split("/") if step]


def _youtube(url: str, parts: SplitResult) -> Embed | None:
    steps = _path(parts)
    shape = "video"
    if parts.hostname == "youtu.be":
        key = steps[0] if steps else ""
    elif len(steps) >= 2 and steps[0] in {"shorts", "live", "embed", "v"}:
        key, shape = steps[1], "tall" if steps[0] == "shorts" else "video"
    else:
        key = parse_qs(parts.query).get("v", [""])[0]
    if not _YOUTUBE_ID.fullmatch(key):
        return Embed(url, "YouTube")
    return Embed(url, "YouTube", f"https://www.youtube-nocookie.com/embed/{key}?autoplay=1", shape)


def _vimeo(url: str, parts: SplitResult) -> Embed | None:
    steps = [step for step in _path(parts) if step not in {"video", "channels", "staffpicks"}]
    if not steps or not _NUMBER.fullmatch(steps[0]):
        return Embed(url, "Vimeo")
    # An unlisted video has a second part that is its key.
    key = f"&h={steps[1]}" if len(steps) > 1 and _CODE.fullmatch(steps[1]) else ""
    return Embed(
        url,
        "Vimeo",
        f"https://player.vimeo.com/video/{steps[0]}?dnt=1&autoplay=1{key}",
        "video",
    )


def _x(url: str, parts: SplitResult) -> Embed | None:
    steps = _path(parts)
    if len(steps) < 3 or steps[1] != "status" or not _NUMBER.fullmatch(steps[2]):
        return Embed(url, "X")
    return Embed(url, "X", f"https://platform.twitter.com/embed/Tweet.html?id={steps[2]}&dnt=true")


def _instagram(url: str, parts: SplitResult) -> Embed | None:
    steps = _path(parts)
    if len(steps) < 2 or steps[0] not in {"p", "reel", "tv"} or not _CODE.fullmatch(steps[1]):
        return Embed(url, "Instagram")
    return Embed(url, "Instagram", f"https://www.instagram.com/{steps[0]}/{steps[1]}/embed/")


def _mastodon(url: str, parts: SplitResult) -> Embed | None:
    """Read a post by its address: Mastodon has as many hosts as communities."""
    steps = _path(parts)
    if len(steps) != 2 or not _HANDLE.fullmatch(steps[0]) or not _NUMBER.fullmatch(steps[1]):
        return None
    origin = f"https://{parts.netloc}"
    return Embed(url, "Mastodon", f"{origin}/{steps[0]}/{steps[1]}/embed")


_READERS: dict[str, Callable[[str, SplitResult], Embed | None]] = {
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtube,
    "vimeo.com": _vimeo,
    "player.vimeo.com": _vimeo,
    "x.com": _x,
    "twitter.com": _x,
    "mobile.twitter.com": _x,
    "instagram.com": _instagram,
}
