"""Which addresses WordPress shows as an embed, in the form that the house keeps. For blocks.py."""

import re
from urllib.parse import parse_qs, urlsplit

from newsroom.lib.richtext import is_web_address

_HOSTS = (
    "youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "dailymotion.com", "dai.ly",
    "twitter.com", "x.com", "instagram.com", "facebook.com", "tiktok.com", "threads.net",
    "bsky.app", "soundcloud.com", "spotify.com", "mixcloud.com", "flickr.com", "flic.kr",
    "ted.com", "videopress.com", "wordpress.tv", "reddit.com", "giphy.com", "pinterest.com",
    "slideshare.net", "speakerdeck.com", "scribd.com", "issuu.com", "tumblr.com",
)  # fmt: skip
_MASTODON_POST = re.compile(r"/@[\w.@-]+/\d+/?$", re.ASCII)


def embed_address(url: str) -> str:
    """Return the address of what an embed shows; the empty string for any other address."""
    url = url.strip()
    url = f"https:{url}" if url.startswith("//") else url
    if not is_web_address(url):
        return ""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    is_known = any(host == known or host.endswith(f".{known}") for known in _HOSTS)
    if not is_known and not _MASTODON_POST.search(parts.path):
        return ""
    if parts.path in {"", "/"}:
        return ""
    if host.startswith("youtube") and parts.path.startswith(("/embed/", "/v/")):
        video = parts.path.split("/")[2].partition("&")[0]
        return f"https://www.youtube.com/watch?v={video}" if video else ""
    if host == "youtube.com" and (video := parse_qs(parts.query).get("v", [""])[0]):
        return f"https://www.youtube.com/watch?v={video}"
    if host == "player.vimeo.com":
        return f"https://vimeo.com/{parts.path.rstrip('/').rpartition('/')[2]}"
    return parts._replace(scheme="https").geturl()
