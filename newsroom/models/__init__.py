"""The site's own tables: people, settings, and what imports brought in."""

from .imported import ImportedRecord
from .site import SiteSettings
from .tick import TickRun
from .user import User

__all__ = ["ImportedRecord", "SiteSettings", "TickRun", "User"]
