"""What WordPress' importer (plugin wordpress-importer, WXR 1.2) needs of a file, spelled out.

Published rules: WXR_Parser_SimpleXML reads these elements, WP_Import looks the others up by them.
"""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

NAMES = {
    "wp": "http://wordpress.org/export/1.2/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
}
_OF_ITEM = (
    "title link guid dc:creator content:encoded excerpt:encoded wp:post_id wp:post_date"
    " wp:post_date_gmt wp:comment_status wp:ping_status wp:post_name wp:status wp:post_parent"
    " wp:menu_order wp:post_type wp:post_password wp:is_sticky"
).split()
_OF_COMMENT = (
    "id author author_email author_url author_IP date date_gmt content approved type parent user_id"
).split()
_STATES = {"publish", "future", "draft", "pending", "private", "inherit"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_SLUG = re.compile(r"[a-z0-9_-]{0,200}")


def text(element: ET.Element, path: str) -> str:
    return element.findtext(path, default="", namespaces=NAMES)


def texts(element: ET.Element, path: str) -> list[str]:
    return [found.text or "" for found in element.iterfind(path, NAMES)]


def broken(path: Path) -> list[str]:
    """Return which rules a file breaks, each with where."""
    channel = ET.parse(path).getroot().find("channel")  # noqa: S314 - our own file
    if channel is None:
        return ["no channel"]
    items = channel.findall("item")
    found = [*_head(channel), *_terms(channel), *_whole(items)]
    for item in items:
        found += [f"{text(item, 'wp:post_id')}: {rule}" for rule in _item(item, channel)]
    return found


def _head(channel: ET.Element) -> list[str]:
    return [
        name
        for name, is_right in {
            "version": re.fullmatch(r"\d+\.\d+", text(channel, "wp:wxr_version")),
            "site": text(channel, "wp:base_site_url").startswith("http"),
            "blog": text(channel, "wp:base_blog_url").startswith("http"),
            "authors": len(set(_logins(channel))) == len(_logins(channel)) > 0,
        }.items()
        if not is_right
    ]


def _logins(channel: ET.Element) -> list[str]:
    return texts(channel, "wp:author/wp:author_login")


def _terms(channel: ET.Element) -> list[str]:
    """A parent is looked up among the categories that came before it."""
    found, known = [], {""}
    for category in channel.iterfind("wp:category", NAMES):
        slug, parent = text(category, "wp:category_nicename"), text(category, "wp:category_parent")
        if parent not in known:
            found.append(f"category {slug} comes before its parent {parent}")
        known.add(slug)
    numbers = texts(channel, "wp:category/wp:term_id") + texts(channel, "wp:tag/wp:term_id")
    return found + ["terms share numbers"] * (len(set(numbers)) != len(numbers))


def _whole(items: list[ET.Element]) -> list[str]:
    found = []
    for what in ("wp:post_id", "wp:comment/wp:comment_id", "guid"):
        values = [value for item in items for value in texts(item, what)]
        found += [f"{what} twice"] * (len(set(values)) != len(values))
    pictures = {
        text(item, "wp:post_id") for item in items if text(item, "wp:post_type") == "attachment"
    }
    for item in items:
        for meta in item.iterfind("wp:postmeta", NAMES):
            value = text(meta, "wp:meta_value")
            if text(meta, "wp:meta_key") == "_thumbnail_id" and value not in pictures:
                found.append(f"thumbnail {value} is no attachment")
    return found


def _item(item: ET.Element, channel: ET.Element) -> list[str]:
    found = [name for name in _OF_ITEM if len(item.findall(name, NAMES)) != 1]
    kind, state = text(item, "wp:post_type"), text(item, "wp:status")
    creator = text(item, "dc:creator")
    rules = {
        "number": text(item, "wp:post_id").isdecimal(),
        "type": kind in {"post", "page", "attachment"},
        "state": state in _STATES and (state == "inherit") == (kind == "attachment"),
        "dates": all(_DATE.fullmatch(text(item, f"wp:post_{d}")) for d in ("date", "date_gmt")),
        "slug": _SLUG.fullmatch(text(item, "wp:post_name")),
        "creator": not creator or creator in _logins(channel),
        "address": kind != "attachment" or text(item, "wp:attachment_url").startswith("http"),
        "title": text(item, "title").strip(),
    }
    found += [name for name, is_right in rules.items() if not is_right]
    named = set(texts(channel, "wp:category/wp:category_nicename"))
    for label in item.iterfind("category"):
        if label.get("domain") == "category" and label.get("nicename") not in named:
            found.append(f"category {label.get('nicename')}")
    return found + _comments(item)


def _comments(item: ET.Element) -> list[str]:
    found, known = [], {"0"}
    for comment in item.iterfind("wp:comment", NAMES):
        number = text(comment, "wp:comment_id")
        found += [
            f"comment {number}: {name}"
            for name in _OF_COMMENT
            if len(comment.findall(f"wp:comment_{name}", NAMES)) != 1
        ]
        if text(comment, "wp:comment_parent") not in known:
            found.append(f"comment {number} comes before its parent")
        known.add(number)
    return found
