"""The newsroom answers a reader."""

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.lib.verbs import demand
from newsroom.models import User

from ..models import Comment, Status
from .deciding import PERMISSION, Collision, Outcome, decide
from .writing import Entry, submit


@transaction.atomic
def answer(pk: int, seen: int, *, body: str, by: User) -> Outcome:
    """Reply to a comment in the name of a member of staff; both are approved with it.

    `seen` is the version of the comment that the moderator saw. Raises Refused where the article
    takes no comments or the text is no comment; NotPermitted.
    """
    demand(by, PERMISSION)
    row = Comment.objects.select_related("article").filter(pk=pk).first()
    if row is None:
        return Outcome(conflicts=[Collision(pk, _("This comment is gone."))])
    outcome = Outcome([pk])
    if not row.is_approved or row.open_reports or row.version != seen:
        outcome = decide({pk: seen}, to=Status.APPROVED, by=by)
        if not outcome.done:
            return outcome
    reply = submit(Entry(article=row.article, body=body, parent=pk, user=by)).comment
    if not reply.is_approved:
        decide({reply.pk: reply.version}, to=Status.APPROVED, by=by)
    return outcome
