"""What the site lays down for comments: one row, and exceptions of sections."""

from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Section
from newsroom.models.standing import Standing

_POLICY = _(
    "All comments are read by moderators before they appear. Comments that are off topic or "
    "demeaning may be deleted. Please be as respectful as if face to face."
)


def _points(label: Any, default: int) -> Any:
    """Return a field for the points of a rule; 0 switches it off."""
    return models.PositiveSmallIntegerField(label, default=default)


class CommentRules(models.Model):
    """The rules for comments; a single row with id 1. The names of `points_…` are the rules'."""

    policy = models.TextField(
        _("what readers are told"),
        blank=True,
        max_length=1000,
        help_text=_("Stands above the form. Empty: the text that comes with the program."),
    )
    answer_goal = models.PositiveIntegerField(
        _("answer goal in minutes"),
        default=120,
        help_text=_("The queue shows in red what has been waiting longer."),
    )
    closes_after_days = models.PositiveIntegerField(
        _("closed after days"), default=30, help_text=_("Counted from publication. 0: never.")
    )
    duty_from = models.TimeField(
        _("moderators are there from"),
        null=True,
        blank=True,
        help_text=_("Readers are told when to expect an answer. Empty: no hours are named."),
    )
    duty_until = models.TimeField(_("until"), null=True, blank=True)
    closed_off_duty = models.BooleanField(_("closed while no moderator is there"), default=False)
    trusted_skip_queue = models.BooleanField(
        _("trusted authors need no approval"),
        default=False,
        help_text=_("Verified address and a good record, or a staff account."),
    )

    flagged_from = models.PositiveSmallIntegerField(_("on top of the queue from points"), default=3)
    held_from = models.PositiveSmallIntegerField(_("held as spam from points"), default=6)
    points_trap = _points(_("filled in the field that people do not see"), 6)
    points_fast = _points(_("sent faster than anybody types"), 3)
    points_links = _points(_("each link beyond the first"), 1)
    points_link_in_name = _points(_("a link in the name"), 4)
    points_same_text = _points(_("the same text elsewhere within 24 hours"), 3)
    points_known_spam = _points(_("a text that was spam within 90 days"), 6)
    points_suspect = _points(_("a suspect word"), 3)
    points_banned = _points(_("a banned word"), 6)
    points_shouting = _points(_("shouting"), 1)
    points_script = _points(_("a foreign script"), 2)
    points_network = _points(_("rejected from the same network today"), 1)
    points_watched = _points(_("an author who is watched"), 3)
    suspect_words = models.TextField(
        _("suspect words"),
        blank=True,
        help_text=_("One a line. A * at the beginning or end stands for any letters."),
    )
    banned_words = models.TextField(_("banned words"), blank=True)
    scripts = models.CharField(
        _("scripts in use here"),
        max_length=200,
        default="LATIN",
        help_text=_("Names of Unicode, such as LATIN GREEK CYRILLIC. Empty: all."),
        blank=True,
    )

    class Meta:
        verbose_name = _("rules for comments")
        verbose_name_plural = _("rules for comments")
        default_permissions = ["view", "change"]
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="comment_rules_single_row"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        """Refuse half a pair of duty hours and thresholds in the wrong order."""
        if (self.duty_from is None) != (self.duty_until is None):
            raise ValidationError({"duty_until": _("Give both times or none.")})
        if self.held_from < self.flagged_from:
            raise ValidationError(
                {"held_from": _("What is held as spam needs at least the points of a flag.")}
            )

    @classmethod
    def load(cls) -> "CommentRules":
        """Return the row, or the defaults while nobody has saved one. One query."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def policy_text(self) -> str:
        return self.policy or str(_POLICY)

    @property
    def has_duty_hours(self) -> bool:
        return self.duty_from is not None and self.duty_until is not None

    def is_on_duty(self, at: time | None = None) -> bool:
        """Tell whether a moderator is there, at a time of the day; the hours may pass midnight."""
        if self.duty_from is None or self.duty_until is None:
            return True
        at = at or timezone.localtime().time()
        if self.duty_from <= self.duty_until:
            return self.duty_from <= at < self.duty_until
        return at >= self.duty_from or at < self.duty_until


class SectionRules(models.Model):
    """What a section does differently."""

    section = models.OneToOneField(
        Section,
        verbose_name=_("section"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="comment_rules",
    )
    is_closed = models.BooleanField(_("no comments"), default=False)
    closes_after_days = models.PositiveIntegerField(
        _("closed after days"), null=True, blank=True, help_text=_("Empty: as everywhere.")
    )

    class Meta:
        verbose_name = _("comments in a section")
        verbose_name_plural = _("comments in sections")
        default_permissions = ["view", "add", "change", "delete"]

    def __str__(self) -> str:
        return str(self.section)


_standing = Standing(CommentRules.load)


def rules_for(request: HttpRequest) -> CommentRules:
    """Return the rules, read once per request."""
    if not hasattr(request, "_comment_rules"):
        request._comment_rules = _standing()  # type: ignore[attr-defined]
    return request._comment_rules  # type: ignore[attr-defined, no-any-return]


class Closure(StrEnum):
    """Why readers may not comment on an article at the moment."""

    ARTICLE = "article"
    SECTION = "section"
    AGE = "age"
    OFF_DUTY = "off_duty"


def closed_because(
    article: Article, rules: CommentRules, section: SectionRules | None
) -> Closure | None:
    """Tell why an article takes no comments now; None where it does. No query.

    The article's own switch closes it whatever else is laid down. `section` are the exceptions of
    its section.
    """
    if not article.comments_enabled or not article.is_live or article.published_at is None:
        return Closure.ARTICLE
    days = rules.closes_after_days
    if section is not None:
        if section.is_closed:
            return Closure.SECTION
        if section.closes_after_days is not None:
            days = section.closes_after_days
    if days and timezone.now() >= article.published_at + timedelta(days=days):
        return Closure.AGE
    return Closure.OFF_DUTY if rules.closed_off_duty and not rules.is_on_duty() else None


def is_open(article: Article, rules: CommentRules) -> bool:
    """Tell whether readers may comment on an article now. One query: the section's exceptions."""
    section = SectionRules.objects.filter(section=article.section_id).first()
    return closed_because(article, rules, section) is None
