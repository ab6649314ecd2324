"""Where things stood on the old site, as paths. For the rows of old addresses."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from newsroom.lib.richtext import drop_control_characters

from .records import Item

_PLAIN = {"p", "page_id", "attachment_id"}
# What WordPress offers of a whole site, and where that is here.
SITE_PATHS = {
    "/feed/rss/": "/feed/",
    "/feed/rss2/": "/feed/",
    "/feed/rdf/": "/feed/",
    "/feed/atom/": "/feed.atom",
    "/comments/feed/atom/": "/comments/feed/",
    "/wp-sitemap.xml": "/sitemap.xml",
    "/sitemap_index.xml": "/sitemap.xml",
}
# Below these stand files, which the old site alone has.
_FILES = ("/wp-content/", "/content/images/", "/content/files/", "/content/media/")
_FRONT = {"", "/", "/index.php", "index.php"}
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$", re.IGNORECASE)


def hosts_of(site: str) -> frozenset[str]:
    """Return the old site's host, with and without www."""
    try:
        host = urlsplit(site).hostname or ""
    except ValueError:
        host = ""
    bare = host.removeprefix("www.")
    return frozenset({bare, f"www.{bare}"}) if bare else frozenset()


def path_of(link: str) -> str:
    """Return a link's path as Django decodes it, with the query where that is the address."""
    try:
        parts = urlsplit(drop_control_characters(link).strip())
    except ValueError:
        return ""
    path = "/" + unquote(parts.path).lstrip("/\\")
    plain = [f"{key}={value}" for key, value in parse_qsl(parts.query) if key in _PLAIN]
    return f"{path}?{plain[0]}" if plain else path


def local(href: str, own_hosts: frozenset[str]) -> str:
    """Return a link to the old site as a path, so that it goes on working here."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    is_plain = not parts.scheme and not parts.netloc and parts.query and parts.path in _FRONT
    is_file = any(folder in parts.path for folder in _FILES)
    if (parts.hostname not in own_hosts and not is_plain) or is_file:
        return href
    path = "/" if parts.path in _FRONT else "/" + parts.path.lstrip("/")
    return (
        path.removeprefix("/index.php")
        + (f"?{parts.query}" if parts.query else "")
        + (f"#{parts.fragment}" if parts.fragment else "")
    )


def old_addresses(item: Item) -> list[str]:
    """Return every path under which readers may have found an item."""
    link = path_of(item.link)
    keys = ["p", {"page": "page_id", "attachment": "attachment_id"}.get(item.kind, "p")]
    found = [f"/?{key}={item.post_id}" for key in keys if item.post_id]
    found += [link] if link not in {"", "/"} else []
    for slug in item.meta.get("_wp_old_slug", []):
        old = unquote(slug).strip()
        if old and item.name and f"/{item.name}" in link:
            head, _slash, tail = link.rpartition(f"/{item.name}")
            found.append(f"{head}/{old}{tail}")
    return list(dict.fromkeys(found))


def without_ending(name: str) -> str:
    """Return a slug without .html and the like."""
    return _ENDING.sub("", name)
