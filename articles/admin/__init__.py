"""The editorial tables in the admin; importing a module registers its tables."""

from . import author, image, redirect, section, tag

__all__ = ["author", "image", "redirect", "section", "tag"]
