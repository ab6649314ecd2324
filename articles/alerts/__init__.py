"""E-mail alerts: who asked to be told of what, with proof, and who is told.

`asking` has the verbs of consent, `telling` finds whom to write to, `mails` writes, `scopes` names
what an alert can be about, `links` signs the ways back. Callers import from here.
"""

from .asking import (
    CONSENT_TEXTS,
    Outdated,
    TooMany,
    ask,
    asked_by,
    change,
    confirm,
    end,
    forget_unconfirmed,
    move_topic,
    report,
    take_over,
    texts_for,
)
from .scopes import Choice, described
from .telling import announce, drop_told, tell_due, tell_of_comments

__all__ = [
    "CONSENT_TEXTS",
    "Choice",
    "Outdated",
    "TooMany",
    "announce",
    "ask",
    "asked_by",
    "change",
    "confirm",
    "described",
    "drop_told",
    "end",
    "forget_unconfirmed",
    "move_topic",
    "report",
    "take_over",
    "tell_due",
    "tell_of_comments",
    "texts_for",
]
