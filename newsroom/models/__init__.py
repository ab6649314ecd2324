"""The site's own tables: people, settings, the outbox, and what imports brought in."""

from .imported import ImportedRecord
from .outbox import Message, MessageTally
from .readers import Attempt, NetworkKey
from .site import SiteSettings
from .standing import StandingVersion
from .tick import TickRun
from .user import User

__all__ = [
    "Attempt",
    "ImportedRecord",
    "Message",
    "MessageTally",
    "NetworkKey",
    "SiteSettings",
    "StandingVersion",
    "TickRun",
    "User",
]
