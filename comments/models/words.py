"""The words for where a comment stands, why, and who moved it there."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Waiting")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SPAM = "spam", _("Spam")
    # The author was erased; an empty row keeps the shape of the thread.
    REMOVED = "removed", _("Removed")


class HoldReason(models.TextChoices):
    """Why a comment waits, or why a rule holds it as spam."""

    NEW = "new", _("New")
    FLAGGED = "flagged", _("Flagged by rules")
    EDITED = "edited", _("Changed by the author")
    REPORTED = "reported", _("Reported")
    APPEAL = "appeal", _("Appeal")
    SCORED = "scored", _("Held as spam by rules")


class Reason(models.TextChoices):
    """Why a comment was rejected, or reported. The order is that of the keys in the queue."""

    OFF_TOPIC = "off_topic", _("Off topic")
    DEMEANING = "demeaning", _("Demeaning")
    INSULT = "insult", _("Insult")
    HATE = "hate", _("Hate")
    SPAM = "spam", _("Spam")
    ADVERTISING = "advertising", _("Advertising")
    ILLEGAL = "illegal", _("Illegal")
    MISINFORMATION = "misinformation", _("Misinformation")
    PERSONAL_DATA = "personal_data", _("Personal data")
    DUPLICATE = "duplicate", _("Said already")
    OTHER = "other", _("Another reason")


class Source(models.TextChoices):
    """From where a move was made."""

    QUEUE = "queue", _("Queue")
    BULK = "bulk", _("Several at once")
    RULE = "rule", _("Rule")
    REPORT = "report", _("Report")
    AUTHOR = "author", _("The author")
    UNDO = "undo", _("Undone")


class AuthorState(models.TextChoices):
    OK = "ok", _("Ordinary")
    TRUSTED = "trusted", _("Trusted")
    WATCH = "watch", _("Watched")
    BLOCKED = "blocked", _("Blocked")
