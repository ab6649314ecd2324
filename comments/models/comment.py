"""The comment, its place in a thread, and what readers may see of it.

A path is a segment per level, numbered within the article, of decimal digits: equal widths sort
the same in every database and collation, and a subtree is one range of one index.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from articles.models import Article

from .author import CommentAuthor
from .words import HoldReason, Status

SEGMENT = 7  # digits: ten million comments to an article
DEEPEST = 6
BODY_LENGTH = 5_000
EDIT_TIME = timedelta(minutes=10)

RANK_FIRST, RANK_NORMAL = 0, 1
# What holds a thread together: what readers see, and the empty place of an erased author.
SHAPE = (Status.APPROVED, Status.REMOVED)
# What moderators, not rules, have said.
APPROVED_BY_HAND = Q(decided_by__isnull=False, status=Status.APPROVED)
REJECTED_BY_HAND = Q(decided_by__isnull=False, status__in=[Status.REJECTED, Status.SPAM])


def after_subtree(path: str) -> str:
    """Return the first path behind everything below a comment."""
    return f"{int(path) + 1:0{len(path)}d}"


def below(path: str) -> Q:
    """Match a comment and all replies below it, within its article."""
    return Q(path__gte=path, path__lt=after_subtree(path))


def in_subtrees(comments: "Iterable[Comment]") -> Q:
    """Match some comments, of any articles, and all below them."""
    places = sorted((comment.article_id, comment.path) for comment in comments)
    matched, end = Q(pk__in=[]), (0, "")
    for article, path in places:
        if (article, path) < end:
            continue  # inside the one before
        end = (article, after_subtree(path))
        matched |= Q(below(path), article=article)
    return matched


class Thread(models.Model):
    """An article's comments as a whole: how many readers see, and the next number of a path.

    Locked by every move of a comment, so that the count is exact.
    """

    article = models.OneToOneField(
        Article, primary_key=True, on_delete=models.CASCADE, related_name="thread"
    )
    visible = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)
    # When readers last saw something change: what pages and feeds are answered 304 by.
    changed_at = models.DateTimeField(default=timezone.now)
    # Readers see a comment of which those who follow the article have not been told.
    has_news = models.BooleanField(default=False)

    class Meta:
        default_permissions = []
        indexes = [
            # housekeeping.tell_followers: what is to be told.
            models.Index(
                fields=["article"], condition=models.Q(has_news=True), name="thread_has_news"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.visible}"


class CommentQuerySet(models.QuerySet["Comment"]):
    # What readers see.

    def visible(self) -> "CommentQuerySet":
        """Approved, and everything it answers is there. Whether the article is visible its own
        gate says.

        No reply is written when its root goes: ancestors are looked up by path, a few index
        entries a row.
        """
        return self.approved().exclude(_hidden_above())

    def in_thread(self) -> "CommentQuerySet":
        """What stands in a thread: the visible, and tombstones that visible replies stand below."""
        below_it = Comment.objects.visible().below_outer()
        return (
            self.filter(status__in=SHAPE)
            .exclude(_hidden_above())
            .filter(Q(status=Status.APPROVED) | Exists(below_it))
        )

    def below_outer(self) -> "CommentQuerySet":
        """All below the row of an outer query."""
        # No digit sorts behind a letter, in any collation.
        end = Concat(OuterRef("path"), Value("A"))
        return self.filter(article=OuterRef("article"), path__gt=OuterRef("path"), path__lt=end)

    def roots(self) -> "CommentQuerySet":
        return self.filter(depth=1)

    def subtree(self, comment: "Comment") -> "CommentQuerySet":
        """A comment and all below it."""
        return self.filter(below(comment.path), article=comment.article_id)

    def newest(self) -> "CommentQuerySet":
        """In the order of feeds: as they appeared."""
        return self.order_by("-published_at", "-pk")

    def for_queue(self) -> "CommentQuerySet":
        """What a card of the queue shows, in one query: no rendered text, of the article a line."""
        return self.select_related("article", "author", "parent").defer(
            "body_html",
            "author__record",
            "parent__body_html",
            "parent__signals",
            *(f"article__{name}" for name in ("body", "body_html", "standfirst")),
        )

    # By state.

    def approved(self) -> "CommentQuerySet":
        return self.filter(status=Status.APPROVED)

    def pending(self) -> "CommentQuerySet":
        """What waits for a moderator; sort by `rank`, `queued_at`, `pk`."""
        return self.filter(status=Status.PENDING)

    def reported(self) -> "CommentQuerySet":
        """What readers see and somebody objects to; by `report_rank`, `reported_at`, `pk`."""
        return self.filter(status=Status.APPROVED, open_reports__gt=0)

    def held(self) -> "CommentQuerySet":
        """What rules took for spam and nobody has looked at; by `queued_at`, `pk`."""
        return self.filter(
            status=Status.SPAM, hold_reason=HoldReason.SCORED, decided_at__isnull=True
        )

    def decided(self) -> "CommentQuerySet":
        """What a moderator has decided, newest first by `decided_at`, `pk`."""
        return self.filter(decided_at__isnull=False).exclude(
            status__in=[Status.PENDING, Status.REMOVED]
        )

    def refused(self) -> "CommentQuerySet":
        """Rejected or put away as spam, by moderators or by rules."""
        return self.filter(status__in=[Status.REJECTED, Status.SPAM])

    def spam(self) -> "CommentQuerySet":
        return self.filter(status=Status.SPAM)

    def scored_since(self, moment: datetime) -> "CommentQuerySet":
        """What any rule applied to."""
        return self.filter(score__gt=0, created_at__gt=moment)

    def rejected_from_network(self, network_hash: str, day: date) -> "CommentQuerySet":
        """What moderators have rejected from a network on a day: its hash holds for no longer."""
        return self.filter(REJECTED_BY_HAND, network_hash=network_hash, network_day=day).exclude(
            network_hash=""
        )

    def waiting_of(self, author: CommentAuthor, article: Article) -> "CommentQuerySet":
        """What an author has waiting at an article."""
        return self.pending().filter(author=author, article=article)

    def owed_mail(
        self, *, unconfirmed_since: datetime, decided_since: datetime
    ) -> "CommentQuerySet":
        """What its author may yet get a mail about: a link to confirm, replies, a decision."""
        return self.filter(
            Q(confirmed_at=None, created_at__gt=unconfirmed_since)
            | Q(confirmed_at__isnull=False)
            & (Q(wants_replies=True) | Q(status=Status.PENDING) | Q(decided_at__gt=decided_since))
        )

    def unseen(self) -> "CommentQuerySet":
        """What readers do not see, and is no tombstone either."""
        return self.exclude(status__in=SHAPE)

    def written(self) -> "CommentQuerySet":
        """All that still have a text."""
        return self.exclude(status=Status.REMOVED)


def _hidden_above() -> Q:
    """Match rows of which an ancestor is hidden; tombstones hide nothing.

    One question a level: as a list of paths, PostgreSQL would compare every row with every hidden
    one; as an equation, it would rather gather all that is hidden anywhere than look up a few. The
    depth first, so that a short row asks for no more ancestors than it has.
    """
    hidden = Comment.objects.filter(article=OuterRef("article")).exclude(status__in=SHAPE)
    matched = Q()
    for level in range(1, DEEPEST):
        path = Substr(OuterRef("path"), 1, SEGMENT * level)
        above = hidden.filter(path__gte=path, path__lte=path)
        matched |= Q(depth__gt=level) & Q(Exists(above))
    return matched


class Comment(models.Model):
    """A reader's word on an article. Only `comments.moderation` writes `status`."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="comments"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    path = models.CharField(max_length=SEGMENT * DEEPEST, editable=False)
    depth = models.PositiveSmallIntegerField(editable=False)

    author = models.ForeignKey(
        CommentAuthor, verbose_name=_("author"), on_delete=models.PROTECT, related_name="comments"
    )
    name = models.CharField(_("name"), max_length=60)
    # The owner of the address said so by a link from a mail, or is signed in.
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    wants_replies = models.BooleanField(_("replies by e-mail"), default=False)

    body = models.TextField(_("text"), max_length=BODY_LENGTH)
    # Rendered once by comments/text.py; may be printed unescaped.
    body_html = models.TextField(editable=False)
    text_hash = models.CharField(max_length=64, editable=False)

    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.PENDING, editable=False
    )
    hold_reason = models.CharField(
        _("waits because"), max_length=8, choices=HoldReason, blank=True, editable=False
    )
    appeal = models.TextField(_("appeal"), blank=True, max_length=1000, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), default=0, editable=False)
    # Rule → {"points": 2, "found": ["…"]}, as comments/spam.py writes it.
    signals = models.JSONField(default=dict, editable=False)
    # What the queue sorts by.
    rank = models.PositiveSmallIntegerField(default=RANK_NORMAL, editable=False)
    report_rank = models.PositiveSmallIntegerField(default=RANK_NORMAL, editable=False)
    open_reports = models.PositiveIntegerField(_("open reports"), default=0, editable=False)
    reported_at = models.DateTimeField(null=True, editable=False)

    # Grows with every change; a decision names the one it saw.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    queued_at = models.DateTimeField(_("waits since"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("changed"), null=True, editable=False)
    # The first time that readers saw it.
    published_at = models.DateTimeField(_("appeared"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        "newsroom.User",
        verbose_name=_("decided by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="decided_comments",
    )
    # Dropped after a week (comments/housekeeping.py).
    network_hash = models.CharField(max_length=64, blank=True, editable=False)
    network_day = models.DateField(null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        default_permissions = ["view"]
        permissions = [("moderate_comment", "Can decide on comments")]
        constraints = [
            # Also the order of a thread, and every look-up of ancestors and subtrees.
            models.UniqueConstraint(fields=["article", "path"], name="comment_path"),
            models.CheckConstraint(
                condition=Q(depth__gte=1, depth__lte=DEEPEST), name="comment_depth"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="comment_status"),
        ]
        indexes = [
            # The queue's tabs, in their order.
            models.Index(
                fields=["rank", "queued_at", "id"],
                condition=Q(status="pending"),
                name="comment_pending",
            ),
            models.Index(
                fields=["report_rank", "reported_at", "id"],
                condition=Q(status="approved", open_reports__gt=0),
                name="comment_reported",
            ),
            models.Index(
                fields=["queued_at", "id"],
                condition=Q(status="spam", hold_reason="scored", decided_at__isnull=True),
                name="comment_held",
            ),
            models.Index(
                fields=["-decided_at", "-id"],
                condition=Q(decided_at__isnull=False),
                name="comment_decided",
            ),
            # Roots of a page, tombstones among them; without it a thread of 5,000 replies would be
            # read to its end.
            models.Index(
                fields=["article", "path"],
                condition=Q(status__in=["approved", "removed"], depth=1),
                name="comment_roots",
            ),
            # What hides the comments below it: few rows, asked for each comment of a page.
            models.Index(
                fields=["article", "path"],
                condition=~Q(status__in=["approved", "removed"]),
                name="comment_hiding",
            ),
            # Feeds: the newest of an article, and of the site.
            models.Index(
                fields=["article", "-published_at", "-id"],
                condition=Q(status="approved"),
                name="comment_article_newest",
            ),
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(status="approved"),
                name="comment_newest",
            ),
            # An author's own: limits, duplicates, export.
            models.Index(fields=["author", "-created_at"], name="comment_author_newest_own"),
            # spam.py: the same words elsewhere.
            models.Index(fields=["text_hash", "-created_at"], name="comment_same_text"),
            # spam.py: what came from a network lately; housekeeping.
            models.Index(
                fields=["network_day", "network_hash"],
                condition=~Q(network_hash=""),
                name="comment_network",
            ),
            # Housekeeping: spam to purge; rules' precision.
            models.Index(fields=["created_at"], condition=Q(score__gt=0), name="comment_scored"),
            models.Index(fields=["queued_at"], condition=Q(status="spam"), name="comment_spam_age"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {Truncator(self.body).chars(60)}"

    def get_absolute_url(self) -> str:
        """Its place on the article's page."""
        return f"{self.article.get_absolute_url()}#comment-{self.pk}"

    @property
    def is_approved(self) -> bool:
        return self.status == Status.APPROVED

    @property
    def is_removed(self) -> bool:
        return self.status == Status.REMOVED

    @property
    def is_erased(self) -> bool:
        """Whether its text is gone with its author."""
        return not self.body

    @property
    def is_flagged(self) -> bool:
        return self.rank == RANK_FIRST

    def waits(self, now: datetime | None = None) -> timedelta:
        """How long it has been waiting."""
        return (now or timezone.now()) - self.queued_at

    @property
    def signal_list(self) -> list[tuple[str, int, list[Any]]]:
        """Rule, points and what was found, most points first."""
        lines = [(rule, hit["points"], hit.get("found", [])) for rule, hit in self.signals.items()]
        return sorted(lines, key=lambda line: (-line[1], line[0]))
