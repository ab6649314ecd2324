"""A person is forgotten: no name, address or text of his or hers is left in the database."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from newsroom.lib.privacy import hash_address
from newsroom.models import Attempt, Message

from ..models import (
    AuthorState,
    Comment,
    CommentAuthor,
    ModerationAction,
    Report,
    Source,
    SpamText,
    Status,
)
from . import notices
from .moves import Move, lock, make


@transaction.atomic
def erase(address: str) -> int:
    """Erase all that a person has written here; return how many comments and reports that were.

    An approved comment becomes a tombstone, so that the answers keep their place. What readers did
    not see is deleted, or emptied where something stands below it. The log keeps its lines, without
    notes. Repeatable.
    """
    authors = list(CommentAuthor.objects.of_person(address))
    ids = list(Comment.objects.filter(author__in=authors).values_list("pk", flat=True))
    about = list(Report.objects.filter(comment__in=ids).values_list("pk", flat=True))
    own = list(
        Report.objects.filter(reporter_hash=hash_address(address)).values_list("pk", flat=True)
    )
    _forget_traces(address, [author.pk for author in authors], ids, about + own)
    _empty_comments(ids)
    Report.objects.filter(pk__in=about + own).update(text="")
    Report.objects.filter(pk__in=own).update(reporter_hash="", address="")
    _forget_authors(authors)
    return len(ids) + len(own)


def _forget_traces(
    address: str, authors: list[int], comments: list[int], reports: list[int]
) -> None:
    """Empty or delete what tells of a person elsewhere: log, mails, the admin, limits, hashes.

    Mails that wait hold no address and are skipped when their handler finds none.
    """
    actions = ModerationAction.objects.filter(comment__in=comments)
    actions.forget_notes()
    replies = Comment.objects.filter(parent__in=comments)
    own = Report.objects.filter(reporter_hash=hash_address(address))
    # Not deleted: the outbox keeps books.
    Message.objects.filter(
        Q(kind=notices.VERIFY, about__in=comments)
        | Q(kind=notices.REPLY, about__in=replies.values("pk"))
        | Q(kind=notices.DECISION, about__in=actions.values("pk"))
        | Q(kind=notices.REPORT_DECISION, about__in=own.values("pk"))
    ).update(note="")
    for model, ids in ((Comment, comments), (CommentAuthor, authors), (Report, reports)):
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(model), object_id__in=map(str, ids)
        ).update(object_repr="", change_message="")
    hashes = Comment.objects.filter(pk__in=comments).values("text_hash")
    SpamText.objects.filter(text_hash__in=hashes).delete()
    Attempt.objects.filter(key__endswith=f":{hash_address(address)}").delete()


def _empty_comments(ids: list[int]) -> None:
    locked = lock(ids)
    approved = [row for row in locked.comments if row.status == Status.APPROVED]
    if approved:
        make(locked, approved, Move(Status.REMOVED, Source.AUTHOR, rule="erased"))
    rows = Comment.objects.filter(pk__in=ids)
    rows.update(
        name="", body="", body_html="", text_hash="", appeal="", signals={}, score=0,
        network_hash="", network_day=None, wants_replies=False, confirmed_at=None,
    )  # fmt: skip
    answers = Comment.objects.filter(parent=OuterRef("pk"))
    rows.unseen().filter(~Exists(answers)).delete()


def _forget_authors(authors: list[CommentAuthor]) -> None:
    """Delete authors of whom nothing is left; of the others only the number stays."""
    rows = CommentAuthor.objects.filter(pk__in=[author.pk for author in authors])
    rows.filter(~Exists(Comment.objects.filter(author=OuterRef("pk")))).delete()
    rows.update(
        name="", address_hash="", address="", user=None, verified_at=None, state=AuthorState.OK,
        blocked_until=None, blocked_by=None, blocked_note="", record=[],
        approved=0, rejected=0, reported=0,
    )  # fmt: skip
