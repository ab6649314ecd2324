"""Who writes: found by address or account, confirmed by a link, blocked by a moderator."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Author
from newsroom.lib.privacy import hash_address, normalise_address
from newsroom.lib.verbs import NotPermitted, Refused, demand
from newsroom.models import User

from .. import trust
from ..models import AuthorState, Comment, CommentAuthor
from ..text import fold

BLOCK = "comments.block_commentauthor"


def author_of(user: User | None, name: str, address: str, network_hash: str = "") -> CommentAuthor:
    """Return the author of an account or of a typed address, new if need be.

    The address is kept in clear for the mail that may be owed; housekeeping forgets it. Who gives
    none is the same author on one day, under one name, from one network.
    """
    if user is not None:
        values = {"name": name, "verified_at": timezone.now()}
        return CommentAuthor.objects.get_or_create(user=user, defaults=values)[0]
    address = normalise_address(address)
    if not address:
        same = CommentAuthor.objects.without_address(name, network_hash)
        return (network_hash and same.first()) or CommentAuthor.objects.create(name=name)
    author, is_new = CommentAuthor.objects.get_or_create(
        address_hash=hash_address(address), defaults={"name": name, "address": address}
    )
    if not is_new:
        author.name, author.address, author.last_at = name, address, timezone.now()
        author.save(update_fields=["name", "address", "last_at"])
    return author


def demand_own_name(name: str) -> None:
    """Raise NotPermitted for a name under which somebody who works here is known. Two queries.

    Of addresses and logins nothing is told: readers see neither, and a typed address proves nothing
    until the link of a mail to it has been followed.
    """
    staff = User.objects.filter(is_staff=True, is_active=True)
    known = [user.display_name for user in staff.only("first_name", "last_name", "username")]
    known += Author.objects.values_list("name", flat=True)
    if fold(name) in map(fold, known):
        raise NotPermitted(_("This name belongs to a member of staff."))


@transaction.atomic
def block(
    author: CommentAuthor, *, by: User, until: datetime | None = None, note: str = ""
) -> CommentAuthor:
    """Keep an author from commenting, for ever or until a moment. Comments stay as they are.

    Raises Refused for staff and for a moment that is over; NotPermitted.
    """
    demand(by, BLOCK)
    row = CommentAuthor.objects.select_for_update().get(pk=author.pk)
    if row.is_staff:
        raise Refused(_("A member of staff is not blocked: take the account's rights instead."))
    if until is not None and until <= timezone.now():
        raise Refused(_("This moment is over."))
    row.state, row.blocked_until = AuthorState.BLOCKED, until
    row.blocked_by, row.blocked_note = by, note.strip()[:500]
    row.save(update_fields=["state", "blocked_until", "blocked_by", "blocked_note"])
    return row


@transaction.atomic
def unblock(author: CommentAuthor, *, by: User) -> CommentAuthor:
    """Let an author comment again; what the record says holds again. Raises NotPermitted."""
    demand(by, BLOCK)
    row = CommentAuthor.objects.select_for_update().get(pk=author.pk)
    row.state, row.blocked_until, row.blocked_by, row.blocked_note = AuthorState.OK, None, None, ""
    trust.conclude(row, timezone.now())
    row.save(update_fields=["state", "blocked_until", "blocked_by", "blocked_note"])
    return row


@transaction.atomic
def stop_replies(comment: Comment) -> None:
    """Send no more mails about replies to the author of a comment. By signed link; repeatable."""
    Comment.objects.filter(author=comment.author_id, wants_replies=True).update(wants_replies=False)
