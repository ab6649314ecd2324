"""The editorial tables in the admin; importing a module registers its tables."""

from . import (
    agency,
    article,
    author,
    frontpage,
    image,
    missing,
    newsletter,
    promo,
    redirect,
    section,
    subscription,
    tag,
    zerohit,
)

__all__ = [
    "agency",
    "article",
    "author",
    "frontpage",
    "image",
    "missing",
    "newsletter",
    "promo",
    "redirect",
    "section",
    "subscription",
    "tag",
    "zerohit",
]
