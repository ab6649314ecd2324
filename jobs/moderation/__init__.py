"""Every change of a job's state and text, one function each; nothing else writes them."""

from newsroom.lib.verbs import Conflict, NotPermitted, Refused

from .desk import (
    approve,
    drop_overrides,
    edit,
    feature,
    reconsider,
    reinstate,
    reject,
    take_down,
)
from .employers import (
    CONFIRM_WITHIN,
    DEFAULT_DAYS,
    MOST_DAYS,
    MOST_RENEWALS,
    change,
    confirm,
    mark_filled,
    may_renew,
    renew,
    submit,
    withdraw,
)
from .feeds import PROLONG_WITHIN, Item, add, note_missed, note_seen, prolong, update
from .moves import MOVES, Move, allowed_moves

__all__ = [
    "CONFIRM_WITHIN",
    "DEFAULT_DAYS",
    "MOST_DAYS",
    "MOST_RENEWALS",
    "MOVES",
    "PROLONG_WITHIN",
    "Conflict",
    "Item",
    "Move",
    "NotPermitted",
    "Refused",
    "add",
    "allowed_moves",
    "approve",
    "change",
    "confirm",
    "drop_overrides",
    "edit",
    "feature",
    "mark_filled",
    "may_renew",
    "note_missed",
    "note_seen",
    "prolong",
    "reconsider",
    "reinstate",
    "reject",
    "renew",
    "submit",
    "take_down",
    "update",
    "withdraw",
]
