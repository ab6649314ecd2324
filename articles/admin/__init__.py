"""The editorial tables in the admin; importing a module registers its tables."""

from . import article, author, frontpage, image, redirect, section, tag

__all__ = ["article", "author", "frontpage", "image", "redirect", "section", "tag"]
