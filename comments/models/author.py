"""Who writes comments: a name and a hash, no login."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.lib.privacy import hash_address
from newsroom.models import User

from .words import AuthorState


class CommentAuthorQuerySet(models.QuerySet["CommentAuthor"]):
    def of_person(self, address: str) -> "CommentAuthorQuerySet":
        """Who writes under an address, as a reader or with a staff account."""
        accounts = User.objects.filter(email__iexact=address.strip()).exclude(email="")
        return self.filter(Q(address_hash=hash_address(address)) | Q(user__in=accounts))

    def with_clear_address(self) -> "CommentAuthorQuerySet":
        """Those of whom more than a hash is known."""
        return self.exclude(address="")

    def without_address(self, name: str, network_hash: str) -> "CommentAuthorQuerySet":
        """Who has written under a name from a network, and gave no address."""
        return self.filter(
            user=None,
            address_hash="",
            name=name,
            comments__network_hash=network_hash,
            comments__network_day=timezone.localdate(),
        )


class CommentAuthor(models.Model):
    """A reader, known by the hash of an e-mail address, or a member of staff by the account.

    Anybody can type an address: what proves it is a link followed from a mail, and that is noted
    at each comment (Comment.confirmed_at). Only confirmed comments count towards trust.
    """

    # As last written; each comment keeps the name that it was sent with.
    name = models.CharField(_("name"), max_length=60)
    address_hash = models.CharField(max_length=64, blank=True, editable=False)
    address = models.EmailField(
        _("address"),
        blank=True,
        editable=False,
        help_text=_("Only while a mail to it is wanted or owed."),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("staff account"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="comment_author",
    )
    verified_at = models.DateTimeField(_("address verified"), null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=AuthorState, default=AuthorState.OK, editable=False
    )
    # Null: for ever.
    blocked_until = models.DateTimeField(_("blocked until"), null=True, editable=False)

    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("blocked by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    blocked_note = models.CharField(_("why blocked"), max_length=500, blank=True, editable=False)

    # Where his or her comments stand now; written with every move.
    approved = models.PositiveIntegerField(_("approved"), default=0, editable=False)
    rejected = models.PositiveIntegerField(_("rejected"), default=0, editable=False)
    reported = models.PositiveIntegerField(_("reported"), default=0, editable=False)
    # The last decisions as comments/trust.py writes and reads them.
    record = models.JSONField(default=list, editable=False)

    created_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)
    last_at = models.DateTimeField(_("last seen"), default=timezone.now, editable=False)

    objects = CommentAuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment author")
        verbose_name_plural = _("comment authors")
        default_permissions = ["view"]
        permissions = [
            ("block_commentauthor", "Can block comment authors"),
            ("erase_commentauthor", "Can export and erase persons"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash"],
                condition=~Q(address_hash=""),
                name="comment_author_address",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AuthorState.values), name="comment_author_state"
            ),
        ]
        indexes = [
            # Housekeeping: whose address may be forgotten.
            models.Index(fields=["last_at"], condition=~Q(address=""), name="comment_author_clear"),
            # The admin's list.
            models.Index(fields=["-last_at", "-id"], name="comment_author_newest"),
        ]

    def __str__(self) -> str:
        return self.name or "–"

    @property
    def is_staff(self) -> bool:
        return self.user_id is not None

    @property
    def is_blocked(self) -> bool:
        """Whether he or she may not write at this moment."""
        return self.state == AuthorState.BLOCKED and (
            self.blocked_until is None or self.blocked_until > timezone.now()
        )

    @property
    def is_trusted(self) -> bool:
        """Whether the record, or an account, speaks for what he or she has confirmed."""
        return self.is_staff or self.state == AuthorState.TRUSTED
