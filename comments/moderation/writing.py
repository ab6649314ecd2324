"""What authors do with their own comments: write, change, take back."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from newsroom.lib import limits, pagecache
from newsroom.lib.limits import Limit
from newsroom.lib.verbs import Refused
from newsroom.models import User

from .. import spam
from ..models import (
    BODY_LENGTH,
    DEEPEST,
    EDIT_TIME,
    RANK_FIRST,
    RANK_NORMAL,
    SEGMENT,
    Comment,
    CommentAuthor,
    CommentRules,
    HoldReason,
    Source,
    Status,
    Thread,
    is_open,
)
from ..text import clean, clean_line, render, text_hash
from . import notices
from .moves import Move, lock, make
from .people import author_of, demand_own_name
from .refusals import Closed, TooMany

SAME_TIME = timedelta(hours=24)
SHORTEST, NAME_LENGTH = 2, 60
LIMITS = [Limit(1, 15), Limit(5, 600), Limit(30, 86_400)]
OPEN_OF_NEW_AUTHOR = 3


@dataclass(frozen=True)
class Entry:
    """A comment as it was sent.

    `user` is the member of staff who is signed in; then name and address are the account's.
    `is_confirmed`: the sender has proved the address (a signed link), not merely typed it.
    `seconds` since the form was made, None where unknown.
    """

    article: Article
    body: str
    name: str = ""
    address: str = ""
    parent: int | None = None
    wants_replies: bool = False
    user: User | None = None
    is_confirmed: bool = False
    network_hash: str = ""
    fell_into_trap: bool = False
    seconds: float | None = None


@dataclass(frozen=True)
class Submitted:
    """What submit() has made, or found: the same comment sent again within a day is the first."""

    comment: Comment
    is_new: bool


@transaction.atomic
def submit(entry: Entry, *, rules: CommentRules | None = None) -> Submitted:
    """Take a reader's comment: waiting, held as spam, or approved where the site trusts its author.

    Raises Closed, TooMany, and Refused for a text, name or address that cannot be taken, a blocked
    author, a name that belongs to staff, or a parent that readers do not see. The sentence is for
    the reader, whose text the caller shows again.
    """
    rules = rules or CommentRules.load()
    name, body = _checked(entry)
    if not is_open(entry.article, rules):
        raise Closed
    thread = _locked_thread(entry.article)
    parent = _parent(entry)
    author = author_of(entry.user, name, entry.address, entry.network_hash)
    if first := _sent_before(entry, parent, author, body):
        return Submitted(first, is_new=False)
    _demand_room(entry, author, rules)
    comment = _comment(entry, thread, parent, author, name, body)
    examine(comment, rules, fell_into_trap=entry.fell_into_trap, seconds=entry.seconds)
    comment.save(force_insert=True)
    Thread.objects.filter(pk=thread.pk).update(last_number=F("last_number") + 1)
    _apply_rules(comment, rules)
    if entry.wants_replies and comment.confirmed_at is None:
        notices.ask_to_confirm(comment)
    return Submitted(comment, is_new=True)


@transaction.atomic
def edit(comment: Comment, *, body: str, rules: CommentRules | None = None) -> Comment:
    """Change the text of one's own comment; an approved one waits for a moderator again.

    By signed link: the caller has proved whose it is. Within 10 minutes, until a reply, a report or
    a moderator's decision; otherwise raises Refused.
    """
    body = checked_body(body)
    row = _own(comment)
    if body == row.body:
        return row
    now = timezone.now()
    row.body, row.body_html, row.text_hash = body, render(body), text_hash(body)
    row.edited_at = now
    examine(row, rules or CommentRules.load())
    row.version += row.status == Status.PENDING
    row.save(
        update_fields=[
            "body", "body_html", "text_hash", "edited_at", "score", "signals", "rank",
            "hold_reason", "version",
        ]
    )  # fmt: skip
    if row.status == Status.APPROVED:
        move = Move(Status.PENDING, Source.AUTHOR, rule="edited", hold_reason=HoldReason.EDITED)
        make(lock([row.pk]), [row], move)
    return row


@transaction.atomic
def delete(comment: Comment) -> None:
    """Take one's own comment back for good: within the same limits as edit()."""
    row = _own(comment)
    if Comment.objects.visible().filter(pk=row.pk).exists():
        Thread.objects.filter(pk=row.article_id).update(
            visible=F("visible") - 1, changed_at=timezone.now()
        )
        pagecache.purge("comments", f"article:{row.article_id}")
    if row.status == Status.APPROVED:
        CommentAuthor.objects.filter(pk=row.author_id).update(approved=F("approved") - 1)
    Comment.objects.filter(pk=row.pk).delete()


def is_own_to_change(comment: Comment) -> bool:
    """Tell whether edit() and delete() would take a comment now. One query."""
    return (
        comment.status in {Status.PENDING, Status.APPROVED}
        and comment.decided_by_id is None
        and not comment.open_reports  # what somebody objects to stays for the moderator to see
        and comment.created_at > timezone.now() - EDIT_TIME
        and not Comment.objects.filter(parent=comment.pk).exists()
    )


def examine(
    comment: Comment,
    rules: CommentRules,
    *,
    fell_into_trap: bool = False,
    seconds: float | None = None,
) -> None:
    """Write score, signals and place in the queue to an object that is not saved yet."""
    sample = spam.Sample(
        body=comment.body,
        name=comment.name,
        text_hash=comment.text_hash,
        author=comment.author,
        network_hash=comment.network_hash,
        comment=comment.pk,
        fell_into_trap=fell_into_trap,
        seconds=seconds,
    )
    hits = spam.examine(sample, rules)
    comment.score, comment.signals = spam.total(hits), spam.as_signals(hits)
    is_flagged = comment.score >= rules.flagged_from
    comment.rank = RANK_FIRST if is_flagged else RANK_NORMAL
    if comment.status == Status.PENDING:
        comment.hold_reason = HoldReason.FLAGGED if is_flagged else HoldReason.NEW


def checked_body(body: str) -> str:
    """Return the text as it is kept. Raises Refused for one that is too short or too long."""
    body = clean(body)
    if len(body) < SHORTEST:
        raise Refused(_("Write something first."))
    if len(body) > BODY_LENGTH:
        raise Refused(_("A comment has at most %(count)d characters.") % {"count": BODY_LENGTH})
    return body


def _checked(entry: Entry) -> tuple[str, str]:
    body = checked_body(entry.body)
    if entry.user is not None:
        return entry.user.display_name[:NAME_LENGTH], body
    name = clean_line(entry.name)
    if not name or len(name) > NAME_LENGTH:
        raise Refused(_("Give a name of up to %(count)d characters.") % {"count": NAME_LENGTH})
    if entry.address and "@" not in entry.address:
        raise Refused(_("Give an e-mail address or none. It is not published."))
    if entry.wants_replies and not entry.address:
        raise Refused(_("Replies by e-mail need an address."))
    demand_own_name(name)
    return name, body


def _locked_thread(article: Article) -> Thread:
    """Hold the thread: numbers, doubles and counts of an article are decided one by one."""
    Thread.objects.get_or_create(pk=article.pk)
    return Thread.objects.select_for_update().get(pk=article.pk)


def _parent(entry: Entry) -> Comment | None:
    """Return what is answered; at the deepest level an answer stands beside what it answers."""
    if entry.parent is None:
        return None
    visible = Comment.objects.visible().select_related("parent")
    parent = visible.filter(pk=entry.parent, article=entry.article).first()
    if parent is None:
        raise Refused(_("The comment that you answer is not there any more."))
    return parent.parent if parent.depth == DEEPEST else parent


def _sent_before(
    entry: Entry, parent: Comment | None, author: CommentAuthor, body: str
) -> Comment | None:
    """Return the same comment of the last day; its link lets whoever gets it act for the author.

    So who has only typed an address never gets one whose owner has proved it: readers see the text.
    """
    is_proved = entry.user is not None or entry.is_confirmed
    sent = Comment.objects.written()
    same = (sent if is_proved else sent.filter(confirmed_at=None)).filter(
        article=entry.article,
        parent=parent,
        author=author,
        text_hash=text_hash(body),
        body=body,
        created_at__gt=timezone.now() - SAME_TIME,
    )
    return same.order_by("pk").first()


def _demand_room(entry: Entry, author: CommentAuthor, rules: CommentRules) -> None:
    if author.is_blocked:
        raise Refused(_("You cannot comment here at present."))
    if entry.user is not None:
        return
    waiting = Comment.objects.waiting_of(author, entry.article)
    if author.approved == 0 and waiting.count() >= OPEN_OF_NEW_AUTHOR:
        raise TooMany(rules.answer_goal * 60)
    if wait := limits.take("comment", [author.address_hash, entry.network_hash], LIMITS):
        raise TooMany(wait)


def _comment(
    entry: Entry,
    thread: Thread,
    parent: Comment | None,
    author: CommentAuthor,
    name: str,
    body: str,
) -> Comment:
    now = timezone.now()
    is_confirmed = entry.user is not None or entry.is_confirmed
    return Comment(
        article=entry.article,
        parent=parent,
        path=f"{parent.path if parent else ''}{thread.last_number + 1:0{SEGMENT}d}",
        depth=parent.depth + 1 if parent else 1,
        author=author,
        name=name,
        confirmed_at=now if is_confirmed else None,
        wants_replies=entry.wants_replies,
        body=body,
        body_html=render(body),
        text_hash=text_hash(body),
        created_at=now,
        queued_at=now,
        network_hash=entry.network_hash,
        network_day=timezone.localdate(now) if entry.network_hash else None,
    )


def _apply_rules(comment: Comment, rules: CommentRules) -> None:
    """Let rules decide where they may: what looks like spam is held, trusted authors appear."""
    if comment.score >= rules.held_from:
        move = Move(Status.SPAM, Source.RULE, rule="score", hold_reason=HoldReason.SCORED)
    elif may_skip_queue(comment, rules):
        move = Move(Status.APPROVED, Source.RULE, rule="trusted")
    else:
        return
    locked = lock([comment.pk])
    make(locked, locked.comments, move)
    (row,) = locked.comments
    comment.status, comment.version = row.status, row.version
    comment.hold_reason, comment.published_at = row.hold_reason, row.published_at


def may_skip_queue(comment: Comment, rules: CommentRules) -> bool:
    """Tell whether a confirmed comment of a trusted author appears at once."""
    return (
        rules.trusted_skip_queue
        and comment.confirmed_at is not None
        and comment.author.is_trusted
        and comment.score < rules.flagged_from
    )


def _own(comment: Comment) -> Comment:
    locked = lock([comment.pk])
    if not locked.comments or not is_own_to_change(locked.comments[0]):
        raise Refused(
            _("A comment can be changed for 10 minutes, until somebody answers or decides on it.")
        )
    return locked.comments[0]
