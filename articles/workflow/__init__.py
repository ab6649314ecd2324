"""Every change of an article's state and live text. The only writer of both.

Each verb refuses first (`Refused`), then changes everything in one transaction under a lock on the
article's row, and leaves a line in the log. Admin, importer, demo and tick call these.
"""

from newsroom.lib.verbs import NotPermitted, Refused

from .drafts import (
    attend,
    autosave,
    create,
    discard,
    leave,
    restore,
    save_draft,
    save_or_set_aside,
    set_aside,
    take_update,
)
from .moves import MOVES, Conflict, allowed_moves, is_own, may_edit
from .placing import Placement, Prepared, place, place_again, prepare
from .publication import (
    correct,
    publish,
    publish_due,
    reinstate,
    render_again,
    unschedule,
    withdraw,
)
from .relinking import relink, rewriting
from .review import approve, plan, send_back, submit
from .timing import replan, reschedule

__all__ = [
    "MOVES",
    "Conflict",
    "NotPermitted",
    "Placement",
    "Prepared",
    "Refused",
    "allowed_moves",
    "approve",
    "attend",
    "autosave",
    "correct",
    "create",
    "discard",
    "is_own",
    "leave",
    "may_edit",
    "place",
    "place_again",
    "plan",
    "prepare",
    "publish",
    "publish_due",
    "reinstate",
    "relink",
    "render_again",
    "replan",
    "reschedule",
    "restore",
    "rewriting",
    "save_draft",
    "save_or_set_aside",
    "send_back",
    "set_aside",
    "submit",
    "take_update",
    "unschedule",
    "withdraw",
]
