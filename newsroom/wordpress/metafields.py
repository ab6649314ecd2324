"""What plugins keep beside a post: titles for search engines, credits, and everything else.

Yoast, Rank Math and All in One SEO, old and new.
"""

import re
from urllib.parse import urlsplit

from newsroom.lib.richtext import is_web_address, plain_text

from .records import Item

# Placeholders that a plugin fills in: %%title%%, %sitename%, #post_title.
_PATTERN = re.compile(r"%%?[a-z][a-z_]*(?:\([^)]*\))?%|#[a-z]+_[a-z_]+\b")
_SEO_TITLE = ("_yoast_wpseo_title", "rank_math_title", "_aioseo_title", "_aioseop_title")
_SEO_DESCRIPTION = (
    "_yoast_wpseo_metadesc",
    "rank_math_description",
    "_aioseo_description",
    "_aioseop_description",
)
_SOCIAL_TITLE = (
    "_yoast_wpseo_opengraph-title",
    "rank_math_facebook_title",
    "_aioseo_og_title",
    "_yoast_wpseo_twitter-title",
    "rank_math_twitter_title",
    "_aioseo_twitter_title",
)
_CANONICAL = ("_yoast_wpseo_canonical", "rank_math_canonical_url", "_aioseop_custom_link")
_PRIMARY_CATEGORY = ("_yoast_wpseo_primary_category", "rank_math_primary_category")
_CREDIT = (
    "_media_credit",
    "isc_image_source",
    "credit-tracker-author",
    "photographer",
    "photo_credit",
    "image_credit",
    "credit",
    "_credit",
    "copyright",
)
_IN_FILE = re.compile(r's:\d+:"(?:credit|copyright)";s:\d+:"([^"]{1,140})"')
# The old system's own housekeeping, worth nothing elsewhere.
_PLUMBING = frozenset(
    "_edit_lock _edit_last _encloseme _pingme _wp_old_date _wp_attachment_metadata "
    "_wp_attached_file _thumbnail_id _wp_trash_meta_status _wp_trash_meta_time "
    "_wp_desired_post_slug".split()
)


# What shops and forms keep of their customers is none of ours.
_PERSONAL = re.compile(r"e-?mail|phone|billing|shipping|customer|password|(?:^|_)ip(?:_|$)", re.I)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")


def search_words(item: Item, own_hosts: frozenset[str]) -> dict[str, str]:
    """Return an item's titles, description and canonical address, by their names in a content.

    A canonical address on the old site itself is none: ours is the article's own.
    """
    canonical = next((url for name in _CANONICAL if is_web_address(url := item.one(name))), "")
    is_own = urlsplit(canonical).hostname in own_hosts if canonical else True
    return {
        "seo_title": _first(item, _SEO_TITLE),
        "seo_description": _first(item, _SEO_DESCRIPTION),
        "social_title": _first(item, _SOCIAL_TITLE),
        "canonical_url": "" if is_own else canonical,
    }


def is_kept_from_search(item: Item) -> bool:
    """Tell whether the old site asked search engines to leave an item out."""
    return (
        item.one("_yoast_wpseo_meta-robots-noindex") == "1"
        or "noindex" in item.one("rank_math_robots")
        or item.one("_aioseop_noindex") == "on"
        or item.one("_aioseo_robots_noindex") in {"1", "true"}
    )


def primary_category(item: Item) -> str:
    """Return the number of the category that an editor put first; empty if none."""
    return next((value for name in _PRIMARY_CATEGORY if (value := item.one(name))), "")


def credit_of(item: Item) -> str:
    """Return who made a picture: by a plugin's field, else by what the file itself said."""
    named = next((value for name in _CREDIT if (value := item.one(name))), "")
    if named and not named.startswith(("a:", "{")):
        return plain_text(named)
    found = _IN_FILE.search(item.one("_wp_attachment_metadata"))
    return found[1] if found else ""


def custom_fields(item: Item) -> dict[str, list[str]]:
    """Return all that is worth keeping for whoever looks for it later; nothing of persons."""
    return {
        name: values
        for name, values in item.meta.items()
        if name
        and name not in _PLUMBING
        and not _PERSONAL.search(name)
        and not any(_MAIL.search(value) for value in values)
    }


def _first(item: Item, names: tuple[str, ...]) -> str:
    """Return the first of these that is a text, not a plugin's pattern."""
    values = (plain_text(item.one(name)) for name in names)
    return next((value for value in values if value and not _PATTERN.search(value)), "")
