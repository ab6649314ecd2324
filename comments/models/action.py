"""What was decided about comments, by whom and why: added to, never altered."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .comment import Comment
from .words import Reason, Source, Status


class AppendOnly(TypeError):
    """Something tried to change or delete a line of the log."""


class ModerationActionQuerySet(models.QuerySet["ModerationAction"]):
    def update(self, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("The log is never changed.")

    def _update(self, _values: Any, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("The log is never changed.")  # save() of a stored row ends here

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("The log is never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("The log is never shortened.")

    def forget_notes(self) -> int:
        """Empty the notes: the one exception, when a person is erased whom they may name."""
        return models.QuerySet.update(self.exclude(note=""), note="")

    def newest(self) -> "ModerationActionQuerySet":
        return self.order_by("-at", "-pk")


class ModerationAction(models.Model):
    """One move of a comment, or the word that it stays."""

    # A number rather than a key: the line outlives spam that is purged and articles that go.
    comment = models.ForeignKey(
        Comment,
        verbose_name=_("comment"),
        null=True,
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="actions",
    )
    from_status = models.CharField(_("from"), max_length=8, choices=Status)
    to_status = models.CharField(_("to"), max_length=8, choices=Status)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # Empty: a rule.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="moderation_actions",
    )
    rule = models.CharField(_("rule"), max_length=40, blank=True)
    source = models.CharField(_("from where"), max_length=6, choices=Source)
    # What was decided in one go shares it; undo() takes it back together.
    batch = models.CharField(max_length=32, blank=True)
    # The version that the comment has from this action on.
    version = models.PositiveIntegerField()
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = ModerationActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ["view"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=~Q(to_status="rejected") | ~Q(reason=""),
                name="moderation_action_rejected_has_reason",
            ),
        ]
        indexes = [
            # A comment's history; the last word in it.
            models.Index(fields=["comment", "-at"], name="moderation_action_of"),
            # undo(): what belongs together.
            models.Index(fields=["batch"], condition=~Q(batch=""), name="moderation_action_batch"),
            # The admin's list.
            models.Index(fields=["-at", "-id"], name="moderation_action_newest"),
        ]

    def __str__(self) -> str:
        before, after = self.get_from_status_display(), self.get_to_status_display()
        return f"#{self.comment_id}: {before} → {after}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: a line stays."""
        raise AppendOnly("The log is never shortened.")
