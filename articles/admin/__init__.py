"""The editorial tables in the admin; importing a module registers its tables."""

from . import (
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
