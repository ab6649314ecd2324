"""A reader follows the link from a mail: the address is proved, for this comment."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.verbs import Refused

from .. import trust
from ..models import Comment, CommentAuthor, CommentRules, Source, Status
from .moves import Move, lock, make
from .writing import may_skip_queue


@transaction.atomic
def verify_author(comment: Comment, *, rules: CommentRules | None = None) -> Comment:
    """Note that the owner of the address has written this comment. By signed link; repeatable.

    Other comments under the same address stay unconfirmed: somebody else may have typed it. A
    trusted author's comment appears at once where the site says so. Raises Refused for one that
    is gone.
    """
    locked = lock([comment.pk])
    if not locked.comments or locked.comments[0].is_erased:
        raise Refused(_("This comment is gone."))
    (row,) = locked.comments
    if row.confirmed_at is not None:
        return row
    now = timezone.now()
    author = row.author
    row.confirmed_at = now
    author.verified_at = author.verified_at or now
    author.record = [
        (pk, at, outcome, confirmed or pk == row.pk) for pk, at, outcome, confirmed in author.record
    ]
    trust.conclude(author, now)
    Comment.objects.filter(pk=row.pk).update(confirmed_at=now)
    CommentAuthor.objects.filter(pk=author.pk).update(
        verified_at=author.verified_at, record=author.record, state=author.state
    )
    rules = rules or CommentRules.load()
    if row.status == Status.PENDING and row.decided_by_id is None and may_skip_queue(row, rules):
        make(locked, [row], Move(Status.APPROVED, Source.RULE, rule="trusted"))
    return row
