"""The tables of comments. Everything outside imports them from here."""

from .action import AppendOnly, ModerationAction
from .author import CommentAuthor
from .comment import (
    APPROVED_BY_HAND,
    BODY_LENGTH,
    DEEPEST,
    EDIT_TIME,
    RANK_FIRST,
    RANK_NORMAL,
    REJECTED_BY_HAND,
    SEGMENT,
    SHAPE,
    Comment,
    CommentQuerySet,
    Thread,
    after_subtree,
    below,
    in_subtrees,
)
from .report import Report, SpamText
from .rules import Closure, CommentRules, SectionRules, closed_because, is_open, rules_for
from .words import AuthorState, HoldReason, Reason, Source, Status

__all__ = [
    "APPROVED_BY_HAND",
    "BODY_LENGTH",
    "DEEPEST",
    "EDIT_TIME",
    "RANK_FIRST",
    "RANK_NORMAL",
    "REJECTED_BY_HAND",
    "SEGMENT",
    "SHAPE",
    "AppendOnly",
    "AuthorState",
    "Closure",
    "Comment",
    "CommentAuthor",
    "CommentQuerySet",
    "CommentRules",
    "HoldReason",
    "ModerationAction",
    "Reason",
    "Report",
    "SectionRules",
    "Source",
    "SpamText",
    "Status",
    "Thread",
    "after_subtree",
    "below",
    "closed_because",
    "in_subtrees",
    "is_open",
    "rules_for",
]
