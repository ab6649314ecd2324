"""Every change of a comment's state. The only writer of `status`; views, admin and demo call these.

Each verb refuses first (`Refused` and its kinds, each with a sentence for whoever asked), then
changes everything in one transaction under a lock on thread, author and comment: the row, the log,
the exact count of the thread, the author's record, and the mails owed (`notices` lists them).
"""

from newsroom.lib.verbs import NotPermitted, Refused

from .answering import answer
from .confirming import verify_author
from .deciding import MOST, PERMISSION, UNDO_TIME, Collision, Outcome, decide, latest_batch, undo
from .erasing import erase
from .moves import MOVES, is_allowed
from .people import block, stop_replies, unblock
from .refusals import Closed, TooMany
from .reporting import APPEAL_TIME, appeal, may_appeal, report
from .writing import Entry, Submitted, delete, edit, is_own_to_change, submit

__all__ = [
    "APPEAL_TIME",
    "MOST",
    "MOVES",
    "PERMISSION",
    "UNDO_TIME",
    "Closed",
    "Collision",
    "Entry",
    "NotPermitted",
    "Outcome",
    "Refused",
    "Submitted",
    "TooMany",
    "answer",
    "appeal",
    "block",
    "decide",
    "delete",
    "edit",
    "erase",
    "is_allowed",
    "is_own_to_change",
    "latest_batch",
    "may_appeal",
    "report",
    "stop_replies",
    "submit",
    "unblock",
    "undo",
    "verify_author",
]
