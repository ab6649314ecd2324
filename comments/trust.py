"""What an author's last decisions say: trusted, watched, or neither. Pure; moderation calls it.

A record is a list of [comment, time, outcome, confirmed], oldest first, one entry a comment.
Trusted: at least 5 of the last 20 confirmed comments approved, less than 10 % of them rejected.
Watched: at least 3 decisions within 7 days, 30 % of them rejections.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from .models import AuthorState, Comment, CommentAuthor, Status

APPROVED, REJECTED = "a", "r"
_KEPT = 50
_LOOKED_AT, _NEEDED, _TOLERATED = 20, 5, 0.10
_WATCH_TIME, _WATCH_DECISIONS, _WATCH_SHARE = timedelta(days=7), 3, 0.30
_OUTCOMES: dict[str, str] = {
    Status.APPROVED: APPROVED,
    Status.REJECTED: REJECTED,
    Status.SPAM: REJECTED,
}

type Record = list[tuple[int, float, str, bool]]


def note(author: CommentAuthor, comment: Comment, status: str, at: datetime) -> None:
    """Enter where a comment stands now into the author's record, and draw the conclusion."""
    note_all(author, [(comment, status, at)])


def note_all(author: CommentAuthor, moves: Sequence[tuple[Comment, str, datetime]]) -> None:
    """Enter many comments in the order of time; the conclusion is that of the last moment."""
    pks = {comment.pk for comment, _status, _at in moves}
    record: Record = [entry for entry in author.record if entry[0] not in pks]
    record += [
        (comment.pk, at.timestamp(), outcome, comment.confirmed_at is not None)
        for comment, status, at in moves[-_KEPT:]
        if (outcome := _OUTCOMES.get(status))
    ]
    author.record = record[-_KEPT:]
    conclude(author, max(at for _comment, _status, at in moves))


def conclude(author: CommentAuthor, now: datetime) -> None:
    """Set the state that follows from the record; a block stays until its end."""
    if author.state == AuthorState.BLOCKED and (
        author.blocked_until is None or author.blocked_until > now
    ):
        return
    author.state = state_of(author.record, now)


def state_of(record: Record, now: datetime) -> AuthorState:
    """Return what a record says at a moment."""
    since = (now - _WATCH_TIME).timestamp()
    lately = [outcome for _comment, at, outcome, _confirmed in record if at > since]
    if len(lately) >= _WATCH_DECISIONS and _share(lately) >= _WATCH_SHARE:
        return AuthorState.WATCH
    confirmed = [entry[2] for entry in record if entry[3]][-_LOOKED_AT:]
    if confirmed.count(APPROVED) >= _NEEDED and _share(confirmed) < _TOLERATED:
        return AuthorState.TRUSTED
    return AuthorState.OK


def _share(outcomes: list[str]) -> float:
    return outcomes.count(REJECTED) / len(outcomes)
