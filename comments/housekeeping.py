"""What time does to comments: followers are told, spam goes, hashes and addresses are forgotten.

Called by tick.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from articles import alerts
from newsroom.lib.privacy import NETWORK_KEYS_KEPT
from newsroom.models import Message

from .models import Comment, CommentAuthor, Report, SpamText, Thread
from .moderation.notices import REPORT_DECISION
from .moderation.reporting import APPEAL_TIME
from .spam import KNOWN_SPAM_TIME

SPAM_KEPT = timedelta(days=30)
CONFIRMATION_TIME = timedelta(days=7)
_BATCH = 500


def tell_followers() -> int:
    """Have those told who follow the comments of an article, of all that is new; return how many.

    A row's mark and the mails change together: a run that is killed tells nobody or everybody.
    """
    told = 0
    for pk in list(Thread.objects.filter(has_news=True).values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            if Thread.objects.filter(pk=pk, has_news=True).update(has_news=False):
                told += alerts.tell_of_comments(pk)
    return told


def purge_spam() -> int:
    """Delete spam of 30 days ago, at most 500 a run; its hash is kept for 90 days.

    The log keeps its lines. What has answers below stays.
    """
    now = timezone.now()
    old = Comment.objects.spam().filter(queued_at__lt=now - SPAM_KEPT)
    old = old.filter(~Exists(Comment.objects.filter(parent=OuterRef("pk"))))
    with transaction.atomic():
        rows = list(old.order_by("queued_at").values_list("pk", "author", "text_hash")[:_BATCH])
        texts = {text_hash: SpamText(text_hash=text_hash, at=now) for _pk, _by, text_hash in rows}
        SpamText.objects.bulk_create(
            texts.values(),
            update_conflicts=True,
            unique_fields=["text_hash"],
            update_fields=["at"],
        )
        Comment.objects.spam().filter(pk__in=[pk for pk, _by, _hash in rows]).delete()
    SpamText.objects.filter(at__lt=now - (KNOWN_SPAM_TIME - SPAM_KEPT)).delete()
    return len(rows)


def forget_networks() -> int:
    """Drop the hashes of networks after a week, as the keys they were made with."""
    limit = timezone.localdate() - NETWORK_KEYS_KEPT
    comments = Comment.objects.filter(network_day__lt=limit).exclude(network_hash="")
    reports = Report.objects.filter(network_day__lt=limit)
    return comments.update(network_hash="", network_day=None) + reports.update(
        reporter_hash="", network_day=None
    )


def forget_addresses() -> int:
    """Drop addresses in clear to which no mail is wanted or owed any more.

    Of authors: kept for a confirmation that is a week old at most, and while a confirmed comment
    wants replies, waits for a decision or may be appealed. Of reporters: until the decision is out.
    """
    now = timezone.now()
    own = Comment.objects.filter(author=OuterRef("pk"))
    needed = own.owed_mail(
        unconfirmed_since=now - CONFIRMATION_TIME, decided_since=now - APPEAL_TIME
    )
    authors = CommentAuthor.objects.with_clear_address().filter(~Exists(needed))
    waiting = Message.objects.filter(
        kind=REPORT_DECISION,
        about=OuterRef("pk"),
        state__in=[Message.State.QUEUED, Message.State.CLAIMED],
    )
    reports = Report.objects.filter(decided_at__isnull=False).exclude(address="")
    return authors.update(address="") + reports.filter(~Exists(waiting)).update(address="")
